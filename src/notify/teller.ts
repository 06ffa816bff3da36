/** Does the work of a plan in slices: renumbers, tells those not told yet, then those who know already. */
import { after, days, earliest, type Instant, instant } from '../base/instant.ts';
import { firstOf, holds, type Range, shared, sizeOf, united, without } from '../base/ranges.ts';
import { type Calendar, QuietEnds } from '../model/calendar.ts';
import type { IncidentId } from '../model/ids.ts';
import {
  categoryOf,
  isJoinedInMorning,
  type NoticeFacts,
  type NoticeType,
  type SuppressReason,
  type Tell,
} from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import { restOf, type SubscriberColumns } from '../model/subscriber-columns.ts';
import { Awake } from './awake.ts';
import type { CountBoard } from './counts.ts';
import { guardFor, guardRank } from './guard.ts';
import { restoredOf } from './leaving.ts';
import { type GuardLevel, type Plan, renumber } from './plan.ts';
import { type Walked, walk } from './telling.ts';

/** A first notice this old helps nobody. */
const staleAfter = days(1);
/** By then everybody has noticed. */
const newsOfRepairFor = days(2);
/** What is credited is on the bill by then. */
const creditIsNewsFor = days(7);
interface Reached {
  readonly at: Instant;
  readonly slice: readonly Range[];
  readonly notBeforeOf: (number: number) => Instant | undefined;
}

/** Somebody had a message; all that waits for one morning is one. */
interface Had {
  /** When it leaves. */
  readonly at: Instant;
  readonly ranges: readonly Range[];
  readonly morning?: Instant | undefined;
}

interface Notice {
  readonly type: NoticeType;
  readonly revision: number;
  readonly facts: NoticeFacts;
  readonly notBefore?: Instant | undefined;
  readonly slice: readonly Range[];
}

/** Something is owed to that subscriber for an outage of the incident that is over. */
export type Owes = (incident: IncidentId, number: number) => boolean;

/** What decides, as last set, and one slice of work at a time. */
export class Teller {
  columns: SubscriberColumns | undefined;
  version = 0;
  policy: Policy | undefined;
  calendar: Calendar = { zones: {} };
  readonly awake = new Awake();
  readonly #counts: CountBoard;
  readonly #plans: ReadonlyMap<IncidentId, Plan>;
  readonly #owes: Owes;

  constructor(counts: CountBoard, plans: ReadonlyMap<IncidentId, Plan>, owes: Owes) {
    this.#counts = counts;
    this.#plans = plans;
    this.#owes = owes;
  }

  /** One slice of the plan's work; answers how many subscribers it looked at. */
  step(plan: Plan, at: Instant, budget: number, tells: Tell[]): number {
    if (plan.stale.length > 0) return renumber(plan, this.columns!, budget);
    const isTelling = plan.phase === 'telling' && !plan.isRefused;
    const fresh = isTelling ? firstOf(without(plan.affected, plan.decided), budget) : [];
    if (fresh.length > 0) {
      const revision = plan.revision + plan.lift;
      if (!plan.isAnnounced) plan.toldEtr = plan.etr;
      plan.isAnnounced = true;
      plan.decided = united(plan.decided, fresh);
      this.#tell(
        plan,
        { type: 'detected', revision, facts: { ...plan.facts, etr: plan.etr }, slice: fresh },
        at,
        tells,
      );
      return sizeOf(fresh);
    }
    const job = plan.jobs[0]!;
    const looked = firstOf(job.todo, budget);
    job.todo = without(job.todo, looked);
    if (job.todo.length === 0) plan.jobs.shift();
    const isBack = job.type === 'partly-restored';
    const slice = isBack ? restoredOf(plan, looked, this.#plans.values()) : looked;
    if (slice.length > 0) this.#tell(plan, { ...job, slice }, at, tells);
    return sizeOf(looked);
  }

