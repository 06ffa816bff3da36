/** Tickets in the book: written with when they are due and since when a question waits, and found by it among very many. */
import { type Instant, instant } from '../../base/instant.ts';
import { endedStatuses, isOver, type Ticket, type TicketStatus } from '../../model/ticket.ts';
import type { SqlValue } from '../disk/sqlite.ts';
import { conditions, type RecordRow, recordConditions, recordIn } from './conditions.ts';
import { pageOf } from './paging.ts';
import type { Page, PageRequest } from './records.ts';
import type { Sql } from './sql.ts';

/** Behind all that have a time; the columns of migrations.ts have the same default. */
const never = Number.MAX_SAFE_INTEGER;
/** Subscribers whose id begins so, at most. */
const mostNamed = 500;

export interface TicketQuery extends PageRequest {
  readonly incident?: string | undefined;
  readonly subscriber?: number | undefined;
  readonly statuses?: readonly TicketStatus[] | undefined;
  /** Expected before that instant; `never`: nobody has said when. */
  readonly due?: Instant | 'never' | undefined;
  /** The beginning of a ticket's id or of its subscriber's. */
  readonly find?: string | undefined;
  /** Soonest expected first in place of newest first. */
  readonly isByDue?: boolean | undefined;
}

export function writeTicket(sql: Sql, ticket: Ticket): void {
  const { id, status, incident, subscriber, expectedResolutionAt = never } = ticket;
  sql.run(
    `INSERT INTO tickets (id, status, incident, subscriber, record, due_at, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id)
     DO UPDATE SET status = excluded.status, incident = excluded.incident, subscriber = excluded.subscriber,
     record = excluded.record, due_at = excluded.due_at, asked_at = excluded.asked_at`,
    ...[id, status, incident, subscriber, JSON.stringify(ticket), expectedResolutionAt, askedAt(ticket)],
  );
}

/** Since when its oldest question waits. */
const askedAt = (ticket: Ticket): Instant | undefined =>
  isOver(ticket) ? undefined : ticket.questions?.find(({ answer }) => answer === undefined)?.at;

export function tickets(sql: Sql, query: TicketQuery): Page<Ticket> {
  const { incident, subscriber, statuses } = query;
  const records = recordConditions(query, { incident, subscriber, status: statuses });
  // What is repaired is expected no more, however late it was; who asks for such tickets by status has them.
  const isAwaited = query.due !== undefined && statuses === undefined;
  const parts = [records, dueBy(query.due), isAwaited ? awaited : undefined, named(sql, query.find)].filter(
    (part) => part !== undefined,
  );
  const where = parts.map((part) => `(${part.where})`).join(' AND ');
  const values = parts.flatMap((part) => part.values);
  if (query.isByDue === true) return byDue(sql, query, { where, values });
  return pageOf<RecordRow, Ticket>(sql, query, { from: 'tickets', where, values, item: recordIn<Ticket> });
}

interface Condition {
  readonly where: string;
  readonly values: readonly SqlValue[];
}

function dueBy(due: TicketQuery['due']): Condition | undefined {
  if (due === undefined) return undefined;
  return due === 'never' ? { where: 'due_at = ?', values: [never] } : { where: 'due_at < ?', values: [due] };
}

const repaired: readonly TicketStatus[] = ['resolved', ...endedStatuses];
const awaited: Condition = {
  where: `status NOT IN (${repaired.map(() => '?').join(', ')})`,
  values: repaired,
};

/** A range of the index in place of LIKE, which would look at every row. */
function named(sql: Sql, find: string | undefined): Condition | undefined {
  if (find === undefined || find === '') return undefined;
  const range = [find, `${find}\u{10ffff}`];
  const keys = sql
    .all<{ key: number }>('SELECT key FROM subscribers WHERE id >= ? AND id < ? LIMIT ?', ...range, mostNamed)
    .map(({ key }) => key);
  const of = conditions({ subscriber: keys });
  return { where: `(id >= ? AND id < ?) OR (${of.where})`, values: [...range, ...of.values] };
}

/** The cursor is the last one's time and row. */
function byDue(sql: Sql, query: TicketQuery, { where, values }: Condition): Page<Ticket> {
  const limit = Math.min(1_000, Math.max(1, Math.trunc(query.limit ?? 100) || 100));
  const [due = 0, row = 0] = (query.cursor ?? '').split('.').map((part) => Number(part) || 0);
  const rows = sql.all<RecordRow & { readonly due_at: number; readonly row: number }>(
    `SELECT * FROM tickets WHERE (${where}) AND (due_at, row) > (?, ?) ORDER BY due_at, row LIMIT ? OFFSET ?`,
    ...[...values, due, row, limit + 1, Math.max(0, Math.trunc(query.offset ?? 0) || 0)],
  );
  const total = sql.get<{ n: number }>(`SELECT count(*) AS n FROM tickets WHERE ${where}`, ...values)?.n ?? 0;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(recordIn<Ticket>),
    total,
    next: rows.length > limit && last !== undefined ? `${last.due_at}.${last.row}` : undefined,
  };
}

/** Tickets with a question that nobody has answered, the oldest question first; the cursor is its time and row. */
export function waitingTickets(sql: Sql, query: PageRequest): Page<Ticket> {
  const limit = Math.min(1_000, Math.max(1, Math.trunc(query.limit ?? 100) || 100));
  const [asked = 0, row = 0] = (query.cursor ?? '').split('.').map((part) => Number(part) || 0);
  const rows = sql.all<RecordRow & { readonly asked_at: number; readonly row: number }>(
    `SELECT * FROM tickets WHERE asked_at IS NOT NULL AND (asked_at, row) > (?, ?) ORDER BY asked_at, row LIMIT ?`,
    ...[instant(asked), row, limit + 1],
  );
  const total =
    sql.get<{ n: number }>('SELECT count(*) AS n FROM tickets WHERE asked_at IS NOT NULL')?.n ?? 0;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(recordIn<Ticket>),
    total,
    next: rows.length > limit && last !== undefined ? `${last.asked_at}.${last.row}` : undefined,
  };
}

export function ticketById(sql: Sql, id: string): Ticket | undefined {
  const row = sql.get<RecordRow>('SELECT * FROM tickets WHERE id = ?', id);
  return row === undefined ? undefined : recordIn<Ticket>(row);
}
