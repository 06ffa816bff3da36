/** Calls about people who wait: tickets, "is it fixed?" and its answers, and the tasks of staff. */
import type { Change } from '../../model/change.ts';
import type { TaskId, TicketId } from '../../model/ids.ts';
import { type ContactChannel, type TicketStatus, ticketStatuses } from '../../model/ticket.ts';
import { answerRoutes } from './answer-routes.ts';
import type { TaskJson } from './contract.ts';
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
import { confirmationJson, listJson, taskJson, ticketJson } from './views.ts';

/** A draft is sent by a call of its own. */
const outcomes = ['fixed', 'notFixed', 'talked', 'noAnswer', 'done', 'dropped'] as const;
const maxTextLength = 4_000;

export const careRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/tickets',
    summary: 'Tickets, newest first',
    query: listQuery({ incident: text(200), subscriber: text(200) }),
    answers: 'a list of tickets',
    handle: listTickets,
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
    method: 'GET',
    path: '/confirmations',
    summary: 'Who was asked whether it is fixed, and what they answered',
    query: listQuery({ incident: text(200) }),
    answers: 'a list of confirmations',
    async handle({ ports, query, page }) {
      return ok(
        listJson(await ports.query.confirmations({ incident: query['incident'] }, page), confirmationJson),
      );
    },
  },
  ...answerRoutes,
  {
    method: 'GET',
    path: '/tasks',
    summary: 'Work of staff, and why it was given to whom',
    query: listQuery(),
    answers: 'a list of tasks',
    async handle({ ports, page }) {
      return ok(listJson(await ports.query.tasks(page), taskJson));
    },
  },
  {
    method: 'POST',
    path: '/tasks/:id/finish',
    summary: 'Ends a task with its outcome',
    body: object({ outcome: oneOf(outcomes) }, ['outcome']),
    answers: 'the task',
    handle(call) {
      const { outcome } = call.body as { readonly outcome: (typeof outcomes)[number] };
      return commandTask(call, { kind: 'finishTask', task: call.id as TaskId, outcome });
    },
  },
  {
    method: 'POST',
    path: '/tasks/:id/send',
    summary: 'Sends the text of a draft to all subscribers who were told of its incident',
    answers: 'the task',
    handle: sendDraft,
  },
  {
    method: 'POST',
    path: '/tasks/:id/start',
    summary:
      'Begins a task: from now on it is not cancelled, and the assignee hears what the subscriber says',
    answers: 'the task',
    handle: (call) => commandTask(call, { kind: 'startTask', task: call.id as TaskId }),
  },
  {
    method: 'POST',
    path: '/tasks/:id/return',
    summary: 'Gives a task back: it is shared out again',
    answers: 'the task',
    handle: (call) => commandTask(call, { kind: 'returnTask', task: call.id as TaskId }),
  },
];

async function listTickets({ ports, query, page }: Call): Promise<Reply> {
  const asked = query['subscriber'];
  const subscriber = asked === undefined ? undefined : await ports.query.subscriber(asked);
  if (asked !== undefined && subscriber === undefined) return ok({ items: [], total: 0, next: null });
  const filter = { incident: query['incident'], subscriber: subscriber?.key };
  return ok(listJson(await ports.query.tickets(filter, page), ticketJson));
}

async function openTicket({ ports, body }: Call): Promise<Reply> {
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
    return created(ticketJson({ ticket, subscriber: subscriber.id, description: asked.description }));
  }
  // The contact joined a ticket that was open already and changed nothing about it.
  const held = await ports.query.tickets({ subscriber: subscriber.key }, { limit: 1 });
  const newest = held.items[0];
  return newest === undefined
    ? refusal(409, 'The contact is kept, but it opened no ticket.')
    : created(ticketJson(newest));
}

async function ticketReply({ ports, id }: Call): Promise<Reply> {
  const view = await ports.query.ticket(id);
  return view === undefined ? unknownId('ticket', id) : ok(ticketJson(view));
}

async function sendDraft(call: Call): Promise<Reply> {
  const view = await call.ports.query.task(call.id);
  if (view !== undefined && view.task.kind !== 'draft') return refusal(409, 'The task is no draft.');
  const reply = await commandTask(call, { kind: 'sendDraft', task: call.id as TaskId });
  if (reply.status !== 200 || (reply.body as TaskJson).state === 'done') return reply;
  return refusal(409, 'Nobody was told of the incident, or its notices wait for a second person.');
}

async function commandTask(
  { ports, user, id }: Call,
  command:
    | { kind: 'finishTask'; task: TaskId; outcome: (typeof outcomes)[number] }
    | { kind: 'startTask' | 'returnTask' | 'sendDraft'; task: TaskId },
): Promise<Reply> {
  const view = await ports.query.task(id);
  if (view === undefined) return unknownId('task', id);
  if (view.task.state === 'done' || view.task.state === 'cancelled') {
    return refusal(409, `The task is ${view.task.state} already.`);
  }
  await ports.submit({ kind: 'command', by: user.name, command });
  return ok(taskJson((await ports.query.task(id)) ?? view));
}
