/** Steps of the wall clock, told from the slow pull of the line's clock. */
import { expect, test } from 'vitest';
import { watchClock } from '../../src/app/center/clock-watch.ts';
import { virtualWorld } from '../support/virtual-world.ts';

function watched() {
  const world = virtualWorld();
  const steps: number[] = [];
  const wall = { leadMs: 0 };
  const watch = watchClock({ world, lead: () => wall.leadMs, onStep: (byMs) => steps.push(byMs) });
  return { world, steps, wall, watch };
}

test('a wall clock that steps by more than a minute is told once, forwards and back', () => {
  const { world, steps, wall } = watched();
  world.advance(10_000);
  wall.leadMs = 3_600_000;
  world.advance(5_000);
  // The line's clock follows at 5 %: what is left of the lead is no further step.
  for (let second = 0; second < 600; second++) {
    wall.leadMs -= 50;
    world.advance(1_000);
  }
  expect(steps).toEqual([3_600_000]);
  wall.leadMs -= 90_000;
  world.advance(5_000);
  expect(steps).toEqual([3_600_000, -90_000]);
  expect(world.lines.map(({ message }) => message)).toEqual([
    'the wall clock stepped',
    'the wall clock stepped',
  ]);
});

test('a smaller correction is none, and a watch that ended tells nothing', () => {
  const { world, steps, wall, watch } = watched();
  wall.leadMs = 59_000;
  world.advance(5_000);
  watch.cancel();
  wall.leadMs = 600_000;
  world.advance(60_000);
  expect(steps).toEqual([]);
});
