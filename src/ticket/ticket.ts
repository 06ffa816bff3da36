/**
 * Trouble tickets (TMF621): one `incident` ticket an incident, subscribers' own tickets as its children.
 *
 * Invariants: an incident has at most one ticket; a subscriber has at most one open ticket an incident; status and ETR
 * go from parent to children, never back; only a count goes up. No call touches more than 5,000 subscribers or
 * children: what is left waits as a job, and `continue` takes the next slice (design L5).
 */
import { neverHappens } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { holds, sizeOf, tidied } from '../base/ranges.ts';
import type { Confirmation, ConfirmationChange } from '../model/confirmation.ts';
import {
  type IdSource,
  type IncidentId,
  type SubscriberKey,
  type SubscriberRange,
  subscriberKey,
  type TicketId,
} from '../model/ids.ts';
import type { ImpactChange, Incident, IncidentChange } from '../model/incident.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { ContactChannel, Ticket, TicketChange, TicketEvent, TicketStatus } from '../model/ticket.ts';
import { type Job, numbersOf, takenOver } from './backlog.ts';
import { TicketDrawer, type TicketDrawerSnapshot } from './drawer.ts';
import { demandOf, isOpen, latest, moved, type Opening, opened } from './lifecycle.ts';

export interface TicketContext {
  readonly at: Instant;
  readonly ids: IdSource;
}

export interface TicketOutcome {
  readonly changes: readonly TicketChange[];
  readonly rest?: string | undefined;
}

const sliceSize = 5_000;
const restToken = 'more';

export class Tickets {
  readonly #drawer = new TicketDrawer();
  #columns: SubscriberColumns | undefined;
  #jobs: Job[] = [];
  #isContinuing = false;

