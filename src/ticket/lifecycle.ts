/** How a ticket is opened and moved, as functions over plain data. */

import { neverHappens } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { ConfirmationState } from '../model/confirmation.ts';
import type { IdSource, IncidentId, SubscriberKey, TicketId } from '../model/ids.ts';
import {
  type ContactChannel,
  endedStatuses,
  isOver,
  type Ticket,
  type TicketChange,
  type TicketEvent,
  type TicketStatus,
} from '../model/ticket.ts';

export interface TicketContext {
  readonly at: Instant;
  readonly ids: IdSource;
}

export interface Opening {
  readonly kind: Ticket['kind'];
  readonly reason: TicketEvent['reason'];
  readonly subscriber?: SubscriberKey | undefined;
  readonly channel?: ContactChannel | undefined;
  readonly contact?: string | undefined;
  readonly incident?: IncidentId | undefined;
  readonly parent?: TicketId | undefined;
  readonly follows?: Ticket['follows'];
  readonly notOf?: Ticket['notOf'];
  readonly isUnasked?: Ticket['isUnasked'];
}

/** The first events tell how it began, the last how it stands; what lies between is in the journal. */
const firstKept = 4;
const lastKept = 28;

export const isOpen = (ticket: Ticket): boolean => !isOver(ticket);

export function opened(id: TicketId, { reason, ...about }: Opening, at: Instant): Ticket {
  const status = 'acknowledged';
  return { id, ...about, status, openedAt: at, attached: 0, loops: 0, history: [{ at, status, reason }] };
}

/** Incidents that one ticket is known not to be of; the oldest go. */
const notOfKept = 8;
/** Questions of one ticket; the oldest go, their tasks stay. */
const questionsKept = 20;
/** The subscriber waits for somebody: that does not end with the incident. */
const waiting: readonly TicketStatus[] = ['pending', 'held'];

/** A subscriber's ticket for itself again, as it was before it was attached. */
export function released(ticket: Ticket, at: Instant, reason: Release): Ticket {
  const { incident, notOf = [] } = ticket;
  const isDenied = incident !== undefined && reason !== 'falseAlarm' && !notOf.includes(incident);
  const alone: Ticket = {
    ...ticket,
    incident: undefined,
    parent: undefined,
    expectedResolutionAt: undefined,
    note: undefined,
    notOf: isDenied ? [...notOf, incident].slice(-notOfKept) : ticket.notOf,
  };
  const isKept = waiting.includes(ticket.status) || !isOpen(ticket);
  // Nobody complained: without the incident there is nothing that it is about.
  const isIdle = reason === 'falseAlarm' && ticket.isUnasked === true && isOpen(ticket);
  const status = isIdle ? 'cancelled' : isKept ? ticket.status : 'acknowledged';
  return moved(alone, { at, status, reason });
}

export type Release = Extract<TicketEvent['reason'], 'detached' | 'notThisOutage' | 'falseAlarm'>;

/** Its subscriber turned to us: what the policy opened is a ticket like others from now on. */
export function turnedTo(ticket: Ticket, said: Pick<Ticket, 'channel' | 'contact'>): Ticket {
  if (ticket.isUnasked !== true) return ticket;
  return { ...ticket, isUnasked: undefined, channel: said.channel, contact: said.contact };
}

/** With one more question. */
export function asked(ticket: Ticket, contact: string, at: Instant): Ticket {
  const questions = [...(ticket.questions ?? []), { contact, at }].slice(-questionsKept);
  return moved({ ...ticket, questions }, { at, status: ticket.status, reason: 'question' });
}

/** undefined when it has no such question, or that one was answered so. */
export function replied(
  ticket: Ticket,
  { question, answer, at }: { readonly question: string; readonly answer: string; readonly at: Instant },
): Ticket | undefined {
  const held = ticket.questions?.find(({ contact }) => contact === question);
  if (held === undefined || held.answer === answer) return undefined;
  const questions = ticket.questions!.map((one) => (one === held ? { ...one, answer, answeredAt: at } : one));
  return moved({ ...ticket, questions }, { at, status: ticket.status, reason: 'reply' });
}

/** Calls are told of one by one at first, then to one digit: the ticket system need not hear of each. */
export const isRound = (count: number): boolean => count % 10 ** (String(count).length - 1) === 0;

export interface Demand {
  readonly status: TicketStatus;
  readonly reason: TicketEvent['reason'];
  /** A subscriber without a ticket gets one. */
  readonly opens: boolean;
}

/** What the state of a confirmation wants of the subscriber's ticket. */
export function demandOf(state: ConfirmationState): Demand | undefined {
  switch (state) {
    case 'CONFIRMED':
      return { status: 'closed', reason: 'confirmed', opens: false };
    case 'STILL_OUT':
    case 'ESCALATED':
      return { status: 'inProgress', reason: 'notFixed', opens: true };
    case 'CALLBACK_QUEUED':
      return { status: 'pending', reason: 'contactMe', opens: true };
    case 'EXPIRED_OK':
    case 'EXPIRED_UNKNOWN':
    case 'UNREACHABLE':
    case 'CLOSED':
      return { status: 'closed', reason: 'notConfirmed', opens: false };
    case 'ASKED':
      return { status: 'resolved', reason: 'restored', opens: false };
    case 'PENDING_PROBE':
    case 'HELD':
    case 'REMINDED':
    case 'CLARIFY':
    case 'CALLBACK_ACTIVE':
    case 'SUPERSEDED':
      return undefined;
    default:
      return neverHappens(state);
  }
}

/** The ticket after the event; times of resolution and closing follow the status. */
export function moved(ticket: Ticket, event: TicketEvent): Ticket {
  const { status, at } = event;
  const isEnded = endedStatuses.includes(status);
  const resolvedAt = status === 'resolved' ? at : isEnded ? ticket.resolvedAt : undefined;
  const closedAt = isEnded ? at : undefined;
  return { ...ticket, status, resolvedAt, closedAt, history: withEvent(ticket.history, event) };
}

function withEvent(history: readonly TicketEvent[], event: TicketEvent): readonly TicketEvent[] {
  if (history.length < firstKept + lastKept) return [...history, event];
  return [...history.slice(0, firstKept), ...history.slice(firstKept + 1), event];
}

/** One change a ticket, in its last state: the ticket system hears of a call once. */
export function latest(changes: readonly TicketChange[]): TicketChange[] {
  const last = new Map<TicketId, TicketChange>();
  for (const { kind, ticket } of changes) {
    last.set(ticket.id, { kind: last.get(ticket.id)?.kind === 'opened' ? 'opened' : kind, ticket });
  }
  return [...last.values()];
}
