/**
 * What is told of planned works: 72 h and 24 h ahead, when they begin and end, when they move or are called off.
 *
 * Invariants: whoever lives below the works is told, by the numbers of the topology in force, and nobody twice of one
 * revision; works that ran when they were first seen, or are over, are not announced; a notice that has lost its sense is
 * not sent; no call looks at more than 5,000 subscribers (design L5). What is told at night waits for the morning.
 */
import { after, hours, type Instant, instant } from '../base/instant.ts';
import { firstOf, type Range, sizeOf, tidied, without } from '../base/ranges.ts';
import { Timers } from '../base/timers.ts';
import { type Calendar, QuietEnds } from '../model/calendar.ts';
import { type IncidentId, worksNoticesId } from '../model/ids.ts';
import { categoryOf, type NoticeFacts, type NoticeType, type Tell } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import { restOf } from '../model/subscriber-columns.ts';
import type { PlannedWorks, Subscribers, Topology } from '../topology/topology.ts';
import { guardFor, guardRank } from './guard.ts';
import type { GuardLevel, NoticePlan } from './plan.ts';
import { walk } from './telling.ts';

const sliceSize = 5_000;
export const worksToken = 'works';
const firstAheadMs = hours(72);
const soonAheadMs = hours(24);
/** By then everybody has noticed that it works again. */
const endIsNewsFor = hours(12);
const worksTypes: readonly NoticeType[] = [
  ...(['planned', 'planned-soon', 'planned-start', 'planned-changed'] as const),
];

interface Work {
  works: PlannedWorks;
  /** Somebody was told of them. */
  isTold: boolean;
  /** When the first notice of them left; absent in what older versions kept, and where a person has not let it go. */
  toldAt?: Instant | undefined;
  approved: GuardLevel;
  isHeld: boolean;
  isRefused: boolean;
}

/** One notice on its way through those who live there. */
interface Job {
  readonly id: string;
  readonly type: NoticeType;
  readonly revision: number;
  readonly facts: NoticeFacts;
  readonly notAfter: Instant;
  readonly held: boolean;
  /** In numbers of `version`. */
  todo: readonly Range[];
  readonly version: number;
}

export interface WorksSnapshot {
  readonly works: readonly (readonly [string, Work])[];
  readonly timers: readonly [string, Instant][];
  readonly jobs: readonly Job[];
  readonly serial: number;
  readonly isContinuing: boolean;
}

interface Say {
  readonly type: NoticeType;
  readonly notAfter: Instant;
  readonly before?: PlannedWorks | undefined;
  /** Only those below these who are not below the works as they were. */
  readonly joinedTo?: PlannedWorks | undefined;
}

export class WorksNotices {
  readonly #works = new Map<string, Work>();
  readonly #timers = new Timers();
  #jobs: Job[] = [];
  #isContinuing = false;
  /** Rises with each notice: works that come again under an old name repeat no key. */
  #serial = 0;
  #topology: Topology | undefined;
  #subscribers: Subscribers | undefined;
  #version = 0;
  #policy: Policy | undefined;
  #calendar: Calendar = { zones: {} };

  setPolicy(policy: Policy): void {
    this.#policy = policy;
  }

  setCalendar(calendar: Calendar): void {
    this.#calendar = calendar;
  }

  /** `changed` says what became of the works in it. */
  setTopology(topology: Topology, subscribers: Subscribers, version: number): void {
    this.#topology = topology;
    this.#subscribers = subscribers;
    this.#version = version;
  }

  get wakeAt(): Instant | undefined {
    return this.#timers.next;
  }

  /** A person's ten minutes do not run while we are down; works begin when they begin (design L10). */
  shift(deltaMs: number): void {
    this.#timers.shift(deltaMs, (key) => key.startsWith('alone '));
  }

