/** A linear sort, for columns that are too long to compare. */

/** Sorts rows by `column` (through `rank` where given), keeping the order of equal ones: two 16-bit radix passes. */
export function stableByColumn(rows: Uint32Array, column: Uint32Array, rank?: Uint32Array): Uint32Array {
  const digitsOf = (row: number): number => (rank === undefined ? column[row]! : rank[column[row]!]!);
  let from = rows;
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(65_537);
    for (const row of from) starts[((digitsOf(row) >>> shift) & 0xffff) + 1]!++;
    for (let digit = 0; digit < 65_536; digit++) starts[digit + 1]! += starts[digit]!;
    const to = new Uint32Array(from.length);
    for (const row of from) to[starts[(digitsOf(row) >>> shift) & 0xffff]!++] = row;
    from = to;
  }
  return from;
}
