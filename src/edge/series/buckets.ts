/** Downsampling: the points of a range, and the hours of days that are gone, as buckets. */
import { Fault } from '../../base/fault.ts';
import type { Bucket, Points } from '../../flow/series.ts';
import type { Hours } from './hours.ts';

const MOST_BUCKETS = 10_000;

/** Buckets from `from` on, the last one cut at `to`; gaps are not counted. Throws `series/bad-range` before it reads. */
export function buckets(
  read: { readonly from: number; readonly to: number; readonly stepMs: number },
  sources: { points(): Points; hours?(): Iterable<Hours> },
): Bucket[] {
  const { from, to, stepMs } = read;
  const count = Math.ceil((to - from) / stepMs);
  if (!(stepMs > 0) || !(count >= 0) || count > MOST_BUCKETS) {
    throw new Fault(
      'series/bad-range',
      `${from}..${to} in steps of ${stepMs} ms is no range of at most ${MOST_BUCKETS} buckets`,
    );
  }
  const sums = Array.from({ length: count }, () => new Sum());
  const sumAt = (time: number): Sum | undefined => sums[Math.floor((time - from) / stepMs)];
  for (const hours of sources.hours?.() ?? []) {
    for (let i = 0; i < hours.from.length; i++) {
      const begin = hours.from[i]!;
      if (begin >= from && begin < to) sumAt(begin)?.addHour(hours, i);
    }
  }
  const { times, values } = sources.points();
  for (let i = 0; i < times.length; i++) {
    if (!Number.isNaN(values[i]!)) sumAt(times[i]!)?.add(values[i]!);
  }
  return sums.map((sum, index) => sum.bucket(from + index * stepMs));
}

class Sum {
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #total = 0;
  #last = Number.NaN;
  #count = 0;

  add(value: number): void {
    this.#take(value, value);
    this.#total += value;
    this.#last = value;
    this.#count++;
  }

  addHour(hours: Hours, i: number): void {
    this.#take(hours.minimum[i]!, hours.maximum[i]!);
    this.#total += hours.mean[i]! * hours.count[i]!;
    this.#last = hours.last[i]!;
    this.#count += hours.count[i]!;
  }

  #take(minimum: number, maximum: number): void {
    if (minimum < this.#minimum) this.#minimum = minimum;
    if (maximum > this.#maximum) this.#maximum = maximum;
  }

  bucket(from: number): Bucket {
    const gap = Number.NaN;
    if (this.#count === 0) return { from, minimum: gap, maximum: gap, mean: gap, last: gap, count: 0 };
    return {
      from,
      minimum: this.#minimum,
      maximum: this.#maximum,
      mean: this.#total / this.#count,
      last: this.#last,
      count: this.#count,
    };
  }
}
