/**
 * The embedded series store: a write-ahead log in front, a head in memory, segments of each day behind.
 *
 * Invariants: a sample is acknowledged only once it is in the synced log, and leaves the log only once it is in a
 * synced segment; reads see head and days merged, and of equal times the sample that came last.
 */
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import { fileProblem, type Parsed, type Problem } from '../../base/problem.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Bucket, Points, SampleBatch, SeriesId, SeriesName, SeriesStore } from '../../flow/series.ts';
import { realFiles } from '../disk/file-system.ts';
import { openSegmentedLog, type SegmentedLog } from '../disk/segmented-log.ts';
import { admitted, checkShape, LAST_MS, NEWEST_MS, OLDEST_MS } from './admission.ts';
import { buckets } from './buckets.ts';
import { DAY_MS } from './day-names.ts';
import { Days } from './days.ts';
import type { Sample } from './generation.ts';
import { Head } from './head.ts';
import type { Names } from './names.ts';
import { openNames } from './open-names.ts';
import { exactOf, PointBuffer } from './point-buffer.ts';
import { decodeRecord, encodeBatch, RecordMemory } from './record.ts';
import { RollUps } from './roll-ups.ts';
import { Roller, SLICE_MS } from './roller.ts';
import { SetAside } from './set-aside.ts';

export interface SeriesOptions {
  readonly folder: string;
  readonly world: World;
  /** Bytes of samples held in memory; when left out 192 MiB, or 256 bytes a series where that is more. */
  readonly headBytes?: number | undefined;
}

const HEAD_BYTES = 192 * 1024 * 1024;
/** About a dozen polls: segments of fewer would consist of their tables. */
const HEAD_BYTES_A_SERIES = 256;
const LOG_SEGMENT_BYTES = 16 * 1024 * 1024;

/** Opens or makes the store in the folder; damage found is reported and counted. Throws when the folder cannot be used. */
export async function openSeries(options: SeriesOptions): Promise<Parsed<SeriesStore>> {
  const { folder, world } = options;
  await realFiles.makeFolder(folder);
  const { value: names, problems } = await openNames(`${folder}/names.sqlite`);
  const rollUps = new RollUps(folder, world.log);
  await rollUps.open();
  const days = new Days(folder, world.log, rollUps);
  problems.push(...(await days.open()));
  const end = days.seriesEnd();
  if (end > names.known) problems.push(namesLost(folder, end - names.known));
  names.skipTo(end);
  const opened = await openSegmentedLog({
    folder: `${folder}/log`,
    world,
    segmentBytes: LOG_SEGMENT_BYTES,
    windowMs: 1,
  });
  const setAside = new SetAside(folder, world.log);
  await setAside.prune(names.keptSince);
  const store = new EmbeddedSeries({ names, days, rollUps, setAside, log: opened.value, ...options });
  const replayProblems = await store.replay(`${folder}/log`);
  return { value: store, problems: [...problems, ...opened.problems, ...replayProblems] };
}

function namesLost(file: string, lost: number): Problem {
  const message = `${lost} numbers of series have samples and no name; they are not given to others`;
  return fileProblem(file, 'series/names-lost', message);
}

interface Parts extends SeriesOptions {
  readonly names: Names;
  readonly days: Days;
  readonly rollUps: RollUps;
  readonly setAside: SetAside;
  readonly log: SegmentedLog;
}

