/** The arrays behind the cells of a table, cut from one piece of memory: tens of thousands of devices have theirs. */

export interface CellArrays {
  readonly tags: Uint8Array;
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly rowAtMs: Float64Array;
  readonly rowTicks: Uint32Array;
  /** One more than rows. */
  readonly indexFrom: Uint32Array;
}

/** Zeroes for so many rows. */
export function cellArrays(rows: number, width: number): CellArrays {
  const cells = rows * width;
  const words = 2 * cells + 2 * rows + 1;
  const memory = new ArrayBuffer(8 * rows + 4 * words + cells);
  let at = 8 * rows;
  const next = (count: number): number => {
    const from = at;
    at += 4 * count;
    return from;
  };
  return {
    rowAtMs: new Float64Array(memory, 0, rows),
    hi: new Uint32Array(memory, next(cells), cells),
    lo: new Uint32Array(memory, next(cells), cells),
    rowTicks: new Uint32Array(memory, next(rows), rows),
    indexFrom: new Uint32Array(memory, next(rows + 1), rows + 1),
    tags: new Uint8Array(memory, at, cells),
  };
}

export function enlarged(before: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(before);
  return larger;
}
