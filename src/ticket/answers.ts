/** What subscribers answer to "is it fixed?", or do not: their tickets close, come back to work, or are opened for it. */
import type { Confirmation, ConfirmationChange } from '../model/confirmation.ts';
import type { Ticket, TicketChange } from '../model/ticket.ts';
import type { Ledger } from './ledger.ts';
import { demandOf, moved, type TicketContext } from './lifecycle.ts';

export class Answers {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  take(change: ConfirmationChange, context: TicketContext, out: TicketChange[]): void {
    const { confirmation } = change;
    const demand = demandOf(confirmation.state);
    if (demand === undefined) return;
    const { status, reason } = demand;
    const open = this.#ledger.openOf(confirmation.subscriber, confirmation.incident);
    const ticket = open ?? (demand.opens ? this.#reopenable(confirmation, context, out) : undefined);
    if (ticket === undefined) return;
    const isNo = reason === 'notFixed' && change.kind === 'answered' && change.answer === 'notFixed';
    // Asked again after a diagnosis: the ticket waits for the answer like all others.
    if (confirmation.state === 'ASKED' && ticket.status !== 'inProgress') return;
    if (!isNo && ticket.status === status) return;
    this.#ledger.put(
      moved({ ...ticket, loops: ticket.loops + (isNo ? 1 : 0) }, { at: context.at, status, reason }),
      out,
    );
  }

  /** The subscriber's ticket about that incident, closed lately, or a new one. */
  #reopenable(confirmation: Confirmation, context: TicketContext, out: TicketChange[]): Ticket | undefined {
    const { subscriber, incident } = confirmation;
    const closed = this.#ledger.drawer
      .ofSubscriber(subscriber)
      .findLast((ticket) => ticket.incident === incident);
    if (closed !== undefined) return closed;
    const channel = confirmation.answers.at(-1)?.channel;
    const parent = this.#ledger.drawer.parentOf(incident)?.id;
    const ticket = this.#ledger.open(
      { kind: 'subscriber', reason: 'opened', subscriber, channel, incident, parent },
      context,
      out,
    );
    if (ticket !== undefined && parent !== undefined) this.#ledger.recount(parent);
    return ticket;
  }
}
