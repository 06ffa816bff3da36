// The probing loop on a virtual clock: turns, bounds, samples, observations, and what a changed configuration keeps.
import { expect, test } from 'vitest';
import { milliseconds, minutes, seconds } from '../../src/base/instant.ts';
import { type Prober, Probing } from '../../src/flow/probing.ts';
import type { SampleBatch, SeriesId, SeriesName, SeriesStore } from '../../src/flow/series.ts';
import type { DnsOutcome, DnsPlatform, DnsQuestion } from '../../src/model/dns.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Probe, ProbeOutcome } from '../../src/model/probe.ts';
import { virtualWorld } from '../support/virtual-world.ts';

const probe = (id: string, fields: Partial<Probe> = {}): Probe =>
  ({
    id,
    kind: 'tcp',
    host: '192.0.2.1',
    port: 443,
    resource: resourceId('crm'),
    everyMs: seconds(10),
    timeoutMs: seconds(1),
    allowPrivate: false,
    limits: {},
    raiseAfter: 2,
    clearAfter: 1,
    ...fields,
  }) as Probe;

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function rig(prober: Partial<Prober> = {}) {
  const world = virtualWorld();
  const names: SeriesName[] = [];
  const stored: [string, number][] = [];
  const observations: Observation[] = [];
  const asked: string[] = [];
  const questions: DnsQuestion[] = [];
  const series = {
    async register(wanted: readonly SeriesName[]) {
      return wanted.map((name) => (names.push(name) - 1) as SeriesId);
    },
    async append(batch: SampleBatch) {
      for (const [index, id] of batch.series.entries()) {
        const { resource, metric } = names[id]!;
        stored.push([`${resource} ${metric}`, batch.values[index]!]);
      }
    },
  } as Partial<SeriesStore> as SeriesStore;
  const probing = new Probing({
    world,
    series,
    offer: (observation) => {
      observations.push(observation);
      return true;
    },
    prober: {
      async probe({ id }) {
        asked.push(id);
        return { latencyMs: 5 };
      },
      async ask(question) {
        questions.push(question);
        return { kind: 'timeout' };
      },
      statistics: async () => undefined,
      ...prober,
    },
  });
  return { world, probing, names, stored, observations, asked, questions };
}

test('each probe is asked once an interval, and what it measured is stored under its target and access', async () => {
  const { world, probing, asked, stored } = rig();
  probing.use({ probes: [probe('a'), probe('b', { access: 'gpon' })], dns: undefined }, isSame);
  await world.pass(2_000);
  expect([...asked].sort()).toEqual(expect.arrayContaining(['a', 'b']));
  await world.pass(18_000);
  asked.splice(0);
  await world.pass(40_000);
  expect(asked.filter((id) => id === 'a')).toHaveLength(4);
  expect(asked.filter((id) => id === 'b')).toHaveLength(4);
  expect(stored.slice(0, 4).sort()).toEqual([
    ['crm/probe/a probe.latency', 5],
    ['crm/probe/a probe.up', 1],
    ['crm/probe/b/gpon probe.latency', 5],
    ['crm/probe/b/gpon probe.up', 1],
  ]);
  expect(probing.counters).toMatchObject({ probesFailed: 0, probes: 2 });
});

test('failures become observations with the hysteresis of the probe', async () => {
  let outcome: ProbeOutcome = { fault: 'noAnswer' };
  const { world, probing, observations } = rig({ probe: async () => outcome });
  probing.use({ probes: [probe('a')], dns: undefined }, isSame);
  await world.pass(15_000);
  expect(observations).toMatchObject([{ event: 'raise', resource: 'crm', cause: 'SERVICE_DOWN' }]);
  expect(probing.active().active).toHaveLength(1);
  outcome = { latencyMs: 1 };
  await world.pass(11_000);
  expect(observations.at(-1)).toMatchObject({ event: 'clear', cause: 'SERVICE_DOWN' });
});

test('a probe that still waits is not sent again; of many that hang a bounded number is under way, the others wait in line', async () => {
  const answer: (() => void)[] = [];
  let under = 0;
  const { world, probing } = rig({
    probe: () => {
      under++;
      return new Promise((resolve) => answer.push(() => resolve({ latencyMs: 1 })));
    },
  });
  const probes = Array.from({ length: 200 }, (_, number) => probe(`p${number}`));
  probing.use({ probes, dns: undefined }, isSame);
  await world.pass(60_000);
  expect(under).toBe(64);
  expect(probing.counters['probesSkipped']).toBeGreaterThan(200);
  for (const one of answer.splice(0, 10)) one();
  await world.pass(1);
  expect(under).toBe(74);
});

test('what did not change keeps its turn; what is gone ends what was held against its resource', async () => {
  const { world, probing, asked } = rig({
    probe: async ({ id }) => {
      asked.push(id);
      return { fault: 'noAnswer' };
    },
  });
  const other = probe('b', { resource: resourceId('mail') });
  probing.use({ probes: [probe('a'), other], dns: undefined }, isSame);
  await world.pass(15_000);
  expect(probing.use({ probes: [probe('a')], dns: undefined }, isSame)).toEqual(['mail']);
  expect(probing.active().watches).toEqual(['crm']);
  const before = asked.length;
  await world.pass(10_000);
  expect(new Set(asked.slice(before))).toEqual(new Set(['a']));
  probing.stop();
  expect(world.waiting).toBe(0);
});

