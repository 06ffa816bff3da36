/**
 * The embedded series store: a write-ahead log in front, a head in memory, one SQLite file a day behind.
 *
 * Invariants: a sample is acknowledged only once it is in the synced log, and leaves the log only once it is in a
 * synced day file; reads see head and days merged, and of equal times the sample that came last.
 */
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import type { Parsed, Problem } from '../../base/problem.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Bucket, Points, SampleBatch, SeriesId, SeriesName, SeriesStore } from '../../flow/series.ts';
import { realFiles } from '../disk/file-system.ts';
import { openSegmentedLog, type SegmentedLog } from '../disk/segmented-log.ts';
import { checkShape, NEWEST_MS, OLDEST_MS } from './admission.ts';
import { buckets } from './buckets.ts';
import { DAY_MS } from './day-file.ts';
import { Days } from './days.ts';
import { Head } from './head.ts';
import { Names } from './names.ts';
import { exactOf, PointBuffer } from './point-buffer.ts';
import { decodeRecord, encodeBatch } from './record.ts';
import { RollUps } from './roll-ups.ts';
import { Roller, SLICE_MS } from './roller.ts';

export interface SeriesOptions {
  readonly folder: string;
  readonly world: World;
  /** Bytes of samples held in memory before series are rolled early; 192 MiB when left out. */
  readonly headBytes?: number | undefined;
}

const HEAD_BYTES = 192 * 1024 * 1024;
const LOG_SEGMENT_BYTES = 16 * 1024 * 1024;

/** Opens or makes the store in the folder; damage found is reported and counted. Throws when the folder cannot be used. */
export async function openSeries(options: SeriesOptions): Promise<Parsed<SeriesStore>> {
  const { folder, world } = options;
  await realFiles.makeFolder(folder);
  const names = new Names(`${folder}/names.sqlite`);
  const rollUps = new RollUps(folder, world.log);
  await rollUps.open();
  const days = new Days(folder, world.log, rollUps);
  const dayProblems = await days.open();
  const opened = await openSegmentedLog({
    folder: `${folder}/log`,
    world,
    segmentBytes: LOG_SEGMENT_BYTES,
    windowMs: 1,
  });
  const store = new EmbeddedSeries({ names, days, rollUps, log: opened.value, ...options });
  const replayProblems = await store.replay(`${folder}/log`);
  return { value: store, problems: [...dayProblems, ...opened.problems, ...replayProblems] };
}

interface Parts extends SeriesOptions {
  readonly names: Names;
  readonly days: Days;
  readonly rollUps: RollUps;
  readonly log: SegmentedLog;
}

