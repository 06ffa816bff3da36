/** Tickets of those who have not turned to us: whom the policy names gets one below the incident's, so many of an incident at most. */
import { sizeOf } from '../base/ranges.ts';
import type { IncidentId, SubscriberRange } from '../model/ids.ts';
import { subscriberKey } from '../model/ids.ts';
import { type ImpactChange, type Incident, isToBeTold } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { Ticket, TicketChange } from '../model/ticket.ts';
import type { Backlog } from './backlog.ts';
import type { Ledger } from './ledger.ts';
import { isOpen, type TicketContext } from './lifecycle.ts';

/** Whom an incident touches now. */
export type RangesOf = (incident: IncidentId) => readonly SubscriberRange[];

export class ByPolicy {
  readonly #ledger: Ledger;
  readonly #backlog: Backlog;
  readonly #rangesOf: RangesOf;
  /** Since the input began; their people are looked through when those who have a ticket are where they belong. */
  readonly #begun = new Set<IncidentId>();
  #wish: Policy['tickets'];
  #columns: SubscriberColumns | undefined;
  /** Whoever should have got one and did not, for the limit of their incident. */
  beyond = 0;

  constructor(ledger: Ledger, backlog: Backlog, rangesOf: RangesOf) {
    this.#ledger = ledger;
    this.#backlog = backlog;
    this.#rangesOf = rangesOf;
  }

  setPolicy({ tickets }: Policy): void {
    this.#wish = tickets;
  }

  setSubscribers(columns: SubscriberColumns): void {
    this.#columns = columns;
  }

  /** Once of each incident, when it is one that people are told of. */
  begin(incident: Incident): void {
    const parent = this.#ledger.drawer.parentOf(incident.id);
    const isRunning = ['open', 'uncertain', 'mitigated'].includes(incident.state);
    if (this.#wish === undefined || parent === undefined || parent.byPolicy !== undefined) return;
    if (!isRunning || !isToBeTold(incident) || !isOpen(parent)) return;
    this.#ledger.drawer.put({ ...parent, byPolicy: { opened: 0, beyond: 0 } });
    this.#begun.add(incident.id);
  }

  /** Whoever joined; after a new list everybody, since it may say another class. */
  impactChanged({ kind, incident, impact, joined, left }: ImpactChange): void {
    const parent = this.#ledger.drawer.parentOf(incident.id);
    if (this.#wish === undefined || parent?.byPolicy === undefined || this.#begun.has(incident.id)) return;
    if (!isOpen(parent)) return;
    if (joined.length > 0) this.#look(incident.id, joined);
    else if (kind === 'assessed' && left.length === 0) {
      this.#ledger.drawer.put({ ...parent, byPolicy: { ...parent.byPolicy, beyond: 0 } });
      this.#look(incident.id, impact.ranges);
    }
  }

  /** All that the input changed is known. */
  settle(): void {
    for (const incident of this.#begun) this.#look(incident, this.#rangesOf(incident));
    this.#begun.clear();
  }

  /** It is this subscriber's turn. */
  open(number: number, incident: IncidentId, context: TicketContext, out: TicketChange[]): void {
    const { drawer } = this.#ledger;
    const parent = drawer.parentOf(incident);
    if (parent?.byPolicy === undefined || !isOpen(parent) || !this.#isMeant(number)) return;
    const subscriber = subscriberKey(this.#columns!.keyOf(number));
    // One that hung on a part of it comes over when it is its turn.
    const isComing = ({ incident: of }: Ticket): boolean =>
      of !== undefined && drawer.parentOf(of)?.status === 'cancelled';
    const isOf = (ticket: Ticket): boolean =>
      ticket.incident === incident ||
      ticket.notOf?.includes(incident) === true ||
      (isOpen(ticket) && isComing(ticket));
    if (drawer.ofSubscriber(subscriber).some(isOf)) return;
    const { opened, beyond } = parent.byPolicy;
    this.#ledger.recount(parent.id);
    if (opened >= this.#wish!.mostPerIncident) {
      this.beyond++;
      drawer.put({ ...parent, byPolicy: { opened, beyond: beyond + 1 } });
      return;
    }
    const opening = { kind: 'subscriber', reason: 'policy', subscriber, isUnasked: true } as const;
    const ticket = this.#ledger.looseOf(subscriber) ?? this.#ledger.open(opening, context, out);
    if (ticket === undefined) return;
    this.#ledger.attach(ticket.id, incident, context, out);
    if (ticket.isUnasked === true) drawer.put({ ...parent, byPolicy: { opened: opened + 1, beyond } });
  }

  #isMeant(number: number): boolean {
    const columns = this.#columns;
    if (columns === undefined || this.#wish === undefined) return false;
    const { classes, services } = this.#wish;
    return (
      classes.includes(columns.classOf(number)) ||
      services.some((service) => columns.hasService?.(number, service) === true)
    );
  }

  #look(incident: IncidentId, ranges: readonly SubscriberRange[]): void {
    if (sizeOf(ranges) > 0) this.#backlog.add({ kind: 'policy', incident, ranges, from: 0 });
  }
}

/** Of an incident and one that became part of it. */
export function bothCounts(a: Ticket['byPolicy'], b: Ticket['byPolicy']): Ticket['byPolicy'] {
  if (a === undefined || b === undefined) return a ?? b;
  return { opened: a.opened + b.opened, beyond: a.beyond + b.beyond };
}
