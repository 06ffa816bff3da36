/** What is known of one incident's notices, and the numbers in it carried from one topology version to the next. */
import type { Instant } from '../base/instant.ts';
import { type Range, runsOf, shared, tidied, united, without } from '../base/ranges.ts';
import type { Words } from '../model/automation.ts';
import type { IncidentId } from '../model/ids.ts';
import type { Etr, Incident } from '../model/incident.ts';
import { KeyQueue, type KeyQueueSnapshot } from '../model/key-queue.ts';
import type { NoticeFacts, NoticeType, Tell } from '../model/notice.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { AwakeSnapshot } from './awake.ts';
import type { CountBoard } from './counts.ts';

/**
 * Why a person must release: none, the number of recipients, what the network is known by is out of date, their share of
 * the base. The last two are stops: they never end by themselves.
 */
export type GuardLevel = 'none' | 'secondPerson' | 'staleInventory' | 'stopAboveShare';

/** What is wrong once it works, and what is wrong once it is down again. */
export const outageTypes: readonly NoticeType[] = ['detected', 'etr', 'etr-changed', 'announcement'];
export const repairTypes: readonly NoticeType[] = [
  'partly-restored',
  'restored',
  'overnight',
  'ask',
  'reminder',
  'clarify',
  'tried',
  'apology',
];

/** A notice to those already told, on its way through them. */
interface Job {
  readonly type: NoticeType;
  readonly revision: number;
  readonly facts: NoticeFacts;
  /** Not before, whatever the hour. */
  readonly notBefore?: Instant | undefined;
  todo: readonly Range[];
}

/** A person's words to all who were told; false where nobody was, or where the incident's first notice waits itself. */
export function addAnnouncement(plan: Plan, words: Words, isHeld: boolean): boolean {
  if (isHeld || plan.isRefused || !plan.isAnnounced || plan.held.length > 0) return false;
  const todo = plan.phase === 'over' ? plan.told : shared(plan.told, plan.affected);
  if (todo.length === 0) return false;
  const facts = { ...plan.facts, words };
  plan.jobs = [...plan.jobs, { type: 'announcement', revision: plan.serial++, facts, todo }];
  return true;
}

/** Newer news do not take their place. */
const lasting: readonly NoticeType[] = ['announcement', 'partly-restored', 'apology'];

/** A newer notice to those already told takes the place of one that has not reached all. */
export function tellAgain(plan: Plan, type: NoticeType, facts: NoticeFacts): void {
  const knows = without(plan.decided, plan.back);
  const todo = type === 'restored' ? knows : shared(knows, plan.affected);
  const others = plan.jobs.filter(({ type: of }) => lasting.includes(of));
  plan.jobs = [...others, { type, revision: plan.serial++, facts, todo }];
}

/** What was told to whom in the last day, for the cap. */
interface Told {
  readonly key: string;
  /** When the last of it leaves. */
  at: Instant;
  /** It waits for this end of quiet hours: all that waits for it is one message. */
  readonly morning?: Instant | undefined;
  ranges: readonly Range[];
}

/** Told, but not before that instant: quiet hours. */
interface Later {
  readonly notBefore: Instant;
  ranges: readonly Range[];
}

/** No longer affected since then, and not told yet. */
interface Leaving {
  readonly serial: number;
  readonly at: Instant;
  ranges: readonly Range[];
}

/** A set in numbers of an older version: keys still to be looked up, and what they have become so far. */
interface Stale {
  place: string;
  queue: KeyQueue;
  found: Range[];
}

export interface Plan {
  readonly incident: IncidentId;
  facts: NoticeFacts;
  phase: 'waiting' | 'holding' | 'telling' | 'over';
  subscribers: number;
  revision: number;
  /** Added to the impact's revision: rises when the same set must be told anew, so that no key repeats. */
  lift: number;
  affected: readonly Range[];
  /** Told or left out for a reason; nobody in it is looked at again. */
  decided: readonly Range[];
  told: readonly Range[];
  /** Told, but waiting for a second person. */
  held: readonly Range[];
  later: Later[];
  leaving: Leaving[];
  /** Told that theirs is back. */
  back: readonly Range[];
  /** Told, or about to be told, what is credited to them: once, whatever the incident does afterwards. */
  sorry: readonly Range[];
  /** When the first of those notices leaves. */
  sorryAt?: Instant | undefined;
  etr?: Etr | undefined;
  toldEtr?: Etr | undefined;
  etrChangedAt?: Instant | undefined;
  isAnnounced: boolean;
  approved: GuardLevel;
  isRefused: boolean;
  resolvedAt?: Instant | undefined;
  jobs: Job[];
  /** Number of the next notice to those already told. */
  serial: number;
  log: Told[];
  stale: Stale[];
}

