import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareSections, type Sections } from '../../bench/support/device-sections.ts';
import { compareBasics, Tally, type Truth } from '../../bench/support/device-truth.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Profiles } from '../../src/collect/collect.ts';
import { loadProfiles } from '../../src/edge/files/profiles.ts';
import { pollDevice } from '../../src/edge/snmp/poll.ts';
import { type ServedRecordings, serveRecordings } from '../../src/edge/snmp/recordings.ts';
import { openTransport, type Transport } from '../../src/edge/snmp/transport.ts';
import type { DeviceReading, InterfaceReading } from '../../src/model/reading.ts';
import { realWorld } from '../support/real-world.ts';

const root = join(fileURLToPath(import.meta.url), '../../..');
const folder = join(root, '../shared/data/devices');
const isThere = existsSync(folder);
const missing = isThere ? '' : ' (left out: the folder ../shared/data/devices is missing)';

const ENTITY_SENSOR_VALUE = '1.3.6.1.2.1.99.1.1.1.4.';
const HOST_RESOURCES = '1.3.6.1.2.1.25.';
const comparedFields = ['ifName', 'ifDescr', 'ifAlias', 'ifType', 'speedBps', 'mtu', 'mac'].concat([
  'adminStatus',
  'operStatus',
  'lastChangeTicks',
]);

/** The reference takes a revision for the model, and adds a remark of its own to a version. */
const referenceIsWrong = new Set(['snr hardware', 'vrp_5720 version']);

/** Fields and counters of one true interface that the reading has otherwise, by name. */
function differences(truth: Record<string, unknown>, read: InterfaceReading | undefined): string[] {
  const held = (read ?? {}) as unknown as Record<string, unknown>;
  const wrong = comparedFields.filter((field) => field in truth && held[field] !== truth[field]);
  const counters = (truth['counters'] ?? {}) as Record<string, number | string>;
  for (const [name, value] of Object.entries(counters)) {
    if (String(read?.counters?.[name]) !== String(value)) wrong.push(name);
  }
  return wrong;
}

const comparedCount = (truth: Record<string, unknown>): number =>
  comparedFields.filter((field) => field in truth).length + Object.keys(truth['counters'] ?? {}).length;

