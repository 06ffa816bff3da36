/**
 * A generation of samples: all that came between two moments, as rows of blocks, and at the side what came too late to find its
 * row. It takes samples until it is frozen, and is let go as a whole once it is in segments of the days.
 */
import type { SampleBatch } from '../../flow/series.ts';
import { PointBuffer } from './point-buffer.ts';
import { blockOf, type RowNumber, type RowPages, Rows } from './rows.ts';

/** The high word of the first whole number a float cannot tell from its neighbour, 2^53. */
const WIDE_HIGH_WORD = 0x200000;
/** Rows looked through for the place of a sample that is older than the newest of its block. */
const LOOKED_BACK = 8;

/** Which samples may come in: series below `known`, times within from..to; the rest is refused. */
export interface Admission {
  readonly known: number;
  readonly from: number;
  readonly to: number;
}

export interface Sample {
  readonly time: number;
  readonly value: number;
  readonly exact: bigint;
}

/** What became of samples; counts up. */
export interface Tally {
  taken: number;
  late: number;
  duplicates: number;
  refused: number;
  /** The newest time taken so far, 0 before the first. */
  newest: number;
}

export class Generation {
  readonly #rows: Rows;
  readonly #late = new Map<number, PointBuffer>();
  #lateBytes = 0;
  /** Rows of the block copied last, oldest first. */
  #order: RowNumber[] = [];
  #ordered = -1;

  constructor(pages: RowPages) {
    this.#rows = new Rows(pages);
  }

  /** Bytes of samples held. */
  get bytes(): number {
    return this.#rows.bytes + this.#lateBytes;
  }

  reserve(known: number): void {
    this.#rows.reserve(known);
  }

  /** Takes the batch in; `reserve` was called for all admitted series. */
  take(batch: SampleBatch, { known, from, to }: Admission, tally: Tally): void {
    const { series, times, values } = batch;
    const rows = this.#rows;
    const words = batch.exact === undefined ? undefined : halves(batch.exact);
    this.#ordered = -1;
    let [given, time, isAdmitted] = [Number.NaN, 0, false];
    let [block, row] = [-1, 0];
    for (let i = 0; i < series.length; i++) {
      const id = series[i]!;
      if (times[i] !== given) {
        given = times[i]!;
        time = Math.floor(given);
        isAdmitted = time >= from && time <= to;
        block = -1;
        if (isAdmitted && time > tally.newest) tally.newest = time;
      }
      if (!isAdmitted || id >= known) {
        tally.refused++;
        continue;
      }
      tally.taken++;
      if (blockOf(id) !== block) {
        block = blockOf(id);
        row = this.#rowFor(block, time);
      }
      const value = words === undefined ? values[i]! : floatOf(words, i, values[i]!);
      const exact = words === undefined ? 0n : wideOrZero(words, i);
      if (row === 0 || row !== rows.newest(block)) {
        if (this.#isLate(id, time)) tally.late++;
      }
      if (row === 0) this.#putAside(id, { time, value, exact });
      else if (rows.put(row, id, value)) {
        if (words !== undefined && exact !== 0n) rows.putExact(row, id, exact);
      } else {
        tally.duplicates++;
        this.#putAside(id, { time, value, exact });
      }
    }
  }

  /** The row of the block at the time, made where it is missing; 0 where its place is too far back to be looked for. */
  #rowFor(block: number, time: number): RowNumber {
    const rows = this.#rows;
    let newer = 0;
    let row = rows.newest(block);
    for (let looked = 0; looked < LOOKED_BACK && row !== 0 && rows.timeOf(row) > time; looked++) {
      newer = row;
      row = rows.older(row);
    }
    if (row !== 0 && rows.timeOf(row) > time) return 0;
    if (row !== 0 && rows.timeOf(row) === time) return row;
    return rows.add(block, time, newer);
  }

  /** True when a newer sample of the series is in the rows. */
  #isLate(id: number, time: number): boolean {
    const rows = this.#rows;
    for (let row = rows.newest(blockOf(id)); row !== 0 && rows.timeOf(row) > time; row = rows.older(row)) {
      if (rows.has(row, id)) return true;
    }
    return false;
  }

  #putAside(id: number, { time, value, exact }: Sample): void {
    const points = this.#late.get(id) ?? new PointBuffer(4);
    if (points.count === 0) this.#late.set(id, points);
    const before = points.count === 0 ? 0 : points.bytes;
    if (exact === 0n) points.push(time, value);
    else points.pushExact(time, exact);
    this.#lateBytes += points.bytes - before;
  }

  /** Appends all samples of the series, oldest arrival class first: the caller normalises. */
  copy(id: number, into: PointBuffer): void {
    this.#rows.copy(this.#orderOf(blockOf(id)), id, into);
    const late = this.#late.get(id);
    if (late !== undefined) into.append(late);
  }

  #orderOf(block: number): readonly RowNumber[] {
    if (this.#ordered === block) return this.#order;
    const order: RowNumber[] = [];
    for (let row = this.#rows.newest(block); row !== 0; row = this.#rows.older(row)) order.push(row);
    this.#order = order.reverse();
    this.#ordered = block;
    return order;
  }

  /** The newest sample of the series, or undefined. */
  last(id: number): Sample | undefined {
    const rows = this.#rows;
    let row = rows.newest(blockOf(id));
    while (row !== 0 && !rows.has(row, id)) row = rows.older(row);
    const late = this.#late.get(id);
    const inRow =
      row === 0
        ? undefined
        : { time: rows.timeOf(row), value: rows.valueOf(row, id), exact: rows.exactOf(row, id) };
    return late === undefined ? inRow : newestOf(late, inRow);
  }

  /** Nothing of it is read any more. */
  release(): void {
    this.#rows.release();
    this.#late.clear();
    this.#lateBytes = 0;
    this.#ordered = -1;
  }
}

/** Of equal times the one at the side came last. */
function newestOf({ times, values, exact, count }: PointBuffer, inRow: Sample | undefined): Sample {
  let newest = inRow;
  for (let i = 0; i < count; i++) {
    if (newest !== undefined && times[i]! < newest.time) continue;
    newest = { time: times[i]!, value: values[i]!, exact: exact?.[i] ?? 0n };
  }
  return newest!;
}

/** The exact counter where it is above 2^53, else 0n; looks at 32-bit halves, since making a bigint costs more. */
function wideOrZero(words: Uint32Array, index: number): bigint {
  const low = words[index * 2]!;
  const high = words[index * 2 + 1]!;
  if (high < WIDE_HIGH_WORD || (high === WIDE_HIGH_WORD && low === 0)) return 0n;
  return (BigInt(high) << 32n) | BigInt(low);
}

const halves = (exact: BigUint64Array): Uint32Array =>
  new Uint32Array(exact.buffer, exact.byteOffset, exact.length * 2);

/** The exact counter as a float where one is given, else the value. */
function floatOf(words: Uint32Array, index: number, value: number): number {
  const whole = words[index * 2 + 1]! * 4_294_967_296 + words[index * 2]!;
  return whole === 0 ? value : whole;
}
