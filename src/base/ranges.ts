/** Sets of whole numbers as ranges [from, to): sorted, disjoint, never touching. Inputs of all but `tidied` must be so. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The same numbers, sorted and joined, whatever the order of the input. */
export function tidied(ranges: readonly Range[]): Range[] {
  const sorted = ranges
    .filter((range) => range.to > range.from)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

export const united = (a: readonly Range[], b: readonly Range[]): Range[] =>
  b.length === 0 ? [...a] : tidied([...a, ...b]);

/** What is in `a` and not in `b`. */
export function without(a: readonly Range[], b: readonly Range[]): Range[] {
  const left: Range[] = [];
  let i = 0;
  for (const range of a) {
    let from = range.from;
    while (i < b.length && b[i]!.to <= from) i++;
    for (let k = i; k < b.length && b[k]!.from < range.to; k++) {
      if (b[k]!.from > from) left.push({ from, to: b[k]!.from });
      from = Math.max(from, b[k]!.to);
    }
    if (from < range.to) left.push({ from, to: range.to });
  }
  return left;
}

/** What is in both. */
export function shared(a: readonly Range[], b: readonly Range[]): Range[] {
  const both: Range[] = [];
  let i = 0;
  for (const range of a) {
    while (i < b.length && b[i]!.to <= range.from) i++;
    for (let k = i; k < b.length && b[k]!.from < range.to; k++) {
      both.push({ from: Math.max(range.from, b[k]!.from), to: Math.min(range.to, b[k]!.to) });
    }
  }
  return both;
}

/** How many numbers the set holds. */
export const sizeOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, range) => sum + range.to - range.from, 0);

export function holds(ranges: readonly Range[], number: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle]!;
    if (number < range.from) high = middle - 1;
    else if (number >= range.to) low = middle + 1;
    else return true;
  }
  return false;
}

/** The first `limit` numbers of the set. */
export function firstOf(ranges: readonly Range[], limit: number): Range[] {
  const first: Range[] = [];
  let left = limit;
  for (const { from, to } of ranges) {
    if (left <= 0) break;
    first.push({ from, to: Math.min(to, from + left) });
    left -= to - from;
  }
  return first;
}

/** Numbers in ascending order, without repeats, as ranges. */
export function runsOf(numbers: readonly number[]): Range[] {
  const runs: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === number) last.to++;
    else runs.push({ from: number, to: number + 1 });
  }
  return runs;
}
