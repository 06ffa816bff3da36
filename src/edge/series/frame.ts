/**
 * A frame: what a segment holds of 128 neighbouring series. A table says which series are there and how long their bodies are;
 * columns of times follow, each once for all series that share it, and then the bodies.
 */
import { crc32 } from 'node:zlib';
import { BitReader, BitWriter, DamagedChunk } from './bits.ts';
import { appendBody, beginSealed, endSealed, unsealed } from './body.ts';
import { CHUNK_BYTES, type Part, readTimes, type TimesRead, type TimesWritten, writeTimes } from './chunk.ts';

const FRAME_SHIFT = 7;
export const FRAME_SERIES = 1 << FRAME_SHIFT;
const TABLE_BYTES = 8;
const ENTRY_BYTES = 5;
/** Columns of times looked through for the one that is wanted: a poll of a device has one or two. */
const LOOKED_BACK = 4;

export const frameOf = (series: number): number => series >>> FRAME_SHIFT;
export const firstOf = (frame: number): number => frame * FRAME_SERIES;

/** One frame while it is written; series come in rising order. */
export class FrameWriter implements TimesWritten {
  readonly #times = new BitWriter();
  readonly #bodies = new BitWriter();
  readonly #columns: Float64Array[] = [];
  readonly #columnEnds: number[] = [];
  readonly #slots: number[] = [];
  readonly #lengths: number[] = [];

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  add(series: number, part: Part): void {
    const before = this.#bodies.at;
    appendBody(this.#bodies, part, this);
    this.#slots.push(series % FRAME_SERIES);
    this.#lengths.push(this.#bodies.at - before);
  }

  numberOf(times: Float64Array, from: number, to: number): number {
    const last = this.#columns.length - 1;
    for (let number = last; number >= 0 && number > last - LOOKED_BACK; number--) {
      if (isSame(this.#columns[number]!, times, from, to)) return number;
    }
    this.#columns.push(times.slice(from, to));
    const start = beginSealed(this.#times);
    this.#times.reserve(CHUNK_BYTES);
    writeTimes(this.#times, times, from, to);
    endSealed(this.#times, start);
    this.#columnEnds.push(this.#times.at);
    return last + 1;
  }

  /** The pieces of the frame, valid until the next `add`, and the length of what stands before the bodies. */
  take(): { readonly pieces: readonly Uint8Array[]; readonly headLength: number } {
    const table = this.#table();
    const times = this.#times.bytes.subarray(0, this.#times.at);
    const bodies = this.#bodies.bytes.subarray(0, this.#bodies.at);
    this.#times.at = 0;
    this.#bodies.at = 0;
    for (const list of [this.#columns, this.#columnEnds, this.#slots, this.#lengths]) list.length = 0;
    return { pieces: [table, times, bodies], headLength: table.length + times.length };
  }

  #table(): Uint8Array {
    const series = this.#slots.length;
    const columns = this.#columnEnds.length;
    const table = new Uint8Array(TABLE_BYTES + series * ENTRY_BYTES + columns * 4);
    const view = new DataView(table.buffer);
    view.setUint8(4, series);
    view.setUint8(5, columns >>> 16);
    view.setUint16(6, columns & 0xffff, true);
    let at = TABLE_BYTES;
    for (let i = 0; i < series; i++, at += ENTRY_BYTES) {
      view.setUint8(at, this.#slots[i]!);
      view.setUint32(at + 1, this.#lengths[i]!, true);
    }
    for (let i = 0; i < columns; i++, at += 4) view.setUint32(at, this.#columnEnds[i]!, true);
    view.setUint32(0, crc32(table.subarray(4)), true);
    return table;
  }
}

function isSame(column: Float64Array, times: Float64Array, from: number, to: number): boolean {
  if (column.length !== to - from) return false;
  for (let i = column.length - 1; i >= 0; i--) if (column[i] !== times[from + i]) return false;
  return true;
}

/** What stands before the bodies of a frame. */
export class FrameHead implements TimesRead {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #series: number;
  readonly #columns: number;
  readonly #decoded: (Float64Array | undefined)[] = [];

  /** Throws `DamagedChunk` where the table is not what was written. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < TABLE_BYTES) throw new DamagedChunk('a frame without a table');
    this.#series = this.#view.getUint8(4);
    this.#columns = this.#view.getUint8(5) * 0x1_0000 + this.#view.getUint16(6, true);
    const end = this.#tableEnd;
    if (end > bytes.length || crc32(bytes.subarray(4, end)) !== this.#view.getUint32(0, true))
      throw new DamagedChunk('the table of a frame is damaged');
  }

  get #tableEnd(): number {
    return TABLE_BYTES + this.#series * ENTRY_BYTES + this.#columns * 4;
  }

  /** Slots of the series that are there, rising. */
  slots(): number[] {
    return Array.from({ length: this.#series }, (_, i) => this.#view.getUint8(TABLE_BYTES + i * ENTRY_BYTES));
  }

  /** Where the body of the series lies behind the head; undefined when it has none. */
  bodyOf(slot: number): { readonly from: number; readonly length: number } | undefined {
    let from = 0;
    for (let i = 0, at = TABLE_BYTES; i < this.#series; i++, at += ENTRY_BYTES) {
      const length = this.#view.getUint32(at + 1, true);
      if (this.#view.getUint8(at) === slot) return { from, length };
      from += length;
    }
    return undefined;
  }

  at(number: number): Float64Array {
    const known = this.#decoded[number];
    if (known !== undefined) return known;
    if (number >= this.#columns) throw new DamagedChunk('a column of times that is not there');
    const ends = TABLE_BYTES + this.#series * ENTRY_BYTES;
    const start = number === 0 ? 0 : this.#view.getUint32(ends + (number - 1) * 4, true);
    const column = unsealed(this.#bytes, this.#tableEnd + start);
    if (column === undefined) throw new DamagedChunk('a column of times is damaged');
    const reader = new BitReader();
    reader.open(column, 0, column.length);
    const times = readTimes(reader)!;
    this.#decoded[number] = times;
    return times;
  }
}
