/** Hours of a series: what is left of its samples when their days are gone. */
import type { PointBuffer } from './point-buffer.ts';

const HOUR_MS = 3_600_000;

/** Columns of hours in order of time; index i is one hour in which something was measured. */
export interface Hours {
  /** First instant of the hour, ms. */
  readonly from: Float64Array;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
  readonly mean: Float64Array;
  /** The newest sample in it. */
  readonly last: Float64Array;
  readonly count: Float64Array;
}

export const hourColumns = ['minimum', 'maximum', 'mean', 'last', 'count'] as const;

/** Sums the points up, which are in order of time; gaps do not count, and an hour of gaps is none. */
export function hoursOf({ times, values, count }: Pick<PointBuffer, 'times' | 'values' | 'count'>): Hours {
  const first = count === 0 ? 0 : Math.floor(times[0]! / HOUR_MS);
  const most = count === 0 ? 0 : Math.min(count, Math.floor(times[count - 1]! / HOUR_MS) - first + 1);
  const column = (): Float64Array => new Float64Array(most);
  const hours = {
    from: column(),
    minimum: column(),
    maximum: column(),
    mean: column(),
    last: column(),
    count: column(),
  };
  let held = 0;
  for (let at = 0; at < count; ) {
    const from = Math.floor(times[at]! / HOUR_MS) * HOUR_MS;
    let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [sum, measured, last] = [0, 0, Number.NaN];
    for (; at < count && times[at]! < from + HOUR_MS; at++) {
      const value = values[at]!;
      if (Number.isNaN(value)) continue;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      sum += value;
      measured++;
      last = value;
    }
    if (measured === 0) continue;
    hours.from[held] = from;
    hours.minimum[held] = minimum;
    hours.maximum[held] = maximum;
    hours.mean[held] = sum / measured;
    hours.last[held] = last;
    hours.count[held] = measured;
    held++;
  }
  return {
    from: hours.from.subarray(0, held),
    minimum: hours.minimum.subarray(0, held),
    maximum: hours.maximum.subarray(0, held),
    mean: hours.mean.subarray(0, held),
    last: hours.last.subarray(0, held),
    count: hours.count.subarray(0, held),
  };
}