  /** Jobs in numbers of an older version are dropped: the impacts of the new version bring them again. */
  setSubscribers(columns: SubscriberColumns): void {
    if (this.#columns !== undefined) this.#jobs = this.#jobs.filter((job) => job.kind === 'follow');
    this.#columns = columns;
  }

  /** Tickets hold no due times. */
  get wakeAt(): Instant | undefined {
    return undefined;
  }

  /** Promises do not move after a stop (design L10), and a ticket waits for nothing else. */
  shift(_deltaMs: number): void {}

  ticket(id: TicketId): Ticket | undefined {
    return this.#drawer.get(id);
  }

  /** The subscriber's open ticket; with an incident given, the one about it. */
  openOf(subscriber: SubscriberKey, incident?: IncidentId): Ticket | undefined {
    const open = this.#drawer.ofSubscriber(subscriber).filter(isOpen);
    return incident === undefined ? open[0] : open.find((ticket) => ticket.incident === incident);
  }

  /** The ticket of the incident itself. */
  parentOf(incident: IncidentId): Ticket | undefined {
    return this.#drawer.parentOf(incident);
  }

  /** Who has an open ticket about the incident. */
  attachedSubscribers(incident: IncidentId): SubscriberKey[] {
    return this.#drawer
      .childrenOf(this.#drawer.parentOf(incident)?.id)
      .filter(isOpen)
      .map((ticket) => ticket.subscriber!);
  }

  /** Tickets not opened because the drawer was full. */
  get refused(): number {
    return this.#drawer.refused;
  }

  onIncident(changes: readonly IncidentChange[], context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    for (const change of changes) this.#incidentChanged(change, context, out);
    this.#run(context, out, sliceSize);
    return latest(out);
  }

  onImpact(changes: readonly ImpactChange[], context: TicketContext): TicketOutcome {
    const out: TicketChange[] = [];
    for (const { impact, incident, joined } of changes) {
      const parent = this.#drawer.parentOf(incident.id);
      if (parent === undefined || !isOpen(parent)) continue;
      const expected = impact.etr?.to;
      if (expected !== undefined && expected !== parent.expectedResolutionAt) {
        this.#put({ ...parent, expectedResolutionAt: expected }, out);
        this.#follow(parent.id, undefined, 'command');
      }
      if (joined.length > 0) this.#attachLater(incident.id, tidied(joined));
    }
    this.#run(context, out, sliceSize);
    return this.#outcome(out);
  }

  continue(token: string, context: TicketContext): TicketOutcome {
    const out: TicketChange[] = [];
    if (token !== restToken) return { changes: out };
    this.#isContinuing = false;
    this.#run(context, out, sliceSize);
    return this.#outcome(out);
  }

  /** A subscriber turned to us: one ticket a subscriber and incident, however often. */
  contact(
    said: {
      readonly subscriber: SubscriberKey;
      readonly channel: ContactChannel;
      readonly contact?: string | undefined;
      /** It comes long after the end of this one. */
      readonly follows?: IncidentId | undefined;
    },
    incidentOf: (subscriber: SubscriberKey) => IncidentId | undefined,
    context: TicketContext,
  ): TicketChange[] {
    const out: TicketChange[] = [];
    const covering = incidentOf(said.subscriber);
    const parent = covering === undefined ? undefined : this.#drawer.parentOf(covering);
    const incident = parent !== undefined && isOpen(parent) ? covering : undefined;
    const known = this.openOf(said.subscriber, incident) ?? this.#unattachedOf(said.subscriber);
    if (known !== undefined) {
      const status = known.status === 'resolved' ? 'inProgress' : known.status;
      this.#put(moved(known, { at: context.at, status, reason: 'contactMe' }), out);
      if (known.incident === undefined && incident !== undefined)
        this.#attach(known.id, incident, context, out);
      return latest(out);
    }
    // Field by field: what the caller hands in may carry a kind of its own.
    const { subscriber, channel, contact } = said;
    const follows = this.#drawer.followed(subscriber, said.follows);
    const opening = { kind: 'subscriber', reason: 'opened', subscriber, channel, contact, follows } as const;
    const ticket = this.#open(opening, context, out);
    if (ticket !== undefined && incident !== undefined) this.#attach(ticket.id, incident, context, out);
    return latest(out);
  }

  /** What subscribers answered, or did not: fixed closes, "no" brings the ticket back to work, "contact me" keeps it. */
  answered(changes: readonly ConfirmationChange[], context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    for (const change of changes) this.#answer(change, context, out);
    return latest(out);
  }

  setStatus(id: TicketId, status: TicketStatus, context: TicketContext): TicketChange[] {
    return this.#ordered(id, { at: context.at, status, reason: 'command' }, context);
  }

  /** The ticket system changed a ticket of ours; an update without status says nothing to us. */
  deskUpdate(id: TicketId, status: TicketStatus | undefined, context: TicketContext): TicketChange[] {
    return status === undefined ? [] : this.#ordered(id, { at: context.at, status, reason: 'desk' }, context);
  }

  snapshot(): TicketsSnapshot {
    return { drawer: this.#drawer.snapshot(), jobs: this.#jobs, isContinuing: this.#isContinuing };
  }

  restore(snapshot: unknown): void {
    const { drawer, jobs, isContinuing } = snapshot as TicketsSnapshot;
    this.#drawer.restore(drawer);
    this.#jobs = [...jobs];
    this.#isContinuing = isContinuing;
  }

  #incidentChanged({ kind, incident }: IncidentChange, context: TicketContext, out: TicketChange[]): void {
    const parent = this.#drawer.parentOf(incident.id);
    const at = context.at;
    switch (kind) {
      case 'resolved':
        if (parent !== undefined) this.#order(parent, { at, status: 'resolved', reason: 'restored' }, out);
        return;
      case 'merged':
        this.#merge(incident, context, out);
        return;
      case 'closed':
        if (parent !== undefined) this.#order(parent, { at, status: 'closed', reason: 'confirmed' }, out);
        return;
      case 'opened':
      case 'reopened':
      case 'rerooted':
      case 'grew':
      case 'shrank':
      case 'mitigated':
        if (parent === undefined) {
          if (incident.actionable && !incident.planned) {
            this.#open({ kind: 'incident', reason: 'opened', incident: incident.id }, context, out);
          }
        } else if (kind === 'reopened') {
          this.#order(parent, { at, status: 'inProgress', reason: 'notFixed' }, out);
        }
        return;
      default:
        neverHappens(kind);
    }
  }

  /** The children go to the survivor, the ticket of the merged incident stays as a cancelled tombstone. */
  #merge(incident: Incident, context: TicketContext, out: TicketChange[]): void {
    const parent = this.#drawer.parentOf(incident.id);
    if (parent === undefined) return;
    const children = this.#drawer.childrenOf(parent.id).map((child) => child.id);
    this.#put(
      moved({ ...parent, attached: 0 }, { at: context.at, status: 'cancelled', reason: 'merged' }),
      out,
    );
    let survivor = incident.into === undefined ? undefined : this.#drawer.parentOf(incident.into);
    if (survivor === undefined && incident.into !== undefined) {
      survivor = this.#open({ kind: 'incident', reason: 'opened', incident: incident.into }, context, out);
    }
    if (survivor === undefined) return;
    this.#drawer.adopt(survivor.id, parent.id);
    this.#put({ ...survivor, attached: this.#drawer.childCount(survivor.id) }, out);
    if (children.length > 0) {
      this.#jobs.push({ kind: 'follow', parent: survivor.id, reason: 'merged', tickets: children, from: 0 });
    }
  }

