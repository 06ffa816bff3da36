/** The values of one group of columns that share an index, as typed arrays: what the hot path of polling fills and `detect` and the series read. */
import { cellArrays, enlarged } from './cell-arrays.ts';
import { compareOids, indexText, isOid, oidText, type Span } from './oid-bytes.ts';
import { mostRowsOfTable } from './row-bounds.ts';
import type { Oid, VarbindValue } from './session.ts';
import { valueTag } from './value-tag.ts';

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new Uint32Array(0);
const NO_TIMES = new Float64Array(0);
const NO_INDEXES = new Uint32Array(1);

/** What `rowFor` answers instead of a row. */
export const notPlaced = { notIncreasing: -1, noRoom: -2, malformed: -3 } as const;

export interface TableCellsSetup {
  readonly columns: readonly Oid[];
  /** Default: all that a table may grow to. */
  readonly mostRows?: number | undefined;
  /** Of all texts and OIDs of a reading together; default 8 MiB. */
  readonly mostBytes?: number | undefined;
}

interface RefusedCells {
  /** Rows above `mostRows`. */
  readonly rows: number;
  /** Values for which the arena had no room. */
  readonly bytes: number;
  /** Values whose bytes do not fit their type. */
  readonly unreadable: number;
}

/**
 * A row is what shares an index, never a position. Rows stand in numeric order of their index after each reading and keep
 * their number from one reading to the next while `layout` stays the same, so that whoever maps rows to something does it
 * once a layout. All arrays are replaced when the table grows: take them anew for each reading.
 *
 * The cell of (row, column) is at `row * width + column`:
 * - `tags`: 0 is a hole (not in this reading), else the BER tag of `valueTag`;
 * - numbers: `hi` and `lo` are the 64-bit value (INTEGER in two's complement, so that `lo | 0` is its usual 32-bit value);
 * - OCTET STRING, Opaque, OID, IpAddress: `hi` is the length and `lo` the offset in `arena`.
 */
export class TableCells {
  readonly columns: readonly Oid[];
  readonly width: number;
  readonly #mostRows: number;
  readonly #mostBytes: number;
  /** Rows known; those that a partial reading did not bring have holes only. */
  rows = 0;
  /** Rises when rows come or go. */
  layout = 0;
  tags: Uint8Array = NO_BYTES;
  hi: Uint32Array = NO_WORDS;
  lo: Uint32Array = NO_WORDS;
  /** Wall clock in ms at which this reading brought the row; NaN where it did not. */
  rowAtMs: Float64Array = NO_TIMES;
  /** The agent's sysUpTime (1/100 s) in the same message; 0 where the agent does not tell. */
  rowTicks: Uint32Array = NO_WORDS;
  arena: Uint8Array = NO_BYTES;
  /** Wall clock in ms of the first answer of this reading; NaN before it and when nothing came. */
  readAtMs = Number.NaN;
  /** sysUpTime in the first answer of this reading; undefined where the agent does not tell. */
  upTimeTicks: number | undefined;
  /** Bytes of a value with its name in a reply, as last seen: kept here for whoever asks for the next ones. */
  valueBytes = 22.5;
  readonly #refused = { rows: 0, bytes: 0, unreadable: 0 };
  #arenaUsed = 0;
  #atMs = Number.NaN;
  #ticks = Number.NaN;
  /** Row numbers in order of index while a reading brought rows that belong between known ones; else rows are in order. */
  #order: Int32Array | undefined;
  #hasNewRows = false;
  /** Indexes of the rows as they stand in names, one after the other; where each begins, and where the last one ends. */
  indexes: Uint8Array = NO_BYTES;
  indexFrom: Uint32Array = NO_INDEXES;
  #texts: (string | undefined)[] = [];
  /** Of each column: the row that came last, -1 before the first. Written by `arrived` only. */
  readonly last: Int32Array;
  /** The row that has the time of the message at hand. */
  #stamped = -1;

