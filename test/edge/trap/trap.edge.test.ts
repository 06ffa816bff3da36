// The receiver on a real socket against Debian's snmptrap and snmpinform, recordings of hostile datagrams, and mutations.

import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { Alarms } from '../../../src/alarm/alarm.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { Secret } from '../../../src/base/secret.ts';
import { compileDetectionRules, Detection } from '../../../src/detect/detect.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import type { TrapUser } from '../../../src/edge/trap/engine-keys.ts';
import {
  decodeTrap,
  encodeTrap,
  openTrapReceiver,
  type TrapReceiver,
  type TrapRecord,
} from '../../../src/edge/trap/trap.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
const coldStart = '1.3.6.1.6.3.1.1.5.1';
const recordings = '../shared/data/snmp-malformed';
const users: readonly SnmpUser[] = [
  { user: 'admin', level: 'noAuthNoPriv' },
  { user: 'authu', level: 'authNoPriv', auth: 'sha', authKey: new Secret('authkeyauthkey') },
  {
    user: 'fuzz',
    level: 'authPriv',
    auth: 'sha',
    authKey: new Secret('authkeyauthkey'),
    priv: 'aes',
    privKey: new Secret('privkeyprivkey'),
  },
];
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Opened {
  readonly receiver: TrapReceiver;
  readonly records: TrapRecord[];
  readonly target: string;
}

async function open(
  accept?: (records: readonly TrapRecord[]) => Promise<void>,
  more: Partial<Parameters<typeof openTrapReceiver>[0]> = {},
): Promise<Opened> {
  const records: TrapRecord[] = [];
  const receiver = await openTrapReceiver({
    listen: { host: '127.0.0.1', port: 0 },
    communities: [new Secret('public'), new Secret('c2')],
    users,
    world: realWorld(),
    accept: async (batch) => {
      await accept?.(batch);
      records.push(...batch);
    },
    ...more,
  });
  ends.push(() => receiver.close());
  return { receiver, records, target: `127.0.0.1:${receiver.address.port}` };
}

function sender(): Socket {
  const socket = createSocket('udp4');
  ends.push(() => void socket.close());
  return socket;
}

const linkDown = [
  '',
  '1.3.6.1.6.3.1.1.5.3',
  '1.3.6.1.2.1.2.2.1.1.7',
  'i',
  '7',
  '1.3.6.1.2.1.2.2.1.2.7',
  's',
  'uplink',
];

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
};
const int = (value: number): Buffer => tlv(2, Buffer.from([value]));
const oid = (hex: string): Buffer => tlv(6, Buffer.from(hex, 'hex'));

/** linkDown as the smallest well-formed notification PDU. */
function linkDownPdu(tag: number): Buffer {
  const upTime = tlv(0x30, oid('2b06010201010300'), tlv(0x43, Buffer.from([9])));
  const name = tlv(0x30, oid('2b060106030101040100'), oid('2b0601060301010503'));
  return tlv(tag, int(5), int(0), int(0), tlv(0x30, upTime, name));
}

const trapDatagram = (pduTag = 0xa7): Buffer =>
  tlv(0x30, int(1), tlv(4, Buffer.from('public')), linkDownPdu(pduTag));

/** SNMPv3 without a user and without proof. */
function namelessDatagram(pduTag: number): Buffer {
  const engine = tlv(4, Buffer.from('8000000001020304', 'hex'));
  const header = tlv(0x30, int(1), tlv(2, Buffer.from([0x7f, 0xff])), tlv(4, Buffer.from([0])), int(3));
  const security = tlv(4, tlv(0x30, engine, int(0), int(0), tlv(4), tlv(4), tlv(4)));
  return tlv(0x30, int(3), header, security, tlv(0x30, engine, tlv(4), linkDownPdu(pduTag)));
}