  #tell(plan: Plan, notice: Notice, at: Instant, tells: Tell[]): void {
    const { type, revision, facts, slice } = notice;
    const { order } = this.policy!.notify;
    const held = this.#mustWait(plan, notice, at);
    const notAfter = isNewsUntil(notice, at);
    const topologyVersion = this.version;
    const caps = this.#caps(type);
    plan.log = plan.log.filter((told) => told.at > at - days(1));
    const notBeforeOf = this.#mornings(notice, at);
    const walked = walk(
      { slice, reasonOf: this.#reasons(plan, type, { at, slice, notBeforeOf }), notBeforeOf },
      { incident: plan.incident, revision, type, topologyVersion, held, notAfter, order, caps, facts },
    );
    this.#counts.suppressed(plan.incident, walked.suppressed);
    for (const tell of walked.tells) {
      tells.push(tell);
      this.#counts.planned(tell);
      if (type === 'detected' && tell.notBefore !== undefined) remember(plan, tell, walked.told);
    }
    const key = type === 'detected' ? `detected ${Math.floor(at / 3_600_000)}` : `${type} ${revision}`;
    const parts = isJoinedInMorning(type) ? byMorning(slice, walked) : [[undefined, slice] as const];
    for (const [morning, ranges] of parts) log(plan, { key, at: morning ?? at, morning, ranges });
    if (type === 'partly-restored') plan.back = united(plan.back, walked.told);
    if (type === 'apology') noteSorry(plan, walked.tells, { at, told: walked.told });
    if (type === 'detected') plan.told = united(plan.told, walked.told);
    if (held) plan.held = united(plan.held, walked.told);
  }

  /** What other incidents told somebody of the slice in the last day. */
  #elsewhere(plan: Plan, { at, slice }: Reached): Had[] {
    const found: Had[] = [];
    for (const other of this.#plans.values()) {
      if (other === plan) continue;
      for (const told of other.log) {
        const ranges = told.at > at - days(1) ? shared(told.ranges, slice) : [];
        if (ranges.length > 0) found.push({ ...told, ranges });
      }
    }
    return found;
  }

  /** Without a question the news that it works is a notice like others: its place under the cap is kept free. */
  #caps(type: NoticeType): { readonly ofIncident: number; readonly all: number } {
    const { notify, confirm } = this.policy!;
    const isEtr = type === 'etr' || type === 'etr-changed';
    return {
      ofIncident: isEtr && !confirm.ask ? notify.capPerDay - 1 : notify.capPerDay,
      all: notify.capPerDayOverall ?? Number.MAX_SAFE_INTEGER,
    };
  }

  #reasons(plan: Plan, type: NoticeType, reached: Reached): (number: number) => SuppressReason | undefined {
    const columns = this.columns!;
    const category = categoryOf(type);
    const elsewhere = this.#elsewhere(plan, reached);
    const caps = this.#caps(type);
    const isRepair = type === 'restored' || type === 'partly-restored';
    const isMerged = isRepair && this.policy!.compensation?.tell === 'merged';
    return (number) => {
      if (columns.channelMaskOf(number) === 0) return 'noChannel';
      if (columns.isOptedOut(number) || columns.channelMaskOf(number, category) === 0) return 'optedOut';
      const isFirst = type === 'detected' || type === 'overnight' || type === 'apology';
      if (!isFirst && !holds(plan.told, number)) return 'neverTold';
      if (type === 'apology' && holds(plan.sorry, number)) return 'alreadyTold';
      if (isMerged && !holds(plan.sorry, number) && this.#owes(plan.incident, number)) return 'saidInApology';
      if (plan.log.length === 0 && elsewhere.length === 0) return undefined;
      const notBefore = reached.notBeforeOf(number);
      const since = instant((notBefore ?? reached.at) - days(1));
      const had = messagesTo(number, plan.log, { since });
      const morning = isJoinedInMorning(type) ? notBefore : undefined;
      // What goes along with a message that waits already is none of its own.
      if (had.length >= caps.ofIncident && !isAmong(had, morning)) return 'cap';
      const all = messagesTo(number, elsewhere, { since, before: had });
      return all.length >= caps.all && !isAmong(all, morning) ? 'cap' : undefined;
    };
  }

  /** The end of the quiet hours at the subscriber's. */
  #mornings({ notBefore }: Notice, now: Instant): (number: number) => Instant | undefined {
    const policys = this.policy!.notify.quietHours;
    const at = notBefore ?? now;
    const columns = this.columns!;
    const ends = new QuietEnds(this.calendar, at);
    return (number) => {
      const morning = ends.of(restOf(columns, number, policys));
      if (morning === undefined || notBefore !== undefined) return morning ?? notBefore;
      return this.awake.is(number, columns, at) ? undefined : morning;
    };
  }

  /** The first notice of very many, and an apology to very many of whom nobody let the first one go. */
  #mustWait(plan: Plan, { type, slice }: Notice, at: Instant): boolean {
    if (type === 'detected') return this.isHeld(plan, at);
    if (type !== 'apology') return false;
    const recipients = sizeOf(plan.sorry) + sizeOf(slice);
    const guard = guardFor({ recipients, base: this.columns?.count ?? 0, at }, this.policy!);
    return guardRank[guard] > guardRank[plan.approved];
  }

  guardOf(plan: Plan, at: Instant): GuardLevel {
    const recipients = sizeOf(plan.affected);
    return guardFor({ recipients, base: this.columns?.count ?? 0, at }, this.policy!);
  }

  isHeld(plan: Plan, at: Instant): boolean {
    return guardRank[this.guardOf(plan, at)] > guardRank[plan.approved];
  }
}

