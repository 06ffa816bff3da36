/**
 * "Is it fixed?": asks those who were told once the repair is stable, and takes the answers. Of very many not all are
 * asked (`reserve.ts`): whoever turned to us, some of each branch, and all of a branch where one says "no".
 *
 * Invariants: one confirmation a subscriber and incident; at most three questions a repair, each with its reminders; "no"
 * outweighs "yes"; a settled one changes by its subscriber's word only; no call looks at over 5,000 (design L5).
 */
import { after, earliest, type Instant } from '../base/instant.ts';
import { tidied } from '../base/ranges.ts';
import { Timers } from '../base/timers.ts';
import type { Calendar } from '../model/calendar.ts';
import type { Answer, Confirmation, ConfirmationChange } from '../model/confirmation.ts';
import type { ConfirmationId, IdSource, IncidentId, SubscriberKey, SubscriberRange } from '../model/ids.ts';
import { askedOnce } from '../model/ids.ts';
import { type ImpactChange, type Incident, type IncidentChange, isToBeTold } from '../model/incident.ts';
import { KeyQueue } from '../model/key-queue.ts';
import type { Tell } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { TaskChange } from '../model/task.ts';
import type { ContactChannel } from '../model/ticket.ts';
import { Asker, type Out } from './asker.ts';
import { Backlog, leftToAsk } from './backlog.ts';
import { type Asked, askedOf, hear, isBack } from './hearing.ts';
import {
  beginRound,
  confirmationOf,
  type Inquiry,
  type InquirySnapshot,
  inquirySnapshot,
  newInquiry,
  rated,
  restoredInquiry,
  shiftInquiry,
} from './inquiry.ts';
import type { Sparing, SparingSnapshot } from './sparing.ts';
import { noteWork } from './work.ts';

export { tallyOf } from './tally.ts';
export * from './words/reader.ts';

export interface ConfirmContext {
  readonly at: Instant;
  readonly ids: IdSource;
}

/** Who heard of the incident, and whose tickets hang below it. */
export interface ResolveContext extends ConfirmContext {
  readonly toldRanges: (incident: IncidentId) => readonly SubscriberRange[];
  readonly attached: (incident: IncidentId) => readonly SubscriberKey[];
}

export interface ConfirmOutcome {
  readonly changes: readonly ConfirmationChange[];
  readonly tells: readonly Tell[];
  /** Incidents of which nothing more is awaited; each is named once a repair. */
  readonly closable: readonly IncidentId[];
  /** Who said "no" or "call me" so late that a new ticket is due, linked to the old one. */
  readonly late: Out['late'];
  readonly rest?: string | undefined;
}

const restToken = 'more';
/** Single-line tests remembered for one incident before its subscribers are asked. */
const probeLimit = 50_000;

export class Confirmations {
  readonly #inquiries = new Map<IncidentId, Inquiry>();
  readonly #timers = new Timers();
  readonly #asker = new Asker(this.#timers, this.#inquiries);
  readonly #backlog = new Backlog(this.#asker);
  readonly #touched = new Set<IncidentId>();
  #isContinuing = false;

  /** Whom we ask less, or nothing. */
  get sparing(): Sparing {
    return this.#asker.sparing;
  }

  setPolicy(policy: Policy): void {
    this.#asker.policy = policy;
  }

  setCalendar(calendar: Calendar): void {
    this.#asker.calendar = calendar;
  }

  /** Rows are kept by stable key, so only what was said in numbers is affected: outages that covered others are dropped. */
  setSubscribers(columns: SubscriberColumns, version: number): void {
    this.#asker.columns = columns;
    this.#asker.version = version;
    this.#backlog.drop((job) => job.kind === 'cover');
  }

