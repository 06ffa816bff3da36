/** The arrays behind the cells of a table, cut from one piece of memory: tens of thousands of devices have theirs. */

export interface CellArrays {
  readonly tags: Uint8Array;
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly rowAtMs: Float64Array;
  readonly rowTicks: Uint32Array;
  /** Of each row: its index when it is at most three bytes long, see `keyOf`. */
  readonly keys: Int32Array;
  /** One more than rows. */
  readonly indexFrom: Uint32Array;
}

/** Zeroes for so many rows. */
export function cellArrays(rows: number, width: number): CellArrays {
  const cells = rows * width;
  const words = 2 * cells + 3 * rows + 1;
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
    keys: new Int32Array(memory, next(rows), rows),
    indexFrom: new Uint32Array(memory, next(rows + 1), rows + 1),
    tags: new Uint8Array(memory, at, cells),
  };
}

/** An index of up to three bytes with its length as one number, so that one comparison tells; 0 for longer ones. */
export function keyOf(bytes: Uint8Array, from: number, end: number): number {
  switch (end - from) {
    case 1:
      return 0x0100_0000 | bytes[from]!;
    case 2:
      return 0x0200_0000 | (bytes[from]! << 8) | bytes[from + 1]!;
    case 3:
      return 0x0300_0000 | (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    default:
      return 0;
  }
}

export function enlarged(before: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(before);
  return larger;
}
