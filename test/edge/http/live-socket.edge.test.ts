/** /ws: who gets in, snapshot and resume, batches, and what happens to a reader that is too slow. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveMessageJson } from '../../../src/edge/http/contract.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { key } from '../../support/front-ports.ts';
import { anAlarm, anIncident } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  opened = await openTestFront({ liveBacklog: { ofOne: 1024 * 1024, ofAll: 2.5 * 1024 * 1024 } });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await opened.close();
});

interface Reader {
  readonly socket: WebSocket;
  readonly messages: LiveMessageJson[];
  readonly closed: Promise<number>;
}

function connect(headers: Record<string, string> = { authorization: `Bearer ${key}` }): Reader {
  const socket = new WebSocket(`ws://127.0.0.1:${opened.front.http.port}/ws`, { headers });
  sockets.push(socket);
  const messages: LiveMessageJson[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as LiveMessageJson));
  socket.on('error', () => {});
  return { socket, messages, closed: new Promise((resolve) => socket.on('close', resolve)) };
}

async function reading(resume = 0): Promise<Reader> {
  const reader = connect();
  await new Promise((resolve) => reader.socket.once('open', resolve));
  reader.socket.send(JSON.stringify({ resume }));
  await vi.waitFor(() => expect(reader.messages.length).toBeGreaterThan(0), { timeout: 60_000 });
  return reader;
}

const raise = (resource: string): void =>
  opened.daemon.publish({ kind: 'alarm', alarm: anAlarm({ resource: resourceId(resource), cause: 'LOS' }) });

const refusal = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve) => {
    const { socket } = connect(headers);
    socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0));
    socket.on('open', () => resolve(101));
  });

test('strangers, foreign pages and sessions without an origin stay out', async () => {
  opened.daemon.oneTimeToken = 'one';
  const signedIn = await fetch(`${opened.console}/sign-in/one`, { method: 'POST', redirect: 'manual' });
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  expect(await refusal({})).toBe(401);
  expect(await refusal({ authorization: 'Bearer wrong' })).toBe(401);
  expect(await refusal({ authorization: `Bearer ${key}`, origin: 'https://evil.example' })).toBe(403);
  expect(await refusal({ cookie, origin: 'https://evil.example' })).toBe(403);
  expect(await refusal({ cookie })).toBe(403);
  expect(await refusal({ cookie, origin: opened.console })).toBe(101);
  expect(await refusal({ authorization: `Bearer ${key}` })).toBe(101);
});

test('a new reader gets a snapshot and then every change, numbered without a fall', async () => {
  raise('olt-1');
  opened.daemon.publish({ kind: 'incident', incident: anIncident('i.1', 1_000) });
  const reader = await reading();
  expect(reader.messages[0]).toMatchObject({
    kind: 'snapshot',
    alarms: [{ resource: 'olt-1' }],
    incidents: [{ id: 'i.1', words: { ru: { title: 'Обрыв магистрального волокна: feeder-1' } } }],
  });
  raise('olt-2');
  await vi.waitFor(() => expect(reader.messages.some((message) => message.kind === 'events')).toBe(true), {
    timeout: 60_000,
  });
  const event = reader.messages.find((message) => message.kind === 'events');
  expect(event).toMatchObject({
    events: [{ kind: 'alarm', alarm: { resource: 'olt-2' } }],
    totals: { alarmsRaised: 2 },
  });
  expect(event!.sequence).toBeGreaterThan(reader.messages[0]!.sequence);
});

test('a reader that was away resumes with what it missed and nothing else', async () => {
  const before = await reading();
  const seen = before.messages.at(-1)!.sequence;
  before.socket.terminate();
  for (const name of ['a', 'b', 'c']) raise(name);
  const after = await reading(seen);
  expect(after.messages[0]).toMatchObject({ kind: 'events', sequence: seen + 3 });
  const { events } = after.messages[0] as Extract<LiveMessageJson, { kind: 'events' }>;
  expect(events.map((event) => (event.kind === 'alarm' ? event.alarm.resource : ''))).toEqual([
    'a',
    'b',
    'c',
  ]);
});

test('who comes with a number nobody gave, from the past or the future, starts anew', async () => {
  raise('a');
  expect((await reading(5)).messages[0]!.kind).toBe('snapshot');
  expect((await reading(Number.MAX_SAFE_INTEGER)).messages[0]!.kind).toBe('snapshot');
});

test('of many changes of one alarm in a batch the last one is told', async () => {
  const reader = await reading();
  for (let count = 1; count <= 50; count++) {
    opened.daemon.publish({
      kind: 'alarm',
      alarm: anAlarm({ resource: resourceId('olt-1'), cause: 'LOS', count }),
    });
  }
  const told = () => reader.messages.flatMap((message) => (message.kind === 'events' ? message.events : []));
  await vi.waitFor(() => expect(told().at(-1)).toMatchObject({ alarm: { count: 50 } }), { timeout: 60_000 });
  expect(told().length).toBeLessThan(50);
});

test('nonsense and oversized messages end the connection', async () => {
  const nonsense = await reading();
  nonsense.socket.send('{"resume":"x"}');
  expect(await nonsense.closed).toBe(1008);
  const large = await reading();
  large.socket.send('x'.repeat(70_000));
  expect(await large.closed).toBe(1009);
});

test('a reader that does not read is sent away with "try again later", the others go on', async () => {
  const slow = await reading();
  const quick = await reading();
  slow.socket.pause();
  const sendSome = (): void => {
    // Random text, so that compression does not hide it in the buffers of the system.
    for (let i = 0; i < 150; i++) raise(randomBytes(750).toString('base64'));
    expect(opened.front.counters()).toMatchObject({ liveSlow: 1 });
  };
  await vi.waitFor(sendSome, { timeout: 60_000, interval: 30 });
  slow.socket.resume();
  expect(await slow.closed).toBe(1013);
  await vi.waitFor(() => expect(quick.messages.at(-1)!.sequence).toBe(opened.daemon.feed.sequence), {
    timeout: 10_000,
  });
  expect(opened.front.counters()).toMatchObject({ liveClients: 1 });
});

test('readers that are each just quick enough are cut off, the slowest first, when together they hold too much', async () => {
  await opened.close();
  const half = 512 * 1024;
  opened = await openTestFront({ liveBacklog: { ofOne: 64 * half, ofAll: 4 * half } });
  const slow = [await reading(), await reading(), await reading()];
  const quick = await reading();
  for (const { socket } of slow) socket.pause();
  const sendSome = (): void => {
    for (let i = 0; i < 150; i++) raise(randomBytes(750).toString('base64'));
    expect(opened.front.counters()['liveCut']).toBeGreaterThan(0);
  };
  await vi.waitFor(sendSome, { timeout: 60_000, interval: 30 });
  expect(opened.front.counters()).toMatchObject({ liveSlow: 0 });
  for (const { socket } of slow) socket.resume();
  expect(await Promise.race(slow.map(({ closed }) => closed))).toBe(1006);
  await vi.waitFor(() => expect(quick.messages.at(-1)!.sequence).toBe(opened.daemon.feed.sequence), {
    timeout: 10_000,
  });
});

test('who missed a storm begins anew instead of being told all of it', async () => {
  const before = await reading();
  const seen = before.messages.at(-1)!.sequence;
  before.socket.terminate();
  for (let i = 0; i <= 2_000; i++) raise(`olt-${i % 3}`);
  expect((await reading(seen)).messages[0]).toMatchObject({ kind: 'snapshot', sequence: seen + 2_001 });
});
