import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  firstOf,
  holds,
  type Range,
  runsOf,
  shared,
  sizeOf,
  tidied,
  united,
  without,
} from '../../src/base/ranges.ts';

const set = fc.uniqueArray(fc.nat(40)).map((numbers) => runsOf(numbers.sort((a, b) => a - b)));
const numbers = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));

test('ranges behave as the sets of numbers they stand for, and stay sorted and apart', () => {
  fc.assert(
    fc.property(set, set, fc.nat(45), (a, b, n) => {
      const [inA, inB] = [new Set(numbers(a)), new Set(numbers(b))];
      const check = (got: Range[], wanted: number[]): void => {
        expect(numbers(got)).toEqual(wanted.sort((x, y) => x - y));
        expect(got).toEqual(tidied(got));
      };
      check(united(a, b), [...new Set([...inA, ...inB])]);
      check(
        without(a, b),
        [...inA].filter((number) => !inB.has(number)),
      );
      check(
        shared(a, b),
        [...inA].filter((number) => inB.has(number)),
      );
      check(firstOf(a, n), numbers(a).slice(0, n));
      expect(holds(a, n)).toBe(inA.has(n));
      expect(sizeOf(a)).toBe(inA.size);
    }),
  );
});

test('ranges in any order, empty and overlapping, are tidied to the same numbers, none twice and none touching', () => {
  const any = fc.array(
    fc.tuple(fc.nat(40), fc.nat(8)).map(([from, length]) => ({ from, to: from + length })),
  );
  fc.assert(
    fc.property(any, (ranges) => {
      const tidy = tidied(ranges);
      expect(numbers(tidy)).toEqual([...new Set(numbers(ranges))].sort((x, y) => x - y));
      expect(tidy.every(({ from, to }, i) => to > from && (i === 0 || from > tidy[i - 1]!.to))).toBe(true);
    }),
  );
});
