/**
 * Trouble tickets (TMF621): one `incident` ticket an incident, subscribers' own tickets as its children.
 *
 * Invariants: an incident has at most one ticket; a subscriber has at most one open ticket an incident; what goes from
 * parent to children, and that only counts go up, is the table in `propagation.ts`; a ticket that was taken from an
 * incident is attached to it again by a person only. No call touches more than 5,000 subscribers or children: what is
 * left waits as a job, and `continue` takes the next slice (design L5).
 */
import { neverHappens } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { tidied } from '../base/ranges.ts';
import type { ConfirmationChange } from '../model/confirmation.ts';
import type { IncidentId, SubscriberKey, SubscriberRange, TicketId } from '../model/ids.ts';
import type { ImpactChange, Incident, IncidentChange } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { Ticket, TicketChange, TicketEvent, TicketStatus } from '../model/ticket.ts';
import { Answers } from './answers.ts';
import { Backlog, type FollowJob, type Job } from './backlog.ts';
import { ByPolicy, bothCounts, type RangesOf } from './by-policy.ts';
import { Complaints, type Contact, type IncidentOf } from './complaints.ts';
import type { TicketDrawerSnapshot } from './drawer.ts';
import { Ledger } from './ledger.ts';
import { isOpen, moved, type Release, replied, type TicketContext } from './lifecycle.ts';
import { handedDown, propagation, takenOver } from './propagation.ts';

export { propagation };

export interface TicketOutcome {
  readonly changes: readonly TicketChange[];
  readonly rest?: string | undefined;
}

const sliceSize = 5_000;
const restToken = 'more';

export class Tickets {
  readonly #ledger = new Ledger();
  readonly #drawer = this.#ledger.drawer;
  readonly #complaints = new Complaints(this.#ledger);
  readonly #answers = new Answers(this.#ledger);
  readonly #backlog = new Backlog();
  readonly #byPolicy: ByPolicy;
  #isContinuing = false;

  constructor(rangesOf: RangesOf = () => []) {
    this.#byPolicy = new ByPolicy(this.#ledger, this.#backlog, rangesOf);
  }

  setPolicy(policy: Policy): void {
    this.#byPolicy.setPolicy(policy);
  }

  setSubscribers(columns: SubscriberColumns): void {
    this.#backlog.setSubscribers(columns);
    this.#byPolicy.setSubscribers(columns);
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
    return this.#ledger.openOf(subscriber, incident);
  }

  /** Incidents that this subscriber's trouble is known not to be of. */
  notOf(subscriber: SubscriberKey): readonly IncidentId[] {
    return this.#ledger.notOf(subscriber);
  }

  /** Whose trouble is known not to be of this incident. */
  deniedBy(incident: IncidentId): readonly SubscriberKey[] {
    return this.#drawer.deniedBy(incident);
  }

  /** The ticket of the incident itself. */
  parentOf(incident: IncidentId): Ticket | undefined {
    return this.#drawer.parentOf(incident);
  }

