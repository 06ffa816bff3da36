/**
 * Rows of samples: what a block of 32 neighbouring series measured at one time. A poll is a row, so a time is kept once for all of
 * them, and taking a sample in is one write into a column.
 */
import type { PointBuffer } from './point-buffer.ts';

const BLOCK_SHIFT = 5;
/** Series of one block. */
const BLOCK_SERIES = 1 << BLOCK_SHIFT;
const SLOT_MASK = BLOCK_SERIES - 1;
const PAGE_SHIFT = 10;
const PAGE_ROWS = 1 << PAGE_SHIFT;
const ROW_MASK = PAGE_ROWS - 1;
/** Both halves of a place without a sample: a NaN that no arithmetic makes, so that a gap is told apart. */
const ABSENT = 0x7ff9_a5e1;
/** The high half of the one NaN that stands for a gap. */
const GAP_HIGH = 0x7ff8_0000;

/** A link, a time and the values. */
const ROW_BYTES = 4 + 8 + BLOCK_SERIES * 8;
/** Number of a row, from 1 on; 0 is none. */
export type RowNumber = number;

interface RowPage {
  /** Of each row the one before it in time of the same block. */
  readonly older: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The same as halves, low one first. */
  readonly words: Uint32Array;
  /** Counters above 2^53; made when the first one comes. */
  exact: BigUint64Array | undefined;
}

export const blockOf = (series: number): number => series >>> BLOCK_SHIFT;

/** Pages that nobody uses now, for the next rows: pages made anew each time would be garbage of hundreds of megabytes. */
export class RowPages {
  readonly #free: RowPage[] = [];

  take(): RowPage {
    return this.#free.pop() ?? freshPage();
  }

  give(pages: readonly RowPage[]): void {
    for (const page of pages) {
      page.exact = undefined;
      this.#free.push(page);
    }
  }
}

function freshPage(): RowPage {
  const values = new Float64Array(PAGE_ROWS * BLOCK_SERIES);
  return {
    older: new Uint32Array(PAGE_ROWS),
    times: new Float64Array(PAGE_ROWS),
    values,
    words: new Uint32Array(values.buffer),
    exact: undefined,
  };
}

/** Rows of many blocks in the order in which they came, and of each block from the newest backwards in time. */
export class Rows {
  readonly #pages: RowPages;
  readonly #used: RowPage[] = [];
  /** Newest row of each block. */
  #newest = new Uint32Array(0);
  #count = 0;

  constructor(pages: RowPages) {
    this.#pages = pages;
  }

  get bytes(): number {
    return this.#count * ROW_BYTES;
  }

  /** Makes room for series below `known`. */
  reserve(known: number): void {
    const blocks = blockOf(known - 1) + 1;
    if (blocks <= this.#newest.length) return;
    const grown = new Uint32Array(Math.max(blocks, Math.ceil(this.#newest.length * 1.25), 64));
    grown.set(this.#newest);
    this.#newest = grown;
  }

  newest(block: number): RowNumber {
    return this.#newest[block] ?? 0;
  }

  older(row: RowNumber): RowNumber {
    return this.#pageOf(row).older[row & ROW_MASK]!;
  }

  timeOf(row: RowNumber): number {
    return this.#pageOf(row).times[row & ROW_MASK]!;
  }

  /** A row without samples, behind `newer` in its block's order where that is given, else the newest. */
  add(block: number, time: number, newer: RowNumber = 0): RowNumber {
    const row = ++this.#count;
    if (row >>> PAGE_SHIFT >= this.#used.length) this.#used.push(this.#pages.take());
    const page = this.#pageOf(row);
    const at = row & ROW_MASK;
    page.times[at] = time;
    page.words.fill(ABSENT, at * BLOCK_SERIES * 2, (at + 1) * BLOCK_SERIES * 2);
    if (newer === 0) {
      page.older[at] = this.#newest[block]!;
      this.#newest[block] = row;
    } else {
      const next = this.#pageOf(newer);
      page.older[at] = next.older[newer & ROW_MASK]!;
      next.older[newer & ROW_MASK] = row;
    }
    return row;
  }

  has(row: RowNumber, series: number): boolean {
    return this.#pageOf(row).words[placeOf(row, series) * 2 + 1] !== ABSENT;
  }

  /** False, and nothing is changed, where the row has a sample of the series. */
  put(row: RowNumber, series: number, value: number): boolean {
    const page = this.#used[row >>> PAGE_SHIFT]!;
    const at = placeOf(row, series);
    if (page.words[at * 2 + 1] !== ABSENT) return false;
    page.values[at] = value;
    // biome-ignore lint/suspicious/noSelfCompare: NaN alone differs from itself, and every sample passes here.
    if (value !== value) {
      page.words[at * 2] = 0;
      page.words[at * 2 + 1] = GAP_HIGH;
    }
    return true;
  }

  putExact(row: RowNumber, series: number, exact: bigint): void {
    const page = this.#pageOf(row);
    page.exact ??= new BigUint64Array(page.values.length);
    page.exact[placeOf(row, series)] = exact;
  }

  valueOf(row: RowNumber, series: number): number {
    return this.#pageOf(row).values[placeOf(row, series)]!;
  }

  exactOf(row: RowNumber, series: number): bigint {
    const { exact } = this.#pageOf(row);
    return exact === undefined ? 0n : exact[placeOf(row, series)]!;
  }

  /** Appends what these rows, oldest first, have of the series. */
  copy(rows: readonly RowNumber[], series: number, into: PointBuffer): void {
    into.reserve(rows.length);
    const { times, values } = into;
    let { count } = into;
    for (const row of rows) {
      const page = this.#pageOf(row);
      const at = placeOf(row, series);
      if (page.words[at * 2 + 1] === ABSENT) continue;
      times[count] = page.times[row & ROW_MASK]!;
      values[count] = page.values[at]!;
      // Comparing two bigints costs more than all the rest of it.
      if (page.exact !== undefined) into.exactColumn()[count] = page.exact[at]!;
      else if (into.exact !== undefined) into.exact[count] = 0n;
      count++;
    }
    into.count = count;
  }

  /** Nothing of it is used any more. */
  release(): void {
    this.#pages.give(this.#used);
    this.#used.length = 0;
    this.#newest.fill(0);
    this.#count = 0;
  }

  #pageOf(row: RowNumber): RowPage {
    return this.#used[row >>> PAGE_SHIFT]!;
  }
}

const placeOf = (row: RowNumber, series: number): number =>
  ((row & ROW_MASK) << BLOCK_SHIFT) | (series & SLOT_MASK);
