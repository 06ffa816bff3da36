/**
 * The roller: moves samples from the head to the day files a few series at a time, once around all series in an hour,
 * so that there is no pause at the full hour; after each round it lets the write-ahead log and finished days go.
 */
import type { Log } from '../../base/world.ts';
import type { SegmentedLog } from '../disk/segmented-log.ts';
import { writeBody } from './body.ts';
import { DAY_MS, type Row } from './day-file.ts';
import type { Days } from './days.ts';
import type { Head } from './head.ts';
import type { Names } from './names.ts';
import { PointBuffer } from './point-buffer.ts';

/** One slice of the round. */
export const SLICE_MS = 15_000;
const SLICES = 240;
/** Slices done in one go when the clock of the samples jumps; the rest follows with the next calls. */
const MOST_SLICES = 8;
/** Series rolled between two looks at the bound when the head is too large. */
const FLUSH_SERIES = 1_024;

export interface RollerOptions {
  readonly head: Head;
  readonly days: Days;
  readonly log: SegmentedLog;
  readonly names: Names;
  readonly logger: Log;
  readonly now: () => number;
  /** Bytes of samples the head may hold; above them series are rolled early. */
  readonly headBytes: number;
}

export class Roller {
  readonly #options: RollerOptions;
  readonly #points = new PointBuffer(1_024);
  #cursor = 0;
  #slice = 0;
  #due = 0;
  #moving: Promise<void> | undefined;
  /** Newest log record whose samples are in the head. */
  #applied = 0;
  /** When the round began: records up to this one are in day files at its end, and so are days before `newest`. */
  #round = { applied: 0, newest: 0 };
  /** Counters since the start. */
  rounds = 0;
  earlyFlushes = 0;
  failures = 0;

  constructor(options: RollerOptions) {
    this.#options = options;
  }

  get #known(): number {
    return this.#options.names.known;
  }

  /** Tells that the samples of this record are in the head. */
  applied(sequence: number): void {
    this.#applied = Math.max(this.#applied, sequence);
    const slice = Math.floor(this.#options.head.newest / SLICE_MS);
    if (this.#slice > 0) this.#due = Math.min(SLICES, this.#due + Math.max(0, slice - this.#slice));
    this.#slice = Math.max(slice, this.#slice);
  }

  /** One more slice because time has passed, also where no samples come. */
  tick(): void {
    this.#due = Math.min(SLICES, this.#due + 1);
  }

  /** Does some of what is due. Only one call works at a time; those meanwhile wait for it and do nothing. */
  move(): Promise<void> {
    this.#moving ??= this.#moveSome()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#moving = undefined;
      });
    return this.#moving;
  }

  async #moveSome(): Promise<void> {
    const count = Math.min(this.#due, MOST_SLICES);
    if (count === 0) return;
    this.#due -= count;
    const series = count * Math.max(16, Math.ceil(this.#known / SLICES));
    await this.#options.days.sealSome(series, this.#known);
    const end = Math.min(this.#known, this.#cursor + series);
    if (!this.#roll(this.#cursor, end)) return;
    this.#cursor = end;
    if (end === this.#known) await this.#endRound();
  }

  /** Rolls early while the head holds more than it may. */
  keepBound(): void {
    const { head, headBytes } = this.#options;
    if (head.lateBytes > headBytes / 8)
      for (const series of head.lateSeries()) this.#flush(series, series + 1);
    for (let from = 0; head.bytes > headBytes && from < this.#known; from += FLUSH_SERIES) {
      if (!this.#flush(from, Math.min(this.#known, from + FLUSH_SERIES))) return;
    }
  }

  #flush(from: number, to: number): boolean {
    this.earlyFlushes++;
    return this.#roll(from, to);
  }

  /** Writes all samples of the series to their days and forgets them; false when a write failed and they stay. */
  #roll(from: number, to: number): boolean {
    const { head, days, names } = this.#options;
    const rolled: number[] = [];
    const byDay = new Map<number, Row[]>();
    for (let series = from; series < to; series++) {
      if (head.isEmpty(series)) continue;
      this.#points.clear();
      head.copy(series, this.#points);
      this.#points.normalise();
      splitByDay(series, this.#points, byDay);
      rolled.push(series);
    }
    try {
      for (const [day, rows] of byDay) if (day * DAY_MS >= names.keptSince) days.write(day, rows);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    for (const series of rolled) head.release(series);
    return true;
  }

  async #endRound(): Promise<void> {
    const { days, log, head, now } = this.#options;
    days.checkpoint();
    await log.trim(this.#round.applied + 1);
    days.startSealing(this.#round.newest);
    this.#cursor = 0;
    // A device's clock that runs ahead must not seal a day that is not over.
    this.#round = { applied: this.#applied, newest: Math.min(head.newest, now()) };
    this.rounds++;
  }

  #failed(error: unknown): void {
    this.failures++;
    this.#options.logger.error('series store: moving samples to a day file failed', { error: String(error) });
  }
}

function splitByDay(series: number, points: PointBuffer, into: Map<number, Row[]>): void {
  const { times, values, exact, count } = points;
  for (let from = 0; from < count; ) {
    const day = Math.floor(times[from]! / DAY_MS);
    const to = points.indexAt((day + 1) * DAY_MS);
    const rows = into.get(day) ?? [];
    if (rows.length === 0) into.set(day, rows);
    rows.push({ series, body: writeBody({ times, values, exact, from, to }) });
    from = to;
  }
}
