/** A ticket system behind TMF621 v4, we as its client: our ticket's id is the `externalId` there. */
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import { ticketStatuses } from '../../model/ticket.ts';
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
  isMoved,
  type MirrorChange,
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

export interface Tmf621Settings extends MirrorSettings {
  readonly kind: 'tmf621';
  /** Up to and with the version, e.g. `https://desk.example/tmf-api/troubleTicket/v4`. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: Secret | undefined;
}

interface Tmf621 {
  readonly caller: DeskCaller;
  readonly world: World;
  readonly statuses: StatusWords;
}

type Document = Readonly<Record<string, unknown>>;

/** The standard's words are ours. */
const shippedWords = Object.fromEntries(
  ticketStatuses.map((status) => [status, [status]]),
) as unknown as StatusWords;

const author = 'allclear';
const mostAtOnce = 50;
const mostPages = 20;

export function tmf621Desk(name: string, settings: Tmf621Settings, world: World): Desk {
  const { token, url } = settings;
  const caller = openDeskCaller({
    ...{ world, url, allowPrivate: settings.allowPrivate === true },
    headers: () => (token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
  });
  const desk: Tmf621 = { caller, world, statuses: statusWords(shippedWords, settings.statuses) };
  const system: MirrorSystem = {
    statuses: desk.statuses,
    keepsDue: true,
    read: (externals) =>
      gathered(externals, async (external) => {
        const read = await readTicket(desk, external);
        return isFailure(read) ? read : heldIn(read);
      }),
    find: (keys) =>
      gathered(keys, async (key) => {
        const found = await list(desk, { externalId: key });
        return isFailure(found) ? found : found.flatMap(heldIn);
      }),
    create: (tickets) => oneByOne<MirrorTicket, DeskOutcome>(tickets, (ticket) => create(desk, ticket)),
    update: (changes) =>
      oneByOne<(typeof changes)[number], DeskOutcome>(changes, (change) => update(desk, change)),
  };
  return {
    name,
    put: (tickets) => putMirrored(system, tickets),
    say: (notes) => oneByOne<DeskNote, DeskOutcome>(notes, (note) => say(desk, note)),
    news: (cursor) => news(desk, cursor),
    close: async () => caller.close(),
  };
}

async function update(desk: Tmf621, { held, ticket, status }: MirrorChange): Promise<DeskOutcome> {
  const relations = isMoved(ticket) ? await relationsOf(desk, held.external, ticket) : undefined;
  if (relations !== undefined && isFailure(relations)) return relations;
  const patch = {
    name: ticket.title,
    ...(held.due === ticket.due ? {} : { expectedResolutionDate: ticket.due ?? null }),
    ...(status === undefined ? {} : { status }),
    ...(relations === undefined ? {} : { troubleTicketRelationship: relations }),
  };
  return storedBy(await desk.caller.call('PATCH', path(held.external), patch), held.external);
}

/** A list is replaced as a whole (TMF630): what others put there stays. */
async function relationsOf(
  desk: Tmf621,
  external: string,
  { linked, parent }: MirrorTicket,
): Promise<readonly Document[] | DeskFailure> {
  const read = await readTicket(desk, external);
  if (isFailure(read)) return read;
  const others = recordsIn(read['troubleTicketRelationship']).filter(
    ({ id, relationshipType }) => relationshipType !== 'parent' || (id !== linked && id !== parent),
  );
  return parent === undefined ? others : [...others, { id: parent, relationshipType: 'parent' }];
}

const path = (external: string): string => `/troubleTicket/${encodeURIComponent(external)}`;

/** Empty where there is none. */
async function readTicket({ caller }: Tmf621, external: string): Promise<Document | DeskFailure> {
  const answer = await caller.call('GET', path(external));
  if (answer.kind !== 'answer') return answer;
  if (answer.status === 404) return {};
  return isRecord(answer.body) ? answer.body : garbage('ticket');
}

async function list(
  { caller }: Tmf621,
  asked: Readonly<Record<string, string>>,
): Promise<readonly Document[] | DeskFailure> {
  const query = new URLSearchParams({ ...asked, limit: String(mostAtOnce) });
  const answer = await caller.call('GET', `/troubleTicket?${query}`);
  if (answer.kind !== 'answer') return answer;
  return Array.isArray(answer.body) ? recordsIn(answer.body) : garbage('list of tickets');
}

function heldIn(document: Document): HeldTicket[] {
  const external = nameIn(document['id']);
  const { status, name } = document;
  if (external === undefined || typeof status !== 'string') return [];
  return [
    {
      ...{ external, status, key: nameIn(document['externalId']) },
      title: typeof name === 'string' ? name : undefined,
      due: secondsOf(document['expectedResolutionDate']),
    },
  ];
}

async function create({ caller, statuses }: Tmf621, ticket: MirrorTicket): Promise<DeskOutcome> {
  const { kind, status } = ticket.ticket;
  const answer = await caller.call('POST', '/troubleTicket', {
    ...{ externalId: ticket.key, name: ticket.title, description: ticket.description || ticket.title },
    // All three must be there (TMF621 v4, mandatory attributes); ours has no severity of its own.
    ...{ severity: 'indeterminate', ticketType: kind === 'incident' ? 'incident' : 'complaint' },
    status: statuses[status][0],
    ...(ticket.due === undefined ? {} : { expectedResolutionDate: ticket.due }),
    ...(ticket.parent === undefined
      ? {}
      : { troubleTicketRelationship: [{ id: ticket.parent, relationshipType: 'parent' }] }),
    ...(ticket.subscriber === undefined
      ? {}
      : { relatedParty: [{ id: ticket.subscriber.id, role: 'customer', '@referredType': 'Individual' }] }),
  });
  return madeBy(answer);
}

/** Notes are a list that a patch replaces whole, so that those of others go along. */
async function say(desk: Tmf621, { external, key, text }: DeskNote): Promise<DeskOutcome> {
  const ticket = await readTicket(desk, external);
  if (isFailure(ticket)) return ticket;
  if (ticket['id'] === undefined) return { kind: 'refused', reason: 'the ticket is gone' };
  const notes = recordsIn(ticket['note']);
  if (notes.some(({ id }) => id === key)) return { kind: 'stored', external };
  const date = new Date(desk.world.now()).toISOString();
  const note = [...notes, { id: key, author, date, text: plainText(text) }];
  return storedBy(await desk.caller.call('PATCH', path(external), { note }), external);
}

/**
 * In the order of the desk, which need not be that of time: where a call does not come to the end, the next one goes on from there,
 * and the time moves only once all has been seen.
 */
async function news(desk: Tmf621, cursor: string | undefined): Promise<DeskNews> {
  const now = new Date(desk.world.now()).toISOString();
  if (cursor === undefined) return { kind: 'news', items: [], cursor: now, isMore: false };
  const [since = cursor, from = '0', newest = ''] = cursor.split(' ');
  const items: DeskItem[] = [];
  const times = [newest];
  let offset = Number.parseInt(from, 10) || 0;
  for (let page = 0; page < mostPages; page++, offset += mostAtOnce) {
    const more = await list(desk, { 'lastUpdate.gt': since, offset: String(offset) });
    if (isFailure(more)) return more;
    items.push(...more.flatMap((document) => itemsOf(desk, document)));
    times.push(...more.flatMap(({ lastUpdate }) => (typeof lastUpdate === 'string' ? [lastUpdate] : [])));
    const last = newestOf(times);
    if (more.length < mostAtOnce)
      return { kind: 'news', items, cursor: cursorAfter(last, since, false), isMore: false };
  }
  return { kind: 'news', items, cursor: `${since} ${offset} ${newestOf(times) ?? ''}`, isMore: true };
}

/** As an instant: desks write them with the offsets of their zones. */
const newestOf = (times: readonly string[]): string | undefined =>
  times
    .filter((time) => !Number.isNaN(Date.parse(time)))
    .sort((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);

/** A note of the party whose ticket it is was written by the subscriber. */
function itemsOf({ statuses }: Tmf621, document: Document): DeskItem[] {
  const [held] = heldIn(document);
  if (held?.key === undefined) return [];
  const { external, status } = held;
  const customers = recordsIn(document['relatedParty'])
    .filter(({ role }) => role === 'customer')
    .flatMap(({ id, name }) => [nameIn(id), nameIn(name)]);
  const said = recordsIn(document['note']).flatMap((note): DeskItem[] => {
    const id = nameIn(note['id']);
    const by = nameIn(note['author']);
    if (id === undefined || by === author || typeof note['text'] !== 'string') return [];
    const isTheirs = by !== undefined && customers.includes(by);
    const text = plainText(note['text']).trim();
    const name = `${external}/${id}`;
    return text === ''
      ? []
      : [{ kind: 'said', external, key: held.key, id: name, by: isTheirs ? 'subscriber' : 'staff', text }];
  });
  return [...said, { kind: 'status', external, key: held.key, statuses: meaningsOf(statuses, status) }];
}