const sum = ({ counters: c }: TrapReceiver): number =>
  c.taken +
  c.refused +
  c.overloaded +
  c.malformed +
  c.dropped +
  c.rateLimited +
  c.oversized +
  c.discoveries +
  c.pending;

test('traps of Debian in v1, v2c and v3 authPriv are taken', async () => {
  const { receiver, records, target } = await open();
  await run('snmptrap', ['-v2c', '-c', 'public', target, ...linkDown]);
  await run('snmptrap', ['-v1', '-c', 'c2', target, '1.3.6.1.4.1.318', '192.0.2.55', '6', '5', '100']);
  const keys = ['-a', 'SHA', '-A', 'authkeyauthkey', '-x', 'AES', '-X', 'privkeyprivkey'];
  await run('snmptrap', [
    '-v3',
    '-e',
    '0x8000000001020304',
    '-u',
    'fuzz',
    '-l',
    'authPriv',
    ...keys,
    target,
    ...linkDown,
  ]);
  await until(() => records.length === 3);
  expect(
    records.map(({ version, inform, trapOid, agentAddress }) => [version, inform, trapOid, agentAddress]),
  ).toEqual([
    ['v2c', false, '1.3.6.1.6.3.1.1.5.3', undefined],
    ['v1', false, '1.3.6.1.4.1.318.0.5', '192.0.2.55'],
    ['v3', false, '1.3.6.1.6.3.1.1.5.3', undefined],
  ]);
  for (const record of [records[0]!, records[2]!]) {
    expect(record.varbinds.slice(2)).toEqual([
      { oid: '1.3.6.1.2.1.2.2.1.1.7', type: 'integer', value: 7 },
      { oid: '1.3.6.1.2.1.2.2.1.2.7', type: 'octets', value: 'uplink' },
    ]);
    expect(record.from).toMatch(/^127\.0\.0\.1:\d+$/);
  }
  expect(receiver.counters).toMatchObject({ received: 3, taken: 3, informs: 0 });
  expect(receiver.receiveBufferBytes).toBeGreaterThan(0);
  expect(await receiver.kernelDropped()).toBe(0);
});

test('linkDown and linkUp of Debian raise and clear one alarm of the port', async () => {
  const { records, target } = await open();
  const file = 'rules/traps.yaml';
  const rules = compileDetectionRules([parseYaml(file, readFileSync(file, 'utf8')).value]).value;
  const detection = new Detection(rules);
  const alarms = new Alarms();
  const device = { id: 'r-1', resource: resourceId('r-1') };
  for (const [count, name] of ['1.3.6.1.6.3.1.1.5.3', '1.3.6.1.6.3.1.1.5.4'].entries()) {
    await run('snmptrap', ['-v2c', '-c', 'public', target, '', name, '1.3.6.1.2.1.2.2.1.1.7', 'i', '7']);
    await until(() => records.length === count + 1);
    const record = decodeTrap(encodeTrap(records[count]!));
    const changes = detection
      .trap({ ...record, device }, record.at)
      .flatMap((observation) => alarms.observe(observation, record.at));
    expect(changes).toMatchObject([
      { kind: count === 0 ? 'raised' : 'cleared', alarm: { resource: 'r-1/if/7', cause: 'LINK_DOWN' } },
    ]);
  }
  expect([...alarms.raised()]).toEqual([]);
});

test('an inform is answered in v2c and in v3 authPriv, empty strings and counters of 64 bits included', async () => {
  const { receiver, records, target } = await open();
  const odd = [
    '1.3.6.1.4.1.1.1',
    's',
    '',
    '1.3.6.1.4.1.1.2',
    'C',
    '18446744073709551615',
    '1.3.6.1.4.1.1.3',
    'x',
    '00ff',
  ];
  await run('snmpinform', ['-v2c', '-c', 'public', '-r', '0', '-t', '5', target, ...linkDown, ...odd]);
  const keys = ['-a', 'SHA', '-A', 'authkeyauthkey', '-x', 'AES', '-X', 'privkeyprivkey'];
  const v3 = ['-v3', '-u', 'fuzz', '-l', 'authPriv', ...keys, '-r', '0', '-t', '5', target];
  await run('snmpinform', [...v3, ...linkDown]);
  expect(records.map((record) => record.inform)).toEqual([true, true]);
  expect(receiver.counters).toMatchObject({ informs: 2, acknowledged: 2, discoveries: 1 });
  expect(sum(receiver)).toBe(receiver.counters.received);
});

