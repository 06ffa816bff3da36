import { expect, test } from 'vitest';
import { Pace } from '../../../../src/edge/channels/smpp/pace.ts';

/** Sends as fast as the pace lets it to a centre that takes `capacity` a second; answers how many it took and refused. */
function run(pace: Pace, capacity: number, seconds: number): { taken: number; refused: number } {
  let [taken, refused, inSecond] = [0, 0, 0];
  for (let now = 0; now < seconds * 1_000; now++) {
    if (now % 1_000 === 0) inSecond = 0;
    for (let burst = 0; burst < 4 && pace.waitMs(now) === 0; burst++) {
      pace.spend();
      if (inSecond < capacity) {
        inSecond++;
        taken++;
        pace.worked(now);
      } else {
        refused++;
        pace.throttled(now);
      }
    }
  }
  return { taken, refused };
}

test('nothing holds a centre that takes everything', () => {
  expect(run(new Pace(), Number.POSITIVE_INFINITY, 2)).toEqual({ taken: 8_000, refused: 0 });
});

test.each([5, 100, 1_000])(
  'of a centre that takes %i a second most is used and little is refused',
  (capacity) => {
    const { taken, refused } = run(new Pace(), capacity, 60);
    expect(taken).toBeGreaterThan(0.5 * capacity * 60);
    expect(refused).toBeLessThan(0.1 * taken);
  },
);

test('a centre that takes nothing is asked ever more rarely', () => {
  const { taken, refused } = run(new Pace(), 0, 60);
  expect(taken).toBe(0);
  expect(refused).toBeLessThan(20);
});

test('what was in flight when the throttling began slows down once', () => {
  const pace = new Pace();
  for (let i = 0; i < 100; i++) pace.worked(0);
  for (let i = 0; i < 50; i++) pace.throttled(500);
  expect(pace.waitMs(500)).toBe(250);
  // Half of the hundred a second.
  expect(pace.waitMs(750)).toBeLessThanOrEqual(20);
});
