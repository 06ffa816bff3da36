/**
 * The write-ahead record: one batch of samples as bytes. Times and series that go on as they began, the usual shape of a
 * poll, are kept as runs. Numbers are in the machine's byte order, which is little-endian wherever Node runs.
 */
import type { SampleBatch } from '../../flow/series.ts';

/** Of former versions, which are read: all of a column, or its first number where the rest follows from it. */
const FORMAT_PLAIN = 1;
const FORMAT_RUNS = 2;
const SAME_TIME = 1;
const CONSECUTIVE = 2;
const HAS_EXACT = 4;
const PLAIN_HEAD_BYTES = 8;
const HEAD_BYTES = 16;
const TIME_RUN_BYTES = 12;
const SERIES_RUN_BYTES = 8;

/** Samples of one record; keeps a record below the largest frame. */
const RECORD_SAMPLES = 400_000;
/** Most of what one batch of a poller needs; larger records have memory of their own. */
const SPARE_BYTES = 512 * 1024;
const MOST_SPARE = 8;

/** Memory for records that is used again: a gigabyte a minute of short-lived arrays keeps the collector busy. */
export class RecordMemory {
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes > SPARE_BYTES) return new Uint8Array(bytes);
    return (this.#spare.pop() ?? new Uint8Array(SPARE_BYTES)).subarray(0, bytes);
  }

  /** The records are on disk. */
  give(records: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const { buffer } of records) {
      if (buffer.byteLength === SPARE_BYTES && this.#spare.length < MOST_SPARE)
        this.#spare.push(new Uint8Array(buffer));
    }
  }
}

/** The batch as one or more records. */
export function encodeBatch(batch: SampleBatch, memory = new RecordMemory()): Uint8Array<ArrayBuffer>[] {
  const records: Uint8Array<ArrayBuffer>[] = [];
  for (let from = 0; from < batch.series.length; from += RECORD_SAMPLES) {
    const to = Math.min(batch.series.length, from + RECORD_SAMPLES);
    const part = {
      series: batch.series.subarray(from, to),
      times: batch.times.subarray(from, to),
      values: batch.values.subarray(from, to),
      exact: batch.exact?.subarray(from, to),
    };
    records.push(encodeRecord(part, memory));
  }
  return records;
}

