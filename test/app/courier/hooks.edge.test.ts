import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { hookRefusal, openHook, openSender } from '../../../src/edge/hooks/webhook.ts';
import type { WebhookPost } from '../../../src/model/automation.ts';
import type { Owed } from '../../../src/model/compensation.ts';
import type { IncidentId, SubscriberKey } from '../../../src/model/ids.ts';
import { bookIn, importAll, inFolder, subscriberRow } from '../../edge/book/book-fixture.ts';
import { realWorld } from '../../support/real-world.ts';
import { courierOver, until } from './courier-fixture.ts';

// Posts of automations over real HTTP, from the book's outbox to a system of the operator's.

interface Asked {
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly isSigned: boolean;
}

const secret = 'between-us';
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

/** `answer` gets the key and how often it was asked with it before; undefined breaks the connection off. */
async function system(answer: (key: string, before: number) => number | undefined) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const key = String(request.headers['idempotency-key']);
      const [, at, signature] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-allclear-signature'])) ?? [];
      const isSigned = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex') === signature;
      const status = answer(key, asked.filter((one) => one.key === key).length);
      asked.push({ key, isSigned, body: JSON.parse(body) as Asked['body'] });
      if (status === undefined) request.socket.destroy();
      else response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end();
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` };
}

const post = (key: string, more: Partial<WebhookPost> = {}): WebhookPost => ({
  ...{
    key,
    target: 'pager',
    automation: 'nobody-looks',
    on: 'incidentOpened',
    at: instant(realWorld().now()),
  },
  subject: { kind: 'incident', id: 'l.1.7' },
  words: { en: 'Nobody looks', ru: 'Никто не смотрит' },
  facts: { subscribers: 8, root: 's1', planned: false },
  ...more,
});

const told = (book: Book, posts: readonly WebhookPost[], sequence = 1): Promise<void> =>
  book.project([
    {
      ...{ sequence, at: instant(realWorld().now()), changes: [], rest: [] },
      effects: posts.map((one) => ({ kind: 'webhook', post: one }) as const),
      acts: posts.map(({ automation, on, subject }) => ({
        ...({ automation, on, subject, result: 'done', action: 'webhook', to: 'pager' } as const),
      })),
    },
  ]);

const countsOf = async (book: Book) =>
  Object.fromEntries(
    (await book.hookCounts()).map(({ target, state, count }) => [`${target} ${state}`, count]),
  );

const pagerAt = (url: string, allowPrivate = true) => ({
  name: 'pager',
  hook: openHook({ url, secret: new Secret(secret), allowPrivate }, realWorld()),
});

test('a post arrives signed, is tried again with its key until it is taken, and given up where it is refused', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder, realWorld());
    const { asked, url } = await system((key, before) => {
      if (key === 'busy') return before === 0 ? 503 : 200;
      if (key === 'lost') return before === 0 ? undefined : 204;
      return key === 'wrong' ? 422 : 202;
    });
    await told(
      book,
      ['fine', 'busy', 'lost', 'wrong'].map((key) => post(key)),
    );
    const courier = await courierOver(book, [], { hooks: [pagerAt(url)] });
    await until(async () => (await countsOf(book))['pager queued'] === undefined, 'every post ended');
    expect(await countsOf(book)).toEqual({ 'pager taken': 3, 'pager refused': 1 });
    expect(asked.every(({ isSigned }) => isSigned)).toBe(true);
    const times = (key: string): number => asked.filter((one) => one.key === key).length;
    expect(['fine', 'busy', 'lost', 'wrong'].map(times)).toEqual([1, 2, 2, 1]);
    expect(asked[0]!.body).toMatchObject({
      ...{ format: 'allclear-automation/1', key: 'fine', automation: 'nobody-looks', on: 'incidentOpened' },
      subject: { kind: 'incident', id: 'l.1.7' },
      text: { en: 'Nobody looks', ru: 'Никто не смотрит' },
      facts: { subscribers: 8, root: 's1', planned: false },
    });
    expect(asked[0]!.body['at']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    await courier.close();
    const { items } = await book.auditPage({});
    expect(items).toHaveLength(4);
    expect(items[0]).toMatchObject({ actor: 'automation:nobody-looks', action: 'webhook', target: 'l.1.7' });
    await book.close();
  }));

test('a redirect is not followed, and a private address is not reached without leave', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder, realWorld());
    const { asked, url } = await system(() => 302);
    await told(book, [post('a')]);
    const moved = await courierOver(book, [], { hooks: [pagerAt(url)] });
    await until(async () => (await countsOf(book))['pager refused'] === 1, 'the redirect ended it');
    await moved.close();
    await told(book, [post('b')], 2);
    const private_ = await courierOver(book, [], { hooks: [pagerAt(url, false)] });
    await until(async () => (await countsOf(book))['pager refused'] === 2, 'the address ended it');
    await private_.close();
    expect(asked.map(({ key }) => key)).toEqual(['a']);
    expect(hookRefusal({ url })).toContain('allowPrivate');
    expect(hookRefusal({ url: 'http://169.254.169.254/latest' })).toContain('allowPrivate');
    expect(hookRefusal({ url: 'https://pager.example/in' })).toBeUndefined();
    await book.close();
  }));

test('what nobody can bring or what is a day old is given up, and what is above the bound is refused at once', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder, realWorld());
    const { asked, url } = await system(() => 200);
    const yesterday = instant(realWorld().now() - 25 * 3_600_000);
    await told(book, [post('old', { at: yesterday }), post('gone', { target: 'no-such' })]);
    const many = Array.from({ length: 10_020 }, (_, n) => post(`k${n}`, { target: 'full' }));
    await told(book, many, 2);
    expect(await countsOf(book)).toMatchObject({ 'full queued': 10_000, 'full refused': 20 });
    const courier = await courierOver(book, [], { hooks: [pagerAt(url)] });
    await until(async () => (await countsOf(book))['pager refused'] === 1, 'the old one ended');
    expect(await countsOf(book)).toMatchObject({ 'no-such refused': 1, 'full refused': 10_020 });
    await told(book, [post('late')], 3);
    courier.poke();
    await until(() => asked.length === 1, 'the new one arrived');
    await courier.close();
    await book.close();
  }));

test('what is owed reaches the billing system signed, in posts of many, and once more with the same key after a failure', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder, realWorld());
    await importAll(
      book,
      [1, 2, 3].map((n) => subscriberRow(n)),
    );
    const { asked, url } = await system((_key, before) => (before === 0 ? 503 : 200));
    const at = instant(realWorld().now());
    const owed: Owed = {
      ...{ incident: 'l.1.7' as IncidentId, kind: 'card', class: 'residential', service: 'internet' },
      ...{ from: instant(at - 7_200_000), to: at, minutes: 120, rule: { id: 'loss', version: '2026-04-01' } },
      ...{ money: { thousandths: 10_340, currency: 'GBP' }, subscribers: [1, 2, 3] as SubscriberKey[] },
    };
    await book.project([{ sequence: 1, at, changes: [], rest: [], effects: [{ kind: 'owe', owed }] }]);
    const billing = openSender({ url, secret: new Secret(secret), allowPrivate: true }, realWorld());
    const courier = await courierOver(book, [], { billing });
    await until(async () => (await book.creditTotals('l.1.7'))[0]?.taken === 3, 'billing has all of it');
    expect(asked.map(({ key }) => key)).toEqual([asked[0]!.key, asked[0]!.key]);
    expect(asked.every(({ isSigned }) => isSigned)).toBe(true);
    expect(asked[1]!.body).toEqual(asked[0]!.body);
    const { events } = asked[0]!.body as { readonly events: readonly object[] };
    expect(events).toHaveLength(3);
    expect(events[0]).toEqual({
      ...{
        type: 'CompensationDue',
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        at: new Date(at).toISOString(),
      },
      ...{ incident: 'l.1.7', subscriber: 's1', service: 'internet', rule: 'loss', version: '2026-04-01' },
      ...{ revision: 1, replaces: null, minutes: 120, amount: 10.34, change: 10.34, currency: 'GBP' },
      evidence: {
        ...{ from: new Date(at - 7_200_000).toISOString(), to: new Date(at).toISOString() },
        ...{ class: 'residential', kind: 'card' },
      },
    });
    await courier.close();
    await book.close();
  }));
