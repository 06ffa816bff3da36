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

test('what follows from an effect is not put down to its cause, and what is near by chance is left out', () => {
  const random = seededRandom(11);
  const wait = (meanMs: number): number => -Math.log(1 - random.next()) * meanMs;
  const alarms: LoggedAlarm[] = [];
  for (const device of devices) {
    for (let at = wait(3_600_000); at < 72 * 3_600_000; at += wait(3_600_000)) {
      const [heatAt, syncAt] = [at + 1_000 + wait(20_000), at + 2_000 + wait(40_000)];
      alarms.push({ cause: 'FAN', device, at }, { cause: 'HEAT', device, at: heatAt });
      // Heat alone takes the synchronism, a fan never does without it.
      if (random.next() < 0.6) alarms.push({ cause: 'SYNC', device, at: heatAt + syncAt - at });
    }
    for (const cause of ['DOOR', 'TEST', 'USER'])
      for (let at = wait(900_000); at < 72 * 3_600_000; at += wait(900_000))
        alarms.push({ cause, device, at });
  }
  const found = learnRelations(alarms, next).map(({ cause, effect }) => `${cause} ${effect}`);
  expect([...new Set(found)].sort()).toEqual(['FAN HEAT', 'HEAT SYNC']);
});

test('nothing brings about its own cause: the least supported relation of a circle is cut', () => {
  const random = seededRandom(5);
  const wait = (meanMs: number): number => -Math.log(1 - random.next()) * meanMs;
  const alarms: LoggedAlarm[] = [];
  const follows = (cause: string, effect: string, each: number): void => {
    for (const device of devices)
      for (let n = 0; n < each; n++) {
        const at = random.next() * 200 * 3_600_000;
        alarms.push({ cause, device, at }, { cause: effect, device, at: at + 2_000 + wait(5_000) });
      }
  };
  follows('FAN', 'HEAT', 60);
  follows('HEAT', 'SYNC', 40);
  follows('SYNC', 'FAN', 10);
  const found = learnRelations(alarms, next).map(({ cause, effect }) => `${cause} ${effect}`);
  expect([...new Set(found)].sort()).toEqual(['FAN HEAT', 'HEAT SYNC']);
});

test('which of two of one second came first is left to a person', () => {
  const random = seededRandom(6);
  const alarms = devices.flatMap((device) =>
    Array.from({ length: 30 }, () => random.next() * 200 * 3_600_000).flatMap((at) => [
      { cause: 'FAN', device, at },
      { cause: 'HEAT', device, at },
    ]),
  );
  const found = learnRelations(alarms, next).map(({ cause, effect }) => `${cause} ${effect}`);
  expect([...new Set(found)].sort()).toEqual(['FAN HEAT', 'HEAT FAN']);
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
