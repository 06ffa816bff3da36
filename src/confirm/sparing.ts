/** Whom we ask less, or nothing: who wants no questions, who rated lately, who complained lately. */
import { type Instant, milliseconds } from '../base/instant.ts';
import type { Confirmation } from '../model/confirmation.ts';
import type { SubscriberKey } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';

/** Subscribers who want no questions; what is more is counted. */
const stoppedLimit = 2_000_000;
/** Of those who were asked for a mark, and of those who complained: the oldest are forgotten, and may be asked too early. */
const rememberedLimit = 500_000;

type Times = readonly (readonly [SubscriberKey, Instant])[];

export interface SparingSnapshot {
  /** Absent in what older versions kept, as are all others. */
  readonly stopped?: readonly SubscriberKey[] | undefined;
  readonly stopsRefused?: number | undefined;
  readonly rated?: Times | undefined;
  readonly complained?: Times | undefined;
  readonly ratings?: Record<keyof typeof noRatings, number> | undefined;
}

const noRatings = { asked: 0, askedLately: 0, complainedLately: 0, forgotten: 0 };

export class Sparing {
  readonly #stopped = new Set<SubscriberKey>();
  #stopsRefused = 0;
  /** When each was asked for a mark last, and complained last; the oldest first. */
  readonly #rated = new Map<SubscriberKey, Instant>();
  readonly #complained = new Map<SubscriberKey, Instant>();
  #ratings = { ...noRatings };

  /** Wishes to be asked nothing that could not be kept. */
  get stopsRefused(): number {
    return this.#stopsRefused;
  }

  /** How many were asked for a mark, how many not and why, and whose last time was forgotten. */
  get ratings(): Readonly<typeof noRatings> {
    return this.#ratings;
  }

  /** Wants no more questions, about no incident. */
  stop(key: SubscriberKey): void {
    if (this.#stopped.size < stoppedLimit) this.#stopped.add(key);
    else if (!this.#stopped.has(key)) this.#stopsRefused++;
  }

  hasStopped(key: SubscriberKey): boolean {
    return this.#stopped.has(key);
  }

  /** Turned to us because it does not work. */
  complained(key: SubscriberKey, at: Instant): void {
    this.#remember(this.#complained, key, at);
  }

  /** Whether to ask for a mark; if so, it counts as asked. */
  rating(
    key: SubscriberKey,
    { ratingEveryMs, ratingAfterComplaintMs }: Policy['confirm'],
    at: Instant,
  ): NonNullable<Confirmation['toRate']> {
    const isWithin = (last: Instant | undefined, ms = milliseconds(0)): boolean =>
      last !== undefined && at < last + ms;
    const spared = isWithin(this.#complained.get(key), ratingAfterComplaintMs)
      ? 'complainedLately'
      : isWithin(this.#rated.get(key), ratingEveryMs)
        ? 'askedLately'
        : 'asked';
    this.#ratings[spared]++;
    if (spared === 'asked') this.#remember(this.#rated, key, at);
    return spared;
  }

  snapshot(): SparingSnapshot {
    return {
      stopped: [...this.#stopped],
      stopsRefused: this.#stopsRefused,
      rated: [...this.#rated],
      complained: [...this.#complained],
      ratings: { ...this.#ratings },
    };
  }

  restore(kept: SparingSnapshot): void {
    this.#stopped.clear();
    for (const key of kept.stopped ?? []) this.#stopped.add(key);
    this.#stopsRefused = kept.stopsRefused ?? 0;
    for (const [map, times] of [
      [this.#rated, kept.rated],
      [this.#complained, kept.complained],
    ] as const) {
      map.clear();
      for (const [key, at] of times ?? []) map.set(key, at);
    }
    this.#ratings = { ...noRatings, ...kept.ratings };
  }

  #remember(times: Map<SubscriberKey, Instant>, key: SubscriberKey, at: Instant): void {
    times.delete(key);
    times.set(key, at);
    if (times.size <= rememberedLimit) return;
    times.delete(times.keys().next().value!);
    this.#ratings.forgotten++;
  }
}