  /** Who turned to us, or is otherwise waited for, about the incident. */
  attachedSubscribers(incident: IncidentId): SubscriberKey[] {
    return this.#drawer
      .childrenOf(this.#drawer.parentOf(incident)?.id)
      .filter((ticket) => isOpen(ticket) && ticket.isUnasked !== true)
      .map((ticket) => ticket.subscriber!);
  }

  /** Tickets that the policy wanted and the limit of their incident did not let. */
  get beyondLimit(): number {
    return this.#byPolicy.beyond;
  }

  /** Tickets not opened because the drawer was full. */
  get refused(): number {
    return this.#drawer.refused;
  }

  onIncident(changes: readonly IncidentChange[], context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    for (const change of changes) {
      this.#incidentChanged(change, context, out);
      this.#byPolicy.begin(change.incident);
    }
    this.#run(context, out);
    return this.#ledger.settled(out);
  }

  onImpact(changes: readonly ImpactChange[], context: TicketContext): TicketOutcome {
    const out: TicketChange[] = [];
    for (const change of changes) {
      const { impact, incident, joined } = change;
      const parent = this.#drawer.parentOf(incident.id);
      if (parent === undefined || !isOpen(parent)) continue;
      const expected = impact.etr?.to;
      if (expected !== undefined && expected !== parent.expectedResolutionAt) {
        this.#ledger.put({ ...parent, expectedResolutionAt: expected }, out);
        this.#follow(parent.id, undefined, 'command');
      }
      if (joined.length > 0) this.#attachJoined(incident, tidied(joined));
      this.#byPolicy.impactChanged(change);
    }
    this.#byPolicy.settle();
    this.#run(context, out);
    return this.#outcome(out);
  }

  continue(token: string, context: TicketContext): TicketOutcome {
    const out: TicketChange[] = [];
    if (token !== restToken) return { changes: out };
    this.#isContinuing = false;
    this.#run(context, out);
    return this.#outcome(out);
  }

  /** A subscriber turned to us: one ticket a subscriber and incident, however often. */
  contact(said: Contact, incidentOf: IncidentOf, context: TicketContext): TicketChange[] {
    return this.#complaints.contact(said, incidentOf, context);
  }

  /** Asked on the page: it joins the ticket that is about it, or opens one. */
  question(said: Contact & { readonly contact: string }, incidentOf: IncidentOf, context: TicketContext) {
    return this.#complaints.question(said, incidentOf, context);
  }

  /** A call about the incident was answered without a person: counted, no ticket. */
  heard(incident: IncidentId): TicketChange[] {
    return this.#complaints.heard(incident);
  }

  /** It is another fault, says the subscriber: an own ticket, which that incident does not get back. */
  disown(said: Contact & { readonly incident: IncidentId }, context: TicketContext) {
    return this.#complaints.disown(said, context);
  }

  /** Staff answered; nothing where there is no such question. */
  reply(
    id: TicketId,
    row: { readonly question: string; readonly answer: string },
    { at }: TicketContext,
  ): TicketChange[] {
    const ticket = this.#drawer.get(id);
    const next = ticket === undefined ? undefined : replied(ticket, { ...row, at });
    const out: TicketChange[] = [];
    if (next !== undefined) this.#ledger.put(next, out);
    return out;
  }

  /** Undoes an attachment; only a person attaches it to that incident again. */
  detach(id: TicketId, reason: Release, context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    this.#ledger.release(id, reason, context, out);
    return this.#ledger.settled(out);
  }

  /** A person knows better than topology and time. */
  attach(id: TicketId, incident: IncidentId, context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    const ticket = this.#drawer.get(id);
    const parent = this.#drawer.parentOf(incident);
    if (ticket?.kind !== 'subscriber' || !isOpen(ticket) || ticket.incident === incident) return out;
    if (parent === undefined || !isOpen(parent)) return out;
    if (ticket.incident !== undefined) this.#ledger.release(id, 'detached', context, out);
    const loose = this.#drawer.get(id)!;
    this.#ledger.put({ ...loose, notOf: loose.notOf?.filter((one) => one !== incident) }, out);
    this.#ledger.attach(id, incident, context, out);
    return this.#ledger.settled(out);
  }

  /** What staff tell whoever reads the ticket; the children of an incident's take it over. */
  note(id: TicketId, note: string, context: TicketContext): TicketOutcome {
    const out: TicketChange[] = [];
    const ticket = this.#drawer.get(id);
    if (ticket === undefined) return { changes: out };
    const event = { at: context.at, status: ticket.status, reason: 'note' } as const;
    this.#ledger.put(moved({ ...ticket, note }, event), out);
    this.#follow(ticket.id, undefined, 'note');
    this.#run(context, out);
    return this.#outcome(out);
  }

  /** What subscribers answered, or did not: fixed closes, "no" brings the ticket back to work, "contact me" keeps it. */
  answered(changes: readonly ConfirmationChange[], context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    for (const change of changes) this.#answers.take(change, context, out);
    return this.#ledger.settled(out);
  }

  setStatus(id: TicketId, status: TicketStatus, context: TicketContext): TicketChange[] {
    return this.#ordered(id, { at: context.at, status, reason: 'command' }, context);
  }

  /** The ticket system changed a ticket of ours; an update without status says nothing to us. */
  deskUpdate(id: TicketId, status: TicketStatus | undefined, context: TicketContext): TicketChange[] {
    return status === undefined ? [] : this.#ordered(id, { at: context.at, status, reason: 'desk' }, context);
  }

  snapshot(): TicketsSnapshot {
    const jobs = this.#backlog.snapshot();
    const { beyond } = this.#byPolicy;
    return { drawer: this.#drawer.snapshot(), jobs, isContinuing: this.#isContinuing, beyond };
  }

  restore(snapshot: unknown): void {
    const { drawer, jobs, isContinuing, beyond = 0 } = snapshot as TicketsSnapshot;
    this.#byPolicy.beyond = beyond;
    this.#drawer.restore(drawer);
    this.#backlog.restore(jobs);
    this.#isContinuing = isContinuing;
  }

  #incidentChanged({ kind, incident }: IncidentChange, context: TicketContext, out: TicketChange[]): void {
    const parent = this.#drawer.parentOf(incident.id);
    const at = context.at;
    const isOff = parent?.status === 'rejected' || parent?.status === 'cancelled';
    switch (kind) {
      case 'resolved':
        if (parent !== undefined && !isOff)
          this.#order(parent, { at, status: 'resolved', reason: 'restored' }, out);
        return;
      case 'merged':
        this.#merge(incident, context, out);
        return;
      case 'closed':
        if (parent !== undefined && !isOff)
          this.#order(parent, { at, status: 'closed', reason: 'confirmed' }, out);
        return;
      case 'opened':
      case 'reopened':
      case 'rerooted':
      case 'grew':
      case 'shrank':
      case 'mitigated': {
        const isWork = incident.actionable && !incident.planned;
        if (parent === undefined) {
          if (isWork)
            this.#ledger.open({ kind: 'incident', reason: 'opened', incident: incident.id }, context, out);
        } else if (!incident.actionable && isOpen(parent))
          this.#order(parent, { at, status: 'rejected', reason: 'falseAlarm' }, out);
        else if (kind === 'reopened' || (isWork && parent.history.at(-1)?.reason === 'falseAlarm'))
          this.#order(parent, { at, status: 'inProgress', reason: 'notFixed' }, out);
        return;
      }
      default:
        neverHappens(kind);
    }
  }

  /** The children go to the survivor, the ticket of the merged incident stays as a cancelled tombstone. */
  #merge(incident: Incident, context: TicketContext, out: TicketChange[]): void {
    const parent = this.#drawer.parentOf(incident.id);
    if (parent === undefined) return;
    const children = this.#drawer.childrenOf(parent.id).map((child) => child.id);
    this.#ledger.put(
      moved({ ...parent, attached: 0 }, { at: context.at, status: 'cancelled', reason: 'merged' }),
      out,
    );
    let survivor = incident.into === undefined ? undefined : this.#drawer.parentOf(incident.into);
    if (survivor === undefined && incident.into !== undefined) {
      survivor = this.#ledger.open(
        { kind: 'incident', reason: 'opened', incident: incident.into },
        context,
        out,
      );
    }
    if (survivor === undefined) return;
    this.#drawer.adopt(survivor.id, parent.id);
    const byPolicy = bothCounts(survivor.byPolicy, parent.byPolicy);
    this.#ledger.put({ ...survivor, attached: this.#drawer.childCount(survivor.id), byPolicy }, out);
    this.#backlog.add({ kind: 'follow', parent: survivor.id, reason: 'merged', tickets: children, from: 0 });
  }

  #ordered(id: TicketId, event: TicketEvent, context: TicketContext): TicketChange[] {
    const out: TicketChange[] = [];
    const ticket = this.#drawer.get(id);
    if (ticket !== undefined) this.#order(ticket, event, out);
    this.#run(context, out);
    return this.#ledger.settled(out);
  }

  #order(ticket: Ticket, event: TicketEvent, out: TicketChange[]): void {
    if (ticket.status === event.status) return;
    this.#ledger.put(moved(ticket, event), out);
    if (ticket.kind !== 'incident') return;
    // There is no such incident: whose complaint hung on it has a complaint of their own.
    if (event.status === 'rejected' || event.status === 'cancelled')
      this.#backlog.add({ kind: 'release', tickets: this.#openChildren(ticket.id), from: 0 });
    else this.#follow(ticket.id, event.status, event.reason);
  }

  #follow(parent: TicketId, status: TicketStatus | undefined, reason: TicketEvent['reason']): void {
    const tickets = this.#openChildren(parent);
    this.#backlog.add({ kind: 'follow', parent, status, reason, tickets, from: 0 });
  }

  /** Loose tickets of those whom it touches now, and those on the incident of which it was a part. */
  #attachJoined({ id: incident, parent: of }: Incident, ranges: readonly SubscriberRange[]): void {
    this.#backlog.addAttaching(incident, ranges, this.#drawer.unattached());
    const whole = of === undefined ? undefined : this.#drawer.parentOf(of);
    if (whole === undefined) return;
    const tickets = this.#openChildren(whole.id);
    this.#backlog.add({ kind: 'attachListed', incident, of, ranges, tickets, from: 0 });
  }

  readonly #openChildren = (parent: TicketId): TicketId[] =>
    this.#drawer
      .childrenOf(parent)
      .filter(isOpen)
      .map((child) => child.id);

  #outcome(out: TicketChange[]): TicketOutcome {
    const changes = this.#ledger.settled(out);
    if (this.#backlog.isEmpty || this.#isContinuing) return { changes };
    this.#isContinuing = true;
    return { changes, rest: restToken };
  }

  #run(context: TicketContext, out: TicketChange[]): void {
    this.#backlog.run(sliceSize, {
      attach: (id, incident) => this.#ledger.attach(id, incident, context, out),
      move: (id, incident, of) => this.#ledger.move(id, { to: incident, from: of }, context, out),
      follow: (id, job) => this.#followParent(id, job, context, out),
      open: (number, incident) => this.#byPolicy.open(number, incident, context, out),
      release: (id) => this.#ledger.release(id, 'falseAlarm', context, out),
      looseOf: (subscriber) => this.#ledger.looseOf(subscriber)?.id,
      subscriberOf: (id) => this.#drawer.get(id)?.subscriber,
    });
  }

  /** What the parent hands down, once it is this child's turn. */
  #followParent(id: TicketId, job: FollowJob, context: TicketContext, out: TicketChange[]): void {
    const child = this.#drawer.get(id);
    const parent = this.#drawer.get(job.parent);
    if (child === undefined || parent === undefined) return;
    const isMerged = job.reason === 'merged';
    // Taken from it since the job was made.
    if (!isMerged && child.parent !== parent.id) return;
    const next = handedDown(isMerged ? { ...child, expectedResolutionAt: undefined } : child, parent);
    const status = takenOver(child, job.status);
    if (status !== child.status || isMerged || (job.reason === 'note' && next.note !== child.note)) {
      const reason = status === 'closed' && job.reason === 'confirmed' ? 'notConfirmed' : job.reason;
      this.#ledger.put(moved(next, { at: context.at, status, reason }), out);
    } else if (next.expectedResolutionAt !== child.expectedResolutionAt && isOpen(child))
      this.#ledger.put(next, out);
  }
}

interface TicketsSnapshot {
  readonly drawer: TicketDrawerSnapshot;
  readonly jobs: readonly Job[];
  readonly isContinuing: boolean;
  /** Absent in what older versions kept. */
  readonly beyond?: number | undefined;
}
