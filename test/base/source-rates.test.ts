// One source that floods is held to its rate while the others are heard.
import { expect, test } from 'vitest';
import { SourceRates } from '../../src/base/source-rates.ts';

test('a source may burst and then gets its rate, the others are not touched', () => {
  const rates = new SourceRates({ perSecond: 10, burst: 3, mostSources: 2 });
  expect([1, 2, 3, 4].map(() => rates.take('a', 0))).toEqual([true, true, true, false]);
  expect(rates.take('b', 0)).toBe(true);
  expect(rates.take('a', 100)).toBe(true);
  expect(rates.take('a', 100)).toBe(false);
  expect(rates.take('c', 100)).toBe(true);
});
