/** Zammad over its REST API: one ticket a call, links at creation, changes by the time of the last update. */
import { days } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Desk, DeskFailure, DeskItem, DeskNews, DeskNote, DeskOutcome } from '../../ticket/desk.ts';
import {
  type DeskCaller,
  garbage,
  isRecord,
  madeBy,
  nameIn,
  openDeskCaller,
  plainText,
  recordsIn,
  storedBy,
} from './desk-call.ts';
import {
  cursorAfter,
  gathered,
  type HeldTicket,
  isFailure,
  type MirrorSettings,
  type MirrorSystem,
  type MirrorTicket,
  meaningsOf,
  oneByOne,
  putMirrored,
  type StatusWords,
  secondsOf,
  statusWords,
} from './mirror.ts';

export interface ZammadSettings extends MirrorSettings {
  readonly kind: 'zammad';
  readonly url: string;
  readonly token: Secret;
  readonly group: string;
  /** Address of the customer whose tickets those are that name no subscriber. */
  readonly customer: string;
  readonly keyField?: string | undefined;
  /** An attribute with date and time for the promise; none when left out. */
  readonly dueField?: string | undefined;
}

interface Zammad {
  readonly settings: ZammadSettings;
  readonly world: World;
  readonly caller: DeskCaller;
  readonly keyField: string;
  readonly statuses: StatusWords;
  /** Our own user there, once it was asked for. */
  me: string | undefined;
}

/** Shipped states; those named "pending" need a time. A closed ticket may be any that has ended for us. */
const shippedWords: StatusWords = {
  acknowledged: ['new', 'open'],
  inProgress: ['open'],
  pending: ['pending reminder'],
  held: ['pending reminder'],
  resolved: ['closed', 'pending close'],
  closed: ['closed'],
  rejected: ['closed'],
  cancelled: ['closed'],
};

const mostAtOnce = 50;
/** Of changes at one and the same instant, where the time alone leads no further. */
const mostPages = 20;
const mostArticles = 50;

export function zammadDesk(name: string, settings: ZammadSettings, world: World): Desk {
  const caller = openDeskCaller({
    ...{ world, url: `${settings.url.replace(/\/+$/, '')}/api/v1` },
    headers: () => ({ authorization: `Token token=${settings.token.reveal()}` }),
    allowPrivate: settings.allowPrivate === true,
  });
  const zammad: Zammad = {
    ...{ settings, world, caller, keyField: settings.keyField ?? 'allclear_key', me: undefined },
    statuses: statusWords(shippedWords, settings.statuses),
  };
  const system: MirrorSystem = {
    statuses: zammad.statuses,
    keepsDue: settings.dueField !== undefined,
    read: (externals) => gathered(externals, (external) => readTicket(zammad, external)),
    find: (keys) => gathered(keys, (key) => findTicket(zammad, key)),
    create: (tickets) => oneByOne<MirrorTicket, DeskOutcome>(tickets, (ticket) => create(zammad, ticket)),
    update: (changes) =>
      oneByOne<(typeof changes)[number], DeskOutcome>(
        changes,
        async ({ held: { external }, ticket, status }) => {
          const body = { title: ticket.title, ...statusIn(zammad, status, ticket), ...dueIn(zammad, ticket) };
          return storedBy(
            await caller.call('PUT', `/tickets/${encodeURIComponent(external)}`, body),
            external,
          );
        },
      ),
  };
  return {
    name,
    put: (tickets) => putMirrored(system, tickets),
    say: (notes) => oneByOne<DeskNote, DeskOutcome>(notes, (note) => say(zammad, note)),
    news: (cursor) => news(zammad, cursor),
    close: async () => caller.close(),
  };
}

interface ZammadTicket extends HeldTicket {
  readonly customer: string | undefined;
  readonly updatedAt: string | undefined;
}

async function readTicket(
  { caller, ...zammad }: Zammad,
  external: string,
): Promise<readonly ZammadTicket[] | DeskFailure> {
  const answer = await caller.call('GET', `/tickets/${encodeURIComponent(external)}?expand=true`);
  if (answer.kind !== 'answer') return answer;
  if (answer.status === 404) return [];
  return isRecord(answer.body) ? ticketIn(zammad, answer.body) : garbage('ticket');
}

