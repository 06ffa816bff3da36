import { expect, test } from 'vitest';
import { drained, inSlices, paused } from '../../src/base/slices.ts';
import { virtualWorld } from '../support/virtual-world.ts';

function* sum(numbers: readonly number[], slice: number): Generator<void, number> {
  let all = 0;
  yield* inSlices(numbers, slice, (one) => {
    all += one;
  });
  return all;
}
const numbers = [1, 2, 3, 4, 5];

test('work in slices is the same drained at once and with turns of the event loop between', async () => {
  expect(drained(sum(numbers, 2))).toBe(15);
  const world = virtualWorld();
  let turns = 0;
  const counted = {
    after(...args: Parameters<typeof world.after>) {
      turns++;
      return world.after(...args);
    },
  };
  const result = paused(counted, sum(numbers, 2));
  await world.pass(10);
  expect([await result, turns]).toEqual([15, 2]);
});

test('work that fits in one slice waits for nothing', async () => {
  const never = { after: () => ({ cancel: () => {} }) };
  expect(await paused(never, sum(numbers, 10))).toBe(15);
});
