/**
 * The head: everything that is durable in the write-ahead log and not yet in a segment of a day. Samples come into the active
 * generation; a frozen one is on its way to the disk and still read.
 */
import type { SampleBatch } from '../../flow/series.ts';
import { type Admission, Generation, type Sample, type Tally } from './generation.ts';
import type { PointBuffer } from './point-buffer.ts';
import { RowPages } from './rows.ts';

export class Head {
  readonly #pages = new RowPages();
  #active = new Generation(this.#pages);
  #frozen: Generation | undefined;
  #known = 0;
  /** Counters since the start. */
  readonly tally: Tally = { taken: 0, late: 0, duplicates: 0, refused: 0, newest: 0 };

  /** Bytes of samples held. */
  get bytes(): number {
    return this.#active.bytes + (this.#frozen?.bytes ?? 0);
  }

  get activeBytes(): number {
    return this.#active.bytes;
  }

  get frozen(): Generation | undefined {
    return this.#frozen;
  }

  /** Makes room for series below `known`. */
  reserve(known: number): void {
    this.#known = Math.max(known, this.#known);
    this.#active.reserve(this.#known);
  }

  /** Takes the batch in; `reserve` was called for all admitted series. */
  take(batch: SampleBatch, admission: Admission): void {
    this.#active.take(batch, admission, this.tally);
  }

  /** What came until now is frozen; nothing else is. */
  freeze(): void {
    this.#frozen = this.#active;
    this.#active = new Generation(this.#pages);
    this.#active.reserve(this.#known);
  }

  /** The frozen samples are in segments now. */
  release(): void {
    this.#frozen?.release();
    this.#frozen = undefined;
  }

  /** Appends all samples of the series, oldest arrival class first: the caller normalises. */
  copy(id: number, into: PointBuffer): void {
    this.#frozen?.copy(id, into);
    this.#active.copy(id, into);
  }

  /** The newest sample held, or undefined. */
  last(id: number): Sample | undefined {
    const active = this.#active.last(id);
    const frozen = this.#frozen?.last(id);
    if (active === undefined || frozen === undefined) return active ?? frozen;
    return frozen.time > active.time ? frozen : active;
  }
}
