import { expect, test } from 'vitest';
import { milliseconds, seconds } from '../../src/base/instant.ts';
import { virtualWorld } from './virtual-world.ts';

test('timers of the virtual clock fire in order of due time, ties in order of setting', () => {
  const world = virtualWorld();
  const fired: string[] = [];
  world.after(milliseconds(20), () => fired.push('late'));
  world.after(milliseconds(10), () => fired.push('first'));
  world.after(milliseconds(10), () => fired.push('second'));
  world.after(milliseconds(10), () => fired.push('cancelled')).cancel();
  world.advance(10);
  expect(fired).toEqual(['first', 'second']);
  expect(world.monotonicMs()).toBe(10);
  world.advance(10);
  expect(fired).toEqual(['first', 'second', 'late']);
});

test('a repeating timer fires once a period until it is cancelled', () => {
  const world = virtualWorld({ startsAt: 1_000 });
  const fired: number[] = [];
  const wake = world.every(seconds(1), () => fired.push(world.now()));
  world.advance(3_500);
  wake.cancel();
  world.advance(5_000);
  expect(fired).toEqual([2_000, 3_000, 4_000]);
  expect(world.waiting).toBe(0);
});

test('timers set by promises of a timer fire within the same pass', async () => {
  const world = virtualWorld();
  const fired: string[] = [];
  world.after(milliseconds(5), () => {
    void Promise.resolve().then(() => world.after(milliseconds(5), () => fired.push('chained')));
  });
  await world.pass(10);
  expect(fired).toEqual(['chained']);
});

test('equal seeds draw equal bytes', () => {
  expect(virtualWorld({ seed: 7 }).randomBytes(16)).toEqual(virtualWorld({ seed: 7 }).randomBytes(16));
  expect(virtualWorld({ seed: 7 }).randomBytes(16)).not.toEqual(virtualWorld({ seed: 8 }).randomBytes(16));
});
