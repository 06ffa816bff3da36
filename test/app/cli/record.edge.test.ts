/** `record`: a device full of canaries becomes a file without one, and the file reads as the device did. */
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pollVerb } from '../../../src/app/cli/poll.ts';
import { recordVerb } from '../../../src/app/cli/record.ts';
import { openLog } from '../../../src/app/log.ts';
import { realWorld } from '../../../src/app/world.ts';
import { type Agent, openAgent, recordedRows, type Varbind } from '../../../src/edge/snmp/agent.ts';
import { parseSnmprec, recordingOf } from '../../../src/edge/snmp/snmprec.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';
import { isSnmpdInstalled, startSnmpd } from '../../edge/snmp/debian-snmpd.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

const text = (oid: string, value: string): Varbind => ({
  oid,
  value: { type: 'octets', bytes: new TextEncoder().encode(value) },
});
const bytes = (oid: string, value: readonly number[]): Varbind => ({
  oid,
  value: { type: 'octets', bytes: Uint8Array.from(value) },
});
const number = (oid: string, value: number): Varbind => ({ oid, value: { type: 'integer', number: value } });
const id = (oid: string, value: string): Varbind => ({ oid, value: { type: 'oid', oid: value } });
const address = (oid: string, value: string): Varbind => ({
  oid,
  value: { type: 'ipAddress', address: value },
});
const arcs = (value: string): string => [...new TextEncoder().encode(value)].join('.');

const mac = [0x90, 0xc1, 0x15, 0xd7, 0xe8, 0xf9];
const otherMac = [0x90, 0xc1, 0x15, 0x11, 0x22, 0x33];
const own = '1.3.6.1.4.1.99999.5.1.1';
const sys = '1.3.6.1.2.1.1';
const entity = '1.3.6.1.2.1.47.1.1.1.1';
const sensor = '1.3.6.1.2.1.99.1.1.1';

const device: readonly Varbind[] = [
  text(`${sys}.1.0`, 'Maker OS 7.2, CanaryHost, build 4711'),
  id(`${sys}.2.0`, '1.3.6.1.4.1.99999.1.7'),
  { oid: `${sys}.3.0`, value: { type: 'timeticks', number: 4711 } },
  text(`${sys}.4.0`, 'Canary Contact +79001234567'),
  text(`${sys}.5.0`, 'CanaryHost'),
  text(`${sys}.6.0`, 'Canary street 12, улица Канареечная'),
  number('1.3.6.1.2.1.2.2.1.1.7', 7),
  text('1.3.6.1.2.1.2.2.1.2.7', 'GigabitEthernet0/7'),
  number('1.3.6.1.2.1.2.2.1.3.7', 6),
  bytes('1.3.6.1.2.1.2.2.1.6.7', mac),
  number('1.3.6.1.2.1.2.2.1.7.7', 1),
  number('1.3.6.1.2.1.2.2.1.8.7', 2),
  text('1.3.6.1.2.1.31.1.1.1.1.7', 'Gi0/7'),
  text('1.3.6.1.2.1.31.1.1.1.18.7', 'Canary flat 4567 at CanaryHost'),
  // ARP (an address in the index), forwarding table (a MAC in the index).
  bytes('1.3.6.1.2.1.4.22.1.2.7.10.77.88.99', mac),
  address('1.3.6.1.2.1.4.22.1.3.7.10.77.88.99', '10.77.88.99'),
  number(`1.3.6.1.2.1.17.4.3.1.2.${otherMac.join('.')}`, 7),
  text(`${entity}.2.3`, 'Chassis temperature sensor'),
  text(`${entity}.7.3`, 'Temp 1'),
  text(`${entity}.11.3`, 'CANARYSN0815'),
  text(`${entity}.13.3`, 'MODEL-24X'),
  number(`${sensor}.1.3`, 8),
  number(`${sensor}.2.3`, 9),
  number(`${sensor}.3.3`, 1),
  number(`${sensor}.4.3`, 415),
  number(`${sensor}.5.3`, 1),
  // A table that no profile knows, indexed by all that tells people from each other.
  text(`${own}.2.7.6.${mac.join('.')}`, 'canary, ivan, 90:C1:15:D7:E8:F9'),
  text(`${own}.3.12.${arcs('CANARYSN0815')}`, '90c1.15d7.e8f9 via 10.77.88.99'),
  text(`${own}.4.${arcs('canaryuser')}`, 'ipv6 2001:db8:ca:a51::99'),
  number(`${own}.5.10.77.88.99`, 17),
  text(`${own}.6.1`, 'serial CANARYSN0815 in a sentence'),
  id(`${own}.7.1`, `1.3.6.1.2.1.17.4.3.1.2.${otherMac.join('.')}`),
  number(`${own}.8.1`, 123),
];

