/** Sets by key. */
import { expect, test } from 'vitest';
import { Sets } from '../../src/base/sets.ts';

test('what stands under a key is there once, in order of adding, until it is taken away', () => {
  const sets = new Sets<string, number>();
  for (const value of [3, 1, 3, 2]) sets.add('a', value);
  sets.add('b', 3);
  sets.delete('a', 1);
  sets.delete('a', 7);
  sets.delete('c', 3);
  expect([...sets.at('a')]).toEqual([3, 2]);
  expect([...sets.at('b')]).toEqual([3]);
  sets.delete('b', 3);
  expect([[...sets.at('b')], [...sets.at('c')]]).toEqual([[], []]);
  expect([...sets.keys()]).toEqual(['a']);
  sets.clear();
  expect([...sets.at('a')]).toEqual([]);
});

test('who adds and takes away is told when a key begins and ends', () => {
  const sets = new Sets<string, number>();
  expect([sets.add('a', 1), sets.add('a', 1), sets.add('a', 2)]).toEqual([true, false, false]);
  expect([sets.delete('a', 1), sets.delete('a', 1), sets.delete('a', 2)]).toEqual([false, false, true]);
  expect(sets.delete('a', 2)).toBe(false);
});
