/** From the mail that leaves to the withdrawn consent: the courier over a real book, and the public listener in front of it. */

import { expect, test } from 'vitest';
import { bookQueries } from '../../../src/app/center/book-queries.ts';
import { DeviceBoard } from '../../../src/app/center/device-board.ts';
import { type Instant, instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { openPublic } from '../../../src/edge/http/public-listener.ts';
import type { UnsubscribingBy } from '../../../src/edge/http/subscriber-port.ts';
import type { SubscriberKey } from '../../../src/model/ids.ts';
import {
  bookIn,
  expandAll,
  importAll,
  incidentId,
  inFolder,
  mail,
  subscriberRow,
  t0,
  tell,
  tells,
} from '../../edge/book/book-fixture.ts';
import { memoryDaemon } from '../../support/front-ports.ts';
import { realWorld } from '../../support/real-world.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import { courierOver, testChannel, until } from './courier-fixture.ts';

const day = 86_400_000;

interface Desk {
  readonly book: Book;
  /** Of the mail to the only subscriber, below the public listener's own address. */
  readonly path: string;
  readonly at: string;
  later(ms: number): void;
}

async function withMail(run: (desk: Desk) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(1), subscriberRow(2)]);
    const world = realWorld();
    let shift = 0;
    const channel = testChannel({ name: 'mail', address: 'email', honoursKey: false });
    const courier = await courierOver(book, [channel]);
    await book.project([tells(tell({ to: 1, order: ['mail'], type: 'planned' }))]);
    await expandAll(book, [mail], world.now());
    courier.poke();
    await until(() => channel.received.length > 0);
    await courier.close();
    const link = channel.received[0]!.unsubscribe!;
    expect(link).toMatch(/^https:\/\/status\.example\/s\/[\w-]{30}\/unsubscribe\/planned\/mail$/);
    const daemon = memoryDaemon(world, {});
    const now = (): Instant => instant(world.now() + shift);
    const query = {
      ...daemon.ports.query,
      unsubscription: (asked: UnsubscribingBy) => book.unsubscription({ ...asked, now: now() }),
      unsubscribe: (asked: UnsubscribingBy) => book.unsubscribe({ ...asked, now: now() }),
    };
    const listener = await openPublic({ ...daemon.ports, query } as typeof daemon.ports, {
      host: '127.0.0.1',
      port: 0,
    });
    const at = `http://127.0.0.1:${listener.address.port}`;
    try {
      await run({
        book,
        at,
        path: new URL(link).pathname,
        later: (ms) => {
          shift += ms;
        },
      });
    } finally {
      await listener.close();
      await book.close();
    }
  });
}

const oneClick = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
const withdrawn = async (book: Book) =>
  (await book.consents(1)).map(({ category, channel, state }) => `${category} ${channel} ${state}`);

test('one POST withdraws exactly that category on that channel, once, and leaves an audit row', async () => {
  await withMail(async ({ book, at, path }) => {
    const first = await fetch(at + path, { ...oneClick, redirect: 'manual' });
    expect(first.status).toBe(200);
    expect((await fetch(at + path, oneClick)).status).toBe(200);
    expect(await withdrawn(book)).toEqual(['planned mail withdrawn']);
    const audit = await book.auditPage({});
    const rows = audit.items.filter(({ action }) => action === 'unsubscribe');
    expect(rows).toMatchObject([
      { actor: 'subscriber', target: 's1', detail: { category: 'planned', channel: 'mail' } },
    ]);
    // Outages go on by mail, works by text.
    const wish = {
      channels: [mail, { name: 'sms', address: 'phone' }],
      language: 'ru',
      zone: 'UTC',
    } as const;
    const table = await book.exportColumns(wish);
    expect([...table.channelMask]).toEqual([3, 3]);
    expect([...table.consented!.planned]).toEqual([2, 3]);
    expect([...table.consented!.feedback]).toEqual([3, 3]);
  });
});

test('what a mail provider posts for its reader may be a form of parts (RFC 8058 section 3.2)', async () => {
  await withMail(async ({ book, at, path }) => {
    const body = new FormData();
    body.set('List-Unsubscribe', 'One-Click');
    expect((await fetch(at + path, { method: 'POST', body })).status).toBe(200);
    expect(await withdrawn(book)).toEqual(['planned mail withdrawn']);
  });
});

test('a scanner that follows the link changes nothing, and a person finds a button there in both languages', async () => {
  await withMail(async ({ book, at, path }) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      expect((await fetch(at + path, { method })).ok).toBe(true);
    expect(await withdrawn(book)).toEqual([]);
    const en = await (await fetch(at + path, { headers: { 'accept-language': 'en' } })).text();
    expect(en).toContain('messages about planned works');
    expect(en).toContain('<form method="post">');
    const ru = await (await fetch(`${at}${path}?lang=ru`)).text();
    expect(ru).toContain('сообщения о плановых работах');
    expect(ru).not.toMatch(/<script|s1@example|Name 1/);
    const [, name, value] = /type="hidden" name="([^"]+)" value="([^"]+)"/.exec(ru)!;
    const done = await fetch(`${at}${path}?lang=ru`, {
      method: 'POST',
      body: new URLSearchParams({ [name!]: value! }),
    });
    expect(await done.text()).toContain('Отключено');
    expect(await (await fetch(at + path)).text()).not.toContain('<form');
  });
});