  constructor({ columns, mostRows = mostRowsOfTable, mostBytes = 8 * 1024 * 1024 }: TableCellsSetup) {
    this.columns = columns;
    this.width = columns.length;
    this.#mostRows = mostRows;
    this.#mostBytes = mostBytes;
    this.last = new Int32Array(this.width).fill(-1);
  }

  /** Since the table was made. */
  get refused(): RefusedCells {
    return this.#refused;
  }

  /** The index of a row as text, e.g. `3` or `4194304256.1`; made once a layout. */
  indexOf(row: number): string {
    this.#texts[row] ??= indexText(this.indexes, this.indexFrom[row]!, this.indexFrom[row + 1]!);
    return this.#texts[row]!;
  }

  /** A number as far as 53 bits hold it; undefined for holes and for what is no number. */
  numberAt(row: number, column: number): number | undefined {
    const at = row * this.width + column;
    switch (this.tags[at]) {
      case valueTag.integer:
        return (this.hi[at]! | 0) * 0x1_0000_0000 + this.lo[at]!;
      case valueTag.counter32:
      case valueTag.gauge32:
      case valueTag.timeticks:
      case valueTag.unsigned32:
        return this.lo[at]!;
      case valueTag.counter64:
        return this.hi[at]! * 0x1_0000_0000 + this.lo[at]!;
      default:
        return undefined;
    }
  }

  /** The value as an object of its own; undefined for holes. */
  valueAt(row: number, column: number): VarbindValue | undefined {
    const at = row * this.width + column;
    const tag = this.tags[at]!;
    const [from, end] = [this.lo[at]!, this.lo[at]! + this.hi[at]!];
    switch (tag) {
      case valueTag.integer:
        return { type: 'integer', number: this.numberAt(row, column)! };
      case valueTag.counter32:
        return { type: 'counter32', number: this.lo[at]! };
      case valueTag.gauge32:
      case valueTag.unsigned32:
        return { type: 'gauge32', number: this.lo[at]! };
      case valueTag.timeticks:
        return { type: 'timeticks', number: this.lo[at]! };
      case valueTag.counter64:
        return { type: 'counter64', bigint: (BigInt(this.hi[at]!) << 32n) | BigInt(this.lo[at]!) };
      case valueTag.octets:
      case valueTag.nsap:
        return { type: 'octets', bytes: this.arena.slice(from, end) };
      case valueTag.opaque:
        return { type: 'opaque', bytes: this.arena.slice(from, end) };
      case valueTag.oid:
        // A length of zero is no OID, yet some agents send it where they have none: RFC 2578's zeroDotZero.
        return { type: 'oid', oid: from === end ? '0.0' : oidText(this.arena, from, end) };
      case valueTag.ipAddress:
        return { type: 'ipAddress', address: this.arena.subarray(from, end).join('.') };
      case valueTag.null:
        return { type: 'null' };
      default:
        return undefined;
    }
  }

  /** A new reading: every cell is a hole until its value comes. */
  begin(): void {
    this.tags.fill(0, 0, this.rows * this.width);
    this.rowAtMs.fill(Number.NaN, 0, this.rows);
    this.last.fill(-1);
    this.#arenaUsed = 0;
    this.readAtMs = Number.NaN;
    this.upTimeTicks = undefined;
  }

  /** What comes now was in a message received at `atMs` (wall clock) that said this sysUpTime. */
  stamp(atMs: number, ticks: number | undefined): void {
    this.#atMs = atMs;
    this.#ticks = ticks ?? Number.NaN;
    this.#stamped = -1;
    if (!Number.isNaN(this.readAtMs)) return;
    this.readAtMs = atMs;
    this.upTimeTicks = ticks;
  }

  /**
   * The row with this index, made when it is new, or one of `notPlaced`. Indexes of a column come in increasing order within
   * a reading (RFC 3416 section 4.2.3): the row after the last one of the column is looked at first.
   */
  rowFor(column: number, bytes: Uint8Array, from: number, end: number): number {
    const row = this.last[column]! + 1;
    if (row < this.rowsInOrder && this.hasIndex(row, bytes, from, end)) {
      this.arrived(column, row);
      return row;
    }
    return this.#searched(column, { bytes, from, end });
  }

