/** Request Tracker 5 over REST 2.0: tickets made, moved and answered in bulk, changes read from its transactions. */
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Desk, DeskFailure, DeskNote, DeskOutcome } from '../../ticket/desk.ts';
import { refusedUrl } from '../net/address-guard.ts';
import {
  type DeskCaller,
  garbage,
  isRecord,
  nameIn,
  oneLine,
  openDeskCaller,
  plainText,
  recordsIn,
} from './desk-call.ts';
import {
  type HeldTicket,
  isFailure,
  type MirrorChange,
  type MirrorSettings,
  type MirrorSystem,
  type MirrorTicket,
  putMirrored,
  type StatusWords,
  statusWords,
} from './mirror.ts';
import { requestTrackerNews } from './request-tracker-news.ts';

export interface RequestTrackerSettings extends MirrorSettings {
  readonly kind: 'requestTracker';
  /** Without `/REST/2.0`. */
  readonly url: string;
  readonly queue: string;
  /** Whom it lets in; changes by that name are our own. */
  readonly user: string;
  /** One of both. */
  readonly password?: Secret | undefined;
  readonly token?: Secret | undefined;
  readonly keyField?: string | undefined;
}

export interface Tracker {
  readonly settings: RequestTrackerSettings;
  readonly caller: DeskCaller;
  readonly keyField: string;
  readonly statuses: StatusWords;
  /** Whether the queue has the field, once it was seen. */
  hasField: boolean;
}

/** The lifecycle that it is shipped with. It has no word for a ticket that waits to be confirmed. */
const shippedWords: StatusWords = {
  acknowledged: ['new', 'open'],
  inProgress: ['open'],
  pending: ['stalled'],
  held: ['stalled'],
  resolved: ['resolved'],
  closed: ['resolved'],
  rejected: ['rejected'],
  cancelled: ['rejected', 'deleted'],
};

export function requestTrackerRefusal(settings: RequestTrackerSettings): string | undefined {
  if (settings.token === undefined && settings.password === undefined)
    return 'a password or a token is missing';
  return refusedUrl(settings.url, settings.allowPrivate);
}

export function requestTrackerDesk(name: string, settings: RequestTrackerSettings, world: World): Desk {
  const caller = openDeskCaller({
    ...{ world, url: `${settings.url.replace(/\/+$/, '')}/REST/2.0` },
    headers: () => ({ authorization: authorization(settings) }),
    allowPrivate: settings.allowPrivate === true,
  });
  const tracker: Tracker = {
    ...{ settings, caller, keyField: settings.keyField ?? 'allclear', hasField: false },
    statuses: statusWords(shippedWords, settings.statuses),
  };
  const system: MirrorSystem = {
    statuses: tracker.statuses,
    keepsDue: true,
    read: (externals) => readTickets(tracker, externals),
    find: (keys) => findTickets(tracker, keys),
    create: (tickets) => createTickets(tracker, tickets),
    update: (changes) => updateTickets(tracker, changes),
  };
  return {
    name,
    put: (tickets) => putMirrored(system, tickets),
    say: (notes) => sayNotes(tracker, notes),
    news: (cursor) => requestTrackerNews(tracker, cursor),
    close: async () => caller.close(),
  };
}

function authorization({ token, user, password }: RequestTrackerSettings): string {
  if (token !== undefined) return `token ${token.reveal()}`;
  return `Basic ${Buffer.from(`${user}:${password!.reveal()}`).toString('base64')}`;
}

/** All that match, at most a hundred: more were never asked for. */
export async function searchTracker(
  { caller }: Pick<Tracker, 'caller'>,
  what: 'tickets' | 'transactions' | 'attachments',
  asked: Readonly<Record<string, string>>,
): Promise<readonly Readonly<Record<string, unknown>>[] | DeskFailure> {
  const answer = await caller.call('GET', `/${what}?${new URLSearchParams({ per_page: '100', ...asked })}`);
  if (answer.kind !== 'answer') return answer;
  const items = isRecord(answer.body) ? answer.body['items'] : undefined;
  return Array.isArray(items) ? recordsIn(items) : garbage('items');
}

const heldFields = 'Status,Subject,Due,CustomFields,Requestor';

export async function readTickets(
  tracker: Tracker,
  externals: readonly string[],
): Promise<readonly TrackedTicket[] | DeskFailure> {
  const ids = externals.filter((external) => /^\d{1,18}$/.test(external));
  if (ids.length === 0) return [];
  const query = ids.map((id) => `id = ${id}`).join(' OR ');
  const items = await searchTracker(tracker, 'tickets', { query, fields: heldFields });
  if (isFailure(items)) return items;
  const held = items.flatMap((item) => trackedIn(tracker, item));
  // A search leaves out what was merged; asked for by its id it answers as the other.
  for (const id of ids.filter((asked) => !held.some(({ external }) => external === asked))) {
    const answer = await tracker.caller.call('GET', `/ticket/${id}`);
    if (answer.kind !== 'answer') return answer;
    if (!isRecord(answer.body) || nameIn(answer.body['id']) === id) continue;
    for (const other of trackedIn(tracker, answer.body))
      held.push({ ...other, external: id, isMerged: true });
  }
  return held;
}