  get wakeAt(): Instant | undefined {
    return earliest(this.#timers.next, this.#backlog.since);
  }

  shift(deltaMs: number): void {
    this.#timers.shift(deltaMs, () => true);
    for (const known of this.#inquiries.values()) shiftInquiry(known, deltaMs);
  }

  of(id: ConfirmationId): Confirmation | undefined {
    const found = this.#find(id);
    return found === undefined ? undefined : confirmationOf(found.of, found.row);
  }

  /** Nothing more is awaited of anybody asked about the incident. */
  done(incident: IncidentId): boolean {
    const known = this.#inquiries.get(incident);
    return known === undefined || isDone(known);
  }

  onIncident(changes: readonly IncidentChange[], context: ResolveContext): ConfirmOutcome {
    for (const { kind, incident } of changes) {
      if (kind === 'resolved') this.#resolved(incident, context);
      else if (kind === 'reopened') this.#reopened(incident.id);
      else if (kind === 'merged') this.#merged(incident.id, context.at);
      else if (kind === 'closed') this.#closed(incident.id, context.at);
    }
    return this.#finish(context.at, newOut());
  }

  /** A new outage covers people who have not answered yet: their question makes no sense any more. */
  onImpact(changes: readonly ImpactChange[], context: ConfirmContext): ConfirmOutcome {
    for (const { incident, joined } of changes) {
      const isOutage = isToBeTold(incident) && ['open', 'uncertain'].includes(incident.state);
      if (!isOutage || joined.length === 0) continue;
      for (const known of this.#inquiries.values()) {
        if (known.reserve?.version === this.#asker.version) known.reserve.cover(tidied(joined));
        const isAsking = known.incident !== incident.id && known.phase !== 'closed' && known.sheet.open > 0;
        if (isAsking)
          this.#backlog.jobs.push({
            kind: 'cover',
            incident: known.incident,
            from: 0,
            ranges: tidied(joined),
          });
      }
    }
    return this.#finish(context.at, newOut());
  }

  /** A repeated answer changes nothing; a "no" or "call me" to a forgotten question opens a ticket of its own. */
  answer(
    id: ConfirmationId,
    answer: Answer,
    context: ConfirmContext & { readonly channel: ContactChannel; readonly sureness?: number | undefined },
  ): ConfirmOutcome {
    const [out, found] = [newOut(), this.#find(id)];
    const { at, channel, sureness } = context;
    const said = { at, answer, channel, sureness };
    if (found !== undefined && hear(this.#asker, found, said, out)) this.#touched.add(found.of.incident);
    if (found === undefined && answer !== 'fixed') this.#forgotten(id, out);
    return this.#finish(at, out);
  }

  /** Words that nobody could make out: one simple question, then a call. */
  unclear(id: ConfirmationId, context: ConfirmContext): ConfirmOutcome {
    const out = newOut();
    const found = this.#find(id);
    if (found !== undefined && !isBack(found))
      this.#apply(found.of, found.row, { kind: 'unclear' }, context.at, out);
    return this.#finish(context.at, out);
  }

  /** One mark after "yes", 0..10; a later one within ten minutes takes its place. */
  rate(
    id: ConfirmationId,
    rating: { readonly score: number; readonly cause?: string | undefined },
    context: ConfirmContext,
  ): ConfirmOutcome {
    const out = newOut();
    const found = this.#find(id);
    if (found !== undefined && rated(found.of, found.row, { ...rating, at: context.at }))
      out.changes.push({ kind: 'rated', confirmation: confirmationOf(found.of, found.row) });
    return this.#finish(context.at, out);
  }

  /** No more questions to this subscriber, about this or any incident; his state is that of one who stays silent. */
  stop(id: ConfirmationId, context: ConfirmContext): ConfirmOutcome {
    const out = newOut();
    const found = this.#find(id);
    const key = found?.of.sheet.keyOf(found.row);
    if (key !== undefined) this.sparing.stop(key);
    if (found !== undefined && !found.of.sheet.has(found.row, 'stopped')) {
      found.of.sheet.mark(found.row, 'stopped', true);
      out.changes.push({ kind: 'changed', confirmation: confirmationOf(found.of, found.row) });
    }
    return this.#finish(context.at, out);
  }

  /** No channel reached the subscriber. */
  unreachable(incident: IncidentId, subscriber: SubscriberKey, context: ConfirmContext): ConfirmOutcome {
    const out = newOut();
    const known = this.#inquiries.get(incident);
    const row = known?.sheet.rowOf(subscriber) ?? -1;
    if (known !== undefined && row >= 0) this.#apply(known, row, { kind: 'undeliverable' }, context.at, out);
    return this.#finish(context.at, out);
  }

  /** A test of the subscriber's line: bad is "no" without asking, good makes silence mean that it works. */
  tested(
    subscriber: SubscriberKey,
    result: 'good' | 'bad' | 'impossible',
    context: ConfirmContext,
  ): ConfirmOutcome {
    const out = newOut();
    for (const known of this.#inquiries.values()) {
      if (result === 'impossible' || known.phase === 'closed') continue;
      const row = known.sheet.rowOf(subscriber);
      if (row >= 0) {
        known.sheet.mark(row, 'probedGood', result === 'good');
        if (result === 'bad') this.#apply(known, row, { kind: 'probedBad' }, context.at, out);
      } else if (known.probes.size < probeLimit) known.probes.set(subscriber, result);
    }
    return this.#finish(context.at, out);
  }

  /** Work on a subscriber's trouble began or ended; a diagnosis that helped brings the question once more. */
  worked(changes: readonly TaskChange[], context: ConfirmContext): ConfirmOutcome {
    const out = newOut();
    for (const { task } of changes) {
      const known = task.incident === undefined ? undefined : this.#inquiries.get(task.incident);
      const row = task.subscriber === undefined ? -1 : (known?.sheet.rowOf(task.subscriber) ?? -1);
      if (known === undefined || row < 0) continue;
      const { at } = context;
      if (noteWork(this.#asker, { of: known, row }, { task, at, out })) this.#touched.add(known.incident);
    }
    return this.#finish(context.at, out);
  }

  wake(context: ConfirmContext): ConfirmOutcome {
    for (const key of this.#timers.due(context.at)) {
      const [what, incident, batch] = key.split(' ') as [string, IncidentId, string];
      const known = this.#inquiries.get(incident);
      if (known === undefined) continue;
      if (what === 'stable' && known.phase === 'proving') this.#begin(known);
      else if (what === 'forget') this.#forget(known, context.at);
      else if (what === 'batch') this.#backlog.jobs.push({ kind: 'due', incident, batch: Number(batch) });
    }
    return this.#finish(context.at, newOut());
  }

  continue(token: string, context: ConfirmContext): ConfirmOutcome {
    if (token === restToken) this.#isContinuing = false;
    return this.#finish(context.at, newOut());
  }

  snapshot(): ConfirmationsSnapshot {
    return {
      inquiries: [...this.#inquiries.values()].map((known) =>
        inquirySnapshot(known, this.#asker.columns, this.#asker.version),
      ),
      timers: this.#timers.entries(),
      backlog: this.#backlog.snapshot(),
      isContinuing: this.#isContinuing,
      ...this.sparing.snapshot(),
    };
  }

  /** Subscribers and policy must have been set as they were. */
  restore(snapshot: unknown): void {
    const { inquiries, timers, backlog, isContinuing, ...kept } = snapshot as ConfirmationsSnapshot;
    this.sparing.restore(kept);
    this.#inquiries.clear();
    for (const one of inquiries) this.#inquiries.set(one.incident, restoredInquiry(one, this.#asker.columns));
    this.#timers.restore(timers);
    this.#backlog.restore(backlog);
    this.#isContinuing = isContinuing;
  }

  #resolved(incident: Incident, context: ResolveContext): void {
    const policy = this.#asker.policy;
    if (policy === undefined || !incident.actionable || incident.planned) return;
    const { kind, root, startedAt, resolvedAt } = incident;
    const facts = { kind, root, startedAt, restoredAt: resolvedAt ?? context.at };
    const known = this.#inquiries.get(incident.id) ?? newInquiry(incident.id, facts);
    this.#inquiries.set(incident.id, known);
    const isAsked = policy.confirm.ask;
    const { columns, version } = this.#asker;
    beginRound(known, {
      facts,
      attached: isAsked ? context.attached(incident.id) : [],
      told: isAsked && columns !== undefined ? tidied(context.toldRanges(incident.id)) : [],
      of: columns === undefined ? undefined : { columns, version },
      askAllUpTo: policy.confirm.askAllUpTo,
    });
    this.#timers.clear(`forget ${incident.id}`);
    if (policy.confirm.stableForMs > 0) {
      this.#timers.set(`stable ${incident.id}`, after(context.at, policy.confirm.stableForMs));
    } else this.#begin(known);
  }

  #begin(known: Inquiry): void {
    known.phase = 'asking';
    this.#backlog.jobs.push({ kind: 'ask', incident: known.incident });
  }

  /** The fault is back: who has not answered needs not, and who was not asked yet is not. */
  #reopened(incident: IncidentId): void {
    const known = this.#inquiries.get(incident);
    if (known === undefined) return;
    this.#timers.clear(`stable ${incident}`);
    this.#timers.clear(`forget ${incident}`);
    known.phase = 'reopened';
    known.attached = [];
    known.told = KeyQueue.ofKeys([]);
    known.reserve = undefined;
    known.probes.clear();
    this.#backlog.drop((job) => job.kind === 'ask' && job.incident === incident);
    this.#backlog.jobs.push({ kind: 'supersede', incident, from: 0 });
  }

  /** The survivor asks; what was asked about the merged incident is not awaited any more. */
  #merged(incident: IncidentId, at: Instant): void {
    const known = this.#inquiries.get(incident);
    if (known === undefined) return;
    this.#reopened(incident);
    known.isClosableSaid = true;
    this.#timers.set(`forget ${incident}`, after(at, this.#asker.policy!.confirm.lateAnswerMs));
  }

  #closed(incident: IncidentId, at: Instant): void {
    const known = this.#inquiries.get(incident);
    if (known === undefined) return;
    known.phase = 'closed';
    known.reserve = undefined;
    known.isClosableSaid = true;
    this.#timers.clear(`stable ${incident}`);
    this.#timers.set(`forget ${incident}`, after(at, this.#asker.policy!.confirm.lateAnswerMs));
  }

  /** Kept longer while somebody still waits for work that was promised. */
  #forget(known: Inquiry, at: Instant): void {
    if (known.sheet.open === 0) this.#inquiries.delete(known.incident);
    else this.#timers.set(`forget ${known.incident}`, after(at, this.#asker.policy!.confirm.lateAnswerMs));
  }

  /** The question is gone with its incident; the subscriber is not. */
  #forgotten(id: ConfirmationId, out: Out): void {
    const late = askedOnce(id);
    const isKnown = late !== undefined && (this.#asker.columns?.numberOf(late.subscriber) ?? -1) >= 0;
    if (isKnown && !this.#inquiries.has(late.incident)) out.late.push(late);
  }

  #apply(known: Inquiry, row: number, event: Parameters<Asker['apply']>[2], at: Instant, out: Out): void {
    this.#asker.apply(known, row, event, at, out);
    this.#touched.add(known.incident);
  }

  #find(id: ConfirmationId): Asked | undefined {
    return askedOf(this.#inquiries, id);
  }

  #finish(at: Instant, out: Out): ConfirmOutcome {
    for (const incident of this.#touched) {
      const known = this.#inquiries.get(incident);
      // A branch was widened by what was just said.
      if (known?.phase === 'open' && leftToAsk(known) > 0) this.#begin(known);
    }
    this.#backlog.run(this.#inquiries, this.#touched, at, out);
    const closable: IncidentId[] = [];
    for (const incident of this.#touched) {
      const known = this.#inquiries.get(incident);
      if (known === undefined || known.isClosableSaid || !isDone(known)) continue;
      known.isClosableSaid = true;
      closable.push(incident);
    }
    this.#touched.clear();
    if (this.#backlog.jobs.length === 0 || this.#isContinuing) return { ...out, closable };
    this.#isContinuing = true;
    return { ...out, closable, rest: restToken };
  }
}

const isDone = (known: Inquiry): boolean =>
  (known.phase === 'open' || known.phase === 'closed') && known.sheet.open === 0;

const newOut = (): Out => ({ changes: [], tells: [], late: [] });

interface ConfirmationsSnapshot extends SparingSnapshot {
  readonly inquiries: readonly InquirySnapshot[];
  readonly timers: readonly [string, Instant][];
  readonly backlog: ReturnType<Backlog['snapshot']>;
  readonly isContinuing: boolean;
}
