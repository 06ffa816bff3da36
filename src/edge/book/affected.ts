/** Those whom an incident touches, page by page: who they are, masked, what they were told of it, and which ticket they have. */
import { type Instant, instant } from '../../base/instant.ts';
import type { Range } from '../../base/ranges.ts';
import type { SubscriberKey, TicketId } from '../../model/ids.ts';
import type { SubscriberClass } from '../../model/incident.ts';
import type { NoticeState, SuppressReason, Tell } from '../../model/notice.ts';
import { isOver, type Ticket, type TicketStatus } from '../../model/ticket.ts';
import { maskPhone, maskText } from './masks.ts';
import type { SubscriberContact } from './records.ts';
import { servicesOf } from './services.ts';
import type { Sql } from './sql.ts';
import type { StoredSubscriber } from './subscribers.ts';
import type { Vault } from './vault.ts';

/** The words that say that it is out. */
const firstWords = "('detected', 'overnight')";
/** Tells of one incident that are looked through for why somebody has no notice. */
const mostTells = 1_000;

export interface AffectedPerson {
  readonly key: SubscriberKey;
  readonly id: string;
  readonly class: SubscriberClass;
  readonly resource: string;
  /** Masked; absent where they were erased, or the list gave none. */
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly services: readonly string[];
  /** The notice that says that it is out; of several the one that came furthest. */
  readonly told?: ToldPerson | undefined;
  readonly ticket?: { readonly id: TicketId; readonly status: TicketStatus } | undefined;
}

export interface ToldPerson {
  readonly state: NoticeState;
  readonly reason?: string | undefined;
  readonly channel: string;
  readonly at: Instant;
}

/** In the order of the keys; those whom the book never had are left out. */
export function affectedPeople(
  sql: Sql,
  vault: Vault,
  asked: { readonly incident: string; readonly keys: readonly number[]; readonly now: number },
): readonly AffectedPerson[] {
  const { incident, keys, now } = asked;
  const rows = sql.all<StoredSubscriber>(
    'SELECT s.* FROM json_each(?) AS wanted JOIN subscribers AS s ON s.key = wanted.value ORDER BY wanted.key',
    JSON.stringify(keys),
  );
  const told = toldOf(sql, incident, keys);
  const tickets = ticketsOf(sql, incident, keys);
  return rows.map((row) => {
    const { key, resource, data_key: dataKey, contact: sealed } = row;
    const contact =
      dataKey === undefined || sealed === undefined
        ? undefined
        : (JSON.parse(vault.open(dataKey, sealed)) as SubscriberContact);
    const services = servicesOf(sql, { key, resource, services: row.services, now });
    return {
      ...{ key, id: row.id, class: row.class, resource },
      name: contact?.name === undefined ? undefined : maskText(contact.name),
      phone: contact?.phone === undefined ? undefined : maskPhone(contact.phone),
      services: [...new Set(services.map(({ service }) => service))],
      told: told.get(key),
      ticket: tickets.get(key),
    };
  });
}

/** How far a notice came, the furthest first. */
const progress: readonly NoticeState[] = [
  'delivered',
  'sent',
  'uncertain',
  'sending',
  'queued',
  'held',
  'failed',
  'expired',
  'suppressed',
];

/** With what was told of those that became part of it. */
function toldOf(sql: Sql, incident: string, keys: readonly number[]): ReadonlyMap<number, ToldPerson> {
  const rows = sql.all<{
    subscriber: number;
    state: NoticeState;
    reason?: string | undefined;
    channel: string;
    at: number;
  }>(
    `SELECT n.subscriber, n.state, n.reason, n.channel, coalesce(n.sent_at, n.created_at) AS at
     FROM (SELECT ? AS id UNION ALL SELECT id FROM incidents WHERE state = 'merged' AND record ->> 'into' = ?) AS i
     CROSS JOIN json_each(?) AS wanted
     JOIN notices AS n ON n.incident = i.id AND n.subscriber = wanted.value AND n.type IN ${firstWords}`,
    ...[incident, incident, JSON.stringify(keys)],
  );
  const best = new Map<number, ToldPerson>();
  for (const { subscriber, at, ...row } of rows) {
    const held = best.get(subscriber);
    if (held === undefined || progress.indexOf(row.state) < progress.indexOf(held.state))
      best.set(subscriber, { ...row, at: instant(at) });
  }
  return best;
}

