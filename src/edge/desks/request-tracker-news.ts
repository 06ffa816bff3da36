/**
 * What others did to our tickets in Request Tracker, from its transactions. The cursor is the number of the last one seen and, of those
 * shortly before it, the ones that were seen: their numbers are given when they begin, and one may end after its successors.
 */
import type { DeskFailure, DeskItem, DeskNews } from '../../ticket/desk.ts';
import { isRecord, nameIn, plainText } from './desk-call.ts';
import { isFailure, meaningsOf } from './mirror.ts';
import { quoted, readTickets, searchTracker, type TrackedTicket, type Tracker } from './request-tracker.ts';

/** Transactions a call: each text among them costs one more. */
const mostAtOnce = 50;
/** How far below the last one somebody may still be at work. */
const overlap = 50;
/** The user that rules of the system itself act as. */
const systemUser = 'RT_System';

interface Deed {
  readonly id: string;
  readonly ticket: string;
  readonly type: 'Status' | 'Correspond' | 'Comment';
  readonly by: string;
}

/**
 * Of a ticket that somebody else touched its status as it stands now counts, so that there and back again is nothing. What the
 * system's own rules did follows from what a person did, or from us.
 */
export async function requestTrackerNews(tracker: Tracker, cursor: string | undefined): Promise<DeskNews> {
  const me = tracker.settings.user;
  const before = cursor === undefined ? undefined : placeIn(cursor);
  if (before === undefined) return newest(tracker);
  const query = `${ofQueue(tracker)} AND id > ${before.from} AND (Type = 'Status' OR Type = 'Correspond' OR Type = 'Comment')`;
  const perPage = mostAtOnce + overlap;
  const fields = { fields: 'Type,ObjectId,Creator', orderby: 'id', order: 'ASC', per_page: `${perPage}` };
  const found = await searchTracker(tracker, 'transactions', { query, ...fields });
  if (isFailure(found)) return found;
  const listed = found.flatMap(deedIn);
  const all = listed.filter(({ id }) => !before.seen.has(id));
  const others = all.filter(({ by }) => by !== me && by !== systemUser);
  const tickets = await readTickets(tracker, [...new Set(others.map(({ ticket }) => ticket))]);
  if (isFailure(tickets)) return tickets;
  const ours = new Map(
    tickets.filter(({ key }) => key !== undefined).map((ticket) => [ticket.external, ticket]),
  );
  const items = await itemsOf(tracker, others, ours);
  if (isFailure(items)) return items;
  return { kind: 'news', items, cursor: cursorOf(listed, before), isMore: found.length === perPage };
}

interface Place {
  readonly last: number;
  /** Everything up to it is over. */
  readonly from: number;
  readonly seen: ReadonlySet<string>;
}

/** `LAST`, or `LAST:FROM:SEEN,SEEN..`. undefined: none of ours. */
function placeIn(cursor: string): Place | undefined {
  const [, last, from = last, seen] = /^(\d{1,15})(?::(\d{1,15}):([\d,]{0,2000}))?$/.exec(cursor) ?? [];
  if (last === undefined) return undefined;
  return { last: Number(last), from: Number(from), seen: new Set(seen?.split(',')) };
}

function cursorOf(listed: readonly Deed[], before: Place): string {
  const numbers = listed.map(({ id }) => Number(id));
  const last = Math.max(before.last, ...numbers);
  const from = Math.max(before.from, last - overlap);
  return `${last}:${from}:${numbers.filter((number) => number > from).join(',')}`;
}

async function itemsOf(
  tracker: Tracker,
  deeds: readonly Deed[],
  tickets: ReadonlyMap<string, TrackedTicket>,
): Promise<readonly DeskItem[] | DeskFailure> {
  const items: DeskItem[] = [];
  const moved = new Set<string>();
  for (const { id, ticket: external, type, by } of deeds) {
    const ticket = tickets.get(external);
    if (ticket === undefined || ticket.isMerged === true) continue;
    if (type !== 'Comment') moved.add(external);
    if (type === 'Status') continue;
    const text = await textOf(tracker, id);
    if (typeof text !== 'string') return text;
    const isTheirs = ticket.requestors.includes(by);
    if (text !== '')
      items.push({
        kind: 'said',
        external,
        key: ticket.key,
        id,
        by: isTheirs ? 'subscriber' : 'staff',
        text,
      });
  }
  for (const external of moved) {
    const { status, key } = tickets.get(external)!;
    items.push({ kind: 'status', external, key, statuses: meaningsOf(tracker.statuses, status) });
  }
  return items;
}

const ofQueue = ({ settings }: Tracker): string =>
  `ObjectType = 'RT::Ticket' AND TicketQueue = '${quoted(settings.queue)}'`;

/** Nothing is told of what was before us. */
async function newest(tracker: Tracker): Promise<DeskNews> {
  const asked = { query: ofQueue(tracker), orderby: 'id', order: 'DESC', per_page: '1' };
  const found = await searchTracker(tracker, 'transactions', asked);
  if (isFailure(found)) return found;
  return { kind: 'news', items: [], cursor: nameIn(found[0]?.['id']) ?? '0', isMore: false };
}

function deedIn(item: Readonly<Record<string, unknown>>): Deed[] {
  const id = nameIn(item['id']);
  const ticket = nameIn(item['ObjectId']);
  const by = isRecord(item['Creator']) ? nameIn(item['Creator']['id']) : undefined;
  const type = item['Type'];
  if (id === undefined || ticket === undefined || by === undefined) return [];
  return type === 'Status' || type === 'Correspond' || type === 'Comment' ? [{ id, ticket, type, by }] : [];
}

/** Stands for words that are too large to be read, or not for us: somebody has to look there. */
const unread = '[…]';

/**
 * Plain text if there is some, else what a page of it says; empty for an attachment alone. What the parts are is asked first: a
 * photograph beside three words is larger than any answer that is read.
 */
async function textOf(tracker: Tracker, transaction: string): Promise<string | DeskFailure> {
  const parts = await attachments(tracker, 'TransactionId', { value: transaction, fields: 'ContentType' });
  if (isFailure(parts)) return parts.kind === 'refused' ? unread : parts;
  const ofType = (type: string) =>
    parts.filter(({ ContentType: held }) => typeof held === 'string' && held.startsWith(type));
  const [part] = [...ofType('text/plain'), ...ofType('text/html')];
  const id = nameIn(part?.['id']);
  if (part === undefined || id === undefined) return '';
  const held = await attachments(tracker, 'id', { value: id, fields: 'Content' });
  if (isFailure(held)) return held.kind === 'refused' ? unread : held;
  const content = held[0]?.['Content'];
  const isPage = String(part['ContentType']).startsWith('text/html');
  if (typeof content !== 'string') return '';
  return plainText(isPage ? content.replace(/<[^<>]{0,2000}>/g, ' ') : content).trim();
}

const attachments = (
  tracker: Tracker,
  field: 'TransactionId' | 'id',
  { value, fields }: { readonly value: string; readonly fields: string },
) =>
  searchTracker(tracker, 'attachments', { query: JSON.stringify([{ field, value }]), fields, orderby: 'id' });
