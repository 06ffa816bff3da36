/** How a ticket is opened and moved, as functions over plain data. */

import { neverHappens } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { ConfirmationState } from '../model/confirmation.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../model/ids.ts';
import type { ContactChannel, Ticket, TicketChange, TicketEvent, TicketStatus } from '../model/ticket.ts';

export interface Opening {
  readonly kind: Ticket['kind'];
  readonly reason: TicketEvent['reason'];
  readonly subscriber?: SubscriberKey | undefined;
  readonly channel?: ContactChannel | undefined;
  readonly contact?: string | undefined;
  readonly incident?: IncidentId | undefined;
  readonly parent?: TicketId | undefined;
  readonly follows?: Ticket['follows'];
}

const ended: readonly TicketStatus[] = ['closed', 'cancelled', 'rejected'];
/** The first events tell how it began, the last how it stands; what lies between is in the journal. */
const firstKept = 4;
const lastKept = 28;

/** `resolved` is open: the subscriber has not said that it works. */
export const isOpen = (ticket: Ticket): boolean => !ended.includes(ticket.status);

export function opened(id: TicketId, { reason, ...about }: Opening, at: Instant): Ticket {
  const status = 'acknowledged';
  return { id, ...about, status, openedAt: at, attached: 0, loops: 0, history: [{ at, status, reason }] };
}

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
  const isEnded = ended.includes(status);
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
