import { expect, test } from 'vitest';
import { TurnClock } from '../../../src/edge/snmp/turn-clock.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

test('a turn of the event loop has one time, an end, and what lies between turns is idle', async () => {
  const world = virtualWorld();
  let ends = 0;
  const clock = new TurnClock(world, () => ends++);
  await world.pass(30);
  const first = clock.monotonicMs();
  expect(clock.idleMs).toBe(30);
  expect(clock.wallMs()).toBe(world.now());
  expect(clock.monotonicMs()).toBe(first);
  await world.pass(5);
  expect(ends).toBe(1);
  expect(clock.monotonicMs()).toBe(first + 5);
  expect(clock.wallMs()).toBe(world.now());
  expect(clock.idleMs).toBe(35);
});
