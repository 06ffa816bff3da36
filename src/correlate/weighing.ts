/**
 * A group too large for one look is weighed in several, as it stood when its turn came: what comes or goes meanwhile counts
 * when it is weighed the next time.
 */
import type { IncidentId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { type Explanation, explaining } from './explain.ts';
import type { Group } from './group.ts';
import type { Pending } from './joining.ts';
import { type RecentCauses, reachOf } from './recent.ts';
import type { Steps } from './steps.ts';
import type { Population } from './symptoms.ts';
import type { Evidence, Sighting } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';
import { type Piece, pieceOf } from './undecided.ts';

/** What is weighed, so that it can be weighed again from the beginning and just as far. */
export interface WeighingSnapshot {
  /** They say what they said then. */
  readonly pieces: readonly ResourceId[];
  /** They say something else since, or nothing: as they stood. */
  readonly before: readonly (readonly Pending[])[];
  readonly held: readonly Omit<Evidence, 'place' | 'above'>[];
  readonly recent: readonly { readonly id: IncidentId; readonly said: number }[];
  readonly seen: readonly (Omit<Sighting, 'place'> & { readonly of: ResourceId })[];
  readonly validUntil?: number | undefined;
  readonly steps: number;
}

interface Weighed {
  readonly group: Group;
  readonly own: readonly Piece[];
  readonly held: readonly Evidence[];
  readonly seen: readonly Sighting[];
  readonly validUntil: number;
}

interface Scales {
  readonly ancestry: Ancestry;
  readonly population: Population;
  readonly timing: CorrelationTiming;
}

export class Weighing {
  readonly group: Group;
  readonly #weighed: Weighed;
  readonly #ancestry: Ancestry;
  readonly #steps: Steps<Explanation[]>;
  #taken = 0;

  constructor(weighed: Weighed, { ancestry, population, timing }: Scales) {
    this.group = weighed.group;
    this.#weighed = weighed;
    this.#ancestry = ancestry;
    const evidence = [...weighed.own, ...weighed.held];
    this.#steps = explaining(ancestry, population, evidence, () => weighed.seen, timing);
  }

  /** So many more steps; answers whether these were the last. */
  goOn(steps: number): boolean {
    const { group } = this;
    for (let i = 0; i < steps && !group.isGone; i++) {
      this.#taken++;
      const { done, value } = this.#steps.next();
      if (done !== true) continue;
      group.found = value;
      group.validUntil = this.#weighed.validUntil;
      group.dueAt = undefined;
      return true;
    }
    return group.isGone;
  }

  /** Undefined once its group went into another. */
  snapshot(isCurrent: (piece: Piece) => boolean): WeighingSnapshot | undefined {
    if (this.group.isGone) return undefined;
    const { own, held, seen, validUntil, group } = this.#weighed;
    return {
      pieces: own.filter(isCurrent).map(({ id }) => id),
      before: own.filter((piece) => !isCurrent(piece)).map(({ pending }) => pending),
      held: held.map(({ place: _, above: __, ...said }) => said),
      recent: group.recent.map((one) => ({ id: one.held.id, said: one.said })),
      seen: seen.map(({ place, ...rest }) => ({ ...rest, of: this.#ancestry.idOf(place) })),
      validUntil: Number.isFinite(validUntil) ? validUntil : undefined,
      steps: this.#taken,
    };
  }
}

/** The same again, as far as it was; `pieces` are those of now. */
export function resumed(
  { pieces, before, held, recent, seen, validUntil, steps }: WeighingSnapshot,
  known: {
    readonly group: Group;
    readonly pieces: ReadonlyMap<ResourceId, Piece>;
    readonly recent: RecentCauses;
  },
  scales: Scales,
): Weighing {
  const { ancestry, population } = scales;
  const { group } = known;
  const placed = (one: WeighingSnapshot['held'][number]): Evidence => {
    const place = ancestry.placeOf(one.id);
    const held = one.heldBy === undefined ? undefined : known.recent.get(one.heldBy as IncidentId)?.held;
    return { ...one, place, above: reachOf(ancestry, population, { place, symptom: one.symptom }, held) };
  };
  const own = [
    ...pieces.map((id) => known.pieces.get(id)),
    ...before.map((pending) => pieceOf(ancestry, population, { id: pending[0]!.resource, pending })),
  ];
  group.recent = recent.flatMap(({ id, said }) => {
    const one = known.recent.get(id);
    return one === undefined ? [] : [{ ...one, said }];
  });
  const weighing = new Weighing(
    {
      group,
      own: own.filter((piece) => piece !== undefined),
      held: held.map(placed),
      seen: seen.map(({ of, ...rest }) => ({ ...rest, place: ancestry.placeOf(of) })),
      validUntil: validUntil ?? Number.POSITIVE_INFINITY,
    },
    scales,
  );
  weighing.goOn(steps);
  return weighing;
}

/** One of its pieces says something else since it was kept. */
export function overtaken(weighing: WeighingSnapshot, { id, pending }: Piece): WeighingSnapshot {
  if (!weighing.pieces.includes(id)) return weighing;
  const pieces = weighing.pieces.filter((other) => other !== id);
  return { ...weighing, pieces, before: [...weighing.before, pending] };
}