class EmbeddedSeries implements SeriesStore {
  readonly #parts: Parts;
  readonly #head = new Head();
  readonly #memory = new RecordMemory();
  readonly #roller: Roller;
  readonly #wake: Wake;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { days, log, names, world } = parts;
    this.#roller = new Roller({
      head: this.#head,
      days,
      log,
      names,
      logger: world.log,
      now: () => world.now(),
      headBytes: () => this.#headBytes,
    });
    this.#wake = world.every(milliseconds(SLICE_MS), () => {
      this.#roller.tick();
      void this.#roller.move();
    });
  }

  get #headBytes(): number {
    const { headBytes, names } = this.#parts;
    return headBytes ?? Math.max(HEAD_BYTES, names.known * HEAD_BYTES_A_SERIES);
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
        problems.push(fileProblem(file, 'series/bad-record', message));
        continue;
      }
      // Those without a name are kept from a name to come.
      for (const id of batch.series) if (id >= names.known) names.skipTo(id + 1);
      this.#head.reserve(names.known);
      this.#head.take(batch, { known: names.known, from: names.keptSince, to: LAST_MS });
      this.#roller.applied(frame.sequence);
      if (this.#head.bytes > this.#headBytes / 2) await this.#roller.move();
    }
    return problems;
  }

  async register(names: readonly SeriesName[]): Promise<readonly SeriesId[]> {
    this.#assertOpen();
    const ids = this.#parts.names.register(names);
    this.#head.reserve(this.#parts.names.known);
    return ids;
  }

  async append(given: SampleBatch): Promise<void> {
    this.#assertOpen();
    checkShape(given);
    const { log, names, world } = this.#parts;
    const now = world.now();
    if (names.keptSince > now) names.keepAll();
    const from = Math.max(names.keptSince, now - OLDEST_MS);
    const admission = { known: names.known, from, to: now + NEWEST_MS };
    const batch = admitted(given, admission);
    this.#head.tally.refused += given.series.length - batch.series.length;
    if (batch.series.length === 0) return;
    if (this.#head.bytes > this.#headBytes) await this.#roller.move();
    // That has not helped, so segments cannot be written: better refuse than grow until death.
    if (this.#head.bytes > this.#headBytes * 2)
      throw new Fault('series/full', 'the head of the series store is full');
    const records = encodeBatch(batch, this.#memory);
    const sequence = await log.append(records);
    this.#memory.give(records);
    this.#head.take(batch, admission);
    this.#roller.applied(sequence);
    const moving = this.#roller.move();
    if (this.#head.bytes > this.#headBytes) await moving;
  }

  async range(series: SeriesId, from: number, to: number): Promise<Points> {
    this.#assertOpen();
    return this.#points(series, { from, to });
  }

  #points(series: SeriesId, asked: { readonly from: number; readonly to: number }): Points {
    const points = new PointBuffer(256);
    const range = { from: Math.max(asked.from, this.#parts.names.keptSince), to: asked.to };
    this.#parts.days.read(series, points, range);
    this.#head.copy(series, points);
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

  #lastOf(id: number): Sample | undefined {
    const { names } = this.#parts;
    const held = this.#head.last(id);
    const last = (id < names.known ? this.#lastStored(id, held?.time ?? -1) : undefined) ?? held;
    return last !== undefined && last.time >= names.keptSince ? last : undefined;
  }

  /** The newest sample of the days that is newer than what the head has. */
  #lastStored(id: number, known: number): Sample | undefined {
    const points = new PointBuffer(256);
    for (const day of this.#parts.days.newestFirst()) {
      if ((day + 1) * DAY_MS <= known) return undefined;
      this.#parts.days.readDay(day, { series: id, range: { from: known + 1, to: Infinity } }, points);
      points.normalise();
      const index = points.count - 1;
      if (points.count === 0 || points.times[index]! <= known) continue;
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
    await this.#parts.setAside.prune(before);
    return await this.#parts.days.dropBefore(before);
  }

  async stats(): Promise<Readonly<Record<string, number>>> {
    const { names, days, log, setAside } = this.#parts;
    return {
      series: names.known - 1,
      samples_taken: this.#head.tally.taken,
      samples_late: this.#head.tally.late,
      samples_duplicate: this.#head.tally.duplicates,
      samples_refused: this.#head.tally.refused,
      head_bytes: this.#head.bytes,
      log_bytes: log.bytes,
      bodies_written: days.bodiesWritten,
      chunks_damaged: days.damaged,
      damaged_files: setAside.files,
      damaged_bytes: setAside.bytes,
      damaged_removed: setAside.removed,
      days: days.count,
      day_files: days.files,
      days_sealed: days.sealedCount,
      hours_months: this.#parts.rollUps.months,
      hours_written: this.#parts.rollUps.rowsWritten,
      hours_damaged: this.#parts.rollUps.damaged,
      rounds: this.#roller.rounds,
      early_rounds: this.#roller.earlyRounds,
      roll_failures: this.#roller.failures,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake.cancel();
    await this.#roller.move();
    this.#roller.close();
    await this.#parts.log.close();
    this.#parts.days.close();
    this.#parts.rollUps.close();
    this.#parts.names.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Fault('series/closed', 'the series store is closed');
  }
}
