/** What subscribers do with tickets: they complain, ask, want to be told, or say that it is not this. */
import type { IncidentId, SubscriberKey } from '../model/ids.ts';
import type { ContactChannel, Ticket, TicketChange } from '../model/ticket.ts';
import type { Ledger } from './ledger.ts';
import { asked, isOpen, isRound, moved, type TicketContext, turnedTo } from './lifecycle.ts';

export interface Contact {
  readonly subscriber: SubscriberKey;
  readonly channel: ContactChannel;
  readonly contact?: string | undefined;
  /** It comes long after the end of this one. */
  readonly follows?: IncidentId | undefined;
}

/** The open incident that covers a subscriber. */
export type IncidentOf = (subscriber: SubscriberKey) => IncidentId | undefined;

export class Complaints {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A subscriber turned to us: one ticket a subscriber and incident, however often. */
  contact(said: Contact, incidentOf: IncidentOf, context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    const incident = this.#joinable(said.subscriber, incidentOf);
    const known = this.#ledger.openOf(said.subscriber, incident) ?? this.#ledger.looseOf(said.subscriber);
    if (known !== undefined) {
      const status = known.status === 'resolved' ? 'inProgress' : known.status;
      this.#ledger.put(moved(turnedTo(known, said), { at: context.at, status, reason: 'contactMe' }), out);
      if (known.incident === undefined && incident !== undefined)
        this.#ledger.attach(known.id, incident, context, out);
    } else this.#openFor(said, incident, context, out);
    return this.#ledger.settled(out);
  }

  /** Asked on the page: it joins the ticket that is about it, or opens one. */
  question(
    said: Contact & { readonly contact: string },
    incidentOf: IncidentOf,
    context: TicketContext,
  ): { readonly changes: readonly TicketChange[]; readonly ticket?: Ticket | undefined } {
    const out: TicketChange[] = [];
    const { subscriber, contact } = said;
    const incident = this.#joinable(subscriber, incidentOf);
    const open = this.#ledger.openOf(subscriber, incident) ?? this.#ledger.looseOf(subscriber);
    const ticket = open ?? this.#openFor({ subscriber, channel: said.channel }, incident, context, out);
    if (ticket === undefined) return { changes: out };
    const known = turnedTo(this.#ledger.drawer.get(ticket.id)!, { channel: said.channel });
    const now = asked(known, contact, context.at);
    this.#ledger.put(now, out);
    return { changes: this.#ledger.settled(out), ticket: now };
  }

  /** A call about the incident was answered without a person: counted, no ticket. */
  heard(incident: IncidentId): TicketChange[] {
    const parent = this.#ledger.drawer.parentOf(incident);
    const out: TicketChange[] = [];
    if (parent === undefined) return out;
    const contacts = (parent.contacts ?? 0) + 1;
    if (isRound(contacts)) this.#ledger.put({ ...parent, contacts }, out);
    else this.#ledger.drawer.put({ ...parent, contacts });
    return out;
  }

  /** It is another fault, says the subscriber: an own ticket, which that incident does not get back. */
  disown(
    said: Contact & { readonly incident: IncidentId },
    context: TicketContext,
  ): { readonly changes: readonly TicketChange[]; readonly ticket?: Ticket | undefined } {
    const { incident, subscriber, channel, contact } = said;
    const held = this.#ledger.openOf(said.subscriber, incident);
    if (held !== undefined) {
      const out: TicketChange[] = [];
      this.#ledger.drawer.put(turnedTo(held, said));
      this.#ledger.release(held.id, 'notThisOutage', context, out);
      return { changes: this.#ledger.settled(out), ticket: this.#ledger.drawer.get(held.id) };
    }
    if (this.#ledger.notOf(said.subscriber).includes(incident)) return { changes: [] };
    const out: TicketChange[] = [];
    const opening = {
      kind: 'subscriber',
      reason: 'notThisOutage',
      notOf: [incident],
      subscriber,
      channel,
      contact,
    } as const;
    return { ticket: this.#ledger.open(opening, context, out), changes: out };
  }

  /** The incident whose ticket a complaint of this subscriber hangs below. */
  #joinable(subscriber: SubscriberKey, incidentOf: IncidentOf): IncidentId | undefined {
    const covering = incidentOf(subscriber);
    if (covering === undefined || this.#ledger.notOf(subscriber).includes(covering)) return undefined;
    const parent = this.#ledger.drawer.parentOf(covering);
    return parent !== undefined && isOpen(parent) ? covering : undefined;
  }

  #openFor(
    said: Contact,
    incident: IncidentId | undefined,
    context: TicketContext,
    out: TicketChange[],
  ): Ticket | undefined {
    // Field by field: what the caller hands in may carry a kind of its own.
    const { subscriber, channel, contact } = said;
    const follows = this.#ledger.drawer.followed(subscriber, said.follows);
    const opening = { kind: 'subscriber', reason: 'opened', subscriber, channel, contact, follows } as const;
    const ticket = this.#ledger.open(opening, context, out);
    if (ticket !== undefined && incident !== undefined)
      this.#ledger.attach(ticket.id, incident, context, out);
    return ticket;
  }
}
