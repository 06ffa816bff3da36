/** The sealing of a day: all its files become one, some series at a time, and the hours of each series are summed up. */
import { Fault } from '../../base/fault.ts';
import { FRAME_SERIES, firstOf } from './frame.ts';
import { type Hours, hoursOf } from './hours.ts';
import { PointBuffer } from './point-buffer.ts';
import type { Source } from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface SeriesHours {
  readonly series: number;
  readonly hours: Hours;
}

export class Sealing {
  readonly day: number;
  /** Of the file to come: parts of higher numbers came after it began. */
  readonly number: number;
  /** Oldest first. */
  readonly #sources: readonly Source[];
  readonly #frames: readonly number[];
  readonly #writer: SegmentWriter;
  readonly #points = new PointBuffer(2_048);
  #next = 0;
  /** Damaged stretches that were left behind. */
  damaged = 0;

  constructor(of: {
    readonly day: number;
    readonly number: number;
    readonly sources: readonly Source[];
    readonly path: string;
  }) {
    this.day = of.day;
    this.number = of.number;
    this.#sources = of.sources;
    const frames = new Set<number>();
    for (const source of of.sources) for (const frame of source.frames()) frames.add(frame);
    this.#frames = [...frames].sort((a, b) => a - b);
    this.#writer = new SegmentWriter(of.path);
  }

  get isWhole(): boolean {
    return this.#next >= this.#frames.length;
  }

  /** Takes about so many more series over and answers their hours. */
  some(count: number): SeriesHours[] {
    const end = Math.min(this.#frames.length, this.#next + Math.ceil(count / FRAME_SERIES));
    const sums: SeriesHours[] = [];
    for (; this.#next < end; this.#next++) this.#takeFrame(this.#frames[this.#next]!, sums);
    return sums;
  }

  async finish(path: string): Promise<void> {
    await this.#writer.finish(path);
  }

  abandon(): void {
    this.#writer.abandon();
  }

  #takeFrame(frame: number, sums: SeriesHours[]): void {
    const points = this.#points;
    for (const source of this.#sources) source.hold(frame);
    for (let series = firstOf(frame); series < firstOf(frame + 1); series++) {
      points.clear();
      for (const source of this.#sources) this.#take(source, series);
      if (points.count === 0) continue;
      points.normalise();
      const hours = hoursOf(points);
      if (hours.from.length > 0) sums.push({ series, hours });
      const { times, values, exact, count } = points;
      this.#writer.add(series, { times, values, exact, from: 0, to: count });
    }
  }

  #take(source: Source, series: number): void {
    const before = this.#points.count;
    try {
      this.damaged += source.read(series, this.#points);
    } catch (error) {
      // A day of a former version, damaged in its middle, would never be sealed otherwise.
      if (!(error instanceof Fault && error.code === 'disk/sqlite-damaged')) throw error;
      this.#points.count = before;
      this.damaged++;
    }
  }
}