class EmbeddedSeries implements SeriesStore {
  readonly #parts: Parts;
  readonly #head = new Head();
  readonly #roller: Roller;
  readonly #headBytes: number;
  readonly #wake: Wake;
  /** Series whose newest sample was looked for in the day files. */
  readonly #lookedUp = new Set<number>();
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#headBytes = parts.headBytes ?? HEAD_BYTES;
    const { days, log, names, world } = parts;
    this.#roller = new Roller({
      head: this.#head,
      days,
      log,
      names,
      logger: world.log,
      now: () => world.now(),
      headBytes: this.#headBytes,
    });
    this.#wake = world.every(milliseconds(SLICE_MS), () => {
      this.#roller.tick();
      void this.#roller.move();
    });
  }

  /** Brings the log back into the head. */
  async replay(file: string): Promise<Problem[]> {
    const { names, log } = this.#parts;
    const problems: Problem[] = [];
    this.#head.reserve(names.known);
    for await (const frame of log.read(log.firstSequence)) {
      const batch = decodeRecord(frame.bytes);
      if (batch === undefined) {
        const message = `record ${frame.sequence} is no batch of samples and was left out`;
        problems.push({ file, line: 0, column: 0, severity: 'error', code: 'series/bad-record', message });
        continue;
      }
      this.#head.take(batch, { known: names.known, from: names.keptSince, to: Number.MAX_SAFE_INTEGER });
      this.#roller.applied(frame.sequence);
      this.#roller.keepBound();
    }
    return problems;
  }

  async register(names: readonly SeriesName[]): Promise<readonly SeriesId[]> {
    this.#assertOpen();
    const ids = this.#parts.names.register(names);
    this.#head.reserve(this.#parts.names.known);
    return ids;
  }

  async append(batch: SampleBatch): Promise<void> {
    this.#assertOpen();
    checkShape(batch);
    if (batch.series.length === 0) return;
    // Rolling early has not helped, so the day files cannot be written: better refuse than grow until death.
    if (this.#head.bytes > this.#headBytes * 2)
      throw new Fault('series/full', 'the head of the series store is full');
    const { log, names, world } = this.#parts;
    const now = world.now();
    const sequence = await log.append(encodeBatch(batch));
    const from = Math.max(names.keptSince, now - OLDEST_MS);
    this.#head.take(batch, { known: names.known, from, to: now + NEWEST_MS });
    this.#roller.applied(sequence);
    this.#roller.keepBound();
    void this.#roller.move();
  }

  async range(series: SeriesId, from: number, to: number): Promise<Points> {
    this.#assertOpen();
    return this.#points(series, { from, to });
  }

  #points(series: SeriesId, asked: { readonly from: number; readonly to: number }): Points {
    const points = new PointBuffer(256);
    const range = { from: Math.max(asked.from, this.#parts.names.keptSince), to: asked.to };
    this.#parts.days.read(series, points, range);
    this.#head.copy(series, points, range);
    points.normalise();
    return points.points({ ...range, isCounter: this.#parts.names.isCounter(series) });
  }

  async downsample(
    series: SeriesId,
    read: { from: number; to: number; stepMs: number },
  ): Promise<readonly Bucket[]> {
    this.#assertOpen();
    // Of the days that were dropped only their hours are left.
    const { rollUps, names } = this.#parts;
    return buckets(read, {
      points: () => this.#points(series, read),
      hours: () => rollUps.read(series, { from: read.from, to: Math.min(read.to, names.keptSince) }),
    });
  }

  async last(series: readonly SeriesId[]): Promise<Points> {
    this.#assertOpen();
    const points = { times: new Float64Array(series.length), values: new Float64Array(series.length) };
    const exact = new BigUint64Array(series.length);
    for (const [index, id] of series.entries()) {
      const last = this.#lastOf(id);
      points.times[index] = last?.time ?? Number.NaN;
      points.values[index] = last?.value ?? Number.NaN;
      if (last !== undefined && this.#parts.names.isCounter(id))
        exact[index] = exactOf(last.value, last.exact);
    }
    return series.some((id) => this.#parts.names.isCounter(id)) ? { ...points, exact } : points;
  }

  #lastOf(id: number): ReturnType<Head['last']> {
    if (!this.#lookedUp.has(id) && id < this.#parts.names.known) {
      // After a start the head knows only what the log still held.
      this.#lookedUp.add(id);
      const stored = this.#lastStored(id);
      if (stored !== undefined && stored.time > (this.#head.last(id)?.time ?? -1))
        this.#head.remember(id, stored);
    }
    const last = this.#head.last(id);
    return last !== undefined && last.time >= this.#parts.names.keptSince ? last : undefined;
  }

  #lastStored(id: number): { time: number; value: number; exact: bigint } | undefined {
    const known = this.#head.last(id)?.time ?? -1;
    const points = new PointBuffer(256);
    for (const day of this.#parts.days.newestFirst()) {
      if ((day + 1) * DAY_MS <= known) return undefined;
      this.#parts.days.readDay(day, { series: id }, points);
      if (points.count === 0) continue;
      points.normalise();
      const index = points.count - 1;
      return { time: points.times[index]!, value: points.values[index]!, exact: points.exact?.[index] ?? 0n };
    }
    return undefined;
  }

  async list(resourcePrefix: string, limit: number): Promise<readonly { id: SeriesId; name: SeriesName }[]> {
    this.#assertOpen();
    return this.#parts.names.list(resourcePrefix, limit);
  }

  async dropBefore(before: number, hoursBefore?: number): Promise<number> {
    this.#assertOpen();
    if (hoursBefore !== undefined) await this.#parts.rollUps.dropBefore(hoursBefore);
    // Kept in mind, or samples in the log and late ones would bring a dropped day back.
    this.#parts.names.keepSince(Math.floor(before / DAY_MS) * DAY_MS);
    return await this.#parts.days.dropBefore(before);
  }

  async stats(): Promise<Readonly<Record<string, number>>> {
    const { names, days, log } = this.#parts;
    return {
      series: names.known - 1,
      samples_taken: this.#head.taken,
      samples_late: this.#head.late,
      samples_duplicate: this.#head.duplicates,
      samples_refused: this.#head.refused,
      head_bytes: this.#head.bytes,
      log_bytes: log.bytes,
      rows_written: days.rowsWritten,
      chunks_damaged: days.damaged,
      days: days.count,
      days_sealed: days.sealedCount,
      hours_months: this.#parts.rollUps.months,
      hours_written: this.#parts.rollUps.rowsWritten,
      hours_damaged: this.#parts.rollUps.damaged,
      rounds: this.#roller.rounds,
      early_flushes: this.#roller.earlyFlushes,
      roll_failures: this.#roller.failures,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake.cancel();
    await this.#roller.move();
    await this.#parts.log.close();
    this.#parts.days.close();
    this.#parts.rollUps.close();
    this.#parts.names.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Fault('series/closed', 'the series store is closed');
  }
}