describe('all recordings of real devices, served and read over UDP', () => {
  const world = realWorld();
  const answers = new Map<string, { reading: DeviceReading; truth: Truth; incomplete: readonly unknown[] }>();
  const failed: string[] = [];
  let served: ServedRecordings | undefined;
  let transport: Transport | undefined;
  let profiles: Profiles;

  beforeAll(async () => {
    if (!isThere) return;
    const loaded = await loadProfiles([join(root, 'collectors')]);
    expect(loaded.problems).toEqual([]);
    profiles = loaded.value;
    served = await serveRecordings(world, folder, { host: '127.0.0.1', port: 0 });
    transport = await openTransport(world);
    for (const name of served.names) {
      const outcome = await pollDevice({
        world,
        transport,
        profiles,
        profile: 'auto',
        target: {
          host: '127.0.0.1',
          port: served.agent.port,
          credentials: { version: 'v2c', community: new Secret(name) },
        },
      });
      if (outcome.kind !== 'reading') failed.push(`${name}: ${JSON.stringify(outcome)}`);
      else {
        const truth = JSON.parse(await readFile(join(folder, `${name}.truth.json`), 'utf8')) as Truth;
        answers.set(name, { reading: outcome.reading, truth, incomplete: outcome.incomplete });
      }
    }
  }, 180_000);
  afterAll(async () => {
    transport?.close();
    await served?.agent.close();
  });

  it.runIf(isThere || process.env['CI'] === 'true')(`each answers without an error${missing}`, async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.snmprec'));
    expect(failed).toEqual([]);
    expect(answers.size).toBe(files.length);
    expect([...answers].filter(([, { incomplete }]) => incomplete.length > 0).map(([name]) => name)).toEqual(
      [],
    );
  });

  it.runIf(isThere)(`every true interface is read with every field and counter${missing}`, () => {
    const wrong: string[] = [];
    let interfaces = 0;
    let compared = 0;
    for (const [name, { reading, truth }] of answers) {
      const byIndex = new Map(reading.interfaces.map((port) => [port.ifIndex, port]));
      for (const port of truth.interfaces ?? []) {
        interfaces++;
        compared += comparedCount(port);
        const found = differences(port, byIndex.get(port['ifIndex'] as number));
        if (!byIndex.has(port['ifIndex'] as number)) found.push('the row itself');
        wrong.push(...found.map((field) => `${name} ${String(port['ifIndex'])} ${field}`));
      }
    }
    const share = ((100 * (compared - wrong.length)) / compared).toFixed(3);
    process.stdout.write(`interfaces: ${interfaces}, values: ${compared}, equal: ${share} %\n`);
    expect(wrong).toEqual([]);
  });

  it.runIf(isThere)(`no interface is invented${missing}`, () => {
    for (const { reading, truth } of answers.values()) {
      const known = new Set((truth.interfaces ?? []).map((port) => port['ifIndex']));
      const invented = reading.interfaces.filter((port) => !known.has(port.ifIndex));
      expect(invented.map((port) => port.ifIndex)).toEqual([]);
    }
  });

  it.runIf(isThere)(`entity sensors agree with the reference within half a percent${missing}`, () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const [name, { reading, truth }] of answers) {
      const byOid = new Map(reading.readings.map((found) => [found.oid, found]));
      for (const sensor of truth.sensors ?? []) {
        if (!sensor.oid?.startsWith(ENTITY_SENSOR_VALUE)) continue;
        if (!['exact', 'rounded', 'log'].includes(sensor.check) || sensor.unit === '1') continue;
        compared++;
        const found = byOid.get(sensor.oid);
        const tolerance = sensor.check === 'log' ? 0.02 : Math.abs(sensor.value) * 0.005;
        const isEqual = typeof found?.value === 'number' && Math.abs(found.value - sensor.value) <= tolerance;
        if (!isEqual || found.unit !== sensor.unit) wrong.push(`${name} ${sensor.oid}`);
      }
    }
    process.stdout.write(`entity sensors: ${compared}, equal: ${compared - wrong.length}\n`);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });

  it.runIf(isThere)(`processors and memory of host resources are the reference's${missing}`, () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const [name, { reading, truth }] of answers) {
      const byOid = new Map(reading.readings.map((found) => [found.oid, found]));
      const compare = (oid: string | undefined, value: number | undefined, check = 'exact'): void => {
        if (!oid?.startsWith(HOST_RESOURCES) || check !== 'exact') return;
        compared++;
        if (byOid.get(oid)?.value !== value) wrong.push(`${name} ${oid}`);
      };
      for (const { oid, usagePercent } of truth.processors ?? []) compare(oid, usagePercent);
      for (const { oids, usedBytes, check } of truth.memory ?? []) compare(oids?.used, usedBytes, check);
    }
    process.stdout.write(`processors and memory pools: ${compared}, equal: ${compared - wrong.length}\n`);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(50);
  });

  it.runIf(isThere)(`the sensors are the reference's, and no number is invented${missing}`, () => {
    const all = new Tally();
    const invented: unknown[] = [];
    for (const { reading, truth } of answers.values()) {
      const tally = new Tally();
      compareBasics(truth, reading, tally);
      compareSections(truth as unknown as Sections, reading, tally);
      invented.push(
        ...tally.misses.filter(({ subject }) => subject === 'not invented' || subject === 'null rows'),
      );
      all.add(tally);
    }
    expect(invented).toEqual([]);
    const sensors = [...all.counts].filter(([subject]) => subject.startsWith('sensor '));
    const sum = (side: 'right' | 'total'): number =>
      sensors.reduce((total, [, count]) => total + count[side], 0);
    process.stdout.write(`sensors: ${sum('total')}, right: ${sum('right')}\n`);
    expect(sum('right') / sum('total')).toBeGreaterThan(0.97);
    for (const section of ['pon', 'docsis', 'dsl', 'bgpPeers', 'ospfNeighbours', 'isisAdjacencies']) {
      const { right, total } = all.counts.get(section)!;
      expect(`${section}: ${right}`).toBe(`${section}: ${total}`);
    }
  });

  it.runIf(isThere)(`some can be read over v1 too, without what v1 cannot carry${missing}`, async () => {
    const notRead: string[] = [];
    // One row a request: all of them would take minutes.
    for (const [name, { reading }] of [...answers].filter((_, place) => place % 24 === 1)) {
      const outcome = await pollDevice({
        world,
        transport: transport!,
        profiles,
        profile: 'auto',
        target: {
          host: '127.0.0.1',
          port: served!.agent.port,
          credentials: { version: 'v1', community: new Secret(name) },
        },
      });
      // A 32-bit twin may stand for what v1 cannot carry, and what has no twin is missing.
      const isWhole = outcome.kind === 'reading' && outcome.incomplete.length === 0;
      const isLess = isWhole && outcome.reading.readings.length <= reading.readings.length;
      if (!isLess || outcome.reading.interfaces.length !== reading.interfaces.length) notRead.push(name);
    }
    expect(notRead).toEqual([]);
  });

  it.runIf(isThere)(`what is said of system, model and version is what the reference says${missing}`, () => {
    const wrong: string[] = [];
    for (const field of ['os', 'hardware', 'version', 'sysObjectID', 'sysName', 'sysUpTimeTicks'] as const) {
      const said = [...answers].filter(([, { reading }]) => reading.device[field] !== undefined);
      process.stdout.write(`${field}: said of ${said.length} of ${answers.size}\n`);
      const other = said.filter(
        ([name, { reading, truth }]) =>
          truth.device[field] !== undefined &&
          reading.device[field] !== truth.device[field] &&
          !referenceIsWrong.has(`${name} ${field}`),
      );
      wrong.push(
        ...other.map(
          ([name, { reading, truth }]) =>
            `${name} ${field}: "${reading.device[field]}", not "${truth.device[field]}"`,
        ),
      );
    }
    expect(wrong).toEqual([]);
    expect(
      [...answers].filter(([, { reading }]) => reading.device.os === undefined).map(([name]) => name),
    ).toEqual([]);
  });
});
