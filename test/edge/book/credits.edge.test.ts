import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { creditPage } from '../../../src/edge/book/credits.ts';
import { migrate } from '../../../src/edge/book/migrations.ts';
import type { CreditRecord } from '../../../src/edge/book/records.ts';
import { openSql, type Sql } from '../../../src/edge/book/sql.ts';
import type { Change } from '../../../src/model/change.ts';
import type { Owed } from '../../../src/model/compensation.ts';
import type { ConfirmationId, IncidentId, SubscriberKey, TaskId } from '../../../src/model/ids.ts';
import { applied, bookIn, importAll, inFolder, subscriberRow } from './book-fixture.ts';

const incident = 'l.1.7' as IncidentId;
const at = instant(Date.UTC(2026, 4, 1));
const owed = (thousandths: number, more: Partial<Owed> = {}): Owed => ({
  ...{ incident, kind: 'card', class: 'residential', service: 'internet', from: at, to: at, minutes: 90 },
  rule: thousandths === 0 ? undefined : { id: 'loss', version: '2026-04-01' },
  money: thousandths === 0 ? { thousandths } : { thousandths, currency: 'EUR' },
  subscribers: [1, 2, 3] as SubscriberKey[],
  ...more,
});

async function withBook(run: (book: Book) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      [1, 2, 3].map((n) => subscriberRow(n)),
    );
    await run(book);
    await book.close();
  });
}

const say = (book: Book, ...all: readonly Owed[]): Promise<void> =>
  book.project([applied(all.map((one) => ({ kind: 'owe', owed: one })))]);
const all = async (book: Book): Promise<readonly CreditRecord[]> =>
  (await book.credits({ limit: 1_000 })).items;

test('a correction replaces what was said before, the same once more is no news, and nothing owed of nothing is none', async () => {
  await withBook(async (book) => {
    await say(book, owed(0));
    expect(await all(book)).toEqual([]);
    await say(book, owed(5_000));
    await say(book, owed(5_000, { minutes: 95 }));
    await say(book, owed(7_500, { subscribers: [2] as SubscriberKey[] }));
    await say(book, owed(0, { subscribers: [3] as SubscriberKey[] }));
    const rows = await all(book);
    const of = (subscriber: number) => rows.filter((row) => row.subscriber === subscriber).reverse();
    expect(of(1)).toMatchObject([{ revision: 1, amount: 5_000, change: 5_000, subscriberId: 's1' }]);
    expect(of(2)).toMatchObject([{ amount: 5_000 }, { revision: 2, amount: 7_500, change: 2_500 }]);
    expect(of(2)[1]!.replaces).toBe(of(2)[0]!.key);
    expect(of(3)).toMatchObject([{ amount: 5_000 }, { amount: 0, change: -5_000 }]);
    expect(await book.creditTotals(incident)).toMatchObject([
      { rule: 'loss', currency: 'EUR', amount: 12_500, subscribers: 2, credits: 2, corrected: 1, taken: 0 },
    ]);
  });
});

