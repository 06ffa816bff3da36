/** Calls about tickets: those there are, new ones, and what staff do with one: status, where it hangs, notes and answers. */
import { type Instant, instant } from '../../base/instant.ts';
import type { Change } from '../../model/change.ts';
import type { IncidentId, TicketId } from '../../model/ids.ts';
import {
  type ContactChannel,
  endedStatuses,
  type Ticket,
  type TicketStatus,
  ticketStatuses,
} from '../../model/ticket.ts';
import {
  type Call,
  created,
  listQuery,
  object,
  ok,
  oneOf,
  type Reply,
  type Route,
  refusal,
  text,
  unknownId,
} from './route.ts';
import type { TicketFilter } from './ticket-port.ts';
import { listJson, ticketJson, waitingQuestionJson } from './views.ts';

const maxTextLength = 4_000;
const maxReplyLength = 2_000;

export const ticketRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/tickets',
    summary:
      'Tickets, newest first, or with sort=due the soonest expected first. due: expected time has passed, comes within an ' +
      "hour or a day, or none is known. find: the beginning of a ticket's id or of its subscriber's",
    query: listQuery({
      incident: text(200),
      subscriber: text(200),
      status: oneOf(['open', 'ended', ...ticketStatuses]),
      due: oneOf(['passed', 'hour', 'day', 'none']),
      find: text(200),
      sort: oneOf(['newest', 'due']),
      offset: { type: 'integer', minimum: 0, maximum: 10_000_000 },
    }),
    answers: 'a list of tickets',
    handle: listTickets,
  },
  {
    method: 'GET',
    path: '/questions',
    summary: 'Tickets with a question of their subscriber that nobody has answered, the one due first on top',
    query: listQuery(),
    answers: 'a list with the oldest such question of each ticket',
    handle: async ({ ports, page, user }) =>
      ok(listJson(await ports.query.waitingQuestions(page), (one) => waitingQuestionJson(one, user))),
  },
  {
    method: 'POST',
    path: '/tickets',
    summary: 'A subscriber turned to us: opens a ticket, attached to the open incident where there is one',
    body: object(
      {
        subscriber: text(200),
        description: text(maxTextLength),
        channel: oneOf(['phone', 'chat', 'mail', 'web']),
      },
      ['subscriber', 'description', 'channel'],
    ),
    answers: 'the ticket',
    handle: openTicket,
  },
  { method: 'GET', path: '/tickets/:id', summary: 'One ticket', answers: 'the ticket', handle: ticketReply },
  {
    method: 'POST',
    path: '/tickets/:id/status',
    summary: 'Sets the status of a ticket',
    body: object({ status: oneOf(ticketStatuses) }, ['status']),
    answers: 'the ticket',
    async handle(call) {
      const { ports, user, id } = call;
      if ((await ports.query.ticket(id)) === undefined) return unknownId('ticket', id);
      const { status } = call.body as { readonly status: TicketStatus };
      const command = { kind: 'setTicketStatus', ticket: id as TicketId, status } as const;
      await ports.submit({ kind: 'command', by: user.name, command });
      return ticketReply(call);
    },
  },
  {
    method: 'POST',
    path: '/tickets/:id/attach',
    summary:
      "Hangs a subscriber's ticket below the ticket of an open incident, also one that it was taken from",
    body: object({ incident: text(200) }, ['incident']),
    answers: 'the ticket',
    handle: attachTicket,
  },
  {
    method: 'POST',
    path: '/tickets/:id/detach',
    summary:
      'Takes a ticket from its incident, to which it is not attached again by itself; with notThisOutage the correlation ' +
      'hears of it and somebody looks into the case',
    body: object({ notThisOutage: { type: 'boolean' } }, []),
    answers: 'the ticket',
    handle: detachTicket,
  },
  {
    method: 'POST',
    path: '/tickets/:id/note',
    summary:
      'Tells whoever may read the ticket something; on the ticket of an incident, all who hang below it',
    body: object({ text: text(maxReplyLength) }, ['text']),
    answers: 'the ticket',
    handle: noteTicket,
  },
  {
    method: 'POST',
    path: '/tickets/:id/answer',
    summary: "Answers a question that the subscriber asked; it is shown on the subscriber's page",
    body: object({ question: text(200), text: text(maxReplyLength) }, ['question', 'text']),
    answers: 'the ticket',
    handle: answerQuestion,
  },
];

async function listTickets({ ports, query, page, user }: Call): Promise<Reply> {
  const asked = query['subscriber'];
  const subscriber = asked === undefined ? undefined : await ports.query.subscriber(asked);
  if (asked !== undefined && subscriber === undefined) return ok({ items: [], total: 0, next: null });
  const filter: TicketFilter = {
    incident: query['incident'],
    subscriber: subscriber?.key,
    statuses: statusesIn(query['status']),
    due: dueIn(query['due'], ports.world.now()),
    find: query['find'],
    isByDue: query['sort'] === 'due',
  };
  const offset = Number(query['offset'] ?? 0);
  return ok(
    listJson(await ports.query.tickets(filter, { ...page, offset }), (view) => ticketJson(view, user)),
  );
}

