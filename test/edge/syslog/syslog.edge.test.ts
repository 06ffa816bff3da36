// The receiver on real sockets: Debian's logger over UDP and TCP, streams in pieces, floods, strangers and a full disk.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import {
  openSyslogReceiver,
  type SyslogReceiver,
  type SyslogRecord,
} from '../../../src/edge/syslog/syslog.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Options = Parameters<typeof openSyslogReceiver>[0];

interface Opened {
  readonly receiver: SyslogReceiver;
  readonly records: SyslogRecord[];
  readonly port: number;
}

async function open(more: Partial<Options> = {}): Promise<Opened> {
  const records: SyslogRecord[] = [];
  const receiver = await openSyslogReceiver({
    listen: { host: '127.0.0.1', port: 0 },
    isKnown: (address) => address === '127.0.0.1',
    world: realWorld(),
    accept: async (batch) => {
      records.push(...batch);
    },
    ...more,
  });
  ends.push(() => receiver.close());
  return { receiver, records, port: receiver.address.port };
}

async function datagrams(port: number, messages: readonly (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  const sent = messages.map((one) => new Promise((resolve) => socket.send(one, port, '127.0.0.1', resolve)));
  await Promise.all(sent);
  socket.close();
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    ends.push(() => void socket.destroy());
  });
}

/** Every message is in exactly one counter. */
function expectBalance({ receiver }: Opened): void {
  const { received, taken, refused, overloaded, malformed, dropped, rateLimited, oversized, pending } =
    receiver.counters;
  const ended = taken + refused + overloaded + malformed + dropped + rateLimited + oversized + pending;
  expect(received).toBe(ended);
}

const debianLogger = '/usr/bin/logger';

describe.runIf(existsSync(debianLogger))("Debian's logger", () => {
  const common = ['-n', '127.0.0.1', '-p', 'local7.err', '-t', 'mib2d', '--id=77'];
  const text = 'SNMP_TRAP_LINK_DOWN: ifIndex 5, ifName ge-0/0/1, Порт';

  test.each([
    ['UDP, RFC 5424', ['-d', '--rfc5424']],
    ['UDP, RFC 3164', ['-d', '--rfc3164']],
    ['TCP by lines, RFC 5424', ['-T', '--rfc5424']],
    ['TCP by lines, RFC 3164', ['-T', '--rfc3164']],
    ['TCP by octets, RFC 5424', ['-T', '--octet-count', '--rfc5424']],
  ])('is understood over %s', async (_title, options) => {
    const opened = await open();
    await run(debianLogger, [...common, '-P', String(opened.port), ...options, text]);
    await until(() => opened.receiver.counters.taken === 1);
    const [record] = opened.records;
    expect(record).toMatchObject({ address: '127.0.0.1', facility: 23, severity: 3, app: 'mib2d', text });
    expect(record?.from).toMatch(/^127\.0\.0\.1:\d+$/);
    const isNew = options.includes('--rfc5424');
    if (isNew) expect(Math.abs(record!.deviceAt! - record!.at)).toBeLessThan(60_000);
    else expect(record?.deviceAt).toBeUndefined();
    expectBalance(opened);
  });

  test('structured data arrives as attributes', async () => {
    const opened = await open();
    const data = ['--sd-id', 'alarm@32473', '--sd-param', 'perceivedSeverity="major"', '--msgid', 'ID47'];
    await run(debianLogger, [...common, '-P', String(opened.port), '-d', '--rfc5424', ...data, 'x']);
    await until(() => opened.receiver.counters.taken === 1);
    expect(opened.records[0]?.data).toMatchObject({ 'alarm@32473.perceivedSeverity': 'major' });
    expect(opened.records[0]?.messageId).toBe('ID47');
  });
});

