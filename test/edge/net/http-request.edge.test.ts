import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { milliseconds } from '../../../src/base/instant.ts';
import { type HttpClient, openHttpClient } from '../../../src/edge/net/http-request.ts';
import { realWorld } from '../../support/real-world.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serve(handle: Parameters<typeof createServer>[1]): Promise<{ server: Server; port: number }> {
  const server = createServer(handle as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function client(allowPrivate: boolean, timeoutMs = 5_000): HttpClient {
  const made = openHttpClient({
    world: realWorld(),
    allowPrivate,
    timeoutMs: milliseconds(timeoutMs),
    connections: 2,
  });
  ends.push(() => made.close());
  return made;
}

const get = (url: string) => ({ url, method: 'GET', headers: {} }) as const;

test('a name that resolves to this machine is refused when connecting, and no connection is made', async () => {
  let connections = 0;
  const { server, port } = await serve((_request: unknown, response: { end(): void }) => response.end());
  server.on('connection', () => connections++);
  // "localhost" is caught by name too; the resolver is what a name of an attacker meets.
  for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '0x7f000001']) {
    expect(await client(false).call(get(`http://${host}:${port}/`)), host).toMatchObject({ kind: 'refused' });
  }
  expect(connections).toBe(0);
  expect(await client(true).call(get(`http://localhost:${port}/`))).toMatchObject({
    kind: 'answer',
    status: 200,
  });
});

test('an answer that never comes is lost, a server that is not there is unreachable', async () => {
  const { port } = await serve(() => {});
  expect(await client(true, 50).call(get(`http://127.0.0.1:${port}/`))).toMatchObject({ kind: 'lost' });
  expect(await client(true).call(get('http://127.0.0.1:1/'))).toMatchObject({ kind: 'unreachable' });
});

test('connections are kept and used again', async () => {
  let connections = 0;
  const { server, port } = await serve((_request: unknown, response: { end(text: string): void }) =>
    response.end('ok'),
  );
  server.on('connection', () => connections++);
  const one = client(true);
  for (let n = 0; n < 5; n++)
    expect(await one.call(get(`http://127.0.0.1:${port}/`))).toMatchObject({ body: 'ok' });
  expect(connections).toBe(1);
});
