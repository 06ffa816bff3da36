/** Tickets by id, incident, parent and subscriber: all open ones, and the latest ended ones for late answers. */
import type { IncidentId, SubscriberKey, TicketId } from '../model/ids.ts';
import type { Ticket } from '../model/ticket.ts';
import { isOpen } from './lifecycle.ts';

/** Beyond this no ticket is opened: a contact storm must not eat the line's memory. */
const openLimit = 500_000;
/** Ended tickets kept for a late "no"; older ones are in the book only. */
const endedLimit = 50_000;

export interface TicketDrawerSnapshot {
  readonly tickets: readonly Ticket[];
  readonly ended: readonly TicketId[];
  readonly unattached: readonly TicketId[];
  readonly children: readonly (readonly [TicketId, readonly TicketId[]])[];
  readonly refused: number;
}

export class TicketDrawer {
  readonly #tickets = new Map<TicketId, Ticket>();
  readonly #parents = new Map<IncidentId, TicketId>();
  readonly #children = new Map<TicketId, Set<TicketId>>();
  readonly #bySubscriber = new Map<SubscriberKey, TicketId[]>();
  /** Open subscriber tickets without an incident, in the order of opening. */
  readonly #unattached = new Set<TicketId>();
  readonly #ended = new Set<TicketId>();
  /** By incident the tickets that are known not to be of it. */
  readonly #denying = new Map<IncidentId, Set<TicketId>>();
  #refused = 0;

  get refused(): number {
    return this.#refused;
  }

  /** Counts a refusal when it is. */
  isFull(): boolean {
    const isFull = this.#tickets.size - this.#ended.size >= openLimit;
    if (isFull) this.#refused++;
    return isFull;
  }

  get(id: TicketId): Ticket | undefined {
    return this.#tickets.get(id);
  }

  parentOf(incident: IncidentId): Ticket | undefined {
    const id = this.#parents.get(incident);
    return id === undefined ? undefined : this.#tickets.get(id);
  }

  childrenOf(parent: TicketId | undefined): Ticket[] {
    const ids = parent === undefined ? undefined : this.#children.get(parent);
    return [...(ids ?? [])].map((id) => this.#tickets.get(id)!);
  }

  childCount(parent: TicketId): number {
    return this.#children.get(parent)?.size ?? 0;
  }

  ofSubscriber(subscriber: SubscriberKey): Ticket[] {
    return (this.#bySubscriber.get(subscriber) ?? []).map((id) => this.#tickets.get(id)!);
  }

  /** Whose trouble is known not to be of this incident. */
  deniedBy(incident: IncidentId): SubscriberKey[] {
    const keys = [...(this.#denying.get(incident) ?? [])].flatMap(
      (id) => this.#tickets.get(id)?.subscriber ?? [],
    );
    return [...new Set(keys)];
  }

  /** The subscriber's ticket about an incident that has ended, as far as it is kept. */
  followed(subscriber: SubscriberKey, incident: IncidentId | undefined): Ticket['follows'] {
    if (incident === undefined) return undefined;
    const old = this.ofSubscriber(subscriber).find((ticket) => ticket.incident === incident);
    return { incident, ticket: old?.id };
  }

  unattached(): TicketId[] {
    return [...this.#unattached];
  }

  put(ticket: Ticket): void {
    const before = this.#tickets.get(ticket.id);
    this.#tickets.set(ticket.id, ticket);
    if (before === undefined) this.#index(ticket);
    this.#deny(ticket, before?.notOf);
    if (ticket.kind === 'subscriber') this.#hang(ticket, before);
    if (isOpen(ticket)) this.#ended.delete(ticket.id);
    else if (!this.#ended.has(ticket.id)) {
      this.#ended.add(ticket.id);
      if (this.#ended.size > endedLimit) this.#forgetOldest();
    }
  }

  /** All children of one ticket become children of the other at once; their own records follow in slices. */
  adopt(parent: TicketId, from: TicketId): void {
    const children = this.#children.get(from);
    if (children === undefined) return;
    const all = this.#children.get(parent) ?? new Set();
    for (const child of children) all.add(child);
    this.#children.set(parent, all);
    this.#children.delete(from);
  }

  snapshot(): TicketDrawerSnapshot {
    return {
      tickets: [...this.#tickets.values()],
      ended: [...this.#ended],
      unattached: [...this.#unattached],
      children: [...this.#children].map(([parent, children]) => [parent, [...children]]),
      refused: this.#refused,
    };
  }

  restore({ tickets, ended, unattached, children, refused }: TicketDrawerSnapshot): void {
    for (const map of [this.#tickets, this.#parents, this.#children, this.#bySubscriber, this.#denying])
      map.clear();
    for (const set of [this.#unattached, this.#ended]) set.clear();
    for (const ticket of tickets) {
      this.#tickets.set(ticket.id, ticket);
      this.#index(ticket);
      this.#deny(ticket);
    }
    for (const id of ended) this.#ended.add(id);
    for (const id of unattached) this.#unattached.add(id);
    for (const [parent, ids] of children) this.#children.set(parent, new Set(ids));
    this.#refused = refused;
  }

  #index(ticket: Ticket): void {
    if (ticket.kind === 'incident') {
      if (ticket.incident !== undefined) this.#parents.set(ticket.incident, ticket.id);
      return;
    }
    const subscriber = ticket.subscriber!;
    this.#bySubscriber.set(subscriber, [...(this.#bySubscriber.get(subscriber) ?? []), ticket.id]);
  }

  /** A child whose parent was merged hangs below the survivor already, before its own record says so. */
  #hang(ticket: Ticket, before: Ticket | undefined): void {
    if (ticket.incident === undefined && isOpen(ticket)) this.#unattached.add(ticket.id);
    else this.#unattached.delete(ticket.id);
    if (before?.parent === ticket.parent) return;
    if (before?.parent !== undefined) this.#children.get(before.parent)?.delete(ticket.id);
    if (ticket.parent === undefined) return;
    const children = this.#children.get(ticket.parent) ?? new Set();
    children.add(ticket.id);
    this.#children.set(ticket.parent, children);
  }

  #deny({ id, notOf = [] }: Pick<Ticket, 'id' | 'notOf'>, before: Ticket['notOf'] = []): void {
    if (notOf === before) return;
    for (const incident of before) {
      const tickets = this.#denying.get(incident);
      tickets?.delete(id);
      if (tickets?.size === 0) this.#denying.delete(incident);
    }
    for (const incident of notOf) {
      const tickets = this.#denying.get(incident);
      if (tickets === undefined) this.#denying.set(incident, new Set([id]));
      else tickets.add(id);
    }
  }

  #forgetOldest(): void {
    const id = this.#ended.values().next().value!;
    const ticket = this.#tickets.get(id)!;
    this.#deny({ id }, ticket.notOf);
    this.#ended.delete(id);
    this.#tickets.delete(id);
    if (ticket.kind === 'incident') {
      if (ticket.incident !== undefined && this.#parents.get(ticket.incident) === id)
        this.#parents.delete(ticket.incident);
      this.#children.delete(id);
      return;
    }
    if (ticket.parent !== undefined) this.#children.get(ticket.parent)?.delete(id);
    const others = (this.#bySubscriber.get(ticket.subscriber!) ?? []).filter((other) => other !== id);
    if (others.length === 0) this.#bySubscriber.delete(ticket.subscriber!);
    else this.#bySubscriber.set(ticket.subscriber!, others);
  }
}