test('datagrams end in the counter of what they are', async () => {
  const opened = await open({ rate: { perSecond: 1, burst: 5 } });
  const long = Buffer.alloc(9_000, '<13>a');
  await datagrams(opened.port, [
    '<13>a',
    'no priority',
    long,
    Buffer.from([0xff]),
    '<13>b',
    '<13>c',
    '<13>d',
  ]);
  await until(() => opened.receiver.counters.received === 7 && opened.receiver.counters.pending === 0);
  expect(opened.receiver.counters).toMatchObject({ malformed: 2, oversized: 1, rateLimited: 2, taken: 2 });
  expect(opened.records.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(await opened.receiver.kernelDropped()).toBe(0);
  expectBalance(opened);
});

test('what no device sent is counted and not read, its connections are not taken', async () => {
  const opened = await open({ isKnown: () => false });
  await datagrams(opened.port, ['<13>a']);
  const socket = await connected(opened.port);
  socket.resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await closed;
  await until(() => opened.receiver.counters.dropped === 1);
  expect(opened.receiver.counters).toMatchObject({ connectionsRefused: 1, connections: 0, taken: 0 });
  expect(opened.records).toEqual([]);
});

test('a stream is read in whatever pieces it comes, to its last line', async () => {
  const opened = await open();
  const socket = await connected(opened.port);
  for (const piece of ['<13>on', 'e\n9 <13>tw', 'o\nx', `\n<13>${'a'.repeat(9_000)}\n`, '<13>three'])
    await new Promise<void>((resolve) => void socket.write(piece, () => resolve()));
  socket.end();
  await until(() => opened.receiver.counters.taken === 3 && opened.receiver.counters.connections === 0);
  expect(opened.records.map(({ text }) => text)).toEqual(['one', 'two\\u000ax', 'three']);
  expect(opened.receiver.counters).toMatchObject({ received: 4, oversized: 1 });
  expectBalance(opened);
});

test('one source holds sixteen connections and no more', async () => {
  const opened = await open();
  const sockets = await Promise.all(Array.from({ length: 17 }, () => connected(opened.port)));
  await until(() => opened.receiver.counters.connectionsRefused === 1);
  expect(opened.receiver.counters.connections).toBe(16);
  for (const socket of sockets) socket.destroy();
  await until(() => opened.receiver.counters.connections === 0);
});

test('a sender over TCP waits while nothing can be stored, and nothing of its stream is lost', async () => {
  let release = (): void => undefined;
  const isFree = new Promise<void>((resolve) => {
    release = resolve;
  });
  let texts = 0;
  const opened = await open({
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    accept: async (batch) => {
      await isFree;
      texts += batch.length;
    },
  });
  const socket = await connected(opened.port);
  const lines = 40_000;
  socket.end(Array.from({ length: lines }, (_, i) => `<13>line ${i}\n`).join(''));
  await until(() => opened.receiver.counters.pending >= 10_000);
  release();
  await until(() => opened.receiver.counters.taken === lines);
  expect(texts).toBe(lines);
  expect(opened.receiver.counters).toMatchObject({ overloaded: 0, rateLimited: 0, refused: 0 });
});

test('what cannot be stored is counted and said once', async () => {
  const said: unknown[] = [];
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: (message: string) => void said.push(message) };
  const opened = await open({ world: realWorld(log), accept: () => Promise.reject(new Error('full')) });
  await datagrams(opened.port, ['<13>a']);
  await until(() => opened.receiver.counters.refused === 1);
  await datagrams(opened.port, ['<13>b']);
  await until(() => opened.receiver.counters.refused === 2);
  expect(said).toEqual(['syslog messages could not be stored']);
  expectBalance(opened);
});

test('closing waits until what was read is stored', async () => {
  let isStored = false;
  const opened = await open({
    accept: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      isStored = true;
    },
  });
  await datagrams(opened.port, ['<13>a']);
  await until(() => opened.receiver.counters.pending === 1 || isStored);
  await opened.receiver.close();
  ends.pop();
  expect(isStored).toBe(true);
});

test('a port that another program has, for UDP or for TCP, is a fault of its own', async () => {
  const { receiver } = await open();
  const listen = receiver.address;
  await expect(open({ listen })).rejects.toMatchObject({ code: 'syslog/listen-failed' });
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  ends.push(() => void server.close());
  const taken = server.address() as { readonly port: number };
  await expect(open({ listen: { host: '127.0.0.1', port: taken.port } })).rejects.toMatchObject({
    code: 'syslog/listen-failed',
  });
});