export interface NoticePlan {
  readonly tells: readonly Tell[];
  readonly releases: readonly IncidentId[];
  readonly withdrawals: readonly { readonly incident: IncidentId; readonly types: readonly NoticeType[] }[];
  readonly rest?: string | undefined;
}

export interface Out {
  readonly tells: Tell[];
  readonly releases: IncidentId[];
  readonly withdrawals: { readonly incident: IncidentId; readonly types: readonly NoticeType[] }[];
}

export const newOut = (): Out => ({ tells: [], releases: [], withdrawals: [] });

export function newPlan(incident: Incident): Plan {
  return {
    incident: incident.id,
    facts: factsOf(incident),
    phase: 'waiting',
    subscribers: 0,
    revision: 0,
    lift: 0,
    affected: [],
    decided: [],
    told: [],
    held: [],
    later: [],
    leaving: [],
    back: [],
    sorry: [],
    isAnnounced: false,
    approved: 'none',
    isRefused: false,
    jobs: [],
    serial: 1,
    log: [],
    stale: [],
  };
}

export const factsOf = (incident: Incident): NoticeFacts => ({
  kind: incident.kind,
  root: incident.root,
  startedAt: incident.startedAt,
  restoredAt: incident.resolvedAt,
});

const wholePlaces = ['affected', 'decided', 'told', 'held', 'back', 'sorry'] as const;

/** Every set of the plan becomes a queue of keys; the work that follows fills them again in the new numbers. */
export function setAside(plan: Plan, older: SubscriberColumns): void {
  for (const stale of plan.stale) {
    if (stale.found.length > 0) {
      plan.stale = [
        ...plan.stale,
        { place: stale.place, queue: KeyQueue.ofRanges(tidied(stale.found), older), found: [] },
      ];
      stale.found = [];
    }
  }
  const move = (place: string, ranges: readonly Range[]): void => {
    if (ranges.length > 0) plan.stale.push({ place, queue: KeyQueue.ofRanges(ranges, older), found: [] });
  };
  for (const place of wholePlaces) {
    move(place, plan[place]);
    plan[place] = [];
  }
  for (const later of plan.later) {
    move(`later ${later.notBefore}`, later.ranges);
    later.ranges = [];
  }
  for (const leaving of plan.leaving) {
    move(`leaving ${leaving.serial}`, leaving.ranges);
    leaving.ranges = [];
  }
  for (const job of plan.jobs) {
    move(`job ${job.revision}`, job.todo);
    job.todo = [];
  }
  // The log is a day old at most; until then it counts for everybody, which can only make us more silent.
  for (const told of plan.log) told.ranges = [{ from: 0, to: 2 ** 32 }];
}

/** Looks up at most `budget` keys in the new version; answers how many it did. */
export function renumber(plan: Plan, columns: SubscriberColumns, budget: number): number {
  const stale = plan.stale[0];
  if (stale === undefined) return 0;
  const keys = stale.queue.take(budget);
  const numbers = keys.map((key) => columns.numberOf(key) ?? -1).filter((number) => number >= 0);
  stale.found = united(stale.found, tidied(runsOf(numbers)));
  if (stale.queue.left === 0) {
    plan.stale.shift();
    putBack(plan, stale.place, stale.found);
  }
  return keys.length;
}

function putBack(plan: Plan, place: string, found: readonly Range[]): void {
  const whole = wholePlaces.find((one) => one === place);
  if (whole !== undefined) {
    plan[whole] = united(plan[whole], found);
    return;
  }
  for (const leaving of plan.leaving) {
    if (place === `leaving ${leaving.serial}`) leaving.ranges = united(leaving.ranges, found);
  }
  for (const later of plan.later) {
    if (place === `later ${later.notBefore}`) later.ranges = united(later.ranges, found);
  }
  for (const job of plan.jobs) if (place === `job ${job.revision}`) job.todo = united(job.todo, found);
}