function isNewsUntil({ type, facts, notBefore }: Notice, at: Instant): Instant | undefined {
  if (type === 'detected' || type === 'announcement') return after(at, staleAfter);
  if (type === 'apology') return after(notBefore ?? at, creditIsNewsFor);
  const isRepair = type === 'restored' || type === 'partly-restored' || type === 'overnight';
  return isRepair ? after(at, newsOfRepairFor) : facts.etr?.to;
}

function noteSorry(
  plan: Plan,
  tells: readonly Tell[],
  { at, told }: { readonly at: Instant; readonly told: readonly Range[] },
): void {
  plan.sorry = united(plan.sorry, told);
  for (const { notBefore = at } of tells) plan.sorryAt = earliest(plan.sorryAt, notBefore);
}

export function hasWork(plan: Plan): boolean {
  if (plan.stale.length > 0 || plan.jobs.length > 0) return true;
  return plan.phase === 'telling' && !plan.isRefused && without(plan.affected, plan.decided).length > 0;
}

/** Messages that leave to somebody after `since`, by the morning they wait for. */
function messagesTo(
  number: number,
  some: readonly Had[],
  { since, before = [] }: { readonly since: Instant; readonly before?: readonly (Instant | undefined)[] },
): (Instant | undefined)[] {
  const found = [...before];
  for (const { at, ranges, morning } of some)
    if (at > since && holds(ranges, number) && !isAmong(found, morning)) found.push(morning);
  return found;
}

const isAmong = (had: readonly (Instant | undefined)[], morning: Instant | undefined): boolean =>
  morning !== undefined && had.includes(morning);

/** The slice, by what those in it wait for. */
function byMorning(
  slice: readonly Range[],
  { tells, told }: Walked,
): [Instant | undefined, readonly Range[]][] {
  const waiting = new Map<Instant, readonly Range[]>();
  for (const { notBefore, from, to } of tells)
    if (notBefore !== undefined)
      waiting.set(notBefore, united(waiting.get(notBefore) ?? [], shared(told, [{ from, to }])));
  const rest = [...waiting.values()].reduce((left, ranges) => without(left, ranges), slice);
  return rest.length === 0 ? [...waiting] : [[undefined, rest], ...waiting];
}

function log(plan: Plan, { key, at, morning, ranges }: Plan['log'][number]): void {
  const entry = plan.log.find((told) => told.key === key && told.morning === morning);
  if (entry === undefined) return void plan.log.push({ key, at, morning, ranges });
  entry.ranges = united(entry.ranges, ranges);
  entry.at = at;
}

/** Who hears of it only in the morning. */
function remember(plan: Plan, tell: Tell, told: readonly Range[]): void {
  const ranges = shared(told, [{ from: tell.from, to: tell.to }]);
  const later = plan.later.find((entry) => entry.notBefore === tell.notBefore);
  if (later === undefined) plan.later.push({ notBefore: tell.notBefore!, ranges });
  else later.ranges = united(later.ranges, ranges);
}
