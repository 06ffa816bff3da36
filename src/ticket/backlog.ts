/** Work on many tickets at once, cut into slices. */
import type { IncidentId, SubscriberRange, TicketId } from '../model/ids.ts';
import type { Ticket, TicketEvent, TicketStatus } from '../model/ticket.ts';
import { isOpen } from './lifecycle.ts';

/** `from`: how far it has come. `attach` goes through subscribers, the others through tickets. */
export type Job =
  | {
      readonly kind: 'attach';
      readonly incident: IncidentId;
      readonly ranges: readonly SubscriberRange[];
      readonly from: number;
    }
  | {
      readonly kind: 'attachListed';
      readonly incident: IncidentId;
      readonly ranges: readonly SubscriberRange[];
      readonly tickets: readonly TicketId[];
      readonly from: number;
    }
  | {
      readonly kind: 'follow';
      readonly parent: TicketId;
      /** Absent: only the ETR is taken over. */
      readonly status?: TicketStatus | undefined;
      readonly reason: TicketEvent['reason'];
      readonly tickets: readonly TicketId[];
      readonly from: number;
    };

/** The child's status once the parent has `status`: who still waits for a call or a diagnosis keeps his ticket when the incident's own is closed. */
export function takenOver(child: Ticket, status: TicketStatus | undefined): TicketStatus {
  if (status === undefined || !isOpen(child) || status === 'cancelled' || status === 'rejected')
    return child.status;
  return status === 'closed' && child.status !== 'resolved' ? child.status : status;
}

/** The numbers at positions [from, to) of the ranges laid end to end. */
export function* numbersOf(ranges: readonly SubscriberRange[], from: number, to: number): Generator<number> {
  let position = 0;
  for (const range of ranges) {
    const size = range.to - range.from;
    for (let i = Math.max(0, from - position); i < Math.min(size, to - position); i++) yield range.from + i;
    position += size;
  }
}