/** By a condition, which the database answers: the words of a query are looked up in an index that lags behind. */
async function search(
  zammad: Zammad,
  asked: { readonly attribute: string; readonly operator: string; readonly value: string },
  { order, page = 1 }: { readonly order: string; readonly page?: number },
): Promise<readonly ZammadTicket[] | DeskFailure> {
  const condition = `condition[ticket.${asked.attribute}]`;
  const query = new URLSearchParams({
    ...{ expand: 'true', sort_by: order, order_by: 'asc' },
    ...{ limit: String(mostAtOnce), per_page: String(mostAtOnce), page: String(page) },
    ...{ [`${condition}[operator]`]: asked.operator, [`${condition}[value]`]: asked.value },
  });
  const answer = await zammad.caller.call('GET', `/tickets/search?${query}`);
  if (answer.kind !== 'answer') return answer;
  if (!Array.isArray(answer.body)) return garbage('list of tickets');
  return recordsIn(answer.body).flatMap((record) => ticketIn(zammad, record));
}

async function findTicket(zammad: Zammad, key: string): Promise<readonly ZammadTicket[] | DeskFailure> {
  const found = await search(
    zammad,
    { attribute: zammad.keyField, operator: 'is', value: key },
    { order: 'id' },
  );
  return isFailure(found) ? found : found.filter((one) => one.key === key && one.isMerged !== true);
}

function ticketIn(
  { keyField, settings }: Pick<Zammad, 'keyField' | 'settings'>,
  record: Readonly<Record<string, unknown>>,
): ZammadTicket[] {
  const external = nameIn(record['id']);
  const { state, title, customer } = record;
  if (external === undefined || typeof state !== 'string') return [];
  return [
    {
      ...{ external, status: state, key: nameIn(record[keyField]) },
      title: typeof title === 'string' ? title : undefined,
      due: settings.dueField === undefined ? undefined : secondsOf(record[settings.dueField]),
      ...(state === 'merged' ? { isMerged: true } : {}),
      customer: nameIn(customer),
      updatedAt: nameIn(record['updated_at']),
    },
  ];
}

async function create(zammad: Zammad, ticket: MirrorTicket): Promise<DeskOutcome> {
  const { settings, statuses, caller, keyField } = zammad;
  const isInternal = ticket.ticket.kind === 'incident';
  const answer = await caller.call('POST', '/tickets', {
    ...{ title: ticket.title, group: settings.group, [keyField]: ticket.key },
    customer_id: `guess:${ticket.subscriber?.email ?? settings.customer}`,
    ...statusIn(zammad, statuses[ticket.ticket.status][0], ticket),
    ...(ticket.due === undefined ? {} : dueIn(zammad, ticket)),
    // From the side of the new ticket: it is the child of that one.
    ...(ticket.parent === undefined ? {} : { links: { Ticket: { child: [Number(ticket.parent)] } } }),
    article: {
      ...{ subject: ticket.title, body: ticket.description || ticket.title, content_type: 'text/plain' },
      ...{ type: 'note', internal: isInternal },
    },
  });
  return madeBy(answer);
}

function statusIn({ world }: Zammad, state: string | undefined, { due }: MirrorTicket): object {
  if (state === undefined) return {};
  if (!state.startsWith('pending')) return { state };
  return { state, pending_time: due ?? new Date(world.now() + days(1)).toISOString() };
}

const dueIn = ({ settings }: Zammad, { due }: MirrorTicket): object =>
  settings.dueField === undefined ? {} : { [settings.dueField]: due ?? null };

async function articles(
  { caller }: Zammad,
  external: string,
): Promise<readonly Readonly<Record<string, unknown>>[] | DeskFailure> {
  const answer = await caller.call('GET', `/ticket_articles/by_ticket/${encodeURIComponent(external)}`);
  if (answer.kind !== 'answer') return answer;
  return answer.status !== 404 && !Array.isArray(answer.body)
    ? garbage('list of articles')
    : recordsIn(answer.body);
}

