import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { type LoggedAlarm, learnRelations } from '../../src/measure/measure.ts';

/** Twenty devices on a line. */
const devices = Array.from({ length: 20 }, (_, n) => `d${n}`);
const next = (device: string): readonly string[] => {
  const n = devices.indexOf(device);
  return [devices[n - 1], devices[n + 1]].filter((one) => one !== undefined);
};

/** FAN brings HEAT on its device in half of all cases, HEAT brings SYNC next to it; DOOR comes by itself. */
function days(seed: number, hours: number): readonly LoggedAlarm[] {
  const random = seededRandom(seed);
  const wait = (meanMs: number): number => -Math.log(1 - random.next()) * meanMs;
  const alarms: LoggedAlarm[] = [];
  for (const device of devices) {
    for (let at = wait(3_600_000); at < hours * 3_600_000; at += wait(3_600_000)) {
      alarms.push({ cause: 'FAN', device, at });
      if (random.next() > 0.5) continue;
      const heatAt = at + 1_000 + wait(10_000);
      alarms.push({ cause: 'HEAT', device, at: heatAt });
      for (const other of next(device))
        if (random.next() < 0.4)
          alarms.push({ cause: 'SYNC', device: other, at: heatAt + 1_000 + wait(20_000) });
    }
    for (let at = wait(1_200_000); at < hours * 3_600_000; at += wait(1_200_000))
      alarms.push({ cause: 'DOOR', device, at });
  }
  return alarms.sort((a, b) => a.at - b.at);
}

test('causes are told from their effects, on the device and next to it, and from what only happens to be near', () => {
  const found = learnRelations(days(7, 48), next);
  expect(found.map(({ cause, effect, on }) => `${cause} ${effect} ${on}`).slice(0, 2)).toEqual([
    'FAN HEAT same',
    'HEAT SYNC adjacent',
  ]);
  expect(found.filter(({ cause, effect }) => cause === 'DOOR' || effect === 'DOOR')).toEqual([]);
  const [heat, sync] = found;
  expect(heat!.share).toBeGreaterThan(0.4);
  expect(heat!.share).toBeLessThan(0.6);
  expect(heat!.delayMs).toBeGreaterThan(5_000);
  expect(heat!.delayMs).toBeLessThan(20_000);
  expect(heat!.withinMs).toBeGreaterThanOrEqual(32_000);
  expect(sync!.lift).toBeGreaterThan(2);
});

test('what came too seldom is not proposed, and nothing is learned from nothing', () => {
  expect(learnRelations(days(7, 2), next, { support: 1_000, lift: 2, windowMs: 300_000 })).toEqual([]);
  expect(learnRelations([], next)).toEqual([]);
});

test('an alarm that chatters is one onset', () => {
  const alarms = Array.from({ length: 500 }, (_, n) => [
    { cause: 'DOOR', device: 'd1', at: n * 20_000 },
    { cause: 'HEAT', device: 'd1', at: n * 20_000 + 1_000 },
  ]).flat();
  expect(learnRelations(alarms, next)).toEqual([]);
});
