/** The values of one group of columns that share an index, as typed arrays: what the hot path of polling fills and `detect` and the series read. */
import { compareOids, indexText, isOid, oidText, type Span } from './oid-bytes.ts';
import type { Oid, VarbindValue } from './session.ts';
import { valueTag } from './value-tag.ts';

/** What `rowFor` answers instead of a row. */
export const notPlaced = { notIncreasing: -1, noRoom: -2, malformed: -3 } as const;

export interface TableCellsSetup {
  readonly columns: readonly Oid[];
  /** Default 20,000. */
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
  tags = new Uint8Array(0);
  hi = new Uint32Array(0);
  lo = new Uint32Array(0);
  /** Wall clock in ms at which this reading brought the row; NaN where it did not. */
  rowAtMs = new Float64Array(0);
  /** The agent's sysUpTime (1/100 s) in the same message; 0 where the agent does not tell. */
  rowTicks = new Uint32Array(0);
  arena = new Uint8Array(0);
  /** Wall clock in ms of the first answer of this reading; NaN before it and when nothing came. */
  readAtMs = Number.NaN;
  /** sysUpTime in the first answer of this reading; undefined where the agent does not tell. */
  upTimeTicks: number | undefined;
  /** Bytes of a value with its name in a reply, as last seen: kept here for whoever asks for the next ones. */
  valueBytes = 22;
  readonly #refused = { rows: 0, bytes: 0, unreadable: 0 };
  #arenaUsed = 0;
  #atMs = Number.NaN;
  #ticks = 0;
  /** Row numbers in order of index; the identity except while a reading brings new rows. */
  #order = new Int32Array(0);
  #isOrdered = true;
  #hasNewRows = false;
  #indexes = new Uint8Array(0);
  #indexFrom = new Uint32Array(1);
  #texts: (string | undefined)[] = [];
  /** Of each column: place in `#order` and number of the row that came last. */
  readonly #lastPlace: Int32Array;
  readonly #lastRow: Int32Array;

  constructor({ columns, mostRows = 20_000, mostBytes = 8 * 1024 * 1024 }: TableCellsSetup) {
    this.columns = columns;
    this.width = columns.length;
    this.#mostRows = mostRows;
    this.#mostBytes = mostBytes;
    this.#lastPlace = new Int32Array(this.width).fill(-1);
    this.#lastRow = new Int32Array(this.width).fill(-1);
  }

  /** Since the table was made. */
  get refused(): RefusedCells {
    return this.#refused;
  }

  /** The index of a row as text, e.g. `3` or `4194304256.1`; made once a layout. */
  indexOf(row: number): string {
    this.#texts[row] ??= indexText(this.#indexes, this.#indexFrom[row]!, this.#indexFrom[row + 1]!);
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
    this.#lastPlace.fill(-1);
    this.#lastRow.fill(-1);
    this.#arenaUsed = 0;
    this.readAtMs = Number.NaN;
    this.upTimeTicks = undefined;
  }

  /** What comes now was in a message received at `atMs` (wall clock) that said this sysUpTime. */
  stamp(atMs: number, ticks: number | undefined): void {
    this.#atMs = atMs;
    this.#ticks = ticks ?? 0;
    if (!Number.isNaN(this.readAtMs)) return;
    this.readAtMs = atMs;
    this.upTimeTicks = ticks;
  }