/** Their tickets about it; an open one before those that are over. */
function ticketsOf(sql: Sql, incident: string, keys: readonly number[]) {
  const rows = sql.all<{ subscriber: number; id: TicketId; status: TicketStatus }>(
    `SELECT t.subscriber, t.id, t.status FROM json_each(?) AS wanted
     JOIN tickets AS t ON t.incident = ? AND t.subscriber = wanted.value ORDER BY t.row`,
    ...[JSON.stringify(keys), incident],
  );
  const found = new Map<number, Pick<Ticket, 'id' | 'status'>>();
  for (const { subscriber, ...ticket } of rows) {
    const held = found.get(subscriber);
    if (held === undefined || isOver(held)) found.set(subscriber, ticket);
  }
  return found;
}

/** Why nobody wrote a notice for them: the line left them out, or it is planned and has not come to them. */
export type Unwritten = SuppressReason | 'leftOut' | 'queued';

/** Of numbers of that topology version, each in its place; undefined: no notice was planned for it yet. */
export function unwrittenOf(
  sql: Sql,
  asked: {
    readonly incident: string;
    readonly topologyVersion: number;
    readonly numbers: readonly number[];
  },
): readonly (Unwritten | undefined)[] {
  const { incident, topologyVersion, numbers } = asked;
  const lowest = Math.min(...numbers);
  const highest = Math.max(...numbers);
  const rows = sql.all<{ tell: string; next: number; state: string }>(
    `SELECT tell, next, state FROM tells WHERE incident = ? AND type IN ${firstWords} AND tell ->> 'topologyVersion' = ?
       AND tell ->> 'from' <= ? AND tell ->> 'to' > ? ORDER BY row LIMIT ?`,
    ...[incident, topologyVersion, highest, lowest, mostTells],
  );
  const found = new Map<number, Unwritten>();
  for (const { tell: text, next, state } of rows) {
    const tell = JSON.parse(text) as Tell;
    const left = new Set(tell.except);
    // Which of several reasons was whose is not kept.
    const reasons = Object.keys(tell.suppressed) as SuppressReason[];
    const why = reasons.length === 1 ? reasons[0]! : 'leftOut';
    for (const number of numbers) {
      if (number < tell.from || number >= tell.to) continue;
      if (left.has(number)) found.set(number, why);
      else if (state === 'open' && number >= next) found.set(number, 'queued');
    }
  }
  return numbers.map((number) => found.get(number));
}

/** A revision of the affected set, with whom it touched. */
export interface RevisionRanges {
  readonly revision: number;
  readonly at: Instant;
  /** False: it was measured on another network than the one before. */
  readonly isComparable: boolean;
  readonly ranges: readonly Range[];
}

/** The newest one before that revision. */
export function revisionBefore(
  sql: Sql,
  { incident, revision }: { readonly incident: string; readonly revision: number },
): RevisionRanges | undefined {
  const row = sql.get<{ revision: number; at: number; joined: number; gone: number; ranges: string }>(
    'SELECT * FROM impact_revisions WHERE incident = ? AND revision < ? ORDER BY revision DESC LIMIT 1',
    ...[incident, revision],
  );
  if (row === undefined) return undefined;
  const { at, joined, gone, ranges } = row;
  return {
    ...{ revision: row.revision, at: instant(at), isComparable: joined > 0 || gone > 0 },
    ranges: JSON.parse(ranges) as readonly Range[],
  };
}
