/** The eight statuses that tickets and problems share, and the dates that follow them in records from outside. */
import type { TicketStatus } from '../../../model/ticket.ts';
import type { Document } from './document.ts';

export const ticketStatuses: readonly TicketStatus[] = [
  'acknowledged',
  'rejected',
  'pending',
  'held',
  'inProgress',
  'cancelled',
  'closed',
  'resolved',
];

export function firstStatus(sent: Document, at: string): Document {
  const status = sent['status'] ?? 'acknowledged';
  return { creationDate: at, statusChangeDate: at, ...sent, status, lastUpdate: at };
}

export function changedStatus(before: Document, after: Document, at: string): Document {
  const { status } = after;
  if (status === before['status']) return { ...after, lastUpdate: at };
  const resolved =
    status === 'resolved' && after['resolutionDate'] === undefined ? { resolutionDate: at } : {};
  return { ...after, ...resolved, statusChangeDate: at, lastUpdate: at };
}