test('the sum of all changes is what is owed in the end, in each currency, and nothing is ever below nothing', async () => {
  const step = fc.record({
    thousandths: fc.nat(9_000),
    currency: fc.constantFrom('EUR', 'GBP', undefined),
    service: fc.constantFrom('internet', 'tv'),
    subscribers: fc.subarray([1, 2, 3], { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await withBook(async (book) => {
        const last = new Map<string, { thousandths: number; currency: string | undefined }>();
        for (const { thousandths, currency, service, subscribers } of steps) {
          const money = { thousandths, currency };
          await say(book, owed(thousandths, { money, service, subscribers: subscribers as SubscriberKey[] }));
          for (const one of subscribers) last.set(`${one} ${service}`, money);
        }
        const rows = await all(book);
        expect(rows.every(({ amount }) => amount >= 0)).toBe(true);
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
        for (const [place, { thousandths, currency }] of last) {
          const [subscriber, service] = place.split(' ');
          const mine = rows.filter((row) => String(row.subscriber) === subscriber && row.service === service);
          for (const of of ['EUR', 'GBP', undefined]) {
            const sum = mine.filter((row) => row.currency === of).reduce((n, { change }) => n + change, 0);
            expect(sum).toBe(of === currency ? thousandths : 0);
          }
        }
      });
    }),
    { numRuns: 15 },
  );
});

test('a batch that is applied twice adds nothing', async () => {
  await withBook(async (book) => {
    const batch = [applied([{ kind: 'owe', owed: owed(5_000) }])];
    await book.project(batch);
    await book.project(batch);
    expect(await all(book)).toHaveLength(3);
  });
});

test('posts hold many events and the same ones at every try, until they are taken', async () => {
  await withBook(async (book) => {
    const subscribers = Array.from({ length: 1_200 }, (_, n) => n + 1) as SubscriberKey[];
    await say(book, owed(5_000, { subscribers }));
    const posts = await book.dueCreditPosts({ limit: 20, now: at });
    expect(posts.map(({ credits }) => credits.length)).toEqual([500, 500, 200]);
    const [first, second, third] = posts.map(({ key }) => key);
    await book.settleCreditPosts(
      [
        { kind: 'taken', key: first! },
        { kind: 'refused', key: second!, reason: 'HTTP 400' },
        { kind: 'retry', key: third!, reason: 'HTTP 503', at: instant(at + 2_000) },
      ],
      at,
    );
    await say(book, owed(7_500, { subscribers: subscribers.slice(0, 1) }));
    const [newer] = await book.dueCreditPosts({ limit: 20, now: at + 1_000 });
    expect(newer).toMatchObject({
      credits: [{ revision: 2, amount: 7_500, replaces: posts[0]!.credits[0]!.key }],
    });
    const later = await book.dueCreditPosts({ limit: 20, now: at + 3_600_000 });
    // A refused one is money: an hour later it goes again.
    expect(later.map(({ key, attempts }) => [key, attempts])).toContainEqual([second, 1]);
    expect(later.find(({ key }) => key === second)!.credits).toEqual(
      posts[1]!.credits.map((credit) => ({ ...credit, state: 'refused' })),
    );
    expect(await book.creditTotals(incident)).toMatchObject([{ credits: 1_200, refused: 500, taken: 499 }]);
  });
});

test('causes are counted by subscribers: of low marks, and of calls about them', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const marked = (subscriber: number, score: number, cause?: string): Change => ({
      kind: 'confirmation',
      confirmation: {
        ...{
          id: `${incident}:${subscriber}` as ConfirmationId,
          incident,
          subscriber: subscriber as SubscriberKey,
        },
        ...{ state: 'CONFIRMED', loop: 0, answers: [], rating: { at, score, cause } },
      },
    });
    const call = (subscriber: number, doneAt: number, cause: string): Change => ({
      kind: 'task',
      task: {
        ...{
          id: `k.${subscriber}.${doneAt}` as TaskId,
          kind: 'ratingCall',
          state: 'done',
          skill: 'care',
          why: [],
        },
        ...{
          subscriber: subscriber as SubscriberKey,
          createdAt: at,
          dueAt: at,
          doneAt: instant(doneAt),
          cause,
        },
      },
    });
    const changes = [
      marked(1, 3, 'network'),
      marked(2, 9, 'network'),
      marked(3, 6),
      marked(4, 0, 'engineer'),
    ];
    await book.project([
      applied([], [...changes, call(1, at, 'network'), call(3, at, 'network'), call(5, at - 10, 'engineer')]),
    ]);
    expect(await book.causesNamed({ since: at, low: 6 })).toEqual(
      new Map([
        ['network', 2],
        ['engineer', 1],
      ]),
    );
    await book.close();
  });
});

test('a page of what is owed for one incident reads that page, not all that is owed for it', async () => {
  await inFolder(async (folder) => {
    const sql = openSql(`${folder}/book.sqlite`);
    migrate(sql, 'book.sqlite');
    const plans: string[] = [];
    const all: Sql['all'] = (text, ...values) => {
      const steps = sql.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...values);
      plans.push(steps.map(({ detail }) => detail).join('; '));
      return sql.all(text, ...values);
    };
    const listening = { ...sql, all, get: sql.get.bind(sql) } as Sql;
    expect(creditPage(listening, { incident, limit: 100, cursor: '7' }).items).toEqual([]);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('credits_by_incident (incident=? AND row<?)');
    expect(plans[0]).not.toContain('TEMP B-TREE');
    sql.close();
  });
});