  /**
   * The row with this index, made when it is new, or one of `notPlaced`. Indexes of a column come in increasing order within
   * a reading (RFC 3416 section 4.2.3): the row after the last one of the column is looked at first.
   */
  rowFor(column: number, bytes: Uint8Array, from: number, end: number): number {
    const last = this.#lastPlace[column]!;
    const place = last + 1;
    if (place < this.rows && (last < 0 || this.#order[last] === this.#lastRow[column])) {
      const row = this.#order[place]!;
      const known = this.#indexes;
      let at = this.#indexFrom[row]!;
      if (this.#indexFrom[row + 1]! - at === end - from) {
        let i = from;
        while (i < end && bytes[i] === known[at]) {
          i++;
          at++;
        }
        if (i === end && end > from) return this.#arrived(column, place, row);
      }
    }
    return this.#searched(column, { bytes, from, end });
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
    const row = this.#lastRow[column]!;
    return row < 0 ? 0 : this.#indexFrom[row + 1]! - this.#indexFrom[row]!;
  }

  /** Writes the index of the last row of this column as it stands in a name; answers where it ends. */
  writeLastIndex(column: number, to: Uint8Array, at: number): number {
    const row = this.#lastRow[column]!;
    if (row < 0) return at;
    const end = this.#indexFrom[row + 1]!;
    let next = at;
    for (let i = this.#indexFrom[row]!; i < end; i++) to[next++] = this.#indexes[i]!;
    return next;
  }

  /** How many known rows stand behind the last one of this column. */
  rowsAfter(column: number): number {
    return this.rows - 1 - this.#lastPlace[column]!;
  }

  /** The end of a reading; rows that a whole one did not bring are gone. */
  finish(isWhole: boolean): void {
    let kept = 0;
    for (let place = 0; place < this.rows; place++) {
      const row = this.#order[place]!;
      if (!isWhole || !Number.isNaN(this.rowAtMs[row]!)) this.#order[kept++] = row;
    }
    if (kept === this.rows && !this.#hasNewRows) return;
    if (kept < this.rows || !this.#isOrdered) this.#arrange(kept);
    this.#hasNewRows = false;
    this.#isOrdered = true;
    this.#texts = [];
    this.layout++;
  }

  #arrived(column: number, place: number, row: number): number {
    this.#lastPlace[column] = place;
    this.#lastRow[column] = row;
    this.rowAtMs[row] = this.#atMs;
    this.rowTicks[row] = this.#ticks;
    return row;
  }

  #searched(column: number, index: Span): number {
    if (!isOid(index.bytes, index.from, index.end)) return notPlaced.malformed;
    const last = this.#lastRow[column]!;
    if (last >= 0 && compareOids(this.#spanOf(last), index) >= 0) return notPlaced.notIncreasing;
    let low = 0;
    let high = this.rows;
    // Most new rows come at the end.
    if (high > 0 && compareOids(this.#spanOf(this.#order[high - 1]!), index) < 0) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareOids(this.#spanOf(this.#order[middle]!), index);
      if (order === 0) return this.#arrived(column, middle, this.#order[middle]!);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    if (this.rows >= this.#mostRows) {
      this.#refused.rows++;
      return notPlaced.noRoom;
    }
    return this.#arrived(column, low, this.#insert(low, index));
  }

  #spanOf(row: number): Span {
    return { bytes: this.#indexes, from: this.#indexFrom[row]!, end: this.#indexFrom[row + 1]! };
  }

  #insert(place: number, { bytes, from, end }: Span): number {
    const row = this.rows;
    if (row + 1 > this.#order.length) this.#growRows();
    const indexFrom = this.#indexFrom[row]!;
    const indexEnd = indexFrom + end - from;
    if (indexEnd > this.#indexes.length) this.#indexes = enlarged(this.#indexes, Math.max(64, indexEnd * 2));
    for (let i = from, to = indexFrom; i < end; i++, to++) this.#indexes[to] = bytes[i]!;
    this.#indexFrom[row + 1] = indexEnd;
    this.#order.copyWithin(place + 1, place, row);
    this.#order[place] = row;
    this.tags.fill(0, row * this.width, (row + 1) * this.width);
    if (place < row) this.#isOrdered = false;
    this.#hasNewRows = true;
    this.rows = row + 1;
    return row;
  }

  #growRows(): void {
    const rows = Math.min(this.#mostRows, Math.max(8, this.#order.length * 2));
    const cells = rows * this.width;
    this.tags = enlarged(this.tags, cells);
    this.hi = enlarged(this.hi, cells);
    this.lo = enlarged(this.lo, cells);
    this.rowAtMs = enlarged(this.rowAtMs, rows);
    this.rowTicks = enlarged(this.rowTicks, rows);
    this.#order = enlarged(this.#order, rows);
    this.#indexFrom = enlarged(this.#indexFrom, rows + 1);
  }

  #growArena(length: number): boolean {
    const wanted = this.#arenaUsed + length;
    if (wanted > this.#mostBytes) return false;
    this.arena = enlarged(this.arena, Math.min(this.#mostBytes, Math.max(256, wanted * 2)));
    return true;
  }

  /** Puts the first `kept` rows of `#order` in their order. */
  #arrange(kept: number): void {
    const { width } = this;
    const before = { tags: this.tags, hi: this.hi, lo: this.lo, at: this.rowAtMs, ticks: this.rowTicks };
    const [order, indexes, indexFrom] = [this.#order, this.#indexes, this.#indexFrom];
    this.tags = new Uint8Array(before.tags.length);
    this.hi = new Uint32Array(before.hi.length);
    this.lo = new Uint32Array(before.lo.length);
    this.rowAtMs = new Float64Array(before.at.length);
    this.rowTicks = new Uint32Array(before.ticks.length);
    this.#indexes = new Uint8Array(indexes.length);
    this.#indexFrom = new Uint32Array(indexFrom.length);
    this.#order = Int32Array.from(order.keys());
    for (let to = 0, used = 0; to < kept; to++) {
      const row = order[to]!;
      const cells = [row * width, (row + 1) * width] as const;
      this.tags.set(before.tags.subarray(...cells), to * width);
      this.hi.set(before.hi.subarray(...cells), to * width);
      this.lo.set(before.lo.subarray(...cells), to * width);
      this.rowAtMs[to] = before.at[row]!;
      this.rowTicks[to] = before.ticks[row]!;
      this.#indexes.set(indexes.subarray(indexFrom[row], indexFrom[row + 1]), used);
      used += indexFrom[row + 1]! - indexFrom[row]!;
      this.#indexFrom[to + 1] = used;
    }
    this.rows = kept;
    this.#lastPlace.fill(-1);
    this.#lastRow.fill(-1);
  }
}

type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

function enlarged<T extends Numbers>(before: T, length: number): T {
  const larger = new (before.constructor as new (length: number) => T)(length);
  larger.set(before);
  return larger;
}