/** A reply goes by mail where the ticket's customer is a subscriber, else it stands in the ticket for him to see. */
async function say(zammad: Zammad, note: DeskNote): Promise<DeskOutcome> {
  const { external, key, audience, text } = note;
  const [held] = await readTicket(zammad, external).then((read) => (isFailure(read) ? [read] : read));
  if (held === undefined) return { kind: 'refused', reason: 'the ticket is gone' };
  if (isFailure(held)) return held;
  if (note.isRepeat) {
    const said = await articles(zammad, external);
    if (isFailure(said)) return said;
    if (said.some(({ subject }) => typeof subject === 'string' && subject.includes(`[${key}]`)))
      return { kind: 'stored', external };
  }
  const { customer } = held;
  const isMail =
    audience === 'subscriber' && customer?.includes('@') && customer !== zammad.settings.customer;
  const answer = await zammad.caller.call('POST', '/ticket_articles', {
    ...{
      ticket_id: Number(external),
      subject: `[${key}]`,
      body: plainText(text),
      content_type: 'text/plain',
    },
    ...(isMail === true ? { type: 'email', to: customer } : { type: 'note' }),
    internal: audience === 'staff',
  });
  return storedBy(answer, external);
}

async function news(zammad: Zammad, cursor: string | undefined): Promise<DeskNews> {
  const now = new Date(zammad.world.now()).toISOString();
  if (cursor === undefined) return { kind: 'news', items: [], cursor: now, isMore: false };
  const me = await ownId(zammad);
  if (typeof me !== 'string') return me;
  const changed = await changedSince(zammad, cursor);
  if (isFailure(changed)) return changed;
  const { found, isFull } = changed;
  const items: DeskItem[] = [];
  for (const { key, external, status, isMerged } of found) {
    if (key === undefined || isMerged === true) continue;
    const said = await articles(zammad, external);
    // What is too large, or not for us, must not keep the news of all other tickets away.
    if (isFailure(said) && said.kind === 'retry') return said;
    if (!isFailure(said))
      items.push(...said.slice(-mostArticles).flatMap((article) => itemOf(article, { external, key }, me)));
    items.push({ kind: 'status', external, key, statuses: meaningsOf(zammad.statuses, status) });
  }
  return {
    kind: 'news',
    items,
    cursor: cursorAfter(found.at(-1)?.updatedAt, cursor, isFull),
    isMore: isFull,
  };
}

/**
 * A page, and where all of it changed at one instant those that follow. What shares the last instant of a full page comes with the
 * next call: the time is all that leads on, and more of them may be behind the page.
 */
async function changedSince(
  zammad: Zammad,
  cursor: string,
): Promise<{ readonly found: readonly ZammadTicket[]; readonly isFull: boolean } | DeskFailure> {
  const asked = { attribute: 'updated_at', operator: 'after (absolute)', value: cursor };
  const found: ZammadTicket[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const more = await search(zammad, asked, { order: 'updated_at', page });
    if (isFailure(more)) return more;
    found.push(...more);
    if (more.length < mostAtOnce) return { found, isFull: false };
    const last = found.at(-1)?.updatedAt;
    const before = found.filter(({ updatedAt }) => updatedAt !== last);
    if (before.length > 0) return { found: before, isFull: true };
  }
  return { found, isFull: true };
}

function itemOf(
  article: Readonly<Record<string, unknown>>,
  ticket: { readonly external: string; readonly key: string },
  me: string,
): DeskItem[] {
  const { id, created_by_id: by, sender, body, content_type: type } = article;
  const name = nameIn(id);
  if (name === undefined || nameIn(by) === me || sender === 'System' || typeof body !== 'string') return [];
  const words = type === 'text/html' ? body.replace(/<[^<>]{0,2000}>/g, ' ') : body;
  const text = plainText(words).trim();
  if (text === '') return [];
  return [{ kind: 'said', ...ticket, id: name, by: sender === 'Customer' ? 'subscriber' : 'staff', text }];
}

async function ownId(zammad: Zammad): Promise<string | DeskFailure> {
  if (zammad.me !== undefined) return zammad.me;
  const answer = await zammad.caller.call('GET', '/users/me');
  if (answer.kind !== 'answer') return answer;
  zammad.me = isRecord(answer.body) ? nameIn(answer.body['id']) : undefined;
  return zammad.me ?? garbage('id of our own user');
}
