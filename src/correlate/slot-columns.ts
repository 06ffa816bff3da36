/** Columns over all places that stand empty between two uses: what concerns few places costs nothing for the others. */
export class SlotColumns {
  readonly #free: Int32Array[] = [];

  /** All zero, for at least so many places. */
  take(places: number): Int32Array {
    const column = this.#free.pop();
    return column !== undefined && column.length >= places ? column : new Int32Array(places);
  }

  /** Zero again wherever it was written. */
  giveBack(column: Int32Array): void {
    if (this.#free.length < kept) this.#free.push(column);
  }
}

/** Counters over all evidence, and over what is left of it. */
const kept = 2;
