/** Addresses at which nothing arrives any more: how they are counted, what takes their place, and when they are tried again. */
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { FurtherPoint } from '../../../src/model/subscriber.ts';
import {
  bookIn,
  expandAll,
  importAll,
  inFolder,
  mail,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const day = 86_400_000;
const channels = [mail];
const further: readonly FurtherPoint[] = [
  { kind: 'email', address: 'second@example.org' },
  { kind: 'phone', address: '+79995550101' },
];

async function withBook(people: number, run: (book: Book) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rows = Array.from({ length: people }, (_, n) =>
      subscriberRow(n, n === 0 ? { further } : { phone: undefined }),
    );
    await importAll(book, rows);
    await run(book);
    await book.close();
  });
}

let revision = 0;

/** One mail to each of [0, people), sent and then said to have come back, or to have arrived; answers where they went. */
async function mailed(
  book: Book,
  said: {
    readonly state: 'failed' | 'delivered';
    readonly isDeadContact?: boolean;
    readonly reason?: string;
  },
  { people = 1, at = t0 }: { readonly people?: number; readonly at?: Instant } = {},
): Promise<readonly string[]> {
  revision++;
  await book.project([tells(tell({ type: 'etr', to: people, revision, order: ['mail'] }))]);
  await expandAll(book, channels, at);
  const { notices } = await book.takeDue({ channel: mail, limit: 500, now: at });
  const sent = notices.map(({ row, key }) => ({ kind: 'sent', row, externalId: key }) as const);
  await book.settle(sent, { channels, now: at });
  const receipts = notices.map(({ key }) => ({ externalId: key, ...said }));
  await book.noteDeliveries(receipts, { channels, channel: 'mail', now: at });
  return notices.map(({ to }) => to);
}

const dead = { state: 'failed', reason: 'bounced 5.1.1', isDeadContact: true } as const;
const pointsOf = async (book: Book) =>
  (await book.subscriber(1))!.points.map(({ kind, state }) => `${kind} ${state}`);

test('three hard bounces in a row make an address a failing one, and the next one takes its place', () =>
  withBook(1, async (book) => {
    expect(await mailed(book, dead)).toEqual(['s0@example.org']);
    expect(await mailed(book, dead)).toEqual(['s0@example.org']);
    expect(await pointsOf(book)).toContain('email unverified');
    await mailed(book, dead);
    expect(await pointsOf(book)).toEqual([
      'phone unverified',
      'email failing',
      'email unverified',
      'phone unverified',
    ]);
    expect(await mailed(book, { state: 'delivered' })).toEqual(['second@example.org']);
    // With the last one nothing is left by that channel.
    for (let n = 0; n < 3; n++) await mailed(book, dead);
    expect(await mailed(book, dead)).toEqual([]);
    const wish = { channels: [sms, mail], language: 'ru', zone: 'UTC', limit: 10 } as const;
    expect((await book.changedFacts(wish)).facts[0]).toMatchObject({ subscriber: 1, masks: [1, 1, 1, 1] });
  }));

test('what arrived in between, and what says nothing of the address, makes none a failing one', () =>
  withBook(1, async (book) => {
    for (let n = 0; n < 2; n++) await mailed(book, dead);
    await mailed(book, { state: 'delivered' });
    for (let n = 0; n < 2; n++) await mailed(book, dead);
    await mailed(book, { state: 'delivered' });
    for (const status of ['4.4.7', '5.2.2', '5.7.1', '5.3.4', '4.2.2'])
      await mailed(book, { state: 'failed', reason: `bounced ${status}`, isDeadContact: false });
    expect(await mailed(book, dead)).toEqual(['s0@example.org']);
    expect(await pointsOf(book)).not.toContain('email failing');
  }));

test('a bounce that comes twice counts once, and one of a notice that nobody knows counts for nobody', () =>
  withBook(1, async (book) => {
    await mailed(book, dead);
    for (let n = 0; n < 5; n++) {
      const { items } = await book.notices({});
      const again = items.map(({ key }) => ({ externalId: key, ...dead }));
      const unknown = { externalId: `${'0'.repeat(31)}${n}`, ...dead };
      await book.noteDeliveries([...again, unknown], { channels, channel: 'mail', now: t0 });
    }
    expect(await pointsOf(book)).not.toContain('email failing');
  }));

test('after a month a failing address is tried again', () =>
  withBook(1, async (book) => {
    for (let n = 0; n < 3; n++) await mailed(book, dead);
    expect(await pointsOf(book)).toContain('email failing');
    await book.forgetExpired(instant(t0 + 29 * day));
    expect(await pointsOf(book)).toContain('email failing');
    await book.forgetExpired(instant(t0 + 31 * day));
    expect(await pointsOf(book)).not.toContain('email failing');
    expect(await mailed(book, dead, { at: instant(t0 + 31 * day) })).toEqual(['s0@example.org']);
  }));

test('a relay that is out of order does not make everybody unreachable: a hundred a day at most, or one in a hundred', () =>
  withBook(150, async (book) => {
    for (let n = 0; n < 3; n++) await mailed(book, dead, { people: 150 });
    const left = (await mailed(book, { state: 'delivered' }, { people: 150 })).filter(
      (to) => to !== 'second@example.org',
    );
    expect(left).toHaveLength(50);
  }));

test('what came back before the send was settled keeps its reason, and one of nobody is counted after an hour', () =>
  withBook(1, async (book) => {
    const hour = 3_600_000;
    for (let n = 0; n < 3; n++) {
      await book.project([tells(tell({ type: 'etr', to: 1, revision: ++revision, order: ['mail'] }))]);
      await expandAll(book, channels, t0);
      const { notices } = await book.takeDue({ channel: mail, limit: 1, now: t0 });
      const { row, key } = notices[0]!;
      const receipts = [{ externalId: key, ...dead }];
      await book.noteDeliveries(receipts, { channels, channel: 'mail', now: t0 });
      await book.settle([{ kind: 'sent', row, externalId: key }], { channels, now: t0 });
      expect((await book.notices({ limit: 1 })).items[0]).toMatchObject({ state: 'failed' });
    }
    expect(await pointsOf(book)).toContain('email failing');
    const stranger = [{ externalId: 'f'.repeat(32), ...dead }];
    await book.noteDeliveries(stranger, { channels, channel: 'mail', now: t0 });
    expect(await book.receiptCounts()).toEqual({ receiptsEarly: 1, receiptsUnknown: 0 });
    await book.forgetExpired(instant(t0 + hour + 1));
    expect(await book.receiptCounts()).toEqual({ receiptsEarly: 0, receiptsUnknown: 1 });
  }));
