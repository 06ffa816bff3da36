/** What goes from the ticket of an incident to those of its subscribers, and what never does: one row a field. */
import type { Ticket, TicketStatus } from '../model/ticket.ts';
import { isOpen } from './lifecycle.ts';

/**
 * `down`: a child takes it over when it changes on the parent. `link`: follows where the child hangs. `count`: the parent
 * knows how many, never whose. `own`: stays where it is, so that no subscriber's words come into a record that others read.
 */
export type Way = 'down' | 'link' | 'count' | 'own';

/** Of every field, so that a new one has to be thought about. */
export const propagation = {
  id: 'own',
  kind: 'own',
  status: 'down',
  subscriber: 'own',
  incident: 'link',
  parent: 'link',
  follows: 'own',
  channel: 'own',
  contact: 'own',
  openedAt: 'own',
  resolvedAt: 'own',
  closedAt: 'own',
  expectedResolutionAt: 'down',
  attached: 'count',
  contacts: 'own',
  byPolicy: 'own',
  isUnasked: 'own',
  loops: 'own',
  notOf: 'own',
  note: 'down',
  questions: 'own',
  history: 'own',
} as const satisfies Readonly<Record<keyof Ticket, Way>>;

/** The child below this parent, with what is handed down beside the status; what the parent does not know is left alone. */
export function handedDown(child: Ticket, parent: Ticket): Ticket {
  const { incident, id, expectedResolutionAt, note } = parent;
  return {
    ...child,
    incident,
    parent: id,
    expectedResolutionAt: expectedResolutionAt ?? child.expectedResolutionAt,
    note: note ?? child.note,
  };
}

/** The child's status once the parent has `status`: who still waits for a call or a diagnosis keeps his ticket when the incident's own is closed. */
export function takenOver(child: Ticket, status: TicketStatus | undefined): TicketStatus {
  if (status === undefined || !isOpen(child) || status === 'cancelled' || status === 'rejected')
    return child.status;
  return status === 'closed' && child.status !== 'resolved' ? child.status : status;
}