function statusesIn(status: string | undefined): readonly TicketStatus[] | undefined {
  if (status === 'ended') return endedStatuses;
  if (status === 'open') return ticketStatuses.filter((one) => !endedStatuses.includes(one));
  return status === undefined ? undefined : [status as TicketStatus];
}

const within: Readonly<Record<string, number>> = { passed: 0, hour: 3_600_000, day: 86_400_000 };

function dueIn(due: string | undefined, now: Instant): TicketFilter['due'] {
  if (due === undefined) return undefined;
  return due === 'none' ? 'never' : instant(now + (within[due] ?? 0));
}

async function openTicket({ ports, body, user }: Call): Promise<Reply> {
  const asked = body as {
    readonly subscriber: string;
    readonly description: string;
    readonly channel: ContactChannel;
  };
  const subscriber = await ports.query.subscriber(asked.subscriber);
  if (subscriber === undefined) return unknownId('subscriber', asked.subscriber);
  // The text goes to the book, the journal carries its row's id only (design L18).
  const contact = await ports.query.storeContact(subscriber.key, asked.description);
  const applied = await ports.submit({
    kind: 'subscriberContact',
    subscriber: subscriber.key,
    channel: asked.channel,
    contact,
  });
  const isTheirs = (change: Change): change is Extract<Change, { kind: 'ticket' }> =>
    change.kind === 'ticket' && change.ticket.subscriber === subscriber.key;
  const ticket = applied.changes.filter(isTheirs).at(-1)?.ticket;
  if (ticket !== undefined) {
    return created(ticketJson({ ticket, subscriber: subscriber.id, description: asked.description }, user));
  }
  // The contact joined a ticket that was open already and changed nothing about it.
  const held = await ports.query.tickets({ subscriber: subscriber.key }, { limit: 1 });
  const newest = held.items[0];
  return newest === undefined
    ? refusal(409, 'The contact is kept, but it opened no ticket.')
    : created(ticketJson(newest, user));
}

async function ticketReply({ ports, id, user }: Call): Promise<Reply> {
  const view = await ports.query.ticket(id);
  return view === undefined ? unknownId('ticket', id) : ok(ticketJson(view, user));
}

async function attachTicket(call: Call): Promise<Reply> {
  const { ports, user, id, body } = call;
  const view = await ports.query.ticket(id);
  if (view === undefined) return unknownId('ticket', id);
  const incident = (body as { readonly incident: string }).incident as IncidentId;
  if ((await ports.query.incident(incident)) === undefined) return unknownId('incident', incident);
  const command = { kind: 'attachTicket', ticket: id as TicketId, incident } as const;
  await ports.submit({ kind: 'command', by: user.name, command });
  const now = (await ports.query.ticket(id)) ?? view;
  if (now.ticket.incident === incident) return ok(ticketJson(now, user));
  const why = now.ticket.kind === 'incident' ? 'it is the ticket of an incident' : 'one of the two is ended';
  return refusal(409, `Nothing was changed: ${why}.`);
}

async function detachTicket(call: Call): Promise<Reply> {
  const { ports, user, id, body } = call;
  const view = await ports.query.ticket(id);
  if (view === undefined) return unknownId('ticket', id);
  if (view.ticket.kind === 'incident') return refusal(409, 'The ticket of an incident hangs below nothing.');
  const notThis = (body as { readonly notThisOutage?: boolean }).notThisOutage === true;
  const command = { kind: 'detachTicket', ticket: id as TicketId, notThis } as const;
  if (view.ticket.incident !== undefined) await ports.submit({ kind: 'command', by: user.name, command });
  return ticketReply(call);
}

async function noteTicket(call: Call): Promise<Reply> {
  const { ports, user, id, body } = call;
  if ((await ports.query.ticket(id)) === undefined) return unknownId('ticket', id);
  const note = await ports.query.storeNote((body as { readonly text: string }).text);
  const command = { kind: 'noteTicket', ticket: id as TicketId, note } as const;
  await ports.submit({ kind: 'command', by: user.name, command });
  return ticketReply(call);
}

async function answerQuestion(call: Call): Promise<Reply> {
  const { ports, user, id, body } = call;
  const given = body as { readonly question: string; readonly text: string };
  const ticket: Ticket | undefined = (await ports.query.ticket(id))?.ticket;
  if (ticket === undefined) return unknownId('ticket', id);
  const isAsked = ticket.questions?.some(({ contact }) => contact === given.question) === true;
  if (!isAsked || ticket.subscriber === undefined) return unknownId('question', given.question);
  const answer = await ports.query.storeContact(ticket.subscriber, given.text);
  const command = { kind: 'answerQuestion', ticket: ticket.id, question: given.question, answer } as const;
  await ports.submit({ kind: 'command', by: user.name, command });
  return ticketReply(call);
}
