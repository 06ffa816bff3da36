/** Strangers at the listeners: what they hold of them is bounded, refused beyond and counted. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Turnstile } from '../../../src/edge/http/crowding.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const sockets: Socket[] = [];

beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await opened.close();
});

interface Caller {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  heard: string;
}

/** `keepsHalf`: it does not close its end when the other one does. */
function call(port: number, said: string, keepsHalf = false): Caller {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: keepsHalf });
  sockets.push(socket);
  socket.on('error', () => {});
  const caller: Caller = {
    socket,
    heard: '',
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  };
  socket.on('data', (bytes) => {
    caller.heard += bytes.toString('latin1');
  });
  socket.write(said);
  return caller;
}

const patience = { timeout: 60_000 };

test('who sends hundreds of requests ahead on one connection is cut off, at either listener', async () => {
  const ahead = 'GET /s/nosuchtoken HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500);
  await call(opened.front.public.port, ahead).closed;
  await call(opened.front.http.port, ahead).closed;
  expect(opened.front.counters()).toMatchObject({
    publicRequestsCrowded: expect.any(Number),
    consoleRequestsCrowded: expect.any(Number),
  });
  expect(opened.front.counters()['publicRequestsCrowded']).toBeGreaterThan(0);
  expect(opened.front.counters()['consoleRequestsCrowded']).toBeGreaterThan(0);
});

test('a connection may ask some hundred times one after the other', async () => {
  const answers = [];
  for (let i = 0; i < 100; i++) answers.push((await fetch(`${opened.public}/s/nosuchtoken${i}`)).status);
  expect(new Set(answers)).toEqual(new Set([404, 429]));
  expect(opened.front.counters()['publicRequestsCrowded']).toBe(0);
});

test('a refused upgrade leaves no half of a connection behind', async () => {
  const refused = call(
    opened.front.http.port,
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    true,
  );
  await vi.waitFor(() => expect(refused.heard).toContain('401'), patience);
  // This end stays open; only the other can end the connection.
  const words = setInterval(() => refused.socket.write('still here'), 20);
  await refused.closed;
  clearInterval(words);
});

test('while the book is slow only some links are looked up, the others are told to come again', async () => {
  const { query } = opened.daemon.ports;
  const look = query.link;
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked: string[] = [];
  Object.assign(query, {
    link: async (token: string) => {
      asked.push(token);
      await held;
      return look(token);
    },
  });
  const calls = Array.from({ length: 100 }, (_, i) => fetch(`${opened.public}/s/nosuchtoken${i}`));
  await vi.waitFor(() => expect(opened.front.counters()['linksCrowded']).toBe(36), patience);
  expect(asked).toHaveLength(64);
  release();
  const answers = await Promise.all(calls);
  const late = answers.filter(({ status }) => status === 503);
  expect(late).toHaveLength(36);
  expect(late[0]!.headers.get('retry-after')).toBe('5');
});

test('gateways that post more than is taken at once keep no subscriber from his page', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  opened.daemon.posted = async () => {
    await held;
    return 'noTicket';
  };
  const post = () => fetch(`${opened.public}/gateway/sms/secret`, { method: 'POST', body: 'x' });
  const posts = Array.from({ length: 70 }, post);
  await vi.waitFor(() => expect(opened.front.counters()['gatewayPostsCrowded']).toBe(6), patience);
  expect((await fetch(`${opened.public}/s/nosuchtoken`)).status).toBe(404);
  release();
  const answers = (await Promise.all(posts)).map(({ status }) => status);
  expect(answers.filter((status) => status === 503)).toHaveLength(6);
  // What names no ticket of ours is no guess at a secret, and is said each time.
  expect(answers.filter((status) => status === 404)).toHaveLength(64);
});

test('a place is free again whatever became of the one who had it', async () => {
  const turnstile = new Turnstile(1);
  await expect(turnstile.pass(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  const inside = turnstile.pass(async () => 'in');
  expect(await turnstile.pass(async () => 'too many')).toBe('crowded');
  expect(await inside).toBe('in');
  expect(await turnstile.pass(async () => 'next')).toBe('next');
  expect(turnstile.refused).toBe(1);
});
