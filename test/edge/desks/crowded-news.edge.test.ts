// Of what happens in a ticket system all at once, out of order or late, none is passed over.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { openDesk } from '../../../src/edge/desks/index.ts';
import type { Desk } from '../../../src/ticket/desk.ts';
import { realWorld } from '../../support/real-world.ts';
import { ZammadThere, zammadToken } from './zammad-there.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A system that answers what the test says. */
async function systemThat(answers: (url: URL) => unknown): Promise<string> {
  const server = createServer((asked, reply) => {
    const body = JSON.stringify(answers(new URL(asked.url ?? '/', 'http://there')));
    reply.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function newsOf(desk: Desk, cursor: string) {
  const news = await desk.news!(cursor);
  if (news.kind !== 'news') throw new Error(JSON.stringify(news));
  return news;
}

/** The tickets of which something is told, until there is no more. */
async function allTold(
  desk: Desk,
  from: string,
): Promise<{ tickets: string[]; calls: number; cursor: string }> {
  const tickets: string[] = [];
  for (let calls = 1, cursor = from; ; calls++) {
    const { items, cursor: next, isMore } = await newsOf(desk, cursor);
    tickets.push(...items.flatMap((item) => (item.kind === 'status' ? [item.external] : [])));
    if (!isMore) return { tickets, calls, cursor: next };
    expect(next).not.toBe(cursor);
    cursor = next;
  }
}

test('Zammad: 130 tickets changed at one instant, and 30 around it, are all told', async () => {
  const zammad = new ZammadThere();
  const url = await zammad.start();
  ends.push(() => zammad.stop());
  const at = (n: number): string => `2026-05-01T10:00:0${n < 15 ? 1 : n < 145 ? 2 : 3}.000Z`;
  for (let n = 0; n < 160; n++)
    zammad.tickets.set(n, {
      ...{ id: n, title: `t${n}`, state: 'open', customer: 'a@isp.example', allclear_key: `l.1.${n}` },
      updated_at: at(n),
    });
  const settings = { token: new Secret(zammadToken), group: 'Users', customer: 'a@isp.example' };
  const desk = openDesk('desk', { kind: 'zammad', url, ...settings, allowPrivate: true }, realWorld());
  ends.push(() => desk.close());
  const { tickets } = await allTold(desk, '2026-05-01T09:00:00.000Z');
  expect(new Set(tickets).size).toBe(160);
});

test('TMF621: 1,300 changed tickets in no order of time are all told, and the time moves only then', async () => {
  const time = (n: number): number => Date.UTC(2026, 4, 1, 10, 0, (n * 7) % 1_300);
  const tickets = Array.from({ length: 1_300 }, (_, n) => ({
    ...{ id: `T-${n}`, externalId: `l.1.${n}`, status: 'inProgress' },
    lastUpdate: new Date(time(n)).toISOString(),
  }));
  const url = await systemThat(({ searchParams }) => {
    const [since, offset] = [searchParams.get('lastUpdate.gt')!, Number(searchParams.get('offset'))];
    const changed = tickets.filter(({ lastUpdate }) => lastUpdate > since);
    return changed.slice(offset, offset + Number(searchParams.get('limit')));
  });
  const desk = openDesk('desk', { kind: 'tmf621', url, allowPrivate: true }, realWorld());
  ends.push(() => desk.close());
  const { tickets: told, calls, cursor } = await allTold(desk, '2026-05-01T09:00:00.000Z');
  expect(new Set(told).size).toBe(1_300);
  expect(calls).toBe(2);
  expect(Date.parse(cursor)).toBe(Date.UTC(2026, 4, 1, 10, 0, 1_299 - 1));
});

test('Request Tracker: a transaction that ends after its successors is told, once, and none of before us', async () => {
  const held = new Set([70, 71, 73]);
  const url = await systemThat(({ pathname, searchParams }) => {
    const query = searchParams.get('query') ?? '';
    if (pathname.endsWith('/transactions')) {
      if (searchParams.get('order') === 'DESC') return { items: [{ id: '72' }] };
      const from = Number(/id > (\d+)/.exec(query)![1]);
      return {
        items: [...held]
          .filter((id) => id > from)
          .sort((a, b) => a - b)
          .map((id) => ({ id, ObjectId: '5', Type: 'Comment', Creator: { id: 'ivanova' } })),
      };
    }
    if (pathname.endsWith('/tickets')) {
      const fields = [{ name: 'allclear', values: ['l.1.1'] }];
      return { items: [{ id: 5, Status: 'open', Subject: 'x', CustomFields: fields, Requestor: [] }] };
    }
    const [{ field, value }] = JSON.parse(query) as [{ field: string; value: string }];
    return {
      items: [field === 'id' ? { Content: `said ${value}` } : { id: value, ContentType: 'text/plain' }],
    };
  });
  const settings = { token: new Secret('t'), queue: 'General', user: 'allclear', keyField: 'allclear' };
  const desk = openDesk(
    'desk',
    { kind: 'requestTracker', url, ...settings, allowPrivate: true },
    realWorld(),
  );
  ends.push(() => desk.close());
  let cursor = '72';
  const told = async (): Promise<readonly string[]> => {
    const news = await newsOf(desk, cursor);
    cursor = news.cursor;
    return news.items.flatMap((item) => (item.kind === 'said' ? [`${item.key} ${item.text}`] : []));
  };
  expect(await told()).toEqual(['l.1.1 said 73']);
  held.add(76);
  expect(await told()).toEqual(['l.1.1 said 76']);
  held.add(75).add(74);
  expect(await told()).toEqual(['l.1.1 said 74', 'l.1.1 said 75']);
  expect(await told()).toEqual([]);
});
