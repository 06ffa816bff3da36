/** Questions of the line about devices: one at a time, none soon after another, none without bound. */
import { expect, test } from 'vitest';
import { AskedDevices } from '../../src/flow/asked-devices.ts';

test('a question that waits takes a second one in, and is answered once', () => {
  const asked = new AskedDevices();
  expect(asked.ask('o-1', ['a'], 0)).toBe(true);
  expect(asked.ask('o-1', ['b'], 10)).toBe(true);
  expect(asked.take('o-1', 20)).toEqual(new Set(['a', 'b']));
  expect(asked.take('o-1', 20)).toBeUndefined();
  expect(asked.has('o-1')).toBe(false);
});

test('a device that was asked just now is left alone for some seconds, others are not', () => {
  const asked = new AskedDevices();
  asked.ask('o-1', ['a'], 0);
  asked.take('o-1', 100);
  expect(asked.ask('o-1', ['a'], 5_000)).toBe(false);
  expect(asked.ask('o-2', ['a'], 5_000)).toBe(true);
  expect(asked.ask('o-1', ['a'], 5_100)).toBe(true);
  expect(asked.counters).toMatchObject({ asks: 3, asksRefused: 1 });
  asked.forget('o-1');
  expect(asked.take('o-1', 5_200)).toBeUndefined();
});

test('so many devices wait at once and so many places, the rest is counted', () => {
  const asked = new AskedDevices();
  for (let n = 0; n < 1_010; n++) asked.ask(`o-${n}`, [], 0);
  expect(asked.counters.asksRefused).toBe(10);
  asked.ask(
    'o-1',
    Array.from({ length: 17_000 }, (_, n) => `p-${n}`),
    1,
  );
  expect(asked.counters.asksCut).toBe(17_000 - 16_384);
});
