/**
 * A series store on another machine behind our own spool: names and numbers stay here, samples are on this disk before
 * they are acknowledged, and go out as lines in their order as soon as the store takes them.
 *
 * Invariants: a sample leaves the spool only once the store has it for good; what the store refuses for its form is set
 * aside alone, with a counter, and holds up nothing else; reads see every sample acknowledged before, or say why not.
 */
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import type { Parsed } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { Bucket, Points, SampleBatch, SeriesId, SeriesName, SeriesStore } from '../../flow/series.ts';
import { realFiles } from '../disk/file-system.ts';
import { openSegmentedLog, type SegmentedLog } from '../disk/segmented-log.ts';
import { checkShape, NEWEST_MS, OLDEST_MS } from './admission.ts';
import { buckets } from './buckets.ts';
import { DAY_MS } from './day-names.ts';
import { pointOf, type RemotePoint } from './line-protocol.ts';
import type { Names } from './names.ts';
import { openNames } from './open-names.ts';
import { exactOf, PointBuffer } from './point-buffer.ts';
import { decodeRecord, encodeBatch } from './record.ts';
import type { RemoteBackend } from './remote-backend.ts';
import { Shipping } from './shipping.ts';

export interface RemoteSeriesOptions {
  readonly folder: string;
  readonly world: World;
  readonly backend: RemoteBackend;
  /** Bytes of samples that may wait on this disk; above them the oldest are given up and counted. 20 GiB when left out. */
  readonly spoolBytes?: number | undefined;
}

const SPOOL_BYTES = 20 * 1024 ** 3;
const LOG_SEGMENT_BYTES = 16 * 1024 * 1024;
/** A read waits so long for what was acknowledged before it. */
const READ_WAIT_MS = 10_000;
const READS_OF_LAST_AT_ONCE = 16;

/** Opens or makes the spool in the folder; the store itself may be away. Throws when the folder cannot be used. */
export async function openRemoteSeries(options: RemoteSeriesOptions): Promise<Parsed<SeriesStore>> {
  const { folder, world, backend } = options;
  await realFiles.makeFolder(folder);
  const { value: names, problems } = await openNames(`${folder}/names.sqlite`);
  const opened = await openSegmentedLog({
    folder: `${folder}/spool`,
    world,
    segmentBytes: LOG_SEGMENT_BYTES,
    windowMs: 1,
  });
  const log = opened.value;
  // Samples that wait under numbers nobody knows any more must not go out under the names that come now.
  if (names.known === 1) names.skipTo(await seriesEnd(log));
  const most = options.spoolBytes ?? SPOOL_BYTES;
  const shipping = new Shipping({ world, backend, names, log, mostBytes: most });
  shipping.wake();
  return {
    value: new RemoteSeries({ world, backend, names, log, shipping }),
    problems: [...problems, ...opened.problems],
  };
}

/** Above every number of a series in the spool. */
async function seriesEnd(log: SegmentedLog): Promise<number> {
  let end = 1;
  for await (const { bytes } of log.read(log.firstSequence)) {
    for (const id of decodeRecord(bytes)?.series ?? []) end = Math.max(end, id + 1);
  }
  return end;
}

interface Parts {
  readonly world: World;
  readonly backend: RemoteBackend;
  readonly names: Names;
  readonly log: SegmentedLog;
  readonly shipping: Shipping;
}

class RemoteSeries implements SeriesStore {
  readonly #parts: Parts;
  readonly #count = { taken: 0, refused: 0 };
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async register(names: readonly SeriesName[]): Promise<readonly SeriesId[]> {
    this.#assertOpen();
    return this.#parts.names.register(names);
  }

  async append(batch: SampleBatch): Promise<void> {
    this.#assertOpen();
    checkShape(batch);
    const admitted = this.#admitted(batch);
    this.#count.taken += admitted.series.length;
    this.#count.refused += batch.series.length - admitted.series.length;
    if (admitted.series.length === 0) return;
    await this.#parts.log.append(encodeBatch(admitted));
    this.#parts.shipping.wake();
  }