test('a token is good for its own category, channel and subscriber, and for half a year', async () => {
  await withMail(async ({ book, at, path, later }) => {
    const token = path.split('/')[2]!;
    const forged = `${Buffer.from([0, 0, 0, 2, 0, 0]).toString('base64url')}${token.slice(8)}`;
    for (const wrong of [
      path.replace('planned', 'outage'),
      path.replace(/mail$/, 'sms'),
      path.replace('planned', '__proto__'),
      path.replace(token, forged),
      path.replace(token, `${token.slice(0, -1)}!`),
      path.replace(token, 'x'.repeat(30)),
    ])
      expect((await fetch(at + wrong, oneClick)).status).toBe(404);
    expect((await fetch(at + path, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })).status).toBe(
      400,
    );
    expect((await fetch(at + path, { method: 'POST' })).status).toBe(400);
    expect(await withdrawn(book)).toEqual([]);
    later(60 * day);
    expect((await fetch(at + path)).status).toBe(200);
    later(130 * day);
    expect((await fetch(at + path, oneClick)).status).toBe(404);
    expect(await withdrawn(book)).toEqual([]);
  });
});

test('a mail to an address that several have speaks for them all, and so does its click', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const email = 'family@example.org';
    await importAll(book, [subscriberRow(1, { email }), subscriberRow(2, { email }), subscriberRow(3)]);
    await book.project([tells(tell({ to: 1, order: ['mail'], type: 'planned' }))]);
    await expandAll(book, [mail]);
    const { notices } = await book.takeDue({ channel: mail, limit: 5, now: instant(t0 + 60_000) });
    const { token, category } = notices[0]!.unsubscribe!;
    const click = { token, category, channel: 'mail', now: t0 };
    expect([await book.unsubscribe(click), await book.unsubscribe(click)]).toEqual(['withdrawn', 'already']);
    const states = await Promise.all([1, 2, 3].map(async (key) => (await book.consents(key)).length));
    expect(states).toEqual([1, 1, 0]);
    await book.close();
  });
});

test('one click reaches all who have the address, however many, also where it is none of their first', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const email = 'all@example.org';
    const rows = Array.from({ length: 1_203 }, (_, n) =>
      subscriberRow(n + 1, n < 1_200 ? { email } : { further: [{ kind: 'email', address: email }] }),
    );
    await importAll(book, [...rows, subscriberRow(5_000)]);
    await book.project([tells(tell({ to: 1, order: ['mail'], type: 'planned' }))]);
    await expandAll(book, [mail]);
    const { notices } = await book.takeDue({ channel: mail, limit: 5, now: instant(t0 + 60_000) });
    const { token, category } = notices[0]!.unsubscribe!;
    const query = bookQueries({
      ...{ book, world: virtualWorld(), devices: new DeviceBoard([]) },
      ...{ incidentOf: () => undefined, answerWithinMs: () => 1 },
    });
    const click = { token, category, channel: 'mail' };
    expect([await query.unsubscribe(click), await query.unsubscribe(click)]).toEqual([
      'withdrawn',
      'already',
    ]);
    const { count } = await book.factsNow();
    expect(count).toBe(1_203);
    expect(await book.consents(1_203)).toMatchObject([{ state: 'withdrawn', evidence: 'List-Unsubscribe' }]);
    expect(await book.consents(1_204)).toEqual([]);
    await book.close();
  });
});

test('a subscriber who is gone is as unknown as a forged token', async () => {
  await withMail(async ({ book, at, path }) => {
    await book.eraseSubscriber({ key: 1 as SubscriberKey, at: t0, by: 'ann' });
    expect((await fetch(at + path, oneClick)).status).toBe(404);
  });
});

test('a text message carries no such link, and nobody withdraws for others in a trial on one address', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(1)]);
    const [sms, mails] = [testChannel(), testChannel({ name: 'mail', address: 'email', honoursKey: false })];
    const courier = await courierOver(book, [sms, mails], { onlyTo: 'me@example.org' });
    await book.project([tells(tell({ to: 1, order: ['mail'] }))]);
    await expandAll(book, [mail], realWorld().now() as Instant);
    courier.poke();
    await until(() => mails.received.length > 0);
    expect(mails.received[0]).toMatchObject({ to: 'me@example.org', incident: incidentId });
    expect(mails.received[0]!.unsubscribe).toBeUndefined();
    await courier.close();
    await book.close();
  });
});
