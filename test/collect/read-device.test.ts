import { describe, expect, it } from 'vitest';
import {
  compileProfiles,
  type Profile,
  planOf,
  profileSchema,
  readDevice,
} from '../../src/collect/collect.ts';
import type { SessionProblem, VarbindValue } from '../../src/collect/session.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import { samplesOf } from '../support/samples-of.ts';
import { counter, counter64, deviceOf, gauge, integer, text } from './device-of-rows.ts';

const profileText = `id: lab
identity:
  sysName: { get: 1.3.6.1.2.1.1.5.0 }
  sysUpTimeTicks: { get: 1.3.6.1.2.1.1.3.0 }
  version: { after: 'Version ', until: ',' }
  hardware: { after: 'Model ' }
  vendor: Lab
tables:
  ifTable:
    oid: 1.3.6.1.2.1.2.2.1
    object: { kind: interface }
    attributes: { ifDescr: { col: 2 }, mac: { col: 6, as: mac }, mtu: { col: 4, as: number } }
    states: [{ col: 8, name: operStatus, map: { 1: up, 2: down } }]
    metrics:
      - { col: 5, name: speedBps, unit: bit/s, null: [4294967295] }
      - { col: 10, name: inOctets, unit: By, kind: counter }
  ifXTable:
    oid: 1.3.6.1.2.1.31.1.1.1
    object: { kind: interface }
    attributes: { ifName: { col: 1 } }
    metrics:
      - { col: 6, name: inOctets, unit: By, kind: counter, replaces: true }
      - { col: 15, name: speedBps, unit: bit/s, scale: 1000000, null: [0] }
  pools:
    oid: 1.3.6.1.4.1.99.1
    object: { kind: pool, name: [label] }
    attributes: { label: { join: 1.3.6.1.4.1.99.2.1 } }
    states: [{ col: 2, name: pool.state, map: { 1: fine, 2: full } }]
    metrics:
      - { col: 3, name: pool.level, unit: '%', null: [-1], range: [0, 100] }
      - { col: 4, name: pool.other, unit: By, times: 5, nameBy: { col: 6, map: { 7: pool.used } } }
      - { col: 7, name: pool.voltage, unit: V, scale: 0.01 }
`;

function profileOf(yaml: string): Profile {
  const { value } = parseYaml('lab.yaml', yaml);
  expect(documentCheck(profileSchema)(value)).toEqual([]);
  return compileProfiles([value]).value.byId.get('lab')!;
}

const ifTable = '1.3.6.1.2.1.2.2.1';
const ifXTable = '1.3.6.1.2.1.31.1.1.1';
const pools = '1.3.6.1.4.1.99.1';
const at = '1970-01-01T00:00:00.000Z';

async function read(
  rows: Readonly<Record<string, VarbindValue>>,
  failing?: Readonly<Record<string, SessionProblem>>,
) {
  const answer = await readDevice(deviceOf(rows, failing), profileOf(profileText), { at });
  if (answer.kind !== 'reading') throw new Error(answer.problem.kind);
  return answer;
}