  /** Without samples of unknown series and of broken clocks. */
  #admitted(batch: SampleBatch): SampleBatch {
    const { names, world } = this.#parts;
    const now = world.now();
    const from = Math.max(names.keptSince, now - OLDEST_MS);
    const kept: number[] = [];
    for (let i = 0; i < batch.series.length; i++) {
      const [id, time] = [batch.series[i]!, batch.times[i]!];
      if (id > 0 && id < names.known && time >= from && time <= now + NEWEST_MS) kept.push(i);
    }
    if (kept.length === batch.series.length) return batch;
    return {
      series: Uint32Array.from(kept, (i) => batch.series[i]!),
      times: Float64Array.from(kept, (i) => batch.times[i]!),
      values: Float64Array.from(kept, (i) => batch.values[i]!),
      exact: batch.exact && BigUint64Array.from(kept, (i) => batch.exact![i]!),
    };
  }

  async range(series: SeriesId, from: number, to: number): Promise<Points> {
    const name = await this.#readable(series);
    const { names, backend } = this.#parts;
    const range = { from: Math.max(from, names.keptSince), to };
    const isCounter = names.isCounter(series);
    if (name === undefined || range.from >= to) return new PointBuffer(0).points({ ...range, isCounter });
    return pointsOf(await backend.read(name, range)).points({ ...range, isCounter });
  }

  async downsample(
    series: SeriesId,
    read: { from: number; to: number; stepMs: number },
  ): Promise<readonly Bucket[]> {
    const empty: Points = { times: new Float64Array(0), values: new Float64Array(0) };
    // Too many buckets are refused before the store is asked.
    buckets(read, { points: () => empty });
    const points = await this.range(series, read.from, read.to);
    return buckets(read, { points: () => points });
  }

  async last(series: readonly SeriesId[]): Promise<Points> {
    const times = new Float64Array(series.length).fill(Number.NaN);
    const values = new Float64Array(series.length).fill(Number.NaN);
    const exact = new BigUint64Array(series.length);
    const { names } = this.#parts;
    for (let from = 0; from < series.length; from += READS_OF_LAST_AT_ONCE) {
      const part = series.slice(from, from + READS_OF_LAST_AT_ONCE);
      const found = await Promise.all(part.map((id) => this.#newest(id)));
      for (const [offset, point] of found.entries()) {
        if (point === undefined || point.time < names.keptSince) continue;
        const said = pointOf(point);
        times[from + offset] = point.time;
        values[from + offset] = said.value;
        if (names.isCounter(part[offset]!)) exact[from + offset] = exactOf(said.value, said.exact);
      }
    }
    return series.some((id) => names.isCounter(id)) ? { times, values, exact } : { times, values };
  }

  async #newest(id: SeriesId): Promise<RemotePoint | undefined> {
    const name = await this.#readable(id);
    return name === undefined ? undefined : this.#parts.backend.newest(name);
  }

  async list(resourcePrefix: string, limit: number): Promise<readonly { id: SeriesId; name: SeriesName }[]> {
    this.#assertOpen();
    return this.#parts.names.list(resourcePrefix, limit);
  }

  async dropBefore(before: number): Promise<number> {
    this.#assertOpen();
    const { names, backend, shipping } = this.#parts;
    const midnight = Math.floor(before / DAY_MS) * DAY_MS;
    names.keepSince(midnight);
    await shipping.drained(milliseconds(READ_WAIT_MS));
    await backend.dropBefore(midnight);
    return 0;
  }

  async stats(): Promise<Readonly<Record<string, number>>> {
    const { names, log, shipping } = this.#parts;
    return {
      series: names.known - 1,
      samples_taken: this.#count.taken,
      samples_refused: this.#count.refused,
      spool_bytes: log.bytes,
      ...shipping.counters(),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { shipping, log, names, backend } = this.#parts;
    await shipping.stop();
    await log.close();
    names.close();
    backend.close();
  }

  /** Waits until everything acknowledged so far is with the store. */
  async #readable(id: SeriesId): Promise<SeriesName | undefined> {
    this.#assertOpen();
    await this.#parts.shipping.drained(milliseconds(READ_WAIT_MS));
    return this.#parts.names.nameOf(id);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Fault('series/closed', 'the series store is closed');
  }
}

function pointsOf(points: readonly RemotePoint[]): PointBuffer {
  const buffer = new PointBuffer(points.length);
  for (const point of points) {
    const { value, exact } = pointOf(point);
    if (exact === 0n) buffer.push(point.time, value);
    else buffer.pushExact(point.time, exact);
  }
  buffer.normalise();
  return buffer;
}
