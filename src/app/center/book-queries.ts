/** The front's questions, answered from the book and the device board. */
import { instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { IncidentRecord, LinkRecord, NoticeRecord, SubscriberRecord } from '../../edge/book/records.ts';
import type {
  BookQueries,
  IncidentView,
  LinkView,
  Listed,
  NoticeView,
  PageRequest,
  SubscriberView,
  TicketView,
  WaitingQuestion,
} from '../../edge/http/ports.ts';
import type { Confirmation } from '../../model/confirmation.ts';
import { confirmationId, type IncidentId, isOfWorks, type SubscriberKey } from '../../model/ids.ts';
import type { Incident } from '../../model/incident.ts';
import { lossesAt } from '../../model/lost-minutes.ts';
import type { Task } from '../../model/task.ts';
import { isOver, type Ticket } from '../../model/ticket.ts';
import { defaultPolicy } from '../config/policy.ts';
import { affectedLists } from './affected-list.ts';
import type { DeviceBoard } from './device-board.ts';
import { levelsOf, type OwnLines, ownLines, type PlacedPeople } from './levels.ts';

/** What the API calls open, resolved and closed. */
const statesOf: Readonly<Record<'open' | 'resolved' | 'closed', readonly Incident['state'][]>> = {
  open: ['open', 'uncertain', 'mitigated'],
  resolved: ['resolved'],
  closed: ['closed'],
};

const mostWords = 200;

export interface QueryOptions {
  readonly book: Book;
  readonly devices: DeviceBoard;
  readonly world: World;
  /** The incident that covers a subscriber now. */
  readonly incidentOf: (subscriber: SubscriberKey) => IncidentId | undefined;
  /** Subscribers as they stand in the network in force. */
  readonly placed?: (() => PlacedPeople | undefined) | undefined;
  /** Whose telephone numbers are written without their code. */
  readonly country?: (() => string | undefined) | undefined;
  /** How long a question may wait, as policy promises. */
  readonly answerWithinMs: () => number;
}

export function bookQueries(options: QueryOptions): BookQueries {
  const { book, world, placed = () => undefined, country = () => undefined } = options;
  const own = ownLines(book, () => world.now());
  return {
    ...recordQueries({ ...options, placed }, own),
    ...affectedLists({ book, own, placed, country }),
    ...peopleQueries(options),
    ...deviceQueries(options.devices),
    counters: () => ({ ...own.counters }),
  };
}

function recordQueries(
  { book, world, answerWithinMs, placed }: QueryOptions & Required<Pick<QueryOptions, 'placed'>>,
  own: OwnLines,
) {
  const idOf = subscriberNames(book);
  return {
    incidents: async (state, page) => {
      const states = state === undefined ? undefined : statesOf[state];
      return mapPage(await book.incidents({ ...page, states }), (record) => withLosses(record, world));
    },
    incident: async (id) => {
      const record = await book.incident(id);
      if (record === undefined) return undefined;
      const levels = await levelsOf(record, own, placed?.());
      return { ...withLosses(record, world), revisions: await book.impactRevisions(id), levels };
    },
    alarms: (filter, page) => book.alarms({ ...page, ...filter }),
    alarm: (id) => book.alarm(id),
    storeNote: async (text) => {
      const id = Buffer.from(world.randomBytes(12)).toString('hex');
      await book.addNote({ id, text, at: world.now() });
      return id;
    },
    noteTexts: (ids) => book.noteTexts(ids),
    ticketWords: (ticket) => book.deskWordsOf(ticket, mostWords),
    addTicketWords: (words) =>
      book.addDeskWords({
        ...words,
        id: Buffer.from(world.randomBytes(12)).toString('hex'),
        at: world.now(),
      }),
    notices: async (filter, page) => mapPage(await book.notices({ ...page, ...filter }), noticeView),
    // Ids are the numbers of rows, newest first.
    notice: async (id) => {
      if (!/^\d{1,15}$/.test(id)) return undefined;
      const { items } = await book.notices({ cursor: String(Number(id) + 1), limit: 1 });
      return items[0]?.id === id ? noticeView(items[0]) : undefined;
    },
    tickets: async (filter, page) =>
      mapPageAsync(await book.tickets({ ...page, ...filter }), (ticket) => ticketView(book, idOf, ticket)),
    ticket: async (id) => {
      const ticket = await book.ticket(id);
      return ticket === undefined ? undefined : wholeTicket(book, idOf, ticket);
    },
    waitingQuestions: (page) => waitingQuestions(book, { idOf, answerWithinMs }, page),
    confirmations: async (filter, page) =>
      mapPageAsync(await book.confirmations({ ...page, ...filter }), async (confirmation) => ({
        confirmation,
        subscriber: (await idOf(confirmation.subscriber)) ?? '',
      })),
    credits: (filter, page) => book.credits({ ...page, ...filter }),
    creditTotals: (incident) => book.creditTotals(incident),
    causesNamed: (since) => book.causesNamed({ since, low: defaultPolicy.confirm.lowRating }),
    confirmationCounts: (incident) => book.confirmationCounts(incident),
    askedNumbers: (ids) => book.askedNumbers(ids),
    confirmation: async (id) => {
      const confirmation = await book.confirmation(id);
      if (confirmation === undefined) return undefined;
      return { confirmation, subscriber: (await idOf(confirmation.subscriber)) ?? '' };
    },
    tasks: async (page) =>
      mapPageAsync(await book.tasks(page), async (task) => ({
        task,
        subscriber: await idOf(task.subscriber),
      })),
    task: async (id) => {
      const task = await book.task(id);
      return task === undefined ? undefined : { task, subscriber: await idOf(task.subscriber) };
    },
  } satisfies Partial<BookQueries>;
}

const withLosses = (record: IncidentRecord, world: World): IncidentView => ({
  ...record,
  losses: record.impact === undefined ? undefined : lossesAt(record.impact, record.incident, world.now()),
});

function peopleQueries(options: QueryOptions) {
  const { book, world } = options;
  return {
    subscribers: async ({ isBrief, ...filter }, page) =>
      mapPageAsync(await book.subscribers({ ...page, ...filter }), async (record) =>
        isBrief === true ? briefView(options, record, []) : subscriberView(options, record),
      ),
    subscriber: async (id) => {
      const { items } = await book.subscribers({ id, limit: 1 });
      return items[0] === undefined ? undefined : subscriberView(options, items[0]);
    },
    consents: (subscriber) => book.consents(subscriber),
    putConsents: async (subscriber, consents) => {
      await book.putConsents({ subscriber, consents });
    },
    putQuietHours: async (subscriber, hours) => {
      await book.putQuietHours({ subscriber, hours });
    },
    unsubscription: (asked) => book.unsubscription({ ...asked, now: world.now() }),
    unsubscribe: (asked) => withdrawn(() => book.unsubscribe({ ...asked, now: world.now() })),
    link: (token) => linkView(options, token),
    makeLink: async ({ subscriber, purpose, incident }) => {
      const { token, expiresAt } = await book.grantLink({
        subscriber,
        incident: (incident ?? '') as IncidentId,
        purpose,
        short: false,
        now: world.now(),
      });
      return { token, expiresAt: instant(expiresAt) };
    },
    storeContact: async (subscriber, text) => {
      const id = Buffer.from(world.randomBytes(12)).toString('hex');
      await book.addContact({ id, subscriber, text, at: world.now() });
      return id;
    },
    whoHas: (phone) => book.whoHas(phone),
    questionsTo: (people) => book.questionsTo(people),
    eraseSubscriber: (key, by) => book.eraseSubscriber({ key, by, at: world.now() }),
    storeStranger: (said) => book.addStranger({ ...said, at: world.now() }),
    strangers: async (page) =>
      mapPage(await book.strangers(page), ({ at, ...said }) => ({ at: instant(at), ...said })),
  } satisfies Partial<BookQueries>;
}

/** Between two steps the book serves others. */
async function withdrawn(
  step: () => ReturnType<Book['unsubscribe']>,
): Promise<'withdrawn' | 'already' | 'unknown'> {
  for (let isFirst = true; ; isFirst = false) {
    const outcome = await step();
    if (outcome !== 'more') return isFirst || outcome === 'unknown' ? outcome : 'withdrawn';
  }
}

function deviceQueries(devices: DeviceBoard) {
  return {
    devices: async (page: PageRequest) => {
      const words = (page.words ?? '').toLowerCase().split(/\s+/);
      const all = devices
        .list()
        .filter((device) =>
          words.every((word) => `${device.id} ${device.address}`.toLowerCase().includes(word)),
        );
      const from = Number.parseInt(page.cursor ?? '0', 10) || 0;
      const to = from + page.limit;
      return {
        items: all.slice(from, to).map((device) => devices.polled(device)),
        total: all.length,
        next: to < all.length ? String(to) : undefined,
      };
    },
    device: async (id: string) => devices.get(id),
    reading: async (id: string) => devices.reading(id),
  } satisfies Partial<BookQueries>;
}

const noticeView = (record: NoticeRecord): NoticeView => ({ ...record, subscriber: record.subscriberId });

type NameOf = (key: SubscriberKey | undefined) => Promise<string | undefined>;

const subscriberNames =
  (book: Book): NameOf =>
  async (key) =>
    key === undefined ? undefined : (await book.subscriber(key))?.id;

async function ticketView(book: Book, idOf: NameOf, ticket: Ticket) {
  return {
    ticket,
    subscriber: await idOf(ticket.subscriber),
    description: ticket.contact === undefined ? undefined : await book.contactText(ticket.contact),
  };
}

/** With what was asked and answered. */
async function wholeTicket(book: Book, idOf: NameOf, ticket: Ticket): Promise<TicketView> {
  const { note, questions = [] } = ticket;
  const rows = questions.flatMap(({ contact, answer }) =>
    answer === undefined ? [contact] : [contact, answer],
  );
  const texts = await Promise.all(rows.map((row) => book.contactText(row)));
  return {
    ...(await ticketView(book, idOf, ticket)),
    note: note === undefined ? undefined : (await book.noteTexts([note])).get(note),
    texts: new Map(rows.flatMap((row, n) => (texts[n] === undefined ? [] : [[row, texts[n]] as const]))),
  };
}

/** Of each ticket that has one. */
async function waitingQuestions(
  book: Book,
  { idOf, answerWithinMs }: Pick<QueryOptions, 'answerWithinMs'> & { readonly idOf: NameOf },
  page: PageRequest,
): Promise<Listed<WaitingQuestion>> {
  return mapPageAsync(await book.waitingTickets(page), async (ticket) => {
    const waiting = (ticket.questions ?? []).filter(({ answer }) => answer === undefined);
    const { contact, at } = waiting[0]!;
    return {
      ...{ ticket, subscriber: await idOf(ticket.subscriber), question: contact, at },
      ...{ dueAt: instant(at + answerWithinMs()), text: await book.contactText(contact) },
      more: waiting.length - 1,
    };
  });
}

async function subscriberView(options: QueryOptions, record: SubscriberRecord): Promise<SubscriberView> {
  const tickets = await options.book.tickets({ subscriber: record.key, limit: 50 });
  return briefView(options, record, tickets.items);
}

function briefView(
  { incidentOf }: QueryOptions,
  record: SubscriberRecord,
  tickets: readonly Ticket[],
): SubscriberView {
  return {
    id: record.id,
    key: record.key,
    resource: record.resource,
    class: record.class,
    language: record.language,
    maskedPhone: record.phone,
    quietHours: record.quietHours,
    services: [...new Set(record.services.map(({ service }) => service))],
    bindings: record.services,
    contacts: record.points,
    openIncident: incidentOf(record.key),
    openTickets: tickets.filter(isOpen).map((ticket) => ticket.id),
  };
}

const isOpen = (ticket: Ticket): boolean => !isOver(ticket);

async function linkView(options: QueryOptions, token: string): Promise<LinkView | undefined> {
  const { book, world } = options;
  const link = await book.findLink(token, world.now());
  if (link === undefined) return undefined;
  const about = await aboutOf(options, link);
  const { subscriber: key } = link;
  const [incident, confirmation, subscriber, tickets, told, works] = await Promise.all([
    book.incident(about),
    book.confirmation(confirmationId(about, key)),
    book.subscriber(key),
    book.tickets({ subscriber: key, limit: ticketsLookedAt }),
    about === '' ? undefined : book.notices({ incident: about, subscriber: key, limit: noticesLookedAt }),
    isOfWorks(link.incident) ? book.worksTold(link.incident) : undefined,
  ]);
  const ticket = ticketAbout(tickets.items, about);
  return {
    purpose: link.purpose,
    subscriber: key,
    expiresAt: link.expiresAt,
    resource: subscriber?.resource,
    incident,
    confirmation,
    works,
    ticket,
    task: await promisedCall(book, confirmation),
    remote: remoteWay(incident?.incident.kind),
    lastMessageAt: told?.items.find(({ sentAt }) => sentAt !== undefined)?.sentAt,
    isBack: told?.items.find(({ type }) => lineTypes.includes(type))?.type === 'partly-restored',
    ...(ticket === undefined ? {} : await saidIn(options, ticket)),
    language: subscriber?.language,
    quietHours: subscriber?.quietHours,
    timeZone: subscriber?.zone,
  };
}

/** Works end, and what is out at the same address goes on: then the page is about that, too. */
function aboutOf(options: QueryOptions, link: LinkRecord): IncidentId | Promise<IncidentId> {
  const { incident, subscriber } = link;
  if (incident === '') return incidentNow(options, subscriber);
  return isOfWorks(incident) ? (options.incidentOf(subscriber) ?? incident) : incident;
}

/** What says how it stands at their own line; the newest counts. */
const lineTypes: readonly string[] = ['detected', 'partly-restored'];
const ticketsLookedAt = 10;
const noticesLookedAt = 5;
const questionsShown = 5;

/** The one about it, else one that was taken from it, else one that is about nothing else. */
function ticketAbout(tickets: readonly Ticket[], about: IncidentId): Ticket | undefined {
  return (
    tickets.find(({ incident }) => about !== '' && incident === about) ??
    tickets.find(({ notOf }) => notOf?.includes(about)) ??
    tickets.find((ticket) => ticket.incident === undefined && isOpen(ticket))
  );
}

/** Lines and equipment are mended by hands, services and settings from a desk; what is not known yet is not said. */
function remoteWay(kind: string | undefined): boolean | undefined {
  if (kind === undefined || kind === 'unexplained') return undefined;
  return kind === 'service' || kind === 'config';
}

async function saidIn({ book, answerWithinMs }: QueryOptions, { note, questions = [] }: Ticket) {
  const shown = questions.slice(-questionsShown);
  const texts = await Promise.all(
    shown.map(async ({ contact, at, answer, answeredAt }) => ({
      ...{ at, answeredAt, dueAt: instant(at + answerWithinMs()) },
      text: await book.contactText(contact),
      answer: answer === undefined ? undefined : await book.contactText(answer),
    })),
  );
  return {
    note: note === undefined ? undefined : (await book.noteTexts([note])).get(note),
    questions: texts.flatMap(({ text, ...rest }) => (text === undefined ? [] : [{ text, ...rest }])),
  };
}

/** A link made without an incident is about what the subscriber has now, else about what they were last asked about. */
async function incidentNow(
  { book, incidentOf }: QueryOptions,
  subscriber: SubscriberKey,
): Promise<IncidentId> {
  const now = incidentOf(subscriber);
  if (now !== undefined) return now;
  const { items } = await book.confirmations({ subscriber, limit: 1 });
  return items[0]?.incident ?? ('' as IncidentId);
}

const promisedCall = async (book: Book, confirmation: Confirmation | undefined): Promise<Task | undefined> =>
  confirmation?.task === undefined ? undefined : book.task(confirmation.task);

const mapPage = <T, U>(page: Listed<T>, change: (item: T) => U): Listed<U> => ({
  ...page,
  items: page.items.map(change),
});

const mapPageAsync = async <T, U>(page: Listed<T>, change: (item: T) => Promise<U>): Promise<Listed<U>> => ({
  ...page,
  items: await Promise.all(page.items.map(change)),
});