async function findTickets(
  tracker: Tracker,
  keys: readonly string[],
): Promise<readonly HeldTicket[] | DeskFailure> {
  const failure = await fieldMissing(tracker);
  if (failure !== undefined) return failure;
  const query = keys.map((key) => `'CF.{${quoted(tracker.keyField)}}' = '${quoted(key)}'`).join(' OR ');
  const asked = { query, fields: heldFields, orderby: 'id', order: 'ASC' };
  const items = await searchTracker(tracker, 'tickets', asked);
  return isFailure(items) ? items : items.flatMap((item) => trackedIn(tracker, item));
}

/** A field that the queue does not have is dropped without a word, and each try would make one more ticket. */
async function fieldMissing(tracker: Tracker): Promise<DeskFailure | undefined> {
  if (tracker.hasField) return undefined;
  const { queue } = tracker.settings;
  const answer = await tracker.caller.call('GET', `/queue/${encodeURIComponent(queue)}`);
  if (answer.kind !== 'answer') return answer;
  if (!isRecord(answer.body)) return { kind: 'refused', reason: `there is no queue "${queue}"` };
  const fields = recordsIn(answer.body['TicketCustomFields']).map(({ name }) => name);
  tracker.hasField = fields.includes(tracker.keyField);
  if (tracker.hasField) return undefined;
  const reason = `tickets of the queue "${queue}" have no custom field "${tracker.keyField}"`;
  return { kind: 'refused', reason };
}

export interface TrackedTicket extends HeldTicket {
  readonly requestors: readonly string[];
}

function trackedIn(tracker: Tracker, item: Readonly<Record<string, unknown>>): TrackedTicket[] {
  const external = nameIn(item['id']);
  const { Status: status, Subject: title, Due: due } = item;
  if (external === undefined || typeof status !== 'string') return [];
  const field = recordsIn(item['CustomFields']).find(({ name }) => name === tracker.keyField);
  const values = field?.['values'];
  return [
    {
      ...{ external, status, key: Array.isArray(values) ? nameIn(values[0]) : undefined },
      title: typeof title === 'string' ? title : undefined,
      // No time is the beginning of time.
      due: typeof due === 'string' && !due.startsWith('1970-') ? due : undefined,
      requestors: recordsIn(item['Requestor']).flatMap(({ id }) => nameIn(id) ?? []),
    },
  ];
}

/** Of another form only the creation understands it: an update would store what nobody can read. */
const dueForm = (due: string | undefined): string =>
  due === undefined ? '1970-01-01 00:00:00' : due.replace('T', ' ').replace('Z', '');

async function createTickets(
  tracker: Tracker,
  tickets: readonly MirrorTicket[],
): Promise<readonly DeskOutcome[]> {
  const { settings, keyField, statuses, caller } = tracker;
  const body = tickets.map(({ key, title, description, due, parent, subscriber, ticket }) => ({
    ...{ Queue: settings.queue, Subject: title, Content: description, ContentType: 'text/plain' },
    ...{ Status: statuses[ticket.status][0], CustomFields: { [keyField]: key } },
    Requestor: subscriber?.email ?? '',
    ...(due === undefined ? {} : { Due: dueForm(due) }),
    ...(parent === undefined ? {} : { MemberOf: [parent] }),
  }));
  const answer = await caller.call('POST', '/tickets/bulk', body);
  if (answer.kind !== 'answer') return tickets.map(() => answer);
  // By place: what is no record must not give one ticket the number of the next.
  const made: readonly unknown[] = Array.isArray(answer.body) ? answer.body : [];
  return tickets.map((_ticket, index) => {
    const one = made[index];
    const { id, message } = isRecord(one) ? one : {};
    const external = nameIn(id);
    if (external !== undefined) return { kind: 'stored', external };
    return typeof message === 'string' ? { kind: 'refused', reason: oneLine(message, 200) } : garbage('id');
  });
}

