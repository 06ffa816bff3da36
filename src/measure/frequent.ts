/**
 * What came most often lately, in bounded memory: Misra and Gries, "Finding repeated elements" (1982). Over 12 to 24 hours,
 * as the half that is over goes at once.
 */
import { hours, type Instant, instant } from '../base/instant.ts';

interface Half {
  /** Number of the half day since 1970. */
  readonly number: number;
  readonly counts: Map<string, number>;
  total: number;
  /** How much any count is too low at most. */
  missed: number;
}

export type FrequentSnapshot = readonly {
  readonly number: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly total: number;
  readonly missed: number;
}[];

const halfMs = hours(12);

export class Frequent {
  readonly #most: number;
  /** The running one last; at most two. */
  #halves: Half[] = [];

  /** `most`: things counted at once. Whatever is more than one of so many occurrences is among them. */
  constructor(most: number) {
    this.#most = most;
  }

  add(key: string, at: Instant): void {
    const half = this.#halfAt(at);
    half.total++;
    const { counts } = half;
    const count = counts.get(key);
    if (count !== undefined) counts.set(key, count + 1);
    else if (counts.size < this.#most) counts.set(key, 1);
    else {
      half.missed++;
      for (const [other, before] of counts) {
        if (before > 1) counts.set(other, before - 1);
        else counts.delete(other);
      }
    }
  }

  /** Ties by name. */
  top(
    most: number,
    at: Instant,
  ): { from: Instant; total: number; within: number; items: { key: string; count: number }[] } {
    const running = Math.floor(at / halfMs);
    const halves = this.#halves.filter(({ number }) => number >= running - 1);
    const counts = new Map<string, number>();
    for (const half of halves)
      for (const [key, count] of half.counts) counts.set(key, (counts.get(key) ?? 0) + count);
    const items = [...counts]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([key, count]) => ({ key, count }));
    return {
      from: instant((halves[0]?.number ?? running) * halfMs),
      total: halves.reduce((sum, { total }) => sum + total, 0),
      within: halves.reduce((sum, { missed }) => sum + missed, 0),
      items,
    };
  }

  snapshot(): FrequentSnapshot {
    return this.#halves.map((half) => ({ ...half, counts: [...half.counts] }));
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: FrequentSnapshot): void {
    this.#halves = snapshot.map((half) => ({ ...half, counts: new Map(half.counts) }));
  }

  #halfAt(at: Instant): Half {
    const number = Math.floor(at / halfMs);
    const last = this.#halves.at(-1);
    if (last !== undefined && last.number >= number) return last;
    const half: Half = { number, counts: new Map(), total: 0, missed: 0 };
    this.#halves = [...this.#halves.filter((before) => before.number === number - 1), half];
    return half;
  }
}