const platform: DnsPlatform = {
  resource: resourceId('dns'),
  everyMs: seconds(30),
  timeoutMs: milliseconds(500),
  from: '192.0.2.200',
  resolvers: [{ id: 'r', resource: resourceId('r'), address: '192.0.2.53', port: 53, view: 'city' }],
  zones: [
    { name: 'isp.example', resource: resourceId('dns'), servers: [{ address: '192.0.2.1', port: 5_353 }] },
  ],
  checks: {
    hit: 'www.isp.example',
    miss: 'probe.isp.example',
    answers: [{ name: 'pay.isp.example', type: 28, expect: [] }],
    signed: 'signed.isp.example',
    broken: 'broken.isp.example',
    open: { from: '198.51.100.1', name: 'www.isp.example' },
    amplification: { name: 'isp.example', type: 255 },
  },
  limits: {
    hitMs: 50,
    missMs: 500,
    failures: 0.05,
    nxdomain: 0.6,
    amplification: 30,
    serialLagMs: minutes(15),
  },
  raiseAfter: 2,
  clearAfter: 2,
};

test('a round asks each resolver everything that is to be checked, and each name server for its serial', async () => {
  const { world, probing, questions } = rig();
  expect(probing.dnsView).toBeUndefined();
  probing.use({ probes: [], dns: platform }, isSame);
  expect(probing.dnsView).toMatchObject({ at: undefined, resolvers: [] });
  while (questions.length < 9) await world.pass(100);
  const brief = questions
    .slice(0, 9)
    .filter(({ address }) => address === '192.0.2.53')
    .map(({ name, type, from, dnssec, overTcp }) => [
      name.replace(/^[0-9a-z]{8,}\.probe/, 'RANDOM.probe'),
      type,
      from,
      dnssec,
      overTcp,
    ]);
  expect(brief).toEqual([
    ['www.isp.example', 1, '192.0.2.200', false, true],
    ['RANDOM.probe.isp.example', 1, '192.0.2.200', false, true],
    ['pay.isp.example', 28, '192.0.2.200', false, true],
    ['signed.isp.example', 1, '192.0.2.200', true, true],
    ['broken.isp.example', 1, '192.0.2.200', true, true],
    ['isp.example', 6, '192.0.2.200', false, true],
    ['www.isp.example', 1, '198.51.100.1', false, true],
    ['isp.example', 255, '192.0.2.200', true, false],
  ]);
  expect(questions.find(({ port }) => port === 5_353)).toMatchObject({
    address: '192.0.2.1',
    name: 'isp.example',
    recursive: false,
  });
  await world.pass(30_000);
  const random = questions.map(({ name }) => name).filter((name) => name.endsWith('.probe.isp.example'));
  expect(random.length).toBeGreaterThan(1);
  expect(new Set(random).size).toBe(random.length);
});

test('rounds are stored as figures of each resolver, and silence opens alarms', async () => {
  const { world, probing, stored, observations } = rig();
  probing.use({ probes: [], dns: platform }, isSame);
  await world.pass(33_000);
  expect(Object.fromEntries(stored)).toMatchObject({ 'r/dns/r dns.unanswered': 1, 'r/dns/r dns.noerror': 0 });
  expect(observations.map(({ cause, resource }) => `${cause} ${resource}`)).toEqual([
    'DNS_FAIL dns',
    'SERVICE_DOWN r',
  ]);
  expect(probing.use({ probes: [], dns: undefined }, isSame)).toEqual(['dns', 'r']);
  expect(probing.dnsView).toBeUndefined();
});

test('answers come into the latencies with and without the cache', async () => {
  const answer = (latencyMs: number): DnsOutcome => ({
    kind: 'answer',
    latencyMs,
    rcode: 0,
    isAuthentic: true,
    isRecursive: true,
    records: ['192.0.2.1'],
    questionBytes: 40,
    answerBytes: 60,
  });
  const { world, probing, stored } = rig({
    ask: async ({ name }) => answer(name.endsWith('.probe.isp.example') ? 40 : 2),
  });
  probing.use({ probes: [], dns: platform }, isSame);
  await world.pass(3_000);
  expect(Object.fromEntries(stored)).toMatchObject({
    'r/dns/r dns.latency.hit': 2,
    'r/dns/r dns.latency.miss': 40,
  });
});

test('what is no longer probed leaves no numbers behind, and the others keep their series', async () => {
  const { probing, world, names, stored } = rig();
  for (let n = 0; n < 40; n++) {
    probing.use(
      { probes: [probe('stays'), probe(`goes-${n}`, { resource: resourceId(`shop-${n}`) })], dns: undefined },
      isSame,
    );
    await world.pass(11_000);
  }
  const asked = names.filter(({ resource }) => resource.includes('stays')).length;
  expect(asked).toBeGreaterThan(40);
  expect(new Set(stored.map(([name]) => name)).size).toBeGreaterThan(40);
  expect(stored.every(([, value]) => Number.isFinite(value))).toBe(true);
  probing.stop();
});