  /** A new topology is in force: its works are announced, moved or called off. */
  changed(at: Instant): NoticePlan {
    const withdrawals: NoticePlan['withdrawals'][number][] = [];
    // Numbers of an older version mean others now: what is left of those jobs is counted anew.
    for (const job of this.#jobs.splice(0)) {
      const todo = this.#ranges(this.#works.get(job.id)?.works);
      this.#jobs.push({ ...job, todo, version: this.#version });
    }
    const planned = this.#topology?.planned ?? [];
    const now = new Set(planned.map(({ id }) => id));
    for (const [id, work] of this.#works) {
      if (now.has(id)) continue;
      this.#calledOff(id, work, at);
      withdrawals.push({ incident: worksNoticesId(id), types: worksTypes });
    }
    for (const works of planned) {
      const known = this.#works.get(works.id);
      if (known === undefined) this.#announce(works, at);
      else if (!isSame(known.works, works)) {
        if (known.works.from !== works.from || known.works.to !== works.to)
          withdrawals.push({ incident: worksNoticesId(works.id), types: worksTypes });
        this.#moved(known, works, at);
      }
    }
    return { ...this.#finish(at), withdrawals };
  }

  wake(at: Instant): NoticePlan {
    const releases: IncidentId[] = [];
    for (const key of this.#timers.due(at)) {
      const space = key.indexOf(' ');
      const [what, id] = [key.slice(0, space), key.slice(space + 1)];
      const work = this.#works.get(id);
      if (work === undefined) continue;
      const { from, to } = work.works;
      if (what === 'first') this.#say(work, { type: 'planned', notAfter: from }, at);
      else if (what === 'soon') this.#say(work, { type: 'planned-soon', notAfter: from }, at);
      else if (what === 'start') this.#say(work, { type: 'planned-start', notAfter: to }, at);
      else if (what === 'end')
        this.#say(work, { type: 'planned-end', notAfter: after(to, endIsNewsFor) }, at);
      else if (what === 'alone' && work.isHeld && this.#guardOf(work, at) === 'secondPerson')
        releases.push(this.#release(work, at));
    }
    return { ...this.#finish(at), releases };
  }

  continue(at: Instant): NoticePlan {
    this.#isContinuing = false;
    return this.#finish(at);
  }

  /** How long before their begin works were announced, by their source or by us; undefined: not, or not known any more. */
  toldAheadMs(id: string): number | undefined {
    const work = this.#works.get(id);
    const works = this.#topology?.planned.find((one) => one.id === id) ?? work?.works;
    if (works === undefined) return undefined;
    const told = [works.announcedAt, work?.toldAt].filter((at) => at !== undefined);
    return told.length === 0 ? undefined : works.from - Math.min(...told);
  }

  /** Why they wait for a person, and until when; undefined where these are no notices of works. */
  guard(
    incident: IncidentId,
    at: Instant,
  ): { readonly guard: GuardLevel; readonly leavesAt?: Instant | undefined } | undefined {
    const work = this.#workOf(incident);
    if (work === undefined) return undefined;
    const guard = work.isHeld ? this.#guardOf(work, at) : 'none';
    return {
      guard,
      leavesAt: guard === 'secondPerson' ? this.#timers.dueAt(`alone ${work.works.id}`) : undefined,
    };
  }

  /** A person lets go what is held; undefined where these are no notices of works. */
  approve(incident: IncidentId, at: Instant): NoticePlan | undefined {
    const work = this.#workOf(incident);
    if (work === undefined) return undefined;
    const releases = work.isRefused ? [] : [this.#release(work, at)];
    return { ...this.#finish(at), releases };
  }

  refuse(incident: IncidentId, at: Instant): NoticePlan | undefined {
    const work = this.#workOf(incident);
    if (work === undefined) return undefined;
    work.isRefused = true;
    work.isHeld = false;
    this.#jobs = this.#jobs.filter(({ id }) => id !== work.works.id);
    return { ...this.#finish(at), withdrawals: [{ incident, types: worksTypes }] };
  }

  snapshot(): WorksSnapshot {
    return {
      works: [...this.#works].map(([id, work]) => [id, { ...work }]),
      timers: this.#timers.entries(),
      jobs: this.#jobs.map((job) => ({ ...job })),
      serial: this.#serial,
      isContinuing: this.#isContinuing,
    };
  }

  restore({ works, timers, jobs, serial, isContinuing }: WorksSnapshot): void {
    this.#works.clear();
    for (const [id, work] of works) this.#works.set(id, { ...work });
    this.#timers.restore(timers);
    this.#jobs = jobs.map((job) => ({ ...job }));
    this.#serial = serial;
    this.#isContinuing = isContinuing;
  }

  #announce(works: PlannedWorks, at: Instant): void {
    const { tellWorks, order = [] } = this.#policy?.notify ?? {};
    if (works.from <= at || tellWorks === false || order.length === 0) return;
    const work: Work = {
      ...{ works, isTold: false, approved: 'none', isHeld: false, isRefused: false },
    };
    this.#works.set(works.id, work);
    this.#arm(works, at);
    // Announced late is better than not at all.
    if (works.from - firstAheadMs <= at) this.#say(work, { type: 'planned', notAfter: works.from }, at);
    else this.#timers.set(`first ${works.id}`, instant(works.from - firstAheadMs));
  }

  #arm({ id, from, to }: PlannedWorks, at: Instant): void {
    const set = (what: string, when: number): void => {
      if (when > at) this.#timers.set(`${what} ${id}`, instant(when));
      else this.#timers.clear(`${what} ${id}`);
    };
    set('soon', from - soonAheadMs);
    set('start', from);
    set('end', to);
  }

  #moved(work: Work, works: PlannedWorks, at: Instant): void {
    const before = work.works;
    work.works = works;
    this.#arm(works, at);
    if (!work.isTold) {
      this.#timers.set(`first ${works.id}`, instant(Math.max(at, works.from - firstAheadMs)));
      return;
    }
    const isMoved = before.from !== works.from || before.to !== works.to;
    if (isMoved) this.#say(work, { type: 'planned-changed', notAfter: works.to, before }, at);
    if (works.from > at) this.#say(work, { type: 'planned', notAfter: works.from, joinedTo: before }, at);
  }

  /** They are no longer in the list before they were over. */
  #calledOff(id: string, work: Work, at: Instant): void {
    const { from, to } = work.works;
    if (work.isTold && at < from) this.#say(work, { type: 'planned-cancelled', notAfter: to }, at);
    else if (work.isTold && at < to)
      this.#say(work, { type: 'planned-end', notAfter: after(at, endIsNewsFor) }, at);
    this.#forget(id);
  }

  #forget(id: string): void {
    for (const what of ['first', 'soon', 'start', 'end', 'alone']) this.#timers.clear(`${what} ${id}`);
    this.#works.delete(id);
  }

  #say(work: Work, { type, notAfter, before, joinedTo }: Say, at: Instant): void {
    if (work.isRefused || at >= notAfter) return;
    const { id, from, to } = work.works;
    const revision = ++this.#serial;
    const timesOf = (works: PlannedWorks) =>
      ({ from: works.from, to: works.to, source: 'operator', revision }) as const;
    const facts: NoticeFacts = {
      kind: 'works',
      startedAt: from,
      restoredAt: type === 'planned-end' ? instant(Math.min(at, to)) : undefined,
      etr: timesOf(work.works),
      previousEtr: before === undefined ? undefined : timesOf(before),
    };
    const all = this.#ranges(work.works);
    const todo = joinedTo === undefined ? all : without(all, this.#ranges(joinedTo));
    if (todo.length === 0) return;
    const held = guardRank[this.#guardOf(work, at)] > guardRank[work.approved];
    work.isTold = true;
    if (!held) work.toldAt ??= at;
    if (held) {
      work.isHeld = true;
      const { isAlone, aloneHoldMs } = this.#policy!.notify;
      if (isAlone === true && aloneHoldMs !== undefined)
        this.#timers.set(`alone ${id}`, after(at, aloneHoldMs));
    }
    this.#jobs.push({ id, type, revision, facts, notAfter, held, todo, version: this.#version });
  }

  #release(work: Work, at: Instant): IncidentId {
    work.approved = this.#guardOf(work, at);
    work.isHeld = false;
    work.toldAt ??= at;
    this.#timers.clear(`alone ${work.works.id}`);
    this.#jobs = this.#jobs.map((job) => (job.id === work.works.id ? { ...job, held: false } : job));
    return worksNoticesId(work.works.id);
  }

  #guardOf({ works }: Work, at: Instant): GuardLevel {
    const recipients = sizeOf(this.#ranges(works));
    const base = this.#subscribers?.count ?? 0;
    return guardFor({ recipients, base, at }, this.#policy!);
  }

  #workOf(incident: IncidentId): Work | undefined {
    for (const [id, work] of this.#works) if (worksNoticesId(id) === incident) return work;
    return undefined;
  }

  /** Everybody below, and whoever has no other way while these are out. */
  #ranges(works: PlannedWorks | undefined): Range[] {
    const [topology, subscribers] = [this.#topology, this.#subscribers];
    if (works === undefined || topology === undefined || subscribers === undefined) return [];
    const indexes = works.resources.map((id) => topology.indexOf(id)).filter((index) => index >= 0);
    const lost = indexes.length === 0 ? [] : topology.outage([]).lostWith(indexes);
    const out = [...indexes, ...lost].filter((index) => index < topology.resourceCount);
    return tidied(
      out.flatMap((index) =>
        topology.isServiceWide(index) ? subscribers.everybody() : subscribers.rangesUnder(index),
      ),
    );
  }

  #finish(at: Instant): NoticePlan {
    const tells: Tell[] = [];
    let left = sliceSize;
    while (left > 0 && this.#jobs.length > 0) {
      const job = this.#jobs[0]!;
      const slice = firstOf(job.todo, left);
      job.todo = without(job.todo, slice);
      if (job.todo.length === 0) this.#jobs.shift();
      left -= Math.max(1, sizeOf(slice));
      tells.push(...this.#tells(job, slice, at));
    }
    const plan = { tells, releases: [], withdrawals: [] };
    if (this.#jobs.length === 0 || this.#isContinuing) return plan;
    this.#isContinuing = true;
    return { ...plan, rest: worksToken };
  }

  #tells(job: Job, slice: readonly Range[], at: Instant): readonly Tell[] {
    const columns = this.#subscribers!;
    const { order, quietHours: quiet } = this.#policy!.notify;
    const { type, revision, facts, notAfter, held } = job;
    const category = categoryOf(type);
    const ends = new QuietEnds(this.#calendar, at);
    return walk(
      {
        slice,
        reasonOf: (number) =>
          columns.isOptedOut(number) || columns.channelMaskOf(number, category) === 0
            ? columns.channelMaskOf(number) === 0
              ? 'noChannel'
              : 'optedOut'
            : undefined,
        notBeforeOf: (number) => ends.of(restOf(columns, number, quiet)),
      },
      {
        ...{ incident: worksNoticesId(job.id), revision, type, topologyVersion: this.#version },
        ...{ held, notAfter, order, facts },
      },
    ).tells;
  }
}

const isSame = (a: PlannedWorks, b: PlannedWorks): boolean =>
  a.from === b.from && a.to === b.to && a.resources.join('\n') === b.resources.join('\n');
