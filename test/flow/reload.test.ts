/** Another list of devices while a network is polled, and all that devices do to their numbers at once: nothing is said. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seconds } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { Measuring } from '../../src/flow/measuring.ts';
import type { SampleBatch, SeriesId, SeriesName } from '../../src/flow/series.ts';
import type { Observation } from '../../src/model/observation.ts';
import { LightDevice } from '../support/light-device.ts';
import { virtualWorld } from '../support/virtual-world.ts';

const rules = compileDetectionRules([
  parseYaml('detection.yaml', readFileSync('rules/detection.yaml', 'utf8')).value,
]).value;
const DEVICES = 100;

test('renames, other numbers of ports, wraps, restarts and a reload of the list make no alarm, no spike and no rate below nothing', async () => {
  const world = virtualWorld();
  const devices = Array.from({ length: DEVICES }, (_, i) => new LightDevice(`d${i}`, world));
  const told: Observation[] = [];
  const names: SeriesName[] = [];
  const rates: number[] = [];
  const append = async ({ series, values }: SampleBatch): Promise<void> => {
    for (const [i, value] of values.entries()) {
      if (names[series[i]!]!.metric === 'if.utilization' && !Number.isNaN(value)) rates.push(value);
    }
  };
  const measuring = new Measuring({
    ...{ collector: 'collector', devices, intervalMs: seconds(60), world },
    series: { register: async (list) => list.map((name) => (names.push(name) - 1) as SeriesId), append },
    detection: new Detection(rules),
    offer: (observation) => told.push(observation) > 0,
    onTurn: () => undefined,
  });
  measuring.start();
  await world.pass(180_000);
  for (const [i, device] of devices.entries()) {
    if (i % 5 === 0) device.restart(50);
    else if (i % 5 === 1) device.goOnFrom({ ticksFrom: 2 ** 32 - 9_000 });
    else if (i % 5 === 2) device.goOnFrom({ octetsFrom: 0 });
    else if (i % 5 === 3) device.state.prefix = 'xe';
  }
  await world.pass(180_000);
  // Half of the list is read anew from the configuration, some go, some come.
  const reread = devices
    .slice(0, DEVICES - 5)
    .map((device, i) =>
      i % 2 === 0 ? device : new LightDevice(device.id, world, { ...device.state, firstIndex: 80 }),
    );
  const fresh = Array.from({ length: 5 }, (_, i) => new LightDevice(`new${i}`, world));
  measuring.use([...reread, ...fresh], seconds(60));
  await world.pass(300_000);
  await measuring.stop();
  expect(told).toEqual([]);
  expect(rates.length).toBeGreaterThan(DEVICES * 4 * 6);
  expect(rates.filter((rate) => !(Math.abs(rate - 10) < 1))).toEqual([]);
  expect(measuring.counters).toMatchObject({ pollsWithoutAnswer: 0, pollsSkipped: 0, tablesIncomplete: 0 });
}, 30_000);

test('a counter of 32 bits that wraps on every device at once goes on everywhere', async () => {
  const world = virtualWorld();
  const devices = Array.from(
    { length: 50 },
    (_, i) => new LightDevice(`d${i}`, world, { octetsFrom: 2 ** 32 - 1.5e8 }),
  );
  const names: SeriesName[] = [];
  let [gaps, rates] = [0, 0];
  const measuring = new Measuring({
    ...{ collector: 'collector', devices, intervalMs: seconds(60), world },
    series: {
      register: async (list) => list.map((name) => (names.push(name) - 1) as SeriesId),
      async append({ series, values }) {
        for (const [i, value] of values.entries()) {
          const { metric } = names[series[i]!]!;
          if (metric === 'if.inOctets' && Number.isNaN(value)) gaps++;
          if (metric === 'if.utilization' && Math.abs(value - 10) < 1) rates++;
        }
      },
    },
    detection: new Detection(rules),
    offer: () => true,
    onTurn: () => undefined,
  });
  measuring.start();
  await world.pass(360_000);
  await measuring.stop();
  expect(gaps).toBe(0);
  expect(rates).toBeGreaterThan(50 * 4 * 4);
});
