/** Which batches and samples a series store takes at all. */
import { Fault } from '../../base/fault.ts';
import type { SampleBatch } from '../../flow/series.ts';
import { DAY_MS } from './day-names.ts';
import type { Admission } from './generation.ts';

/** More samples in one batch are refused. */
const MOST_SAMPLES = 2_000_000;
/** Samples older or newer than this come from a broken clock and are refused; it bounds the number of days. */
export const OLDEST_MS = 400 * DAY_MS;
export const NEWEST_MS = DAY_MS;

/** Logs of former versions have samples in them that were refused; days behind this one have no name. */
export const LAST_MS = Date.UTC(9999, 11, 31);

/** The batch without what is refused: that would stand in the log, and come back from there. */
export function admitted(batch: SampleBatch, { known, from, to }: Admission): SampleBatch {
  const { series, times } = batch;
  const isAdmitted = (i: number): boolean =>
    series[i]! > 0 && series[i]! < known && times[i]! >= from && times[i]! <= to;
  let sound = 0;
  while (sound < series.length && isAdmitted(sound)) sound++;
  if (sound === series.length) return batch;
  const kept = Array.from(series.keys()).filter(isAdmitted);
  return {
    series: Uint32Array.from(kept, (i) => series[i]!),
    times: Float64Array.from(kept, (i) => times[i]!),
    values: Float64Array.from(kept, (i) => batch.values[i]!),
    exact: batch.exact && BigUint64Array.from(kept, (i) => batch.exact![i]!),
  };
}

/** Throws `series/bad-batch`. */
export function checkShape({ series, times, values, exact }: SampleBatch): void {
  const count = series.length;
  if (times.length !== count || values.length !== count || (exact !== undefined && exact.length !== count)) {
    throw new Fault('series/bad-batch', 'the columns of a batch of samples differ in length');
  }
  if (count > MOST_SAMPLES)
    throw new Fault('series/bad-batch', `a batch of ${count} samples is over ${MOST_SAMPLES}`);
}