const canaries = [
  ...['canary', 'канар', '1234567', '4567', 'ivan', 'street', 'flat', 'SN0815', '2001:db8', 'a51'],
  ...['10.77.88.99', '90c115', '90:c1:15', '90c1.15', 'd7e8f9', 'd7:e8:f9', 'e8f9'],
  ...[mac.join('.'), otherMac.join('.'), arcs('CANARYSN0815'), arcs('canaryuser'), '0a4d5863'],
  Buffer.from('CanaryHost').toString('hex'),
].map((one) => one.toLowerCase());

let agent: Agent | undefined;
let folder: Folder | undefined;
const at = (): string => `${agent!.host}:${agent!.port}`;
beforeEach(async () => {
  folder = await folderOf({});
  agent = await serve(device);
});
afterEach(async () => {
  await agent?.close();
  await folder?.remove();
});

function serve(rows: readonly Varbind[]): Promise<Agent> {
  const served = recordedRows(recordingOf(rows));
  const world = realWorld(openLog({ level: 'silent', role: 'test' }));
  return openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: () => served });
}

test('nothing that tells people or pieces from each other leaves in a recording, neither in values nor in indexes', async () => {
  const file = folder!.file('device.snmprec');
  const said = await say(recordVerb, at(), '--out', file);
  expect(said).toMatchObject({ code: 0, out: [] });
  const recorded = await readFile(file, 'latin1');
  const rows = recorded.trim().split('\n');
  const utf8 = parseSnmprec(recorded)
    .rows.map(({ varbind: { value } }) =>
      value.type === 'octets' ? Buffer.from(value.bytes).toString('utf8') : '',
    )
    .join('\n');
  const everything = `${recorded}\n${utf8}`.toLowerCase();
  expect(canaries.filter((canary) => everything.includes(canary))).toEqual([]);
  // Rows with a hidden name in the middle of a sentence are masked, not lost.
  expect(rows.length).toBe(device.length);
  expect(parseSnmprec(recorded).skipped).toBe(0);
});

test('a masked recording reads as the device did: numbers, states, ports and models', async () => {
  const file = folder!.file('device.snmprec');
  await say(recordVerb, at(), '--out', file);
  const before = json<DeviceReading>(await say(pollVerb, at(), '--json'));
  await agent!.close();
  agent = await serve(parseSnmprec(await readFile(file, 'latin1')).rows.map(({ varbind }) => varbind));
  const after = json<DeviceReading>(await say(pollVerb, at(), '--json'));
  expect(after.profile).toBe(before.profile);
  expect(after.device).toMatchObject({ sysObjectID: '1.3.6.1.4.1.99999.1.7', sysUpTimeTicks: 4711 });
  expect(after.device.sysDescr).toMatch(/^Maker OS 7\.2, \w{10}, build 4711$/);
  expect(after.interfaces[0]).toMatchObject({ ifIndex: 7, ifName: 'Gi0/7', operStatus: 'down' });
  expect(after.interfaces[0]?.ifDescr).toBe('GigabitEthernet0/7');
  const numbers = ({ readings }: DeviceReading) =>
    readings.map(({ metric, value, unit }) => ({ metric, value, unit }));
  expect(numbers(after)).toEqual(numbers(before));
  expect(numbers(after)).toContainEqual({ metric: 'hw.temperature', value: 41.5, unit: 'Cel' });
  // Three verbs, each of which reads all profiles anew.
}, 180_000);

test('one address stays one address: in values, sentences and indexes', async () => {
  const file = folder!.file('device.snmprec');
  await say(recordVerb, at(), '--out', file);
  const rows = new Map(
    parseSnmprec(await readFile(file, 'latin1')).rows.map(({ varbind: { oid, value } }) => [oid, value]),
  );
  const mine = rows.get('1.3.6.1.2.1.2.2.1.6.7');
  const masked = mine?.type === 'octets' ? [...mine.bytes] : [];
  expect(masked).toHaveLength(6);
  expect([...rows.keys()].some((oid) => oid.endsWith(`.6.${masked.join('.')}`))).toBe(true);
  const ip = [...rows.values()].find(({ type }) => type === 'ipAddress');
  const seen = ip?.type === 'ipAddress' ? ip.address : '';
  expect(seen).toMatch(/^\d{2}\.\d{2}\.\d{2}\.\d{2}$/);
  expect(rows.has(`1.3.6.1.2.1.4.22.1.3.7.${seen}`)).toBe(true);
});

