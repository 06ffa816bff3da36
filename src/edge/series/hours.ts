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
  const columns: Record<keyof Hours, number[]> = {
    from: [],
    minimum: [],
    maximum: [],
    mean: [],
    last: [],
    count: [],
  };
  for (let at = 0; at < count; ) {
    const from = Math.floor(times[at]! / HOUR_MS) * HOUR_MS;
    let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [sum, measured, last] = [0, 0, Number.NaN];
    for (; at < count && times[at]! < from + HOUR_MS; at++) {
      const value = values[at]!;
      if (Number.isNaN(value)) continue;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      sum += value;
      measured++;
      last = value;
    }
    if (measured === 0) continue;
    const hour = { from, minimum, maximum, mean: sum / measured, last, count: measured };
    for (const [name, value] of Object.entries(hour)) columns[name as keyof Hours].push(value);
  }
  return {
    from: Float64Array.from(columns.from),
    minimum: Float64Array.from(columns.minimum),
    maximum: Float64Array.from(columns.maximum),
    mean: Float64Array.from(columns.mean),
    last: Float64Array.from(columns.last),
    count: Float64Array.from(columns.count),
  };
}
