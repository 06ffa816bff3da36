/**
 * Who is told what and when.
 *
 * Invariants: a (subscriber, incident, type, revision) is told once; everybody affected is told, or left out for a
 * counted reason, or held for a second person; planned and non-actionable incidents tell nobody; no call looks at
 * more than 5,000 subscribers (design L5). The work left is never a list: it is `affected` less `decided`, so it is
 * right after any change of the affected set.
 *
 * A new topology version renumbers subscribers. What was told is carried over through stable keys, 5,000 a slice, and
 * the plan rests until that is done; only `toldRanges`, a resolution or a merge in that short time finish it at once.
 */
import { after, earliest, type Instant, instant } from '../base/instant.ts';
import { tidied, without } from '../base/ranges.ts';
import { Timers } from '../base/timers.ts';
import type { Words } from '../model/automation.ts';
import type { Calendar } from '../model/calendar.ts';
import type { IdSource, IncidentId, SubscriberKey, SubscriberRange } from '../model/ids.ts';
import { type ImpactChange, type Incident, type IncidentChange, isToBeTold } from '../model/incident.ts';
import type { NoticeCounts, NoticeState, Tell } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import { armAlone } from './alone.ts';
import { CountBoard } from './counts.ts';
import { closePlan, type Ending, mergePlan, reopenPlan, resolvePlan, stopTimers } from './ending.ts';
import { noteLeaving, tellBack } from './leaving.ts';
import { isNews } from './news.ts';
import {
  addAnnouncement,
  factsOf,
  type GuardLevel,
  type NoticePlan,
  type NoticesSnapshot,
  newOut,
  newPlan,
  type Out,
  outageTypes,
  type Plan,
  planSnapshot,
  renumberWhole,
  restoredPlan,
  setAside,
  tellAgain,
  unreleased,
  untell,
} from './plan.ts';
import { type Apology, addApology } from './sorry.ts';
import { hasWork, type Owes, Teller } from './teller.ts';

export type { NoticePlan } from './plan.ts';
export { WorksNotices, type WorksSnapshot, worksToken } from './works.ts';

export interface NoticeContext {
  readonly at: Instant;
  readonly ids: IdSource;
}

const sliceSize = 5_000;
const restToken = 'more';
export class Notices {
  readonly #plans = new Map<IncidentId, Plan>();
  readonly #timers = new Timers();
  readonly #counts = new CountBoard();
  /** Incidents with work left, first come first. */
  readonly #busy = new Set<IncidentId>();
  readonly #teller: Teller;
  #isContinuing = false;
  #busySince: Instant | undefined;

  /** `owes`: something is owed to that subscriber for an outage of the incident that is over. */
  constructor(owes: Owes = () => false) {
    this.#teller = new Teller(this.#counts, this.#plans, owes);
  }

  setPolicy(policy: Policy): void {
    this.#teller.policy = policy;
  }

  setCalendar(calendar: Calendar): void {
    this.#teller.calendar = calendar;
  }

  setSubscribers(columns: SubscriberColumns, version: number): void {
    const older = this.#teller.columns;
    this.#teller.columns = columns;
    if (version === this.#teller.version || older === undefined) {
      this.#teller.version = version;
      return;
    }
    this.#teller.version = version;
    for (const plan of this.#plans.values()) {
      setAside(plan, older);
      this.#busy.add(plan.incident);
    }
  }

  /** They turned to us: for a time they are awake. */
  heardFrom(subscriber: SubscriberKey, at: Instant): void {
    this.#teller.awake.heard(subscriber, at);
  }

