/**
 * The roller: moves samples from the head to segments of their days. Once an hour, or earlier when the head is half full, what
 * the head holds is frozen and written a few series at a time, so that there is no pause; then the write-ahead log lets it go.
 */
import type { Log } from '../../base/world.ts';
import type { SegmentedLog } from '../disk/segmented-log.ts';
import { DAY_MS } from './day-names.ts';
import type { Days } from './days.ts';
import type { Head } from './head.ts';
import type { Names } from './names.ts';
import { PointBuffer } from './point-buffer.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** One slice of the round. */
export const SLICE_MS = 15_000;
const SLICES = 240;
/** Slices in which frozen samples are written when nothing presses. */
const WRITING_SLICES = 60;
/** Slices done in one go when the clock of the samples jumps; the rest follows with the next calls. */
const MOST_SLICES = 8;

export interface RollerOptions {
  readonly head: Head;
  readonly days: Days;
  readonly log: SegmentedLog;
  readonly names: Names;
  readonly logger: Log;
  readonly now: () => number;
  /** Bytes of samples the head may hold. */
  readonly headBytes: () => number;
}

/** Frozen samples on their way. */
interface Writing {
  /** Log records up to this one are in it or on disk. */
  readonly applied: number;
  /** Days that ended before are whole when it is done. */
  readonly newest: number;
  readonly known: number;
  readonly writers: Map<number, SegmentWriter>;
  /** Days whose segment is there; when another one's fails they are not written again. */
  readonly published: Set<number>;
  /** Next series. */
  cursor: number;
  /** How much of it should be done. */
  share: number;
}

export class Roller {
  readonly #options: RollerOptions;
  readonly #points = new PointBuffer(1_024);
  #slice = 0;
  #due = 0;
  #age = 0;
  #moving: Promise<void> | undefined;
  #writing: Writing | undefined;
  /** Nothing is written until the next slice. */
  #hasFailed = false;
  /** Newest log record whose samples are in the head. */
  #applied = 0;
  /** Counters since the start. */
  rounds = 0;
  earlyRounds = 0;
  failures = 0;

  constructor(options: RollerOptions) {
    this.#options = options;
  }

  /** Tells that the samples of this record are in the head. */
  applied(sequence: number): void {
    this.#applied = Math.max(this.#applied, sequence);
    const slice = Math.floor(this.#options.head.tally.newest / SLICE_MS);
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

  /** Nothing is written from now on; the log brings back what was on its way. */
  close(): void {
    for (const writer of this.#writing?.writers.values() ?? []) writer.abandon();
    this.#writing = undefined;
  }

  async #moveSome(): Promise<void> {
    const { head, days, names } = this.#options;
    const slices = Math.min(this.#due, MOST_SLICES);
    this.#due -= slices;
    this.#age += slices;
    if (slices > 0) {
      this.#hasFailed = false;
      // A day that cannot be sealed must not keep new samples from the disk.
      await days
        .sealSome(slices * Math.max(16, Math.ceil(names.known / SLICES)))
        .catch((error: unknown) => this.#tell('sealing a day', error));
    }
    if (this.#hasFailed) return;
    const headBytes = this.#options.headBytes();
    do {
      if (this.#writing !== undefined) {
        // What comes meanwhile may fill a quarter of the head.
        const pressing = head.bytes > headBytes ? 1 : head.activeBytes / (headBytes / 4);
        await this.#write(this.#writing, Math.max(pressing, this.#writing.share + slices / WRITING_SLICES));
      }
      const isFull = head.activeBytes > headBytes / 2;
      if (this.#writing === undefined && (isFull || this.#age >= SLICES)) this.#freeze(isFull);
    } while (head.bytes > headBytes);
  }

  #freeze(isEarly: boolean): void {
    const { head, names, now } = this.#options;
    if (isEarly && this.#age < SLICES) this.earlyRounds++;
    head.freeze();
    this.#age = 0;
    this.#writing = {
      applied: this.#applied,
      // A device's clock that runs ahead must not seal a day that is not over.
      newest: Math.min(head.tally.newest, now()),
      known: names.known,
      writers: new Map(),
      published: new Set(),
      cursor: 0,
      share: 0,
    };
  }

  async #write(writing: Writing, share: number): Promise<void> {
    writing.share = Math.min(1, share);
    const end = Math.ceil(writing.known * writing.share);
    try {
      for (; writing.cursor < end; writing.cursor++) this.#writeSeries(writing.cursor, writing);
      if (writing.share === 1) await this.#finish(writing);
    } catch (error) {
      // All of it is still in the head: it is written anew.
      for (const writer of writing.writers.values()) writer.abandon();
      writing.writers.clear();
      writing.cursor = 0;
      writing.share = 0;
      throw error;
    }
  }

  #writeSeries(series: number, { writers, published }: Writing): void {
    const points = this.#points;
    points.clear();
    this.#options.head.frozen?.copy(series, points);
    if (points.count === 0) return;
    points.normalise();
    const { times, values, exact, count } = points;
    for (let from = 0; from < count; ) {
      const day = Math.floor(times[from]! / DAY_MS);
      const to = times[count - 1]! < (day + 1) * DAY_MS ? count : points.indexAt((day + 1) * DAY_MS);
      if (!published.has(day)) {
        const writer = writers.get(day) ?? this.#options.days.writer(day);
        writers.set(day, writer);
        writer.add(series, { times, values, exact, from, to });
      }
      from = to;
    }
  }

  async #finish(writing: Writing): Promise<void> {
    const { days, head, log, names } = this.#options;
    for (const [day, writer] of writing.writers) {
      if (day * DAY_MS < names.keptSince) writer.abandon();
      else await days.publish(day, writer);
      writing.writers.delete(day);
      writing.published.add(day);
    }
    await days.sync();
    head.release();
    this.#writing = undefined;
    await log.trim(writing.applied + 1);
    await days.startSealing(writing.newest);
    this.rounds++;
  }

  #failed(error: unknown): void {
    this.#hasFailed = true;
    this.#tell('moving samples to a segment of their day', error);
  }

  #tell(what: string, error: unknown): void {
    this.failures++;
    this.#options.logger.error(`series store: ${what} failed`, { error: String(error) });
  }
}
