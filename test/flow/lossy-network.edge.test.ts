/** Ten thousand polls over a line that loses, doubles, breaks and reorders datagrams, on a clock of the test's: what may be said of it. */
import { afterEach, expect, test } from 'vitest';
import { seconds } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { openTransport } from '../../src/edge/snmp/transport.ts';
import { Measuring } from '../../src/flow/measuring.ts';
import type { SampleBatch, SeriesId, SeriesName } from '../../src/flow/series.ts';
import type { Observation } from '../../src/model/observation.ts';
import { openEvilAgent, usableHabits } from '../support/evil-agent.ts';
import { evilDevice, evilRows } from '../support/evil-lab.ts';
import { type LineHabits, PaperNetwork } from '../support/paper-network.ts';
import { virtualWorld } from '../support/virtual-world.ts';

const DEVICES = 100;
const POLLS = 10_000;
const PORTS = 8;
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function polled(habits: Partial<LineHabits>, seed: number) {
  const world = virtualWorld({ seed });
  const network = new PaperNetwork(world, seed);
  const transport = await openTransport(world, { sockets: 1, openSocket: network.openSocket });
  ends.push(() => transport.close());
  const devices = [];
  for (let i = 0; i < DEVICES; i++) {
    const agent = await openEvilAgent(evilRows(1_000 * i, PORTS), usableHabits['none']!(), network.place());
    devices.push(
      evilDevice(world, transport, { id: `d${i}`, port: agent.port, timeoutMs: 2_000, retries: 2 }),
    );
  }
  const told: Observation[] = [];
  const names: SeriesName[] = [];
  const wrong: string[] = [];
  let values = 0;
  /** Each counter of a device stands still at a number of its own: another one was credited wrongly or broken. */
  const append = async ({ series, values: read }: SampleBatch): Promise<void> => {
    for (const [i, value] of read.entries()) {
      const { resource, metric } = names[series[i]!]!;
      const [, device, port] = /^d(\d+)\/if\/(\d+)$/.exec(resource) ?? [];
      if (device === undefined || !/^if\.(in|out)Octets$/.test(metric) || Number.isNaN(value)) continue;
      values++;
      if (value !== 1_000 * Number(device) + Number(port)) wrong.push(`${resource} ${metric} ${value}`);
    }
  };
  const measuring = new Measuring({
    ...{ collector: 'collector', devices, intervalMs: seconds(10), world },
    series: { register: async (list) => list.map((name) => (names.push(name) - 1) as SeriesId), append },
    detection: new Detection(compileDetectionRules([]).value),
    offer: (observation) => told.push(observation) > 0,
    onTurn: () => undefined,
  });
  measuring.start();
  await world.pass(20_000);
  Object.assign(network.habits, habits);
  const before = measuring.counters['polls']!;
  while (measuring.counters['polls']! < before + POLLS) await world.pass(10_000);
  await measuring.stop();
  const count = (event: string, cause?: string): number =>
    told.filter((one) => one.event === event && one.cause === cause).length;
  return { told, wrong, values, unreachable: count('raise', 'UNREACHABLE') };
}

/** Of interfaces, whatever it is. */
const ofParts = (told: readonly Observation[]): readonly Observation[] =>
  told.filter(({ resource }) => resource.includes('/'));

test('at 5 % loss each way, with doubles and reordering, 10,000 polls say nothing at all', async () => {
  const { told, wrong, values } = await polled({ lossShare: 0.05, doubleShare: 0.05, delayMs: [1, 400] }, 5);
  expect(told).toEqual([]);
  expect(wrong).toEqual([]);
  expect(values).toBeGreaterThan(POLLS * PORTS * 2 * 0.97);
});

test('at 30 % loss each way at most one device is called unreachable, and never an interface', async () => {
  const { told, wrong, values, unreachable } = await polled(
    { lossShare: 0.3, doubleShare: 0.05, delayMs: [1, 400] },
    30,
  );
  expect(ofParts(told)).toEqual([]);
  expect(wrong).toEqual([]);
  expect(unreachable).toBeLessThanOrEqual(1);
  expect(values).toBeGreaterThan(POLLS * PORTS * 2 * 0.75);
});