test('an unknown community or user and a wrong key get no answer and are counted', async () => {
  const { receiver, records, target } = await open();
  const patience = ['-r', '0', '-t', '0.3'];
  await expect(
    run('snmpinform', ['-v2c', '-c', 'guess', ...patience, target, ...linkDown]),
  ).rejects.toThrow();
  const wrong = ['-a', 'SHA', '-A', 'wrongwrongwrong', '-x', 'AES', '-X', 'privkeyprivkey'];
  const engine = ['-e', '0x8000000001020304'];
  await run('snmptrap', ['-v3', ...engine, '-u', 'fuzz', '-l', 'authPriv', ...wrong, target, ...linkDown]);
  await run('snmptrap', ['-v3', ...engine, '-u', 'nobody', '-l', 'noAuthNoPriv', target, ...linkDown]);
  await run('snmptrap', ['-v3', ...engine, '-u', 'fuzz', '-l', 'noAuthNoPriv', target, ...linkDown]);
  for (const tag of [0xa7, 0xa6]) receiver.take(namelessDatagram(tag), { address: '192.0.2.1', port: 9 });
  await until(() => receiver.counters.received === 6 && sum(receiver) === receiver.counters.received);
  expect(records).toEqual([]);
  expect(receiver.counters).toMatchObject({ malformed: 0, taken: 0, acknowledged: 0 });
  expect(receiver.counters.dropped).toBe(receiver.counters.received);
});

test('devices with one user name and keys of their own are all heard, each as the one whose keys it has', async () => {
  const keyed = (name: string, address?: string): TrapUser => ({
    ...{ user: 'ops', level: 'authPriv', auth: 'sha', priv: 'aes', address },
    ...{ authKey: new Secret(`${name}-auth-key`), privKey: new Secret(`${name}-priv-key`) },
  });
  const all = [keyed('one', '192.0.2.1'), keyed('two'), keyed('three', '127.0.0.1')];
  const { receiver, records, target } = await open(undefined, {
    users: all,
    ownerOf: (shown) => ('user' in shown ? shown.user.authKey?.reveal().replace('-auth-key', '') : undefined),
  });
  const as = (name: string): string[] => [
    ...['-v3', '-u', 'ops', '-l', 'authPriv', '-a', 'SHA', '-A', `${name}-auth-key`],
    ...['-x', 'AES', '-X', `${name}-priv-key`],
  ];
  const engine = (last: number): string[] => ['-e', `0x80000000010203${last}0`];
  for (const name of ['one', 'two', 'three'])
    await run('snmpinform', [...as(name), '-r', '0', '-t', '3', target, ...linkDown]);
  for (const [place, name] of ['one', 'two', 'three', 'two'].entries())
    await run('snmptrap', [...engine(1 + (place % 3)), ...as(name), target, ...linkDown]);
  await run('snmptrap', [...engine(1), ...as('nobody'), target, ...linkDown]);
  await until(() => records.length === 7 && receiver.counters.dropped === 1);
  expect(records.map(({ credentialOf, engineId }) => [credentialOf, engineId])).toEqual([
    ...['one', 'two', 'three'].map((name) => [name, undefined]),
    ...[
      ['one', '8000000001020310'],
      ['two', '8000000001020320'],
      ['three', '8000000001020330'],
    ],
    ['two', '8000000001020310'],
  ]);
  expect(receiver.counters).toMatchObject({ informs: 3, acknowledged: 3 });
  expect(sum(receiver)).toBe(receiver.counters.received);
});