  #answer(change: ConfirmationChange, context: TicketContext, out: TicketChange[]): void {
    const { confirmation } = change;
    const demand = demandOf(confirmation.state);
    if (demand === undefined) return;
    const { status, reason } = demand;
    const open = this.openOf(confirmation.subscriber, confirmation.incident);
    const ticket = open ?? (demand.opens ? this.#reopenable(confirmation, context, out) : undefined);
    if (ticket === undefined) return;
    const isNo = reason === 'notFixed' && change.kind === 'answered' && change.answer === 'notFixed';
    // Asked again after a diagnosis: the ticket waits for the answer like all others.
    if (confirmation.state === 'ASKED' && ticket.status !== 'inProgress') return;
    if (!isNo && ticket.status === status) return;
    this.#put(
      moved({ ...ticket, loops: ticket.loops + (isNo ? 1 : 0) }, { at: context.at, status, reason }),
      out,
    );
  }

  /** The subscriber's ticket about that incident, closed lately, or a new one. */
  #reopenable(confirmation: Confirmation, context: TicketContext, out: TicketChange[]): Ticket | undefined {
    const { subscriber, incident } = confirmation;
    const closed = this.#drawer.ofSubscriber(subscriber).findLast((ticket) => ticket.incident === incident);
    if (closed !== undefined) return closed;
    const channel = confirmation.answers.at(-1)?.channel;
    const parent = this.#drawer.parentOf(incident)?.id;
    const ticket = this.#open(
      { kind: 'subscriber', reason: 'opened', subscriber, channel, incident, parent },
      context,
      out,
    );
    if (ticket !== undefined && parent !== undefined) this.#count(parent, out);
    return ticket;
  }

  #ordered(id: TicketId, event: TicketEvent, context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    const ticket = this.#drawer.get(id);
    if (ticket !== undefined) this.#order(ticket, event, out);
    this.#run(context, out, sliceSize);
    return latest(out);
  }

  #order(ticket: Ticket, event: TicketEvent, out: TicketChange[]): void {
    if (ticket.status === event.status) return;
    this.#put(moved(ticket, event), out);
    if (ticket.kind === 'incident') this.#follow(ticket.id, event.status, event.reason);
  }

  #follow(parent: TicketId, status: TicketStatus | undefined, reason: TicketEvent['reason']): void {
    const tickets = this.#drawer
      .childrenOf(parent)
      .filter(isOpen)
      .map((child) => child.id);
    if (tickets.length > 0) this.#jobs.push({ kind: 'follow', parent, status, reason, tickets, from: 0 });
  }

  /** Looks through whichever is shorter: the joined subscribers or the tickets without an incident. */
  #attachLater(incident: IncidentId, ranges: readonly SubscriberRange[]): void {
    const loose = this.#drawer.unattached();
    if (loose.length === 0 || this.#columns === undefined) return;
    if (sizeOf(ranges) < loose.length) this.#jobs.push({ kind: 'attach', incident, ranges, from: 0 });
    else this.#jobs.push({ kind: 'attachListed', incident, ranges, tickets: loose, from: 0 });
  }

  #attach(id: TicketId, incident: IncidentId, context: TicketContext, out: TicketChange[]): void {
    const ticket = this.#drawer.get(id);
    const parent = this.#drawer.parentOf(incident);
    if (ticket === undefined || parent === undefined || ticket.incident !== undefined || !isOpen(ticket))
      return;
    const { expectedResolutionAt } = parent;
    const attached = { ...ticket, incident, parent: parent.id, expectedResolutionAt };
    this.#put(moved(attached, { at: context.at, status: parent.status, reason: 'attached' }), out);
    this.#count(parent.id, out);
  }

  #count(id: TicketId, out: TicketChange[]): void {
    const parent = this.#drawer.get(id);
    if (parent !== undefined) this.#put({ ...parent, attached: this.#drawer.childCount(id) }, out);
  }

  #unattachedOf(subscriber: SubscriberKey): Ticket | undefined {
    return this.#drawer
      .ofSubscriber(subscriber)
      .find((ticket) => isOpen(ticket) && ticket.incident === undefined);
  }

  #open(opening: Opening, context: TicketContext, out: TicketChange[]): Ticket | undefined {
    if (this.#drawer.isFull()) return undefined;
    const ticket = opened(context.ids.next() as TicketId, opening, context.at);
    this.#drawer.put(ticket);
    out.push({ kind: 'opened', ticket });
    return ticket;
  }

  #put(ticket: Ticket, out: TicketChange[]): void {
    this.#drawer.put(ticket);
    out.push({ kind: 'changed', ticket });
  }

  #outcome(out: TicketChange[]): TicketOutcome {
    const changes = latest(out);
    if (this.#jobs.length === 0 || this.#isContinuing) return { changes };
    this.#isContinuing = true;
    return { changes, rest: restToken };
  }

  #run(context: TicketContext, out: TicketChange[], budget: number): void {
    let left = budget;
    while (left > 0) {
      const job = this.#jobs.shift();
      if (job === undefined) return;
      const size = job.kind === 'attach' ? sizeOf(job.ranges) : job.tickets.length;
      const to = Math.min(size, job.from + left);
      left -= to - job.from;
      this.#slice(job, to, context, out);
      if (to < size) this.#jobs.unshift({ ...job, from: to });
    }
  }

  #slice(job: Job, to: number, context: TicketContext, out: TicketChange[]): void {
    if (job.kind === 'attach') {
      for (const number of numbersOf(job.ranges, job.from, to)) {
        const ticket = this.#unattachedOf(subscriberKey(this.#columns!.keyOf(number)));
        if (ticket !== undefined) this.#attach(ticket.id, job.incident, context, out);
      }
      return;
    }
    for (const id of job.tickets.slice(job.from, to)) {
      const ticket = this.#drawer.get(id);
      if (ticket === undefined) continue;
      if (job.kind === 'follow') this.#followParent(ticket, job, context, out);
      else {
        const number = this.#columns?.numberOf(ticket.subscriber!) ?? -1;
        if (number >= 0 && holds(job.ranges, number)) this.#attach(id, job.incident, context, out);
      }
    }
  }

  /** Status and ETR of the parent, once it is this child's turn. */
  #followParent(
    child: Ticket,
    job: Job & { kind: 'follow' },
    context: TicketContext,
    out: TicketChange[],
  ): void {
    const parent = this.#drawer.get(job.parent);
    if (parent === undefined) return;
    const { expectedResolutionAt, incident } = parent;
    const next = { ...child, expectedResolutionAt, incident, parent: parent.id };
    const status = takenOver(child, job.status);
    if (status !== child.status || job.reason === 'merged') {
      const reason = status === 'closed' && job.reason === 'confirmed' ? 'notConfirmed' : job.reason;
      this.#put(moved(next, { at: context.at, status, reason }), out);
    } else if (expectedResolutionAt !== child.expectedResolutionAt && isOpen(child)) this.#put(next, out);
  }
}

interface TicketsSnapshot {
  readonly drawer: TicketDrawerSnapshot;
  readonly jobs: readonly Job[];
  readonly isContinuing: boolean;
}
