/**
 * Observations on their way to the line. While its queue is full the last word about each alarm is kept, critical ones
 * go first (design L19); what does not even fit here is counted and comes with the next reconciliation (design L11).
 */
import { milliseconds } from '../base/instant.ts';
import type { Wake, World } from '../base/world.ts';
import { type Bitmap, observationsOf } from '../model/bitmap.ts';
import { type Observation, severities } from '../model/observation.ts';

const tryAgainMs = milliseconds(250);
const mostKept = 100_000;

export class ObservationOutlet {
  readonly #offer: (observation: Observation) => boolean;
  readonly #offerMany: (bitmap: Bitmap) => boolean;
  readonly #world: World;
  /** By severity, worst first, then what ends or only tells; each the last word about its alarm. */
  readonly #kept: readonly Map<string, Observation>[] = Array.from(
    { length: severities.length + 1 },
    () => new Map<string, Observation>(),
  );
  #size = 0;
  #retry: Wake | undefined;
  readonly counters = { observations: 0, bitmaps: 0, observationsKept: 0, observationsLost: 0 };

  /** `offer` answers false while the line takes nothing. */
  constructor(
    world: World,
    offer: (observation: Observation) => boolean,
    offerMany: (bitmap: Bitmap) => boolean = () => false,
  ) {
    this.#world = world;
    this.#offer = offer;
    this.#offerMany = offerMany;
  }

  send(observation: Observation): void {
    this.counters.observations++;
    if (this.#size === 0 && this.#offer(observation)) return;
    this.#keep(observation);
  }

  /** Kept one by one while the line takes nothing: then the last word about each counts. */
  sendMany(bitmap: Bitmap): void {
    const { length } = bitmap.children;
    if (this.#size === 0 && this.#offerMany(bitmap)) {
      this.counters.observations += length;
      this.counters.bitmaps++;
      return;
    }
    for (const observation of observationsOf(bitmap)) this.send(observation);
  }

  close(): void {
    this.#retry?.cancel();
    this.#drain();
  }

  #keep(observation: Observation): void {
    const key = keyOf(observation);
    for (const list of this.#kept) if (list.delete(key)) this.#size--;
    const rank =
      observation.severity === undefined ? severities.length : severities.indexOf(observation.severity);
    if (this.#size >= mostKept && !this.#makeRoom(rank)) this.counters.observationsLost++;
    else {
      this.#kept[rank]!.set(key, observation);
      this.#size++;
    }
    this.#wait();
  }

  /** The mildest goes where something worse comes. */
  #makeRoom(rank: number): boolean {
    for (let i = this.#kept.length - 1; i > rank; i--) {
      for (const key of this.#kept[i]!.keys()) {
        this.#kept[i]!.delete(key);
        this.#size--;
        this.counters.observationsLost++;
        return true;
      }
    }
    return false;
  }

  #wait(): void {
    this.counters.observationsKept = this.#size;
    if (this.#size === 0) return;
    this.#retry ??= this.#world.after(tryAgainMs, () => {
      this.#retry = undefined;
      this.#drain();
      this.#wait();
    });
  }

  #drain(): void {
    for (const list of this.#kept) {
      for (const [key, observation] of list) {
        if (!this.#offer(observation)) return;
        list.delete(key);
        this.#size--;
      }
    }
  }
}

/** An `alive` ends nothing by itself, so that it does not take the place of a `clear`. */
const keyOf = ({ event, resource, cause, by }: Observation): string =>
  JSON.stringify([event === 'raise' || event === 'clear' ? 'alarm' : event, resource, cause, by]);