test('an inform waits for its record to be durable, and a failed write is never acknowledged', async () => {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const { receiver } = await open(() => new Promise((resolve, reject) => waiting.push({ resolve, reject })));
  const socket = sender();
  const answers: Buffer[] = [];
  socket.on('message', (bytes) => answers.push(bytes));
  const inform = trapDatagram(0xa6);
  socket.send(inform, receiver.address.port, '127.0.0.1');
  await until(() => waiting.length === 1);
  expect(receiver.counters).toMatchObject({ informs: 1, acknowledged: 0, pending: 1 });
  expect(answers).toEqual([]);
  waiting[0]!.resolve();
  await until(() => answers.length === 1);
  // RFC 3416 section 4.2.7: the answer is the request with the tag of a Response-PDU.
  const expected = Buffer.from(inform);
  expected[expected.indexOf(0xa6)] = 0xa2;
  expect(answers[0]).toEqual(expected);

  socket.send(inform, receiver.address.port, '127.0.0.1');
  await until(() => waiting.length === 2);
  waiting[1]!.reject(new Error('disk full'));
  await until(() => receiver.counters.refused === 1);
  socket.send(inform, receiver.address.port, '127.0.0.1');
  await until(() => waiting.length === 3);
  waiting[2]!.resolve();
  await until(() => answers.length === 2);
  expect(receiver.counters).toMatchObject({ informs: 3, acknowledged: 2, taken: 2, refused: 1, pending: 0 });
});

test('what arrives together is stored together, and closing waits for it', async () => {
  let release = (): void => {};
  const sizes: number[] = [];
  const { receiver } = await open((batch) => {
    sizes.push(batch.length);
    return new Promise((resolve) => {
      release = resolve;
    });
  });
  for (let i = 0; i < 100; i++) receiver.take(trapDatagram(), { address: '192.0.2.1', port: 9 });
  let closed = false;
  const closing = receiver.close().then(() => {
    closed = true;
  });
  await until(() => sizes.length === 1);
  expect(sizes).toEqual([100]);
  expect(closed).toBe(false);
  release();
  await closing;
  ends.length = 0;
  expect(receiver.counters).toMatchObject({ received: 100, taken: 100, pending: 0 });
});

test('a source above its rate and a datagram above 8 KiB are counted, others go through', async () => {
  const { receiver, records } = await open(undefined, { rate: { perSecond: 0.001, burst: 5 } });
  for (let i = 0; i < 20; i++) receiver.take(trapDatagram(), { address: '192.0.2.1', port: 9 });
  receiver.take(Buffer.alloc(8_193, 0x30), { address: '192.0.2.2', port: 9 });
  receiver.take(trapDatagram(), { address: '::ffff:192.0.2.3', port: 9 });
  await until(() => records.length === 6);
  expect(records.at(-1)).toMatchObject({ address: '192.0.2.3', from: '192.0.2.3:9' });
  expect(receiver.counters).toMatchObject({ received: 22, taken: 6, rateLimited: 15, oversized: 1 });
});

test('a port in use and a user without a key are said at the start', async () => {
  const { receiver } = await open();
  const listen = { host: '127.0.0.1', port: receiver.address.port };
  await expect(open(undefined, { listen })).rejects.toMatchObject({ code: 'trap/listen-failed' });
  const lacking: SnmpUser = { user: 'x', level: 'authNoPriv', auth: 'sha' };
  await expect(open(undefined, { users: [lacking] })).rejects.toMatchObject({ code: 'trap/user' });
});

test('an inform to an IPv6 address is answered', async () => {
  const { receiver, records } = await open(undefined, { listen: { host: '::1', port: 0 } });
  const target = `udp6:[::1]:${receiver.address.port}`;
  await run('snmpinform', ['-v2c', '-c', 'public', '-r', '0', '-t', '5', target, ...linkDown]);
  expect(records[0]?.from).toMatch(/^\[::1\]:\d+$/);
});

