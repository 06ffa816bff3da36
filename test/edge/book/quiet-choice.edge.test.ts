// A subscriber's own quiet hours: by list and by their own word, and what the line hears of it.
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import { quietCode } from '../../../src/model/quiet-hours.ts';
import type { SubscriberRow } from '../../../src/model/subscriber.ts';
import { realWorld } from '../../support/real-world.ts';
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

const wish = { channels: [sms, mail], language: 'ru', zone: 'UTC' } as const;

async function withList(rows: readonly SubscriberRow[], run: (book: Book) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, realWorld());
    await importAll(book, rows);
    await run(book);
    await book.close();
  });
}

const listed = (quietHours: string | undefined, change: Partial<SubscriberRow> = {}) => [
  subscriberRow(1, { quietHours, ...change }),
  subscriberRow(2),
];
const chosen = async (book: Book) => (await book.subscriber(1))?.quietHours;

test('what the list says stands in the columns; where nobody chose there is no such column', async () => {
  await withList(listed(undefined), async (book) => {
    expect((await book.exportColumns(wish)).quiet).toBeUndefined();
    expect(await importAll(book, listed('21:00-10:00'))).toMatchObject({
      changed: 1,
      fields: { quietHours: 1 },
    });
    expect([...(await book.exportColumns(wish)).quiet!].sort()).toEqual([0, quietCode('21:00-10:00')]);
    expect(await importAll(book, listed('21:00-10:00'))).toMatchObject({ unchanged: 2 });
  });
});

test('their own word beats the list, until the list says something else', async () => {
  await withList(listed('21:00-10:00'), async (book) => {
    expect(await book.putQuietHours({ subscriber: 1, hours: 'off' })).toBe(true);
    await importAll(book, listed('21:00-10:00', { name: 'Another' }));
    expect(await chosen(book)).toBe('off');
    await importAll(book, listed(undefined, { name: 'A third' }));
    expect(await chosen(book)).toBe('off');
    await importAll(book, listed('20:00-10:00'));
    expect(await chosen(book)).toBe('20:00-10:00');
    expect(await book.putQuietHours({ subscriber: 99, hours: 'off' })).toBe(false);
  });
});

test('the line hears of it at once, and who is erased leaves none behind', async () => {
  await withList(listed(undefined), async (book) => {
    const said = async () => (await book.changedFacts({ ...wish, limit: 9 })).facts.map(({ quiet }) => quiet);
    await book.putQuietHours({ subscriber: 1, hours: '21:00-10:00' });
    expect(await said()).toEqual([quietCode('21:00-10:00')]);
    await book.putQuietHours({ subscriber: 1, hours: '' });
    expect(await said()).toEqual([undefined]);
    await book.putQuietHours({ subscriber: 1, hours: 'off' });
    await book.eraseSubscriber({ key: subscriberKey(1), at: t0, by: 'ann' });
    expect((await book.exportColumns(wish)).quiet).toBeUndefined();
  });
});

test('who wants to hear at any hour gets what waits for the morning now', async () => {
  await withList(listed(undefined), async (book) => {
    const { now } = realWorld();
    const notBefore = instant(now() + 3_600_000);
    await book.project([tells(tell({ to: 2, notBefore, facts: { kind: 'feeder', startedAt: t0 } }))]);
    await expandAll(book, [sms, mail], now());
    const due = async () => (await book.takeDue({ channel: sms, limit: 9, now: now() + 1_000 })).notices;
    expect(await due()).toEqual([]);
    await book.putQuietHours({ subscriber: 1, hours: 'off' });
    expect((await due()).map(({ subscriber }) => subscriber)).toEqual([1]);
  });
});
