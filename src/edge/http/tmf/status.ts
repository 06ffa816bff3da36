/** The dates that follow the status of tickets and problems from outside. */
import type { Document } from './document.ts';

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
