/** Tickets in the book: a list of very many walked by what is expected first, found by a beginning, and questions that wait. */
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { migrate } from '../../../src/edge/book/migrations.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../../../src/model/ids.ts';
import { endedStatuses, type Ticket, ticketStatuses } from '../../../src/model/ticket.ts';
import { applied, bookIn, importAll, inFolder, subscriberRow, t0 } from './book-fixture.ts';

const stepsBeforeTicketTimes = 18;
const open = ticketStatuses.filter((status) => !endedStatuses.includes(status));

const ticket = (n: number, change: Partial<Ticket> = {}): Ticket => ({
  id: `l.1.${n}` as TicketId,
  kind: 'subscriber',
  status: 'inProgress',
  subscriber: (n + 1) as SubscriberKey,
  openedAt: t0,
  attached: 0,
  loops: 0,
  history: [],
  ...change,
});

const written = (...tickets: readonly Ticket[]) =>
  applied(
    [],
    tickets.map((one) => ({ kind: 'ticket', ticket: one })),
  );

const opened = (run: (book: Book) => Promise<void>): Promise<void> =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await run(book);
    await book.close();
  });

/** Times that repeat and fall out of order, and every tenth without one. */
const dueOf = (n: number) => (n % 10 === 0 ? undefined : instant(t0 + ((n * 7919) % 211) * 60_000));

test('pages by time hold every open ticket once and in order, those without a time last', () =>
  opened(async (book) => {
    const all = Array.from({ length: 2_500 }, (_, n) =>
      ticket(n, { expectedResolutionAt: dueOf(n), status: n % 5 === 0 ? 'closed' : 'inProgress' }),
    );
    await book.project([written(...all)]);
    const seen: Ticket[] = [];
    let cursor: string | undefined;
    do {
      const page = await book.tickets({ statuses: open, isByDue: true, limit: 333, cursor });
      expect(page.total).toBe(2_000);
      seen.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    const wanted = all.filter(({ status }) => status === 'inProgress');
    expect(new Set(seen.map(({ id }) => id)).size).toBe(wanted.length);
    const times = seen.map(({ expectedResolutionAt = Number.MAX_SAFE_INTEGER }) => expectedResolutionAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const tail = await book.tickets({ statuses: open, isByDue: true, limit: 5, offset: 1_995 });
    expect(tail.items).toEqual(seen.slice(1_995));
    expect(tail.next).toBeUndefined();
  }));

test('what is late, what nobody has a time for, and what belongs to an incident', () =>
  opened(async (book) => {
    const incident = 'l.1.900' as IncidentId;
    await book.project([
      written(
        ticket(1, { expectedResolutionAt: instant(t0 - 1) }),
        ticket(2, { expectedResolutionAt: instant(t0 + 1), incident }),
        ticket(3),
      ),
    ]);
    const ids = async (query: Parameters<Book['tickets']>[0]) =>
      (await book.tickets({ isByDue: true, ...query })).items.map(({ id }) => id);
    expect(await ids({ due: t0 })).toEqual(['l.1.1']);
    expect(await ids({ due: 'never' })).toEqual(['l.1.3']);
    expect(await ids({ incident })).toEqual(['l.1.2']);
    expect(await ids({})).toEqual(['l.1.1', 'l.1.2', 'l.1.3']);
    await book.project([written(ticket(1, { expectedResolutionAt: undefined }))]);
    expect(await ids({ due: t0 })).toEqual([]);
  }));

test('a ticket is found by how its id or that of its subscriber begins, and by nothing else', () =>
  opened(async (book) => {
    await importAll(
      book,
      [1, 2, 12].map((n) => subscriberRow(n)),
    );
    const keys = (await book.subscribers({ limit: 10 })).items;
    const keyOf = (id: string) => keys.find((one) => one.id === id)!.key;
    await book.project([
      written(
        ticket(7, { subscriber: keyOf('s1') }),
        ticket(70, { subscriber: keyOf('s12') }),
        ticket(8, { subscriber: keyOf('s2') }),
      ),
    ]);
    const found = async (find: string) =>
      (await book.tickets({ find, isByDue: true })).items.map(({ id }) => id);
    expect(await found('l.1.7')).toEqual(['l.1.7', 'l.1.70']);
    expect(await found('s1')).toEqual(['l.1.7', 'l.1.70']);
    expect(await found('s12')).toEqual(['l.1.70']);
    expect(await found('%')).toEqual([]);
    expect(await found("' OR 1=1 --")).toEqual([]);
  }));

test('a question waits until it is answered or its ticket is over, the oldest first', () =>
  opened(async (book) => {
    const asked = (minute: number, answer?: string) => ({
      ...{ contact: `c${minute}`, at: instant(t0 + minute * 60_000), answer },
    });
    await book.project([
      written(
        ticket(1, { questions: [asked(5)] }),
        ticket(2, { questions: [asked(1, 'a'), asked(3)] }),
        ticket(3, { questions: [asked(2, 'a')] }),
        ticket(4, { questions: [asked(4)], status: 'closed' }),
      ),
    ]);
    const waiting = async () => (await book.waitingTickets({})).items.map(({ id }) => id);
    expect(await waiting()).toEqual(['l.1.2', 'l.1.1']);
    const first = await book.waitingTickets({ limit: 1 });
    expect(first).toMatchObject({ total: 2, items: [{ id: 'l.1.2' }] });
    expect((await book.waitingTickets({ limit: 1, cursor: first.next })).items[0]?.id).toBe('l.1.1');
    await book.project([written(ticket(2, { questions: [asked(1, 'a'), asked(3, 'b')] }))]);
    expect(await waiting()).toEqual(['l.1.1']);
  }));

test('a book of the version before knows the times and questions of its tickets when it is opened', () =>
  inFolder(async (folder) => {
    const sql = openSql(`${folder}/book.sqlite`);
    migrate(sql, 'book.sqlite', stepsBeforeTicketTimes);
    const old = [
      ticket(1, { expectedResolutionAt: instant(t0 + 5) }),
      ticket(2, { questions: [{ contact: 'c', at: t0 }] }),
      ticket(3, { questions: [{ contact: 'd', at: t0, answer: 'e', answeredAt: t0 }] }),
    ];
    for (const one of old)
      sql.run(
        'INSERT INTO tickets (id, status, subscriber, record) VALUES (?, ?, ?, ?)',
        ...[one.id, one.status, one.subscriber, JSON.stringify(one)],
      );
    sql.close();
    const book = await bookIn(folder);
    expect((await book.tickets({ isByDue: true })).items.map(({ id }) => id)).toEqual([
      'l.1.1',
      'l.1.2',
      'l.1.3',
    ]);
    expect((await book.tickets({ due: 'never' })).total).toBe(2);
    expect((await book.waitingTickets({})).items.map(({ id }) => id)).toEqual(['l.1.2']);
    await book.close();
  }));

test('what is repaired or over is late no more', () =>
  opened(async (book) => {
    const late = instant(t0 - 1);
    await book.project([
      written(...ticketStatuses.map((status, n) => ticket(n, { status, expectedResolutionAt: late }))),
    ]);
    const awaited = ticketStatuses.filter((status) => !['resolved', ...endedStatuses].includes(status));
    for (const isByDue of [true, false]) {
      const { items, total } = await book.tickets({ due: t0, isByDue });
      expect(items.map(({ status }) => status).sort()).toEqual(awaited.toSorted());
      expect(total).toBe(awaited.length);
    }
    expect((await book.tickets({ due: t0, statuses: ['closed'] })).items).toHaveLength(1);
  }));
