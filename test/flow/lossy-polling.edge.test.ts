/** Devices behind a line that loses datagrams: what is lost is asked again, and silence is never said of interfaces. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { milliseconds } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { compileProfiles } from '../../src/collect/collect.ts';
import type { Varbind, VarbindValue } from '../../src/collect/session.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { type Agent, type AgentRows, openAgent } from '../../src/edge/snmp/agent.ts';
import { DevicePoller } from '../../src/edge/snmp/device-poller.ts';
import { openTransport, type Transport } from '../../src/edge/snmp/transport.ts';
import { Measuring } from '../../src/flow/measuring.ts';
import type { PolledDevice } from '../../src/flow/polled-device.ts';
import type { SeriesId } from '../../src/flow/series.ts';
import type { Observation } from '../../src/model/observation.ts';
import { polledThrough } from '../support/polled-through.ts';
import { realWorld } from '../support/real-world.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const profiles = compileProfiles([
  parseYaml(
    'lab.yaml',
    `id: lab
identity: { sysUpTimeTicks: { get: 1.3.6.1.2.1.1.3.0 }, sysName: { get: 1.3.6.1.2.1.1.5.0 } }
tables:
  ifTable:
    oid: ${IF}
    object: { kind: interface }
    attributes: { ifDescr: { col: 2 } }
    states:
      - { col: 7, name: adminStatus, map: { 1: up, 2: down } }
      - { col: 8, name: operStatus, map: { 1: up, 2: down } }
    metrics: [{ col: 10, name: inOctets, unit: By, kind: counter }]
`,
  ).value,
]).value;

const PORTS = 24;
const DEVICES = 15;
const world = realWorld();
const startedAtMs = world.monotonicMs();

/** Sorted once; the uptime runs. */
function deviceRows(): AgentRows {
  const integer = (number: number): VarbindValue => ({ type: 'integer', number });
  const numbers = Array.from({ length: PORTS }, (_, i) => i + 1);
  const list: [string, VarbindValue][] = [
    ['1.3.6.1.2.1.1.3.0', { type: 'timeticks', number: 0 }],
    ['1.3.6.1.2.1.1.5.0', { type: 'octets', bytes: Buffer.from('lab') }],
    ...numbers.map((n): [string, VarbindValue] => [
      `${IF}.2.${n}`,
      { type: 'octets', bytes: Buffer.from(`p${n}`) },
    ]),
    ...numbers.map((n): [string, VarbindValue] => [`${IF}.7.${n}`, integer(1)]),
    ...numbers.map((n): [string, VarbindValue] => [`${IF}.8.${n}`, integer(1)]),
    ...numbers.map((n): [string, VarbindValue] => [`${IF}.10.${n}`, { type: 'counter32', number: 7 }]),
  ];
  const key = (oid: string): string => oid.replace(/\d+/g, (part) => part.padStart(10, '0'));
  const keys = list.map(([oid]) => key(oid));
  const places = new Map(list.map(([oid], place) => [oid, place]));
  const at = (i: number): Varbind | undefined => {
    const [oid, value] = list[i] ?? [];
    if (oid === undefined || value === undefined) return undefined;
    if (i > 0) return { oid, value };
    return {
      oid,
      value: { type: 'timeticks', number: Math.floor((world.monotonicMs() - startedAtMs) / 10) },
    };
  };
  return {
    get: (oid) => at(places.get(oid) ?? -1),
    next(oid) {
      const place = places.get(oid);
      return at(place === undefined ? keys.findIndex((own) => own > key(oid)) : place + 1);
    },
  };
}

let transport: Transport;
let agent: Agent;
beforeAll(async () => {
  transport = await openTransport(world);
  const rows = deviceRows();
  agent = await openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: () => rows, random: seededRandom(7) });
});
afterAll(async () => {
  transport.close();
  await agent.close();
});

function lab(id: string): PolledDevice & { close(): void } {
  const poller = new DevicePoller({
    ...{ world, transport, profiles, profile: 'lab' },
    target: {
      host: '127.0.0.1',
      port: agent.port,
      timeoutMs: 40,
      retries: 2,
      credentials: { version: 'v2c', community: new Secret('c') },
    },
  });
  return { ...polledThrough(id, poller), close: () => poller.close() };
}

async function pollUntil(polls: number, lossShare: number): Promise<readonly Observation[]> {
  const devices = Array.from({ length: DEVICES }, (_, i) => lab(`d${i}`));
  const told: Observation[] = [];
  let names = 0;
  const measuring = new Measuring({
    collector: 'collector',
    devices,
    intervalMs: milliseconds(200),
    world,
    series: { register: async (list) => list.map(() => names++ as SeriesId), append: async () => undefined },
    detection: new Detection(compileDetectionRules([]).value),
    offer: (observation) => told.push(observation) > 0,
    onTurn: () => undefined,
  });
  agent.habits.lossShare = 0;
  measuring.start();
  const until = async (count: number): Promise<void> => {
    const deadline = world.monotonicMs() + 40_000;
    while ((measuring.counters['polls'] ?? 0) < count && world.monotonicMs() < deadline) {
      await new Promise((resolve) => world.after(milliseconds(20), () => resolve(undefined)));
    }
  };
  await until(DEVICES);
  agent.habits.lossShare = lossShare;
  await until(DEVICES + polls);
  agent.habits.lossShare = 0;
  expect(measuring.counters['polls']).toBeGreaterThanOrEqual(DEVICES + polls);
  await measuring.stop();
  for (const device of devices) device.close();
  return told;
}

test('where one datagram in twenty is lost each way nothing is said at all', async () => {
  expect(await pollUntil(400, 0.0975)).toEqual([]);
});

test('where most are lost devices may be called unreachable, their interfaces never', async () => {
  const told = await pollUntil(150, 0.85);
  expect(told.filter(({ resource }) => resource.includes('/'))).toEqual([]);
  expect(told.some(({ cause }) => cause === 'UNREACHABLE')).toBe(true);
});
