import { expect, test } from 'vitest';
import { completed } from '../../src/base/completed.ts';

const now = { shares: { a: 0.5, b: 0.25 }, table: { x: 1, y: 2 }, list: [1, 2], on: true as boolean };

test('what an older form lacks is taken from now, what it says stays', () => {
  const then = { shares: { a: 0.9, gone: 1 }, table: { z: 3 }, list: [9], on: false };
  expect(completed(then, now, ['table'])).toEqual({
    shares: { a: 0.9, b: 0.25, gone: 1 },
    table: { z: 3 },
    list: [9],
    on: false,
  });
  expect(completed({}, now, ['table'])).toEqual(now);
  expect(completed(now, now, [])).toEqual(now);
});