  get wakeAt(): Instant | undefined {
    return earliest(this.#timers.next, this.#busy.size > 0 ? this.#busySince : undefined);
  }

  /** Flap guards and the times between two changes do not run while we are down (design L10). */
  shift(deltaMs: number): void {
    this.#timers.shift(deltaMs, () => true);
  }

  onIncident(changes: readonly IncidentChange[], context: NoticeContext): NoticePlan {
    const out = newOut();
    for (const change of changes) this.#incidentChanged(change, context.at, out);
    return this.#finish(context.at, out);
  }

  onImpact(changes: readonly ImpactChange[], context: NoticeContext): NoticePlan {
    const out = newOut();
    for (const change of changes) this.#impactChanged(change, context.at, out);
    return this.#finish(context.at, out);
  }

  /** A second person lets go what is held, and all of this incident up to the same guard. */
  approve(incident: IncidentId, context: NoticeContext): NoticePlan {
    const out = newOut();
    const plan = this.#plans.get(incident);
    if (plan !== undefined && !plan.isRefused) this.#release(plan, context.at, out);
    return this.#finish(context.at, out);
  }

  /** A second person says no: nothing more is told about this incident. */
  refuse(incident: IncidentId, context: NoticeContext): NoticePlan {
    const out = newOut();
    const plan = this.#plans.get(incident);
    if (plan !== undefined) {
      plan.isRefused = true;
      plan.told = without(plan.told, plan.held);
      plan.held = [];
      plan.jobs = [];
      out.withdrawals.push({ incident, types: [...outageTypes, 'apology'] });
    }
    return this.#finish(context.at, out);
  }

  /** A text that a person let go, to all who were told; undefined where that cannot be. */
  announce(incident: IncidentId, words: Words, context: NoticeContext): NoticePlan | undefined {
    const plan = this.#plans.get(incident);
    if (plan === undefined || !addAnnouncement(plan, words, this.#teller.isHeld(plan, context.at)))
      return undefined;
    this.#busy.add(incident);
    return this.#finish(context.at, newOut());
  }

  /** What is credited, to those who have not heard so of this incident. */
  apologize(apology: Apology & { readonly incident: IncidentId }, context: NoticeContext): NoticePlan {
    const plan = this.#plans.get(apology.incident);
    const { policy } = this.#teller;
    if (plan !== undefined && policy !== undefined && addApology(plan, apology, { policy, at: context.at }))
      this.#busy.add(plan.incident);
    return this.#finish(context.at, newOut());
  }

  wake(context: NoticeContext): NoticePlan {
    const out = newOut();
    for (const key of this.#timers.due(context.at)) {
      const [what, incident, serial] = key.split(' ') as [string, IncidentId, string | undefined];
      const plan = this.#plans.get(incident);
      if (plan === undefined) continue;
      if (what === 'forget') this.#forget(plan);
      else if (what === 'hold' && plan.phase === 'holding') plan.phase = 'telling';
      else if (what === 'alone') this.#releaseAlone(plan, context.at, out);
      else if (what === 'etr') this.#news(plan, context.at);
      else if (what === 'back') tellBack(plan, Number(serial));
      else if (what === 'restored' && plan.phase === 'over') tellAgain(plan, 'restored', plan.facts);
      this.#busy.add(incident);
    }
    return this.#finish(context.at, out);
  }

  continue(token: string, context: NoticeContext): NoticePlan {
    if (token === restToken) this.#isContinuing = false;
    return this.#finish(context.at, newOut());
  }

  /** Who was told of the incident, or will be in the morning; not those held, refused or left out. */
  toldRanges(incident: IncidentId): SubscriberRange[] {
    const plan = this.#plans.get(incident);
    if (plan === undefined) return [];
    renumberWhole(plan, this.#teller.columns);
    return without(plan.told, plan.held);
  }

  /** Why its notices wait for a person. */
  guard(incident: IncidentId, at: Instant): { guard: GuardLevel; leavesAt?: Instant | undefined } {
    const plan = this.#plans.get(incident);
    if (plan === undefined || !this.#teller.isHeld(plan, at)) return { guard: 'none' };
    const guard = this.#teller.guardOf(plan, at);
    const leavesAt = guard === 'secondPerson' ? this.#timers.dueAt(`alone ${incident}`) : undefined;
    return { guard, leavesAt };
  }

  receipts(
    counts: readonly { readonly incident: IncidentId; readonly state: NoticeState; readonly count: number }[],
  ): void {
    for (const { incident, state, count } of counts) this.#counts.received(incident, state, count);
  }

  /** Adds what another room has told (asks and reminders) to the counts. */
  count(tells: readonly Tell[]): void {
    for (const tell of tells) this.#counts.planned(tell);
  }

  counts(incident: IncidentId): NoticeCounts {
    return this.#counts.of(incident);
  }

  snapshot(): NoticesSnapshot {
    return {
      plans: [...this.#plans.values()].map((plan) => planSnapshot(plan, this.#teller.columns)),
      timers: this.#timers.entries(),
      counts: this.#counts.snapshot(),
      busy: [...this.#busy],
      busySince: this.#busySince,
      isContinuing: this.#isContinuing,
      awake: this.#teller.awake.snapshot(),
    };
  }

  /** Subscribers and policy must have been set as they were. */
  restore(snapshot: unknown): void {
    const { plans, timers, counts, busy, busySince, isContinuing, awake } = snapshot as NoticesSnapshot;
    this.#teller.awake.restore(awake ?? []);
    this.#plans.clear();
    for (const plan of plans) this.#plans.set(plan.incident, restoredPlan(plan, this.#teller.columns));
    this.#timers.restore(timers);
    this.#counts.restore(counts);
    this.#busy.clear();
    for (const incident of busy) this.#busy.add(incident);
    this.#busySince = busySince;
    this.#isContinuing = isContinuing;
  }

  #release(plan: Plan, at: Instant, out: Out): void {
    plan.approved = this.#teller.guardOf(plan, at);
    plan.held = [];
    this.#timers.clear(`alone ${plan.incident}`);
    this.#counts.released(plan.incident);
    out.releases.push(plan.incident);
    this.#news(plan, at);
  }

  /** Nobody said no while they could; a stop waits on. */
  #releaseAlone(plan: Plan, at: Instant, out: Out): void {
    const isOver = plan.held.length === 0 || plan.isRefused;
    if (!isOver && this.#teller.guardOf(plan, at) === 'secondPerson') this.#release(plan, at, out);
  }

  #incidentChanged({ kind, incident }: IncidentChange, at: Instant, out: Out): void {
    const plan = this.#see(incident, at);
    if (plan === undefined) return;
    const ending = this.#ending(at, out);
    if (kind === 'resolved') {
      resolvePlan(plan, incident, ending);
      this.#busy.add(plan.incident);
    } else if (kind === 'reopened') {
      reopenPlan(plan, ending);
      this.#see(incident, at);
      this.#busy.add(plan.incident);
    } else if (kind === 'merged') this.#merge(plan, incident, ending);
    else if (kind === 'closed') closePlan(plan, ending);
  }

  /** Takes the facts of the incident and starts the flap guard where it is one to speak of. */
  #see(incident: Incident, at: Instant): Plan | undefined {
    const isRunning =
      incident.state === 'open' || incident.state === 'uncertain' || incident.state === 'mitigated';
    const isTellable = isRunning && isToBeTold(incident) && this.#teller.policy !== undefined;
    let plan = this.#plans.get(incident.id);
    if (plan === undefined) {
      if (!isTellable) return undefined;
      plan = newPlan(incident);
      this.#plans.set(incident.id, plan);
    }
    plan.facts = factsOf(incident);
    if (plan.phase === 'waiting' && isTellable) this.#hold(plan, at);
    else if (isRunning && !isTellable && plan.phase !== 'over') {
      plan.phase = 'waiting';
      this.#timers.clear(`hold ${plan.incident}`);
    }
    return plan;
  }

  #hold(plan: Plan, at: Instant): void {
    const holdMs = this.#teller.policy!.notify.holdMs;
    plan.phase = holdMs > 0 ? 'holding' : 'telling';
    if (holdMs > 0) this.#timers.set(`hold ${plan.incident}`, after(at, holdMs));
    this.#busy.add(plan.incident);
  }

  #impactChanged({ incident, impact, left }: ImpactChange, at: Instant, out: Out): void {
    const plan = this.#see(incident, at);
    if (plan === undefined || impact.topologyVersion !== this.#teller.version) return;
    plan.stale = plan.stale.filter((stale) => stale.place !== 'affected');
    plan.affected = tidied(impact.ranges);
    plan.revision = impact.revision;
    plan.etr = impact.etr;
    if (left.length > 0) this.#takeBackAll(plan, at, out);
    const { stableForMs } = this.#teller.policy!.confirm;
    noteLeaving(plan, left, { timers: this.#timers, at, stableForMs });
    this.#news(plan, at);
    this.#busy.add(plan.incident);
  }

  /** The affected set shrank while nobody has been told yet: what waits would reach people who are not affected. */
  #takeBackAll(plan: Plan, at: Instant, out: Out): void {
    const waiting = unreleased(plan, at);
    if (plan.stale.length > 0 || waiting.length === 0 || without(plan.told, waiting).length > 0) return;
    out.withdrawals.push({ incident: plan.incident, types: outageTypes });
    untell(plan, waiting);
  }

  #ending(at: Instant, out: Out): Ending {
    const { columns } = this.#teller;
    return { at, out, timers: this.#timers, counts: this.#counts, policy: this.#teller.policy!, columns };
  }

  #merge(plan: Plan, incident: Incident, ending: Ending): void {
    renumberWhole(plan, ending.columns);
    const { into } = incident;
    const knows = without(plan.told, plan.held).length > 0;
    if (into !== undefined && knows && !this.#plans.has(into))
      this.#plans.set(into, newPlan({ ...incident, id: into }));
    mergePlan(plan, into === undefined ? undefined : this.#plans.get(into), ending);
    this.#forget(plan);
  }

  #forget(plan: Plan): void {
    stopTimers(plan, this.#timers);
    this.#plans.delete(plan.incident);
    this.#busy.delete(plan.incident);
  }

  /** Is the newest ETR worth a notice now, later, or not at all? */
  #news(plan: Plan, at: Instant): void {
    const { etr, toldEtr } = plan;
    const isSpeaking =
      plan.phase === 'telling' && plan.isAnnounced && plan.held.length === 0 && !plan.isRefused;
    this.#timers.clear(`etr ${plan.incident}`);
    if (!isSpeaking || etr === undefined) return;
    if (toldEtr !== undefined && !isNews(toldEtr, etr, at)) return;
    const next =
      (plan.etrChangedAt ?? Number.NEGATIVE_INFINITY) + this.#teller.policy!.notify.etrChangeEveryMs;
    if (toldEtr !== undefined && at < next) {
      this.#timers.set(`etr ${plan.incident}`, instant(next));
      return;
    }
    if (toldEtr !== undefined) plan.etrChangedAt = at;
    plan.toldEtr = etr;
    const facts = { ...plan.facts, etr, previousEtr: toldEtr };
    tellAgain(plan, toldEtr === undefined ? 'etr' : 'etr-changed', facts);
    this.#busy.add(plan.incident);
  }

  #finish(at: Instant, out: Out): NoticePlan {
    let left = sliceSize;
    for (const incident of this.#busy) {
      const plan = this.#plans.get(incident);
      while (left > 0 && plan !== undefined && hasWork(plan))
        left -= this.#teller.step(plan, at, left, out.tells);
      if (plan !== undefined) armAlone(plan, this.#timers, { at, policy: this.#teller.policy });
      if (plan === undefined || !hasWork(plan)) this.#busy.delete(incident);
      if (left <= 0) break;
    }
    this.#busySince = this.#busy.size > 0 ? at : undefined;
    if (this.#busy.size === 0 || this.#isContinuing) return out;
    this.#isContinuing = true;
    return { ...out, rest: restToken };
  }
}
