/** Downsampling: the points of a range as buckets of minimum, maximum and mean. */
import { Fault } from '../../base/fault.ts';
import type { Bucket, Points } from '../../flow/series.ts';

const MOST_BUCKETS = 10_000;

/** Buckets from `from` on, the last one cut at `to`; gaps are not counted. Throws `series/bad-range` before it reads. */
export function buckets(
  read: { readonly from: number; readonly to: number; readonly stepMs: number },
  points: () => Points,
): Bucket[] {
  const { from, to, stepMs } = read;
  const count = Math.ceil((to - from) / stepMs);
  if (!(stepMs > 0) || !(count >= 0) || count > MOST_BUCKETS) {
    throw new Fault(
      'series/bad-range',
      `${from}..${to} in steps of ${stepMs} ms is no range of at most ${MOST_BUCKETS} buckets`,
    );
  }
  const { times, values } = points();
  const result: Bucket[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const end = from + (index + 1) * stepMs;
    let minimum = Number.POSITIVE_INFINITY;
    let maximum = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let measured = 0;
    for (; at < times.length && times[at]! < end; at++) {
      const value = values[at]!;
      if (Number.isNaN(value)) continue;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      sum += value;
      measured++;
    }
    const bucketFrom = from + index * stepMs;
    result.push(
      measured === 0
        ? { from: bucketFrom, minimum: Number.NaN, maximum: Number.NaN, mean: Number.NaN, count: 0 }
        : { from: bucketFrom, minimum, maximum, mean: sum / measured, count: measured },
    );
  }
  return result;
}
