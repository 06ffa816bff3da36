/** The measurement of a million mutated datagrams, in small: good ones count between them, memory does not grow. */
import { expect, test } from 'vitest';
import { mutatedReplies, mutatedTraps, mutatedV3Replies } from '../../../bench/mutations.ts';

/** Of what is kept; 300 bytes a datagram would show. */
const MOST_GROWTH_BYTES = 6 * 1024 * 1024;

test('answers behind mutations of themselves still count', async () => {
  const { lost, liveGrowthBytes } = await mutatedReplies(20_000);
  expect(lost).toBe(0);
  expect(liveGrowthBytes).toBeLessThan(MOST_GROWTH_BYTES);
});

test('answers in SNMPv3 behind mutations of themselves still count, and nothing else does', async () => {
  const { lost, liveGrowthBytes } = await mutatedV3Replies(20_000);
  expect(lost).toBe(0);
  expect(liveGrowthBytes).toBeLessThan(MOST_GROWTH_BYTES);
});

test('traps behind mutations still count', async () => {
  const { lost, liveGrowthBytes } = await mutatedTraps(20_000);
  expect(lost).toBe(0);
  expect(liveGrowthBytes).toBeLessThan(MOST_GROWTH_BYTES);
});
