import { expect, test } from 'vitest';
import { inParallel } from '../../src/base/parallel.ts';

test('a list is worked through a few at a time, and its answers stand in its order', async () => {
  let running = 0;
  let most = 0;
  const answers = await inParallel([5, 1, 4, 2, 3], 2, async (item, index) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    running--;
    return `${index}:${item}`;
  });
  expect(answers).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3']);
  expect(most).toBe(2);
  expect(await inParallel([], 2, async () => 1)).toEqual([]);
});
