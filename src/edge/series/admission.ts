/** Which batches and samples a series store takes at all. */
import { Fault } from '../../base/fault.ts';
import type { SampleBatch } from '../../flow/series.ts';
import { DAY_MS } from './day-names.ts';

/** More samples in one batch are refused. */
const MOST_SAMPLES = 2_000_000;
/** Samples older or newer than this come from a broken clock and are refused; it bounds the number of day files. */
export const OLDEST_MS = 400 * DAY_MS;
export const NEWEST_MS = DAY_MS;

/** Throws `series/bad-batch`. */
export function checkShape({ series, times, values, exact }: SampleBatch): void {
  const count = series.length;
  if (times.length !== count || values.length !== count || (exact !== undefined && exact.length !== count)) {
    throw new Fault('series/bad-batch', 'the columns of a batch of samples differ in length');
  }
  if (count > MOST_SAMPLES)
    throw new Fault('series/bad-batch', `a batch of ${count} samples is over ${MOST_SAMPLES}`);
}