describe('a reading', () => {
  it('says who the device is, as far as it says so', async () => {
    const { reading } = await read({
      '1.3.6.1.2.1.1.1.0': text('Lab OS Version 4.2, built today\r\nModel X 7\r\nmore'),
      '1.3.6.1.2.1.1.3.0': { type: 'timeticks', number: 77 },
      '1.3.6.1.2.1.1.5.0': text('lab\0'),
    });
    expect(reading.device).toEqual({
      sysName: 'lab',
      sysUpTimeTicks: 77,
      version: '4.2',
      hardware: 'X 7',
      vendor: 'Lab',
    });
    expect(reading).toMatchObject({ format: 'device-reading/1', at: at, profile: 'lab' });
  });

  it('joins interfaces by index, prefers 64-bit counters and leaves out what is not there', async () => {
    const { reading } = await read({
      [`${ifTable}.2.7`]: text('seven'),
      [`${ifTable}.4.7`]: integer(1500),
      [`${ifTable}.5.7`]: gauge(4_294_967_295),
      [`${ifTable}.6.7`]: { type: 'octets', bytes: Uint8Array.of(0, 0x1c, 0x73, 0xb3, 0xbd, 0x72) },
      [`${ifTable}.8.7`]: integer(1),
      [`${ifTable}.10.7`]: counter(12),
      [`${ifTable}.2.3`]: text('three'),
      [`${ifTable}.5.3`]: gauge(10_000_000),
      [`${ifTable}.6.3`]: text(''),
      [`${ifTable}.8.3`]: integer(9),
      [`${ifTable}.10.3`]: counter(34),
      [`${ifXTable}.1.7`]: text('xe-7'),
      [`${ifXTable}.6.7`]: counter64(2n ** 60n),
      [`${ifXTable}.15.7`]: gauge(40_000),
      [`${ifXTable}.15.3`]: gauge(10),
    });
    expect(reading.interfaces).toEqual([
      { ifIndex: 3, ifDescr: 'three', speedBps: 10_000_000, counters: { inOctets: 34 } },
      {
        ifIndex: 7,
        ifDescr: 'seven',
        ifName: 'xe-7',
        mtu: 1500,
        mac: '00:1c:73:b3:bd:72',
        operStatus: 'up',
        speedBps: 40_000_000_000,
        counters: { inOctets: '1152921504606846976' },
      },
    ]);
  });

  it('gives every number its OID, unit and object, and null with a reason where there is none', async () => {
    const { reading } = await read({
      [`${pools}.2.1`]: integer(2),
      [`${pools}.3.1`]: integer(-1),
      [`${pools}.3.2`]: integer(140),
      [`${pools}.3.10`]: integer(55),
      [`${pools}.4.10`]: integer(3),
      [`${pools}.5.10`]: integer(4096),
      [`${pools}.6.10`]: { type: 'oid', oid: '1.3.6.1.7' },
      [`${pools}.7.10`]: integer(267),
      '1.3.6.1.4.1.99.2.1.10': text('ten'),
      '1.3.6.1.4.1.99.2.1.99': text('no pool of this index'),
    });
    const place = (column: number, index: number) => ({
      oid: `${pools}.${column}.${index}`,
      object: `pool/${index}`,
    });
    expect(reading.readings).toEqual([
      { ...place(3, 1), metric: 'pool.level', unit: '%', value: null, raw: -1, absent: 'sentinel' },
      { ...place(2, 1), metric: 'pool.state', unit: '1', value: 'full', raw: 2 },
      { ...place(3, 2), metric: 'pool.level', unit: '%', value: null, raw: 140, absent: 'out-of-range' },
      { ...place(3, 10), metric: 'pool.level', unit: '%', value: 55, raw: 55 },
      { ...place(4, 10), metric: 'pool.used', unit: 'By', value: 12_288, raw: 3 },
      { ...place(7, 10), metric: 'pool.voltage', unit: 'V', value: 2.67, raw: 267 },
    ]);
    expect(reading.objects.map(({ id, state }) => [id, state])).toEqual([
      ['pool/1', 'full'],
      ['pool/2', undefined],
      ['pool/10', undefined],
    ]);
    expect(reading.objects[2]?.attributes).toEqual({ label: 'ten', name: 'ten' });
  });

  it('keeps what arrived of a table that failed and says which', async () => {
    const problem = { kind: 'badAnswer', reason: 'oidNotIncreasing' } as const;
    const { reading, incomplete } = await read(
      { [`${ifTable}.2.7`]: text('seven'), [`${pools}.3.1`]: integer(5) },
      { [`${ifTable}.2`]: problem },
    );
    expect(incomplete).toEqual([{ table: 'ifTable', problem }]);
    expect(reading.interfaces).toHaveLength(1);
    expect(reading.readings).toHaveLength(1);
  });

  it('is the problem itself when the device does not answer at all', async () => {
    const silent = {
      ...deviceOf({}),
      get: async () => ({ varbinds: [], problem: { kind: 'timeout' } as const }),
    };
    const answer = await readDevice(silent, profileOf(profileText), { at });
    expect(answer).toEqual({ kind: 'problem', problem: { kind: 'timeout' } });
  });

  it('of the plan of every interval gives the same samples as a full one', async () => {
    const rows = {
      '1.3.6.1.2.1.1.3.0': { type: 'timeticks', number: 77 } as const,
      [`${ifTable}.2.7`]: text('seven'),
      [`${ifTable}.8.7`]: integer(2),
      [`${ifXTable}.6.7`]: counter64(2n ** 60n),
      [`${pools}.3.10`]: integer(55),
      [`${pools}.4.10`]: integer(3),
      [`${pools}.5.10`]: integer(4096),
      [`${pools}.6.10`]: { type: 'oid', oid: '1.3.6.1.7' } as const,
    };
    const profile = profileOf(profileText);
    const plan = planOf(profile);
    const full = await readDevice(deviceOf(rows), profile, { at });
    const lean = await readDevice(deviceOf(rows), plan.profile, { at, budget: plan.budget });
    if (full.kind !== 'reading' || lean.kind !== 'reading') throw new Error('no reading');
    expect(lean.reading.interfaces[0]?.ifDescr).toBeUndefined();
    expect(samplesOf('r1', lean.reading)).toEqual(samplesOf('r1', full.reading));
  });

  it('has no negative number of an interface', async () => {
    const { reading } = await read({
      [`${ifTable}.8.7`]: integer(1),
      [`${ifTable}.4.7`]: integer(-1),
      [`${ifTable}.5.7`]: integer(-1),
    });
    expect(reading.interfaces).toEqual([{ ifIndex: 7, operStatus: 'up' }]);
  });

  it('of a long table is made in slices, so that nobody waits for all of it, and is the same', async () => {
    const levels = Array.from(
      { length: 2_000 },
      (_, i) => [`${pools}.3.${i + 1}`, integer(i % 100)] as const,
    );
    const profile = profileOf(profileText);
    let slices = 0;
    const sliced = await readDevice(deviceOf(Object.fromEntries(levels)), profile, {
      at,
      async inTurns(work) {
        for (;;) {
          const step = work.next();
          if (step.done === true) return step.value;
          slices++;
          await Promise.resolve();
        }
      },
    });
    expect(slices).toBeGreaterThanOrEqual(40);
    expect(sliced).toEqual(await readDevice(deviceOf(Object.fromEntries(levels)), profile, { at }));
  });

  it('becomes samples: exact counters, gauges, and gaps where a row has no number', async () => {
    const { reading } = await read({
      '1.3.6.1.2.1.1.3.0': { type: 'timeticks', number: 77 },
      [`${ifTable}.8.7`]: integer(2),
      [`${ifXTable}.6.7`]: counter64(2n ** 60n),
      [`${pools}.3.1`]: integer(-1),
      [`${pools}.2.1`]: integer(1),
    });
    expect(samplesOf('r1', reading)).toEqual([
      { resource: 'r1', metric: 'system.uptime', unit: 'cs', kind: 'gauge', value: 77 },
      { resource: 'r1/if/7', metric: 'if.oper', unit: '1', kind: 'gauge', value: 2 },
      {
        resource: 'r1/if/7',
        metric: 'if.inOctets',
        unit: 'By',
        kind: 'counter',
        value: 2 ** 60,
        exact: 2n ** 60n,
      },
      { resource: 'r1/pool/1', metric: 'pool.level', unit: '%', kind: 'gauge', value: Number.NaN },
    ]);
  });
});