/** Head, values, exact values, then times with the length of each run, then first series with the length of each run. */
function encodeRecord(
  { series, times, values, exact }: SampleBatch,
  memory: RecordMemory,
): Uint8Array<ArrayBuffer> {
  const count = series.length;
  const timeRuns = timeRunsOf(times);
  const seriesRuns = seriesRunsOf(series);
  const timesAt = HEAD_BYTES + count * (exact === undefined ? 8 : 16);
  const seriesAt = timesAt + timeRuns * TIME_RUN_BYTES;
  const record = memory.take(seriesAt + seriesRuns * SERIES_RUN_BYTES);
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  view.setUint32(0, FORMAT_RUNS | ((exact === undefined ? 0 : HAS_EXACT) << 8), true);
  view.setUint32(4, count, true);
  view.setUint32(8, timeRuns, true);
  view.setUint32(12, seriesRuns, true);
  record.set(bytesOf(values), HEAD_BYTES);
  if (exact !== undefined) record.set(bytesOf(exact), HEAD_BYTES + count * 8);
  for (let from = 0, at = timesAt; from < count; at += TIME_RUN_BYTES) {
    const to = timeRunEnd(times, from);
    view.setFloat64(at, times[from]!, true);
    view.setUint32(at + 8, to - from, true);
    from = to;
  }
  for (let from = 0, at = seriesAt; from < count; at += SERIES_RUN_BYTES) {
    const to = seriesRunEnd(series, from);
    view.setUint32(at, series[from]!, true);
    view.setUint32(at + 4, to - from, true);
    from = to;
  }
  return record;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | BigUint64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function timeRunEnd(times: Float64Array, from: number): number {
  const time = times[from];
  let to = from + 1;
  while (to < times.length && times[to] === time) to++;
  return to;
}

function seriesRunEnd(series: Uint32Array, from: number): number {
  let next = series[from]! + 1;
  let to = from + 1;
  for (; to < series.length && series[to] === next; to++) next++;
  return to;
}

function timeRunsOf(times: Float64Array): number {
  let runs = 0;
  for (let from = 0; from < times.length; from = timeRunEnd(times, from)) runs++;
  return runs;
}

function seriesRunsOf(series: Uint32Array): number {
  let runs = 0;
  for (let from = 0; from < series.length; from = seriesRunEnd(series, from)) runs++;
  return runs;
}

/** The batch of a record, or undefined when the bytes are none. */
export function decodeRecord(record: Uint8Array): SampleBatch | undefined {
  if (record.length < PLAIN_HEAD_BYTES) return undefined;
  // A copy begins at an aligned address, as typed arrays of wider numbers must.
  const { buffer } = new Uint8Array(record);
  if (record[0] === FORMAT_PLAIN) return decodePlain(buffer, record[1]!);
  return record[0] === FORMAT_RUNS && record.length >= HEAD_BYTES
    ? decodeRuns(buffer, record[1]!)
    : undefined;
}

function decodeRuns(buffer: ArrayBuffer, flags: number): SampleBatch | undefined {
  const view = new DataView(buffer);
  const [count, timeRuns, seriesRuns] = [
    view.getUint32(4, true),
    view.getUint32(8, true),
    view.getUint32(12, true),
  ];
  const isExact = (flags & HAS_EXACT) !== 0;
  const timesAt = HEAD_BYTES + count * (isExact ? 16 : 8);
  const seriesAt = timesAt + timeRuns * TIME_RUN_BYTES;
  if (count === 0 || seriesAt + seriesRuns * SERIES_RUN_BYTES !== buffer.byteLength) return undefined;
  const times = new Float64Array(count);
  let filled = 0;
  for (let at = timesAt; at < seriesAt; at += TIME_RUN_BYTES) {
    const length = view.getUint32(at + 8, true);
    times.fill(view.getFloat64(at, true), filled, filled + length);
    filled += length;
  }
  const series = new Uint32Array(count);
  let placed = 0;
  for (let at = seriesAt; at < buffer.byteLength; at += SERIES_RUN_BYTES) {
    const first = view.getUint32(at, true);
    const length = Math.min(view.getUint32(at + 4, true), count - placed);
    for (let i = 0; i < length; i++) series[placed++] = first + i;
  }
  if (filled !== count || placed !== count) return undefined;
  const values = new Float64Array(buffer, HEAD_BYTES, count);
  const exact = isExact ? new BigUint64Array(buffer, HEAD_BYTES + count * 8, count) : undefined;
  return { series, times, values, exact };
}

function decodePlain(buffer: ArrayBuffer, flags: number): SampleBatch | undefined {
  const count = new DataView(buffer).getUint32(4, true);
  const timeCount = (flags & SAME_TIME) !== 0 ? 1 : count;
  const exactCount = (flags & HAS_EXACT) !== 0 ? count : 0;
  const seriesCount = (flags & CONSECUTIVE) !== 0 ? 1 : count;
  const valuesAt = PLAIN_HEAD_BYTES + timeCount * 8;
  const exactAt = valuesAt + count * 8;
  const seriesAt = exactAt + exactCount * 8;
  if (count === 0 || seriesAt + seriesCount * 4 !== buffer.byteLength) return undefined;
  const times = new Float64Array(buffer, PLAIN_HEAD_BYTES, timeCount);
  const series = new Uint32Array(buffer, seriesAt, seriesCount);
  const first = series[0]!;
  return {
    series: seriesCount === count ? series : Uint32Array.from({ length: count }, (_, index) => first + index),
    times: timeCount === count ? times : new Float64Array(count).fill(times[0]!),
    values: new Float64Array(buffer, valuesAt, count),
    exact: exactCount === 0 ? undefined : new BigUint64Array(buffer, exactAt, count),
  };
}
