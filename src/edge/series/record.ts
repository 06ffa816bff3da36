/**
 * The write-ahead record: one batch of samples as bytes. Shared times and consecutive series, the usual shape of a
 * poll round, are kept once. Numbers are in the machine's byte order, which is little-endian wherever Node runs.
 */
import type { SampleBatch } from '../../flow/series.ts';

const FORMAT = 1;
const SAME_TIME = 1;
const CONSECUTIVE = 2;
const HAS_EXACT = 4;
const HEAD_BYTES = 8;

/** Samples of one record; keeps a record below the largest frame. */
const RECORD_SAMPLES = 400_000;

/** The batch as one or more records. */
export function encodeBatch(batch: SampleBatch): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let from = 0; from < batch.series.length; from += RECORD_SAMPLES) {
    const to = Math.min(batch.series.length, from + RECORD_SAMPLES);
    records.push(
      encodeRecord({
        series: batch.series.subarray(from, to),
        times: batch.times.subarray(from, to),
        values: batch.values.subarray(from, to),
        exact: batch.exact?.subarray(from, to),
      }),
    );
  }
  return records;
}

function encodeRecord({ series, times, values, exact }: SampleBatch): Uint8Array {
  const count = series.length;
  const keptTimes = isSame(times) ? times.subarray(0, 1) : times;
  const keptSeries = isConsecutive(series) ? series.subarray(0, 1) : series;
  const columns =
    exact === undefined ? [keptTimes, values, keptSeries] : [keptTimes, values, exact, keptSeries];
  const size = columns.reduce((sum, column) => sum + column.byteLength, HEAD_BYTES);
  const record = new Uint8Array(size);
  record[0] = FORMAT;
  record[1] =
    (keptTimes.length < count ? SAME_TIME : 0) |
    (keptSeries.length < count ? CONSECUTIVE : 0) |
    (exact === undefined ? 0 : HAS_EXACT);
  new DataView(record.buffer).setUint32(4, count, true);
  let at = HEAD_BYTES;
  for (const column of columns) {
    record.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return record;
}

function isSame(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if (times[i] !== times[0]) return false;
  return true;
}

function isConsecutive(series: Uint32Array): boolean {
  for (let i = 1; i < series.length; i++) if (series[i] !== series[0]! + i) return false;
  return true;
}

/** The batch of a record, or undefined when the bytes are none. */
export function decodeRecord(record: Uint8Array): SampleBatch | undefined {
  if (record.length < HEAD_BYTES || record[0] !== FORMAT) return undefined;
  // A copy begins at an aligned address, as typed arrays of wider numbers must.
  const { buffer } = new Uint8Array(record);
  const flags = record[1]!;
  const count = new DataView(buffer).getUint32(4, true);
  const timeCount = (flags & SAME_TIME) !== 0 ? 1 : count;
  const exactCount = (flags & HAS_EXACT) !== 0 ? count : 0;
  const seriesCount = (flags & CONSECUTIVE) !== 0 ? 1 : count;
  const valuesAt = HEAD_BYTES + timeCount * 8;
  const exactAt = valuesAt + count * 8;
  const seriesAt = exactAt + exactCount * 8;
  if (count === 0 || seriesAt + seriesCount * 4 !== record.length) return undefined;
  const times = new Float64Array(buffer, HEAD_BYTES, timeCount);
  const series = new Uint32Array(buffer, seriesAt, seriesCount);
  const first = series[0]!;
  return {
    series: seriesCount === count ? series : Uint32Array.from({ length: count }, (_, index) => first + index),
    times: timeCount === count ? times : new Float64Array(count).fill(times[0]!),
    values: new Float64Array(buffer, valuesAt, count),
    exact: exactCount === 0 ? undefined : new BigUint64Array(buffer, exactAt, count),
  };
}
