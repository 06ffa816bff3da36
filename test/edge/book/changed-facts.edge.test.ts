/** Each way in which a subscriber's facts change is noted with the change, and told as it stands then. */

import { expect, test } from 'vitest';
import { FactsFeed, feedFacts } from '../../../src/app/center/facts-feed.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { everyChannel } from '../../../src/edge/book/consents.ts';
import { migrate } from '../../../src/edge/book/migrations.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { SubscriberKey } from '../../../src/model/ids.ts';
import type { ConsentCategory } from '../../../src/model/subscriber.ts';
import { until } from '../../app/courier/courier-fixture.ts';
import { realWorld } from '../../support/real-world.ts';
import { bookIn, importAll, inFolder, mail, sms, subscriberRow, t0 } from './book-fixture.ts';

const wish = { channels: [sms, mail], language: 'ru', zone: 'UTC', limit: 500 } as const;

async function withBook(run: (book: Book) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      [1, 2, 3, 4].map((n) => subscriberRow(n)),
    );
    await run(book);
    await book.close();
  });
}

const consent = (
  book: Book,
  state: 'granted' | 'withdrawn',
  category: ConsentCategory = 'outage',
  channel = 'sms',
) =>
  book.putConsents({
    subscriber: 1,
    consents: [{ category, channel, state, basis: 'consent', at: t0, by: 'test', evidence: 'a call' }],
  });

/** Key, masks and whether they take nothing. */
const news = async (book: Book) =>
  (await book.changedFacts(wish)).facts.map(({ subscriber, masks, optedOut }) => [
    subscriber,
    masks,
    optedOut,
  ]);

test('an import is no news: it comes with its columns', () =>
  withBook(async (book) => {
    expect(await news(book)).toEqual([]);
  }));

test('a consent withdrawn and given back, opting out and erasing are told as they stand, once each', () =>
  withBook(async (book) => {
    await consent(book, 'withdrawn');
    await book.optOut(2, true);
    await book.eraseSubscriber({ key: 3 as SubscriberKey, at: t0, by: 'ann' });
    expect(await news(book)).toEqual([
      [1, [2, 3, 3, 3], false],
      [2, [3, 3, 3, 3], true],
      [3, [0, 0, 0, 0], true],
    ]);
    await book.factsTold((await book.changedFacts(wish)).upTo);
    expect(await news(book)).toEqual([]);
    await consent(book, 'granted');
    await consent(book, 'withdrawn', 'planned', everyChannel);
    expect(await news(book)).toEqual([[1, [3, 0, 3, 3], false]]);
  }));

test('what changes while it is being told is told again', () =>
  withBook(async (book) => {
    await consent(book, 'withdrawn');
    const { upTo } = await book.changedFacts(wish);
    await consent(book, 'granted');
    await book.factsTold(upTo);
    expect(await news(book)).toEqual([[1, [3, 3, 3, 3], false]]);
  }));

test('a chat that is bound and let go counts, too', () =>
  withBook(async (book) => {
    const channels = [...wish.channels, { name: 'bot', address: 'chat' } as const];
    const masks = async () =>
      (await book.changedFacts({ ...wish, channels })).facts.map((one) => one.masks[0]);
    await book.putChatCode({ subscriber: 4, code: 'abc', now: t0 });
    expect(await book.bindChat({ channel: 'bot', chat: '77', code: 'abc', now: t0 })).toBe(true);
    expect(await masks()).toEqual([7]);
    await book.unbindChat({ channel: 'bot', chat: '77' });
    expect(await masks()).toEqual([3]);
  }));

test('new columns cover what was said before them, and what came later is told once more', () =>
  withBook(async (book) => {
    await consent(book, 'withdrawn');
    const upTo = await book.factsNow();
    await book.optOut(2, true);
    await book.factsTold((await book.changedFacts(wish)).upTo);
    await book.factsCovered(upTo);
    expect(await news(book)).toEqual([[2, [3, 3, 3, 3], true]]);
  }));

test('a book of the time before is opened', () =>
  inFolder(async (folder) => {
    const sql = openSql(`${folder}/book.sqlite`);
    migrate(sql, 'book.sqlite', 19);
    sql.close();
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(1)]);
    await consent(book, 'withdrawn');
    expect(await news(book)).toHaveLength(1);
    await book.close();
  }));

test('the line hears of a withdrawn consent at once, and again when it did not take it', () =>
  withBook(async (book) => {
    const inputs: Input[] = [];
    let fails = 1;
    const host = {
      async submit(input: Input) {
        if (fails-- > 0) throw new Error('full');
        inputs.push(input);
      },
    } as unknown as ReturnType<ConstructorParameters<typeof FactsFeed>[0]>['host'];
    const world = realWorld();
    const to = { host, book, channels: [sms, mail], language: 'ru', world } as const;
    await consent(book, 'withdrawn');
    const facts = new FactsFeed(() => to);
    const feed = feedFacts(world, () => facts.tell());
    await until(() => inputs.length > 0);
    expect(inputs).toEqual([
      {
        kind: 'subscriberFacts',
        channels: ['sms', 'mail'],
        facts: [{ subscriber: 1, masks: [2, 3, 3, 3], language: 'en', optedOut: false }],
      },
    ]);
    expect(JSON.stringify(inputs)).not.toMatch(/79000|@example|Name|Street|call/);
    feed.stop();
  }));

test('the line hears of who changed also where very many did and new columns would say what the old ones say', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(1)]);
    await consent(book, 'withdrawn');
    await book.close();
    const sql = openSql(`${folder}/book.sqlite`);
    sql.run(`INSERT INTO changed_facts (subscriber, seq, told)
      WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i <= 100001) SELECT i, i, 1 FROM n`);
    sql.close();
    const again = await bookIn(folder);
    const inputs: Input[] = [];
    const host = {
      contents: { put: async () => 'as before', putJson: async () => 'as before' },
      line: {
        named: { topology: 'city', topologyVersion: 1, subscribers: 'as before', calendar: 'as before' },
      },
      submit: async (input: Input) => void inputs.push(input),
    } as unknown as ReturnType<ConstructorParameters<typeof FactsFeed>[0]>['host'];
    const to = { host, book: again, channels: [sms, mail], language: 'ru', world: realWorld() } as const;
    const feed = new FactsFeed(() => to);
    expect(await feed.tell()).toBe(true);
    expect(inputs).toMatchObject([{ kind: 'subscriberFacts', facts: [{ subscriber: 1 }] }]);
    expect(await feed.tell()).toBe(false);
    await again.close();
  }));
