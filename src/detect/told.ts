/** What notifications and lines of syslog raised on one device, until a poll of the same thing confirms or denies it. */
import { type Instant, seconds } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { Judgement } from './conditions.ts';
import type { WatchedDevice } from './trap-rules.ts';

/** Plain data. */
export interface Hint {
  readonly resource: ResourceId;
  readonly cause: string;
  readonly by?: ResourceId | undefined;
  readonly source: Observation['source'];
  readonly at: Instant;
}

/** A reading takes up to this long, so that it may be older than what arrived before its end. */
const readingLasts = seconds(10);
const mostHints = 1_000;
/** What stands for the whole device in place of an object's index. */
const anyObject = '*';

export class Told {
  readonly #device: WatchedDevice;
  readonly #hints = new Map<string, Hint>();

  constructor(device: WatchedDevice, snapshot: readonly Hint[] = []) {
    this.#device = device;
    for (const hint of snapshot) this.#hints.set(keyOf(hint), hint);
  }

  /** False when there are too many to be remembered: only their time ends them. */
  hear(observation: Observation, at: Instant): boolean {
    const { event, resource, cause, by, source } = observation;
    if (cause === undefined || (event !== 'raise' && event !== 'clear')) return true;
    const hint = { resource, cause, by, source, at };
    const key = keyOf(hint);
    this.#hints.delete(key);
    if (event === 'clear') return true;
    if (this.#hints.size >= mostHints) return false;
    this.#hints.set(key, hint);
    return true;
  }

  /**
   * A poll has looked: what it finds good ends for all who said it, what it finds bad is its own from now on.
   * `judge` is asked what the poll says of all objects by these causes.
   */
  settle(
    at: Instant,
    judge: (causes: ReadonlySet<string>, take: (judgement: Judgement) => void) => void,
    found: Observation[],
  ): void {
    if (this.#hints.size === 0) return;
    const due = [...this.#hints.values()].filter((hint) => at >= hint.at + readingLasts);
    if (due.length === 0) return;
    const places = new Map<string, Hint[]>();
    for (const hint of due) {
      for (const name of this.#namesOf(hint)) {
        const place = `${hint.cause} ${name}`;
        const same = places.get(place);
        if (same === undefined) places.set(place, [hint]);
        else same.push(hint);
      }
    }
    const verdicts = new Map<Hint, Judgement>();
    judge(new Set(due.map(({ cause }) => cause)), (judgement) => {
      const { cause, object, name } = judgement;
      const index = object.slice(object.indexOf('/') + 1);
      for (const one of new Set([object, index, name ?? index, anyObject])) {
        for (const hint of places.get(`${cause} ${one}`) ?? []) {
          if (isWorse(judgement, verdicts.get(hint))) verdicts.set(hint, judgement);
        }
      }
    });
    for (const [hint, judgement] of verdicts) this.#end(hint, judgement, found);
  }

  /** What was told so lately that a reading may be older. */
  lately(at: Instant): ReadonlySet<ResourceId> {
    const fresh = [...this.#hints.values()].filter((hint) => at < hint.at + readingLasts);
    return new Set(fresh.flatMap(({ resource, by }) => (by === undefined ? [resource] : [resource, by])));
  }

  snapshot(): readonly Hint[] {
    return [...this.#hints.values()];
  }

  #end(hint: Hint, { verdict, resource, by }: Judgement, found: Observation[]): void {
    if (verdict === 'undecided') return;
    this.#hints.delete(keyOf(hint));
    const over = { event: 'clear', resource: hint.resource, cause: hint.cause, by: hint.by } as const;
    const { id } = this.#device;
    if (verdict === 'good') found.push({ ...over, source: 'poll', device: id });
    // Two names of one fault: the poll's stays.
    else if (hint.resource !== resource || hint.by !== by)
      found.push({ ...over, source: hint.source, device: id });
  }

  /** What the same object may be called by polls: `kind/index`, the index alone, its name; or anything of the device. */
  #namesOf({ resource, by }: Hint): readonly string[] {
    const about = by ?? resource;
    const { id } = this.#device;
    if (!about.startsWith(`${id}/`)) return [anyObject];
    const object = about.slice(id.length + 1);
    return [object, object.slice(object.indexOf('/') + 1)];
  }
}

const rank = { good: 0, undecided: 1, bad: 2 } as const;

const isWorse = (one: Judgement, than: Judgement | undefined): boolean =>
  than === undefined || rank[one.verdict] > rank[than.verdict];

const keyOf = ({ resource, cause, by }: Pick<Hint, 'resource' | 'cause' | 'by'>): string =>
  `${resource} ${cause} ${by ?? ''}`;
