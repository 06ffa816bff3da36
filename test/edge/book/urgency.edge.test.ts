import { expect, test } from 'vitest';
import { minutes } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { migrate } from '../../../src/edge/book/migrations.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import type { SubscriberKey, TicketId } from '../../../src/model/ids.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const ticketOf = (n: number): Ticket => ({
  ...{ id: `l.1.${n}.t` as TicketId, kind: 'subscriber', status: 'acknowledged', incident: incidentId },
  ...{ subscriber: (n + 1) as SubscriberKey, openedAt: t0, attached: 0, loops: 0, history: [] },
});

const classes = [
  'residential',
  'residential',
  'business',
  'residential',
  'priority',
  'staff',
  'vip',
] as const;

async function withBook(run: (book: Book) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      classes.map((one, n) => subscriberRow(n, { class: one })),
    );
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    await run(book);
    await book.close();
  });
}

const calls = (book: Book, n: number) =>
  book.project([applied([], [{ kind: 'ticket', ticket: ticketOf(n) }])]);

async function order(book: Book, { now = t0 as number, limit = 1 } = {}): Promise<number[]> {
  const left: number[] = [];
  for (;;) {
    const { notices } = await book.takeDue({ channel: sms, limit, now });
    if (notices.length === 0) return left;
    left.push(...notices.map(({ subscriber }) => subscriber - 1));
    await book.settle(
      notices.map(({ row }) => ({ kind: 'sent', row })),
      { channels: [sms], now },
    );
  }
}

test('callers leave first, then priority lines, VIP and business, then the rest branch by branch', async () => {
  for (const limit of [1, 3, 100])
    await withBook(async (book) => {
      await calls(book, 5);
      await book.project([tells(tell({ to: 7 }))]);
      await expandAll(book);
      expect(await order(book, { limit })).toEqual([5, 2, 4, 6, 0, 1, 3]);
    });
});

test('who calls while his notice waits comes before the others', async () => {
  await withBook(async (book) => {
    await book.project([tells(tell({ to: 7 }))]);
    await expandAll(book);
    await calls(book, 3);
    expect(await order(book)).toEqual([3, 2, 4, 6, 0, 1, 5]);
  });
});

test('a ticket that the policy opened hurries nobody: its subscriber has not turned to us', async () => {
  await withBook(async (book) => {
    const unasked = (n: number) =>
      book.project([applied([], [{ kind: 'ticket', ticket: { ...ticketOf(n), isUnasked: true } }])]);
    await unasked(5);
    await book.project([tells(tell({ to: 7 }))]);
    await expandAll(book);
    await unasked(3);
    expect(await order(book)).toEqual([2, 4, 6, 0, 1, 3, 5]);
  });
});

test('nobody waits for ever: an old notice is not overtaken by younger ones of more urgency', async () => {
  await withBook(async (book) => {
    await book.project([tells(tell({ to: 1 }))]);
    await expandAll(book);
    const later = t0 + minutes(29);
    await book.project([tells(tell({ from: 2, to: 3 }))]);
    await expandAll(book, [sms], later as typeof t0);
    const muchLater = t0 + minutes(31);
    await book.project([tells(tell({ from: 4, to: 5 }))]);
    await expandAll(book, [sms], muchLater as typeof t0);
    expect(await order(book, { now: muchLater })).toEqual([2, 0, 4]);
  });
});

test('what is not due yet waits whatever its urgency, and the next instant is that of the earliest', async () => {
  await withBook(async (book) => {
    const morning = (t0 + 9_000_000) as typeof t0;
    const noon = (t0 + 19_000_000) as typeof t0;
    await book.project([
      tells(tell({ from: 2, to: 3, notBefore: noon }), tell({ to: 1, notBefore: morning })),
    ]);
    await expandAll(book);
    const due = await book.takeDue({ channel: sms, limit: 10, now: t0 });
    expect(due).toMatchObject({ notices: [], nextDueAt: morning });
  });
});

test('a book of a time without urgency still opens, and what waits in it leaves', async () => {
  await inFolder(async (folder) => {
    const sql = openSql(`${folder}/book.sqlite`);
    migrate(sql, 'book.sqlite', 17);
    sql.run(
      `INSERT INTO notices (key, chain, place, incident, subscriber, type, revision, channel, state, tell, created_at, due_at)
       VALUES ('k', 0, 0, ?, 1, 'detected', 1, 'sms', 'queued', 1, ?, ?)`,
      ...[incidentId, t0, t0],
    );
    sql.close();
    const book = await bookIn(folder);
    const early = await book.takeDue({ channel: sms, limit: 1, now: t0 - 1 });
    expect(early).toMatchObject({ notices: [], nextDueAt: t0 });
    await book.close();
  });
});
