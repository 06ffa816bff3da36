/** What a subscriber answered is handed to the rooms that take it: the question, the evidence, a ticket where it comes late. */
import { neverHappens } from '../base/fault.ts';
import { askedOnce, type SubscriberKey, type TicketId } from '../model/ids.ts';
import type { Ticket } from '../model/ticket.ts';
import type { Input } from './input.ts';
import type { Onward } from './obeying.ts';
import type { Pass } from './pass.ts';
import type { Rooms } from './rooms.ts';

type Said = Extract<Input, { kind: 'subscriberContact' | 'subscriberReply' | 'subscriberSays' }>;

export function takeSaid(input: Said, rooms: Rooms, onward: Onward, pass: Pass): void {
  if (isComplaint(input)) rooms.confirmations.sparing.complained(input.subscriber, pass.at);
  const awake = whoIsAwake(input);
  if (awake !== undefined) rooms.notices.heardFrom(awake, pass.at);
  switch (input.kind) {
    case 'subscriberContact':
      pass.tickets(rooms.tickets.contact(input, onward.incidentOf, pass.context));
      return onward.observed(rooms.called(input.subscriber), pass);
    case 'subscriberReply':
      return takeReply(input, rooms, onward, pass);
    case 'subscriberSays':
      return takeWord(input, rooms, onward, pass);
    default:
      return neverHappens(input);
  }
}

/** A question, and the wish to hear more, are none. */
const isComplaint = (input: Said): input is Exclude<Said, { kind: 'subscriberReply' }> =>
  input.kind === 'subscriberContact' ||
  (input.kind === 'subscriberSays' && (input.says.kind === 'heard' || input.says.kind === 'notThis'));
/** Whoever turns to us or answers; who says that they want nothing is left alone. */
function whoIsAwake(input: Said): SubscriberKey | undefined {
  if (input.kind !== 'subscriberReply') return input.subscriber;
  return input.reply.kind === 'stop' ? undefined : askedOnce(input.confirmation)?.subscriber;
}

type Says = Extract<Input, { kind: 'subscriberSays' }>;

/** Beside the question "is it fixed?": what they say of an incident that we told of, and what they ask. */
function takeWord(input: Says, rooms: Rooms, onward: Onward, pass: Pass): void {
  const { subscriber, channel, says } = input;
  const { tickets, dispatch } = rooms;
  const called = (): void => onward.observed(rooms.called(subscriber), pass);
  switch (says.kind) {
    case 'heard':
      pass.tickets(tickets.heard(says.incident));
      return called();
    case 'tellMe':
      return pass.tickets(tickets.contact({ subscriber, channel }, onward.incidentOf, pass.context));
    case 'notThis': {
      const { incident, contact } = says;
      const said = tickets.disown({ subscriber, channel, contact, incident }, pass.context);
      pass.tickets(said.changes);
      called();
      return lookInto(said.ticket, rooms, onward, pass);
    }
    case 'question': {
      const said = { subscriber, channel, contact: says.contact };
      const { changes, ticket } = tickets.question(said, onward.incidentOf, pass.context);
      pass.tickets(changes);
      if (ticket === undefined) return;
      const { id, incident } = ticket;
      const wish = {
        kind: 'answer',
        reason: answerTo(says.contact),
        ticket: id,
        incident,
        subscriber,
      } as const;
      return onward.tasksChanged(dispatch.wait(wish, pass.context), pass);
    }
    default:
      return neverHappens(says);
  }
}

/** Somebody finds out what it is that is not the incident's. */
export function lookInto(ticket: Ticket | undefined, rooms: Rooms, onward: Onward, pass: Pass): void {
  if (ticket === undefined) return;
  const { id, subscriber } = ticket;
  const wish = { kind: 'triage', reason: triageOf(id), ticket: id, subscriber } as const;
  onward.tasksChanged(rooms.dispatch.wait(wish, pass.context), pass);
}

export const triageOf = (ticket: TicketId): string => `triage ${ticket}`;
export const answerTo = (question: string): string => `answer ${question}`;

type Reply = Extract<Input, { kind: 'subscriberReply' }>;

function takeReply(input: Reply, rooms: Rooms, onward: Onward, pass: Pass): void {
  const { confirmation, reply, channel } = input;
  const { confirmations } = rooms;
  switch (reply.kind) {
    case 'answer': {
      const { answer, sureness, contact } = reply;
      const outcome = confirmations.answer(confirmation, answer, { ...pass.context, channel, sureness });
      onward.confirmed(outcome, pass);
      for (const { incident: follows, subscriber } of outcome.late) {
        const said = { subscriber, channel, contact, follows };
        pass.tickets(rooms.tickets.contact(said, onward.incidentOf, pass.context));
        onward.observed(rooms.called(subscriber), pass);
      }
      return onward.observed(rooms.words.answered(confirmation, answer, pass.at), pass);
    }
    case 'unclear':
      return onward.confirmed(confirmations.unclear(confirmation, pass.context), pass);
    case 'rating':
      return onward.confirmed(confirmations.rate(confirmation, reply, pass.context), pass);
    case 'stop':
      return onward.confirmed(confirmations.stop(confirmation, pass.context), pass);
    default:
      return neverHappens(reply);
  }
}