/** For what cannot wait until the slices have done it. */
export function renumberWhole(plan: Plan, columns: SubscriberColumns | undefined): void {
  while (plan.stale.length > 0) renumber(plan, columns!, 5_000);
}

/** Told, but not on its way: held for a second person or for the morning. */
export function unreleased(plan: Plan, at: Instant): Range[] {
  const later = plan.later.filter((entry) => entry.notBefore > at).flatMap((entry) => entry.ranges);
  return tidied([...plan.held, ...later]);
}

/** It was out and is back while they slept: they hear so once in the morning, instead of all that waited for it. */
export function tellOvernight(plan: Plan, at: Instant, restoredAt: Instant): void {
  const later = plan.later.filter((entry) => entry.notBefore > at).flatMap((entry) => entry.ranges);
  const todo = without(shared(tidied(later), plan.told), plan.held);
  if (todo.length === 0 || plan.isRefused) return;
  const facts = { ...plan.facts, restoredAt };
  plan.jobs.push({ type: 'overnight', revision: plan.serial++, facts, todo });
}

/** They count as not told; what they are told then has a new revision, since the old one was withdrawn. */
export function untell(plan: Plan, ranges: readonly Range[]): void {
  plan.told = without(plan.told, ranges);
  plan.decided = without(plan.decided, ranges);
  plan.held = without(plan.held, ranges);
  plan.later = [];
  plan.lift++;
}

/** Who was told of the merged incident knows; the survivor does not tell him again. */
export function inherit(survivor: Plan, merged: Plan, told: readonly Range[]): void {
  survivor.told = united(survivor.told, told);
  survivor.decided = united(survivor.decided, told);
  survivor.later = [...survivor.later, ...merged.later];
  survivor.toldEtr = survivor.isAnnounced ? survivor.toldEtr : merged.toldEtr;
  survivor.isAnnounced = true;
}

export interface NoticesSnapshot {
  readonly plans: readonly PlanSnapshot[];
  readonly timers: readonly [string, Instant][];
  readonly counts: ReturnType<CountBoard['snapshot']>;
  readonly busy: readonly IncidentId[];
  readonly busySince: Instant | undefined;
  readonly isContinuing: boolean;
  /** Absent in snapshots of a time when the night was the same for all. */
  readonly awake?: AwakeSnapshot | undefined;
}

export interface PlanSnapshot extends Omit<Plan, 'stale' | 'leaving' | 'back' | 'sorry'> {
  /** Absent in snapshots of a time when nobody was told of it. */
  readonly leaving?: Plan['leaving'] | undefined;
  readonly back?: Plan['back'] | undefined;
  readonly sorry?: Plan['sorry'] | undefined;
  readonly stale: readonly {
    readonly place: string;
    readonly queue: KeyQueueSnapshot;
    readonly found: readonly Range[];
  }[];
}

/** A copy that later work does not change. */
export function planSnapshot(plan: Plan, newest: SubscriberColumns | undefined): PlanSnapshot {
  return {
    ...plan,
    later: plan.later.map((later) => ({ ...later })),
    leaving: plan.leaving.map((leaving) => ({ ...leaving })),
    jobs: plan.jobs.map((job) => ({ ...job })),
    log: plan.log.map((told) => ({ ...told })),
    stale: plan.stale.map(({ place, queue, found }) => ({
      place,
      queue: queue.snapshot(newest),
      found: [...found],
    })),
  };
}

export function restoredPlan(snapshot: PlanSnapshot, newest: SubscriberColumns | undefined): Plan {
  return {
    ...snapshot,
    later: snapshot.later.map((later) => ({ ...later })),
    leaving: (snapshot.leaving ?? []).map((leaving) => ({ ...leaving })),
    back: snapshot.back ?? [],
    sorry: snapshot.sorry ?? [],
    jobs: snapshot.jobs.map((job) => ({ ...job })),
    log: snapshot.log.map((told) => ({ ...told })),
    stale: snapshot.stale.map(({ place, queue, found }) => ({
      place,
      queue: KeyQueue.restored(queue, newest),
      found: [...found],
    })),
  };
}
