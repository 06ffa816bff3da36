import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import { deskRefusal, openDesk } from '../../../src/edge/desks/index.ts';
import type { TicketId } from '../../../src/model/ids.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import { realWorld } from '../../support/real-world.ts';

const ticket: Ticket = {
  id: 'l.1.9' as TicketId,
  kind: 'incident',
  status: 'inProgress',
  openedAt: instant(1),
  attached: 3,
  loops: 0,
  history: [{ at: instant(1), status: 'inProgress', reason: 'opened' }],
};
const text = { title: 'Incident', description: 'feeder' };

test('a ticket is posted signed, with a key that is the same for the same state', async () => {
  const keys: string[] = [];
  let status = 201;
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    expect(String(request.headers['x-allclear-signature'])).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    request.resume().on('end', () => response.writeHead(status).end('{"id":42}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets`;
  const settings = { kind: 'webhook', url, secret: new Secret('s'), allowPrivate: true } as const;
  const desk = openDesk('desk', settings, realWorld());
  expect(await desk.put(ticket, text)).toEqual({ kind: 'stored', external: '42' });
  await desk.put(ticket, text);
  status = 503;
  expect(await desk.put({ ...ticket, attached: 4 }, text)).toEqual({ kind: 'retry', reason: 'HTTP 503' });
  status = 422;
  expect(await desk.put(ticket, text)).toEqual({ kind: 'refused', reason: 'HTTP 422' });
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[0]);
  await desk.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(deskRefusal({ ...settings, allowPrivate: false })).toContain('allowPrivate');
});

test('without a ticket system our own id is the ticket', async () => {
  const desk = openDesk('none', { kind: 'none' }, realWorld());
  expect(await desk.put(ticket, text)).toEqual({ kind: 'stored', external: 'l.1.9' });
  await desk.close();
});
