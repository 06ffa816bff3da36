/** Writes tickets and says what changed: opening, attaching, taking away, counting; who decides so is elsewhere. */
import type { IncidentId, SubscriberKey, TicketId } from '../model/ids.ts';
import type { Ticket, TicketChange } from '../model/ticket.ts';
import { TicketDrawer } from './drawer.ts';
import {
  isOpen,
  latest,
  moved,
  type Opening,
  opened,
  type Release,
  released,
  type TicketContext,
} from './lifecycle.ts';
import { handedDown } from './propagation.ts';

export class Ledger {
  readonly drawer = new TicketDrawer();
  /** Parents that more or fewer children hang on than they say. */
  readonly #uncounted = new Set<TicketId>();

  /** The subscriber's open ticket; with an incident given, the one about it. */
  openOf(subscriber: SubscriberKey, incident?: IncidentId): Ticket | undefined {
    const open = this.drawer.ofSubscriber(subscriber).filter(isOpen);
    return incident === undefined ? open[0] : open.find((ticket) => ticket.incident === incident);
  }

  looseOf(subscriber: SubscriberKey): Ticket | undefined {
    return this.drawer
      .ofSubscriber(subscriber)
      .find((ticket) => isOpen(ticket) && ticket.incident === undefined);
  }

  /** Incidents that this subscriber's trouble is known not to be of. */
  notOf(subscriber: SubscriberKey): readonly IncidentId[] {
    return this.drawer.ofSubscriber(subscriber).flatMap(({ notOf }) => notOf ?? []);
  }

  open(opening: Opening, context: TicketContext, out: TicketChange[]): Ticket | undefined {
    if (this.drawer.isFull()) return undefined;
    const ticket = opened(context.ids.next() as TicketId, opening, context.at);
    this.drawer.put(ticket);
    out.push({ kind: 'opened', ticket });
    return ticket;
  }

  put(ticket: Ticket, out: TicketChange[]): void {
    this.drawer.put(ticket);
    out.push({ kind: 'changed', ticket });
  }

  attach(id: TicketId, incident: IncidentId, context: TicketContext, out: TicketChange[]): void {
    const ticket = this.drawer.get(id);
    const parent = this.drawer.parentOf(incident);
    if (ticket === undefined || parent === undefined || ticket.incident !== undefined || !isOpen(ticket))
      return;
    if (ticket.notOf?.includes(incident) === true) return;
    const event = { at: context.at, status: parent.status, reason: 'attached' } as const;
    this.put(moved(handedDown(ticket, parent), event), out);
    this.#uncounted.add(parent.id);
  }

  /** From an incident to that part of it which is one of its own now; what is of neither stays where it is. */
  move(
    id: TicketId,
    { from, to }: { readonly from: IncidentId; readonly to: IncidentId },
    { at }: TicketContext,
    out: TicketChange[],
  ): void {
    const ticket = this.drawer.get(id);
    const parent = this.drawer.parentOf(to);
    if (ticket?.incident !== from || !isOpen(ticket) || parent === undefined || !isOpen(parent)) return;
    if (ticket.notOf?.includes(to) === true) return;
    // Back with the whole is not back with this part.
    const status = ticket.status === 'resolved' ? parent.status : ticket.status;
    const alone = { ...ticket, expectedResolutionAt: undefined, note: undefined };
    this.put(moved(handedDown(alone, parent), { at, status, reason: 'attached' }), out);
    this.#uncounted.add(parent.id);
    if (ticket.parent !== undefined) this.#uncounted.add(ticket.parent);
  }

  release(id: TicketId, reason: Release, { at }: TicketContext, out: TicketChange[]): void {
    const ticket = this.drawer.get(id);
    if (ticket?.kind !== 'subscriber' || ticket.incident === undefined) return;
    this.put(released(ticket, at, reason), out);
    if (ticket.parent !== undefined) this.#uncounted.add(ticket.parent);
  }

  /** The parent is counted once a call, however many children came or went. */
  recount(id: TicketId): void {
    this.#uncounted.add(id);
  }

  /** One change a ticket, in its last state. */
  settled(out: TicketChange[]): TicketChange[] {
    for (const id of this.#uncounted) {
      const parent = this.drawer.get(id);
      if (parent !== undefined) this.put({ ...parent, attached: this.drawer.childCount(id) }, out);
    }
    this.#uncounted.clear();
    return latest(out);
  }
}