  /** Rows of which the one after the last of a column is likely to be the next; 0 while new rows stand between known ones. */
  get rowsInOrder(): number {
    return this.#order === undefined ? this.rows : 0;
  }

  /** True when these bytes are the index of the row. */
  hasIndex(row: number, bytes: Uint8Array, from: number, end: number): boolean {
    let at = this.indexFrom[row]!;
    if (end <= from || this.indexFrom[row + 1]! - at !== end - from) return false;
    for (let i = from; i < end; i++) if (bytes[i] !== this.indexes[at++]) return false;
    return true;
  }

  /** The message at hand has a value of this row in this column. */
  arrived(column: number, row: number): void {
    this.last[column] = row;
    if (row === this.#stamped) return;
    this.#stamped = row;
    this.rowAtMs[row] = this.#atMs;
    this.rowTicks[row] = this.#ticks;
  }

  /** Keeps the bytes of a value; false, and a hole, when the arena is full. */
  keepBytes(at: number, tag: number, { bytes, from, end }: Span): boolean {
    const length = end - from;
    if (this.#arenaUsed + length > this.arena.length && !this.#growArena(length)) {
      this.#refused.bytes++;
      return false;
    }
    for (let i = from, to = this.#arenaUsed; i < end; i++, to++) this.arena[to] = bytes[i]!;
    this.tags[at] = tag;
    this.hi[at] = length;
    this.lo[at] = this.#arenaUsed;
    this.#arenaUsed += length;
    return true;
  }

  /** A value came whose bytes do not fit its type: its cell stays a hole. */
  refuseUnreadable(): void {
    this.#refused.unreadable++;
  }

  /** Bytes of the index of the last row of this column; 0 before the first. */
  lastIndexLength(column: number): number {
    const row = this.last[column]!;
    return row < 0 ? 0 : this.indexFrom[row + 1]! - this.indexFrom[row]!;
  }

  /** Writes the index of the last row of this column as it stands in a name; answers where it ends. */
  writeLastIndex(column: number, to: Uint8Array, at: number): number {
    const row = this.last[column]!;
    if (row < 0) return at;
    const end = this.indexFrom[row + 1]!;
    let next = at;
    for (let i = this.indexFrom[row]!; i < end; i++) to[next++] = this.indexes[i]!;
    return next;
  }

  /** How many known rows stand behind the last one of this column; while a reading brings new rows only an estimate. */
  rowsAfter(column: number): number {
    return this.rows - 1 - this.last[column]!;
  }

  /** The end of a reading; rows that a whole one did not bring are gone. */
  finish(isWhole: boolean): void {
    const kept: number[] = [];
    let isAllKept = true;
    for (let place = 0; isWhole && isAllKept && place < this.rows; place++) {
      isAllKept = !Number.isNaN(this.rowAtMs[place]!);
    }
    if (isAllKept && !this.#hasNewRows) return;
    for (let place = 0; place < this.rows; place++) {
      const row = this.#rowAt(place);
      if (!isWhole || !Number.isNaN(this.rowAtMs[row]!)) kept.push(row);
    }
    const isSpacious = this.rowAtMs.length > kept.length * 1.25;
    if (kept.length < this.rows || this.#order !== undefined || isSpacious) this.#arrange(kept);
    this.#hasNewRows = false;
    this.#order = undefined;
    this.#texts = [];
    this.layout++;
  }

  #rowAt(place: number): number {
    return this.#order === undefined ? place : this.#order[place]!;
  }

  #searched(column: number, index: Span): number {
    if (!isOid(index.bytes, index.from, index.end)) return notPlaced.malformed;
    const last = this.last[column]!;
    if (last >= 0 && compareOids(this.#spanOf(last), index) >= 0) return notPlaced.notIncreasing;
    let low = 0;
    let high = this.rows;
    // Most new rows come at the end.
    if (high > 0 && compareOids(this.#spanOf(this.#rowAt(high - 1)), index) < 0) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.#rowAt(middle);
      const order = compareOids(this.#spanOf(row), index);
      if (order === 0) {
        this.arrived(column, row);
        return row;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    if (this.rows >= this.#mostRows) {
      this.#refused.rows++;
      return notPlaced.noRoom;
    }
    const row = this.#insert(low, index);
    this.arrived(column, row);
    return row;
  }

  #spanOf(row: number): Span {
    return { bytes: this.indexes, from: this.indexFrom[row]!, end: this.indexFrom[row + 1]! };
  }

  #insert(place: number, { bytes, from, end }: Span): number {
    const row = this.rows;
    if (row === this.rowAtMs.length) this.#growRows();
    const indexFrom = this.indexFrom[row]!;
    const indexEnd = indexFrom + end - from;
    if (indexEnd > this.indexes.length) this.indexes = enlarged(this.indexes, Math.max(64, indexEnd * 2));
    for (let i = from, to = indexFrom; i < end; i++, to++) this.indexes[to] = bytes[i]!;
    this.indexFrom[row + 1] = indexEnd;
    if (place < row) this.#order ??= Int32Array.from(this.rowAtMs.keys());
    if (this.#order !== undefined) {
      this.#order.copyWithin(place + 1, place, row);
      this.#order[place] = row;
    }
    this.tags.fill(0, row * this.width, (row + 1) * this.width);
    this.#hasNewRows = true;
    this.rows = row + 1;
    return row;
  }

  #growRows(): void {
    const { tags, hi, lo, rowAtMs, rowTicks } = this;
    const { indexFrom } = this;
    const order = this.#order;
    this.#allot(Math.min(this.#mostRows, Math.max(8, rowAtMs.length * 2)));
    this.tags.set(tags);
    this.hi.set(hi);
    this.lo.set(lo);
    this.rowAtMs.set(rowAtMs);
    this.rowTicks.set(rowTicks);
    this.indexFrom.set(indexFrom);
    if (order !== undefined) {
      this.#order = new Int32Array(this.rowAtMs.length);
      this.#order.set(order);
    }
  }

  #allot(rows: number): void {
    const arrays = cellArrays(rows, this.width);
    this.tags = arrays.tags;
    this.hi = arrays.hi;
    this.lo = arrays.lo;
    this.rowAtMs = arrays.rowAtMs;
    this.rowTicks = arrays.rowTicks;
    this.indexFrom = arrays.indexFrom;
  }

  #growArena(length: number): boolean {
    const wanted = this.#arenaUsed + length;
    if (wanted > this.#mostBytes) return false;
    this.arena = enlarged(this.arena, Math.min(this.#mostBytes, Math.max(256, wanted * 2)));
    return true;
  }

  /** Only these rows, in this order, and no room for others. */
  #arrange(kept: readonly number[]): void {
    const { width, tags, hi, lo, rowAtMs, rowTicks } = this;
    const { indexes, indexFrom } = this;
    this.#allot(kept.length);
    this.indexes = new Uint8Array(kept.reduce((sum, row) => sum + indexFrom[row + 1]! - indexFrom[row]!, 0));
    let used = 0;
    for (const [to, row] of kept.entries()) {
      const cells = [row * width, (row + 1) * width] as const;
      this.tags.set(tags.subarray(...cells), to * width);
      this.hi.set(hi.subarray(...cells), to * width);
      this.lo.set(lo.subarray(...cells), to * width);
      this.rowAtMs[to] = rowAtMs[row]!;
      this.rowTicks[to] = rowTicks[row]!;
      this.indexes.set(indexes.subarray(indexFrom[row], indexFrom[row + 1]), used);
      used += indexFrom[row + 1]! - indexFrom[row]!;
      this.indexFrom[to + 1] = used;
    }
    this.rows = kept.length;
    this.last.fill(-1);
  }
}
