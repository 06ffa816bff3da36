/** Values over sets of whole numbers: ranges [from, to) with a value each, sorted and disjoint. Inputs must be so. */
import { type Range, shared, tidied, without } from './ranges.ts';

export interface Span<T> extends Range {
  readonly value: T;
}

/** The set that has a value. */
export const rangesOf = (spans: readonly Span<unknown>[]): Range[] => tidied(spans);

/** What of the spans lies in `ranges`, and what does not. */
export function cut<T>(
  spans: readonly Span<T>[],
  ranges: readonly Range[],
): { readonly inside: readonly Span<T>[]; readonly outside: readonly Span<T>[] } {
  if (spans.length === 0 || ranges.length === 0) return { inside: [], outside: spans };
  const inside: Span<T>[] = [];
  const outside: Span<T>[] = [];
  let i = 0;
  for (const span of spans) {
    while (i < ranges.length && ranges[i]!.to <= span.from) i++;
    const near: Range[] = [];
    for (let k = i; k < ranges.length && ranges[k]!.from < span.to; k++) near.push(ranges[k]!);
    if (near.length === 0) {
      outside.push(span);
      continue;
    }
    const { value } = span;
    for (const range of shared([span], near)) inside.push({ ...range, value });
    for (const range of without([span], near)) outside.push({ ...range, value });
  }
  return { inside, outside };
}

/** `more` laid over `spans`; where both have a value it is `joined` of the two. Neighbours with equal values become one. */
export function laid<T>(
  spans: readonly Span<T>[],
  more: readonly Span<T>[],
  { joined, isSame }: { readonly joined: (a: T, b: T) => T; readonly isSame: (a: T, b: T) => boolean },
): readonly Span<T>[] {
  if (more.length === 0) return spans;
  const { inside, outside } = cut(spans, more);
  const fresh = cut(more, inside).outside;
  const both = inside.flatMap((span) =>
    cut(more, [span]).inside.map(({ from, to, value }) => ({ from, to, value: joined(span.value, value) })),
  );
  const all = [...outside, ...fresh, ...both].sort((a, b) => a.from - b.from);
  const found: { from: number; to: number; value: T }[] = [];
  for (const { from, to, value } of all) {
    const last = found.at(-1);
    if (last !== undefined && last.to === from && isSame(last.value, value)) last.to = to;
    else found.push({ from, to, value });
  }
  return found;
}

/** Of one number. */
export function valueAt<T>(spans: readonly Span<T>[], number: number): T | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle]!;
    if (number < span.from) high = middle - 1;
    else if (number >= span.to) low = middle + 1;
    else return span.value;
  }
  return undefined;
}