function rows(file: string): Buffer[] {
  const lines = readFileSync(`${recordings}/${file}`, 'utf8').trim().split('\n');
  return lines.map((line) => Buffer.from((JSON.parse(line) as { hex: string }).hex, 'hex'));
}

if (existsSync(recordings)) {
  test('every recorded hostile datagram is counted and a valid trap is taken afterwards', async () => {
    const { receiver, records } = await open();
    const socket = sender();
    const datagrams = [...rows('datagrams.ndjson'), ...rows('own/well-formed-seeds.ndjson')];
    for (const [i, bytes] of datagrams.entries()) {
      socket.send(bytes, receiver.address.port, '127.0.0.1');
      await until(() => receiver.counters.received === i + 1);
    }
    await until(() => receiver.counters.pending === 0);
    expect(sum(receiver)).toBe(datagrams.length);
    const { taken } = receiver.counters;
    expect(taken).toBeGreaterThan(25);
    socket.send(trapDatagram(), receiver.address.port, '127.0.0.1');
    await until(() => records.length === taken + 1);
    expect(records.at(-1)?.trapOid).toBe('1.3.6.1.6.3.1.1.5.3');
  });
} else {
  console.warn(`left out: recorded hostile datagrams (${recordings} is not here)`);
}

test('20,000 structural mutations neither throw nor hang, and each is counted once', async () => {
  const { receiver, records } = await open(undefined, { rate: { perSecond: 1e9, burst: 1e9 } });
  const seeds = existsSync(recordings)
    ? rows('own/well-formed-seeds.ndjson')
    : [trapDatagram(), trapDatagram(0xa6)];
  const random = seededRandom(20_260_101);
  for (let i = 0; i < 20_000; i++) {
    receiver.take(mutated(seeds[random.below(seeds.length)]!, random), {
      address: '127.0.0.1',
      port: 1 + random.below(9),
    });
    if (i % 1_000 === 0) await until(() => receiver.counters.pending === 0);
  }
  await until(() => receiver.counters.pending === 0);
  expect(receiver.counters.received).toBe(20_000);
  expect(sum(receiver)).toBe(20_000);
  const before = records.length;
  receiver.take(trapDatagram(), { address: '127.0.0.1', port: 9 });
  await until(() => records.length === before + 1);
});

/** One to four changes that keep the shape of a message recognisable: lengths, tags, bytes, doubled or missing parts. */
function mutated(seed: Buffer, random: ReturnType<typeof seededRandom>): Buffer {
  let bytes = Buffer.from(seed);
  for (let changes = 1 + random.below(4); changes > 0 && bytes.length > 2; changes--) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(16);
    const part = bytes.subarray(at, at + length);
    switch (random.below(7)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = [0x00, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xff][random.below(7)]!;
        break;
      case 2:
        bytes[at] = [
          0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0xa4, 0xa6, 0xa7,
        ][random.below(16)]!;
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
        break;
      case 5:
        bytes = bytes.subarray(0, at + 1);
        break;
      default:
        bytes = Buffer.concat([bytes, part]);
    }
  }
  return bytes;
}

test('who may send is changed on the open socket, or not at all', async () => {
  const { receiver, records, target } = await open();
  const port = receiver.address.port;
  const trap = (community: string) => run('snmptrap', ['-v2c', '-c', community, target, '', coldStart]);
  const lacking = { communities: [new Secret('c3')], users: [{ user: 'x', level: 'authPriv' }] } as const;
  expect(() => receiver.admit(lacking)).toThrow('"x" lacks');
  await trap('public');
  await until(() => records.length === 1);
  receiver.admit({ communities: [new Secret('c3')], users: [] });
  await trap('public');
  await until(() => receiver.counters.dropped === 1);
  await trap('c3');
  await until(() => records.length === 2);
  expect(receiver.address.port).toBe(port);
});