/** Its answers are sentences in the language of the user, so that what became of a status is read again. */
async function updateTickets(
  tracker: Tracker,
  changes: readonly MirrorChange[],
): Promise<readonly DeskOutcome[]> {
  const body = changes.map(({ held, ticket, status }) => ({
    ...{ id: held.external, Subject: ticket.title },
    ...(held.due === ticket.due ? {} : { Due: dueForm(ticket.due) }),
    ...(status === undefined ? {} : { Status: status }),
    ...linksOf(ticket),
  }));
  const answer = await tracker.caller.call('PUT', '/tickets/bulk', body);
  if (answer.kind !== 'answer') return changes.map(() => answer);
  const messages = new Map<unknown, readonly unknown[]>(
    Array.isArray(answer.body) ? answer.body.filter(Array.isArray).map(([id, ...said]) => [id, said]) : [],
  );
  const moved = changes.filter(({ status }) => status !== undefined);
  const now = await readTickets(
    tracker,
    moved.map(({ held }) => held.external),
  );
  if (isFailure(now)) return changes.map(() => now);
  const statusOf = new Map(now.map(({ external, status }) => [external, status]));
  return changes.map(({ held: { external }, status }) => {
    if (status === undefined || statusOf.get(external) === status) return { kind: 'stored', external };
    const said = oneLine((messages.get(external) ?? []).join(' '), 200);
    return { kind: 'refused', reason: `the status did not become "${status}": ${said}` };
  });
}

/** What its own people linked it to stays. One that is there already, or there no more, is no mistake. */
const linksOf = ({ parent, linked }: MirrorTicket): object => ({
  ...(parent === linked || parent === undefined ? {} : { AddMemberOf: [parent] }),
  ...(parent === linked || linked === undefined ? {} : { DeleteMemberOf: [linked] }),
});

/** A reply would open a ticket that is resolved, so that the status it has goes along. */
async function sayNotes(tracker: Tracker, notes: readonly DeskNote[]): Promise<readonly DeskOutcome[]> {
  const read = await readTickets(tracker, [...new Set(notes.map(({ external }) => external))]);
  if (isFailure(read)) return notes.map(() => read);
  const statusOf = new Map(read.map(({ external, status }) => [external, status]));
  const outcomes = new Map<string, DeskOutcome>();
  for (const note of notes) {
    if (!statusOf.has(note.external))
      outcomes.set(note.key, { kind: 'refused', reason: 'the ticket is gone' });
    else if (note.isRepeat) {
      const said = await wasSaid(tracker, note);
      if (said !== undefined) outcomes.set(note.key, said);
    }
  }
  for (const audience of ['subscriber', 'staff'] as const) {
    const open = notes.filter((note) => note.audience === audience && !outcomes.has(note.key));
    if (open.length === 0) continue;
    const body = open.map(({ external, text, key }) => ({
      ...{ id: external, Content: plainText(text), ContentType: 'text/plain', Subject: `[${key}]` },
      ...(statusOf.get(external) === 'new' ? {} : { Status: statusOf.get(external) }),
    }));
    const path = audience === 'subscriber' ? '/tickets/bulk/correspond' : '/tickets/bulk/comment';
    const answer = await tracker.caller.call('POST', path, body);
    // Whoever may not write there is answered with 2xx and a sentence, so that what became of the texts is read again.
    const held = answer.kind === 'answer' ? await subjectsOf(tracker, audience, open) : answer;
    for (const note of open)
      outcomes.set(note.key, isFailure(held) ? held : (storedIn(held, note) ?? unseen));
  }
  return notes.map(({ key }) => outcomes.get(key)!);
}

const unseen: DeskFailure = { kind: 'retry', reason: 'the text is not seen there: may the user write it?' };

async function wasSaid(tracker: Tracker, note: DeskNote): Promise<DeskOutcome | undefined> {
  const held = await subjectsOf(tracker, note.audience, [note]);
  return isFailure(held) ? held : storedIn(held, note);
}

/** Each text carries its key as its subject. */
const storedIn = (subjects: readonly string[], { key, external }: DeskNote): DeskOutcome | undefined =>
  subjects.some((subject) => subject.includes(`[${key}]`)) ? { kind: 'stored', external } : undefined;

/** Of the latest texts on those tickets. */
async function subjectsOf(
  tracker: Tracker,
  audience: DeskNote['audience'],
  notes: readonly DeskNote[],
): Promise<readonly string[] | DeskFailure> {
  const type = audience === 'subscriber' ? 'Correspond' : 'Comment';
  const tickets = [...new Set(notes.map(({ external }) => `ObjectId = ${external}`))].join(' OR ');
  const query = `ObjectType = 'RT::Ticket' AND Type = '${type}' AND (${tickets})`;
  const asked = { query, fields: 'Data', orderby: 'id', order: 'DESC' };
  const found = await searchTracker(tracker, 'transactions', asked);
  if (isFailure(found)) return found;
  return found.flatMap(({ Data: data }) => (typeof data === 'string' ? [data] : []));
}

export const quoted = (text: string): string => text.replace(/[\\']/g, '\\$&');
