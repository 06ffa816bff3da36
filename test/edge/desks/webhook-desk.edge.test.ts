import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import { deskRefusal, openDesk } from '../../../src/edge/desks/index.ts';
import type { TicketId } from '../../../src/model/ids.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import { realWorld } from '../../support/real-world.ts';
import { type DeskThere, deskCompliance } from './desk-compliance.ts';
import { bodyOf } from './faulty-way.ts';

const secret = new Secret('s');

/** A receiver that drops what it had by its key and keeps tickets by their id; nothing comes back from it. */
deskCompliance('webhook', async (): Promise<DeskThere> => {
  const keys = new Set<string>();
  const tickets = new Map<string, Record<string, string | undefined>>();
  const said: { external: string; text: string }[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const key = String(request.headers['idempotency-key']);
      // biome-ignore lint/suspicious/noExplicitAny: what an outside program sees has no type.
      const { note, ticket, title, description, parent } = JSON.parse(text) as any;
      const isNew = !keys.has(key);
      keys.add(key);
      if (note !== undefined && isNew) said.push(note);
      const due = ticket?.expectedResolutionAt;
      if (ticket !== undefined && isNew)
        tickets.set(ticket.id, {
          ...{ external: `W-${ticket.id}`, title, description, status: ticket.status, parent },
          due: due === undefined ? undefined : `${new Date(due).toISOString().slice(0, 19)}Z`,
        });
      response.writeHead(201).end(note === undefined ? JSON.stringify({ id: `W-${ticket.id}` }) : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets`,
    open: (url, world) => openDesk('desk', { kind: 'webhook', url, secret, allowPrivate: true }, world),
    ...{ words: { open: 'inProgress', done: 'closed' }, writes: ['POST'], isTerse: true },
    held: async (key) => [tickets.get(key)].filter((ticket) => ticket !== undefined) as never,
    setStatus: async (external, status) => void Object.assign(tickets.get(external.slice(2))!, { status }),
    subscriberSays: () => Promise.reject(new Error('nothing comes back')),
    staffSays: () => Promise.reject(new Error('nothing comes back')),
    said: async (external) => said.filter((note) => note.external === external).map(({ text }) => text),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
});

const ticket: Ticket = {
  id: 'l.1.9' as TicketId,
  kind: 'incident',
  status: 'inProgress',
  openedAt: instant(1),
  attached: 3,
  loops: 0,
  history: [{ at: instant(1), status: 'inProgress', reason: 'opened' }],
};
const given = { ticket, title: 'Incident', description: 'feeder' };

test('a ticket is posted signed, with a key that is the same for the same state', async () => {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    expect(String(request.headers['x-allclear-signature'])).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    request.resume().on('end', () => response.writeHead(201).end('{"id":42}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets`;
  const settings = { kind: 'webhook', url, secret, allowPrivate: true } as const;
  const desk = openDesk('desk', settings, realWorld());
  expect(await desk.put([given, given])).toEqual([
    { kind: 'stored', external: '42' },
    { kind: 'stored', external: '42' },
  ]);
  await desk.put([{ ...given, ticket: { ...ticket, attached: 4 } }]);
  await desk.put([{ ...given, ticket: { ...ticket, expectedResolutionAt: instant(7) } }]);
  expect(keys[0]).toBe(keys[1]);
  expect(new Set(keys).size).toBe(3);
  await desk.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(deskRefusal({ ...settings, allowPrivate: false })).toContain('allowPrivate');
});

test('without a ticket system our own id is the ticket', async () => {
  const desk = openDesk('none', { kind: 'none' }, realWorld());
  expect(await desk.put([given])).toEqual([{ kind: 'stored', external: 'l.1.9' }]);
  await desk.close();
});