test('--no-mask keeps all and says so; a file that exists is not written over; a dry run writes none', async () => {
  const file = folder!.file('plain.snmprec');
  const dry = await say(recordVerb, at(), '--out', folder!.file('none'), '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.out).toEqual([]);
  expect(dry.err[0]).toMatch(/^Nothing was written: \d+ rows \(profile \S+\) would be recorded to .*none\.$/);
  await expect(readFile(folder!.file('none'))).rejects.toMatchObject({ code: 'ENOENT' });
  const said = await say(recordVerb, at(), '--out', file, '--no-mask', '--lang', 'ru');
  expect(said.err.join('\n')).toContain('Ничего не скрыто');
  expect(await readFile(file, 'latin1')).toContain('CanaryHost');
  for (const more of [[], ['--dry-run']])
    await expect(say(recordVerb, at(), '--out', file, ...more)).rejects.toMatchObject({
      code: 'record/file',
    });
  const silent = await say(recordVerb, '127.0.0.1:9', '--timeout', '50ms', '--retries', '0');
  expect(silent.code).toBe(3);
});

test('a serial number is replaced whatever it is read from: a number, bytes, a date by accident', async () => {
  const profile = [
    'id: acme/box',
    'status: unverified',
    'match: { sysObjectID: [1.3.6.1.4.1.99999.1.7] }',
    'identity: { vendor: Acme, os: acme, serial: { get: 1.3.6.1.4.1.99999.7.1.0 } }',
    'tables:',
    '  module:',
    '    oid: 1.3.6.1.4.1.99999.7.2.1',
    '    object: { kind: module }',
    '    attributes:',
    '      serial: { col: 2, as: number }',
    '      serialBytes: { col: 3, as: hex }',
    '      assetTag: { col: 4 }',
    '      count: { col: 5, as: number }',
  ].join('\n');
  const own = '1.3.6.1.4.1.99999.7';
  await agent!.close();
  agent = await serve([
    ...device,
    number(`${own}.1.0`, 77_001_234),
    number(`${own}.2.1.2.1`, 88_005_678),
    bytes(`${own}.2.1.3.1`, [0x07, 0xe4, 1, 2, 3, 4, 5, 6]),
    text(`${own}.2.1.4.1`, 'CANARY-7'),
    number(`${own}.2.1.5.1`, 4_711_000),
    text(`${own}.9.0`, 'box 77001234 of 2020'),
  ]);
  await folder!.remove();
  folder = await folderOf({ 'allclear.yaml': 'format: allclear/1\n', 'collectors/acme/box.yaml': profile });
  const file = folder.file('device.snmprec');
  const config = folder.file('allclear.yaml');
  const said = await say(recordVerb, at(), '--config', config, '--out', file, '--json');
  const facts = json<{ profile: string; replaced: Record<string, number> }>(said);
  expect(facts.profile).toBe('acme/box');
  expect(facts.replaced['serials']).toBeGreaterThanOrEqual(4);
  expect(facts.replaced['names']).toBeGreaterThan(3);
  expect(facts.replaced['addresses']).toBeGreaterThan(2);
  const recorded = (await readFile(file, 'latin1')).toLowerCase();
  for (const canary of ['77001234', '88005678', '07e40102', 'canary']) expect(recorded).not.toContain(canary);
  expect(recorded).toContain('4711000');
  expect(recorded).toMatch(/\.7\.1\.0\|2\|\d{8}\n/);
});

const noSnmpd = isSnmpdInstalled ? '' : ' (left out: /usr/sbin/snmpd is missing)';

test.runIf(isSnmpdInstalled || process.env['CI'] === 'true')(
  `a recording of Debian's agent holds nothing of this machine: name, place, contact, addresses, community${noSnmpd}`,
  async () => {
    const snmpd = await startSnmpd(['sysLocation Canary lane 4567', 'sysContact canary@isp.example']);
    try {
      const file = folder!.file('host.snmprec');
      const address = `127.0.0.1:${snmpd.port}`;
      const said = await say(recordVerb, address, '--community', 'reading', '--out', file);
      expect(said.code).toBe(0);
      expect(said.err.join('\n')).toMatch(/Masked: \d+ names and places, \d+ serial numbers, \d+ addresses/);
      const recorded = (await readFile(file, 'latin1')).toLowerCase();
      const cards = Object.values(networkInterfaces()).flatMap((card) => card ?? []);
      const outside = cards.filter(({ internal }) => !internal);
      const macs = outside.map(({ mac }) => mac).filter((one) => one !== '00:00:00:00:00:00');
      const secrets = [
        ...['test-host', 'canary', 'lane', 'isp.example', '|reading'],
        ...outside.filter(({ family }) => family === 'IPv4').map(({ address: ip }) => ip),
        ...macs.flatMap((one) => [
          one,
          one.replaceAll(':', ''),
          one
            .split(':')
            .map((hex) => Number.parseInt(hex, 16))
            .join('.'),
        ]),
      ];
      expect(secrets.filter((secret) => recorded.includes(secret))).toEqual([]);
      expect(recorded.split('\n')[0]).not.toContain(` ${hostname().toLowerCase()} `);
    } finally {
      await snmpd.stop();
    }
  },
);
