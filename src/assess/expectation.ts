/**
 * When service is expected back: a promise from the times of past repairs, renewed when it must be and when it matters.
 * Invariants: a promise made lies in the future; an operator's word stays until a relapse; what is learned from other
 * repairs changes no promise by itself.
 */
import { after, type DurationMs, type Instant, minutes } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import { type Calendar, localMinutes } from '../model/calendar.ts';
import type { IncidentId } from '../model/ids.ts';
import type { Etr, Incident } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import type { TaskChange } from '../model/task.ts';
import type { Topology } from '../topology/topology.ts';
import { districtOf } from './district.ts';
import {
  type Milestone,
  type RepairCell,
  RepairTimes,
  type RepairTimesSnapshot,
  type StillOpen,
} from './repair-times.ts';

/** A repair as far as it has come. */
interface Course {
  readonly cell: RepairCell;
  readonly root: string | undefined;
  readonly zone: string | undefined;
  /** The onset, or the relapse. */
  readonly since: Instant;
  readonly acceptedAt?: Instant | undefined;
  readonly repairedAt?: Instant | undefined;
  /** It counts among the times of repairs with this length. */
  readonly learnedMs?: number | undefined;
  readonly endedAt?: Instant | undefined;
}

export interface ExpectationSnapshot {
  readonly times: RepairTimesSnapshot;
  readonly courses: readonly (readonly [IncidentId, Course])[];
  readonly timers: readonly (readonly [string, Instant])[];
}

const fromStep = minutes(10);
/** People are told half hours. */
const toStep = minutes(30);
/** A promise that will not hold is renewed this long before it lapses, so that nobody waits in vain. */
const renewBefore = minutes(10);
/** As in `notify`: what moves less is no news. */
const leastMove = minutes(30);
const leastMoveShare = 0.25;
/** A relapse sooner than this shows that the repair was none. */
const sameRepair = minutes(30);
const courseLimit = 10_000;
/** Repairs under way that are looked at for one estimate. */
const openLimit = 500;

export class Expectation {
  readonly #times = new RepairTimes();
  readonly #courses = new Map<IncidentId, Course>();
  /** Those without an end, by kind. */
  readonly #open = new Map<string, Map<IncidentId, Course>>();
  /** The others. */
  readonly #ended = new Set<IncidentId>();
  readonly #timers = new Timers();
  #topology: Topology | undefined;
  #calendar: Calendar = { zones: {} };
  #table: Policy['etr'] | undefined;

  setTopology(topology: Topology): void {
    this.#topology = topology;
  }

  setCalendar(calendar: Calendar): void {
    this.#calendar = calendar;
  }

  setPolicy(policy: Policy): void {
    this.#table = policy.etr;
  }

  /** When the next promise is about to lapse. */
  get wakeAt(): Instant | undefined {
    return this.#timers.next;
  }

  /** Whose promise is to be renewed. */
  due(at: Instant): readonly IncidentId[] {
    return this.#timers.due(at) as IncidentId[];
  }

  /** The promise after this change; `known` where it stays. `zone` is that of who is touched. */
  expect(
    incident: Incident,
    known: Etr | undefined,
    now: { readonly at: Instant; readonly isRelapse: boolean; readonly zone: string | undefined },
  ): Etr | undefined {
    const { at } = now;
    const before = this.#courses.get(incident.id);
    // What only subscribers suspect is no repair yet.
    if (incident.suspected === true) return undefined;
    // Noise is nobody's repair: nothing is promised of it, and no other repair lasts longer because of it.
    if (before === undefined && !incident.actionable) return known;
    const isRelapse = now.isRelapse || (before?.endedAt !== undefined && incident.state !== 'resolved');
    if (isRelapse) this.#relapse(incident, before, now);
    else if (incident.state === 'resolved') {
      this.#end(incident, incident.resolvedAt ?? at);
      return known;
    } else if (before === undefined) {
      this.#keep(incident.id, this.#courseOf(incident, incident.startedAt, now.zone));
    } else if (before.cell.kind === incident.kind && before.root === incident.root) return known;
    else this.#keep(incident.id, { ...before, ...this.#courseOf(incident, before.since, before.zone) });
    if (known?.source === 'operator' && !isRelapse) return known;
    const found = this.#estimate(incident.id, known, at);
    const isNew = known === undefined || isRelapse || known.source === 'operator';
    return this.#promised(
      incident.id,
      found !== undefined && (isNew || matters(known, found, at)) ? found : known,
    );
  }

  /** A promise about to lapse: a later one, or none yet when the old one may still hold. */
  renew(incident: IncidentId, known: Etr | undefined, at: Instant): Etr | undefined {
    if (known === undefined || known.source === 'operator') return known;
    const found = this.#estimate(incident, known, at);
    if (found === undefined) return known;
    if (found.to > known.to) return this.#promised(incident, found);
    // The little that is left may be enough: asked again when it is over.
    if (known.to > at) this.#timers.set(incident, known.to);
    return known;
  }

  /** The incident of a repair task whose crew came to a milestone, or fell back behind one. */
  reached({ kind, task }: TaskChange, at: Instant): IncidentId | undefined {
    const course = task.incident === undefined ? undefined : this.#courses.get(task.incident);
    if (task.kind !== 'repair' || course === undefined || course.endedAt !== undefined) return undefined;
    const isRepaired = kind === 'done' && task.outcome === 'fixed';
    if (kind === 'assigned') this.#keep(task.incident!, { ...course, acceptedAt: at, repairedAt: undefined });
    else if (isRepaired) this.#keep(task.incident!, { ...course, repairedAt: at });
    else if (course.acceptedAt === undefined && course.repairedAt === undefined) return undefined;
    else this.#keep(task.incident!, { ...course, acceptedAt: undefined, repairedAt: undefined });
    return task.incident;
  }

  /** What a milestone makes of the promise. */
  revise(incident: IncidentId, known: Etr | undefined, at: Instant): Etr | undefined {
    if (known === undefined || known.source === 'operator') return known;
    const found = this.#estimate(incident, known, at);
    return found !== undefined && matters(known, found, at) ? this.#promised(incident, found) : known;
  }

  /** An operator's word needs no renewal. */
  overruled(incident: IncidentId): void {
    this.#timers.clear(incident);
  }

  /** Closed: who was never seen to end lasted at least so long. */
  closed(incident: Incident, at: Instant): void {
    const course = this.#courses.get(incident.id);
    if (course === undefined || course.endedAt !== undefined) return;
    if (counts(incident)) this.#times.learn(course.cell, at - course.since, 'censored');
    this.#keep(incident.id, { ...course, endedAt: at });
    this.#timers.clear(incident.id);
  }

  /** Part of another one from now on. */
  forget(incident: IncidentId): void {
    this.#unlist(incident);
    this.#courses.delete(incident);
    this.#ended.delete(incident);
    this.#timers.clear(incident);
  }

  snapshot(): ExpectationSnapshot {
    return { times: this.#times.snapshot(), courses: [...this.#courses], timers: this.#timers.entries() };
  }

  /** Takes what `snapshot` gave. */
  restore({ times, courses, timers }: ExpectationSnapshot): void {
    this.#times.restore(times);
    this.#courses.clear();
    this.#open.clear();
    this.#ended.clear();
    for (const [incident, course] of courses) this.#keep(incident, course);
    this.#timers.restore(timers);
  }

  #courseOf(
    incident: Incident,
    since: Instant,
    zone: string | undefined,
  ): Pick<Course, 'cell' | 'root' | 'zone' | 'since'> {
    const hours = Math.floor(localMinutes(this.#calendar, zone, since) / quarterDay);
    const district = districtOf(this.#topology, incident.root);
    return { cell: { kind: incident.kind, district, hours }, root: incident.root, zone, since };
  }

  #relapse(
    incident: Incident,
    before: Course | undefined,
    { at, zone }: { readonly at: Instant; readonly zone: string | undefined },
  ): void {
    const isSame = before?.endedAt !== undefined && at - before.endedAt <= sameRepair;
    if (isSame && before.learnedMs !== undefined) this.#times.unlearn(before.cell, before.learnedMs);
    this.#keep(incident.id, this.#courseOf(incident, isSame ? before.since : at, before?.zone ?? zone));
  }

  #end(incident: Incident, at: Instant): void {
    this.#timers.clear(incident.id);
    const course = this.#courses.get(incident.id);
    if (course === undefined || course.endedAt !== undefined) return;
    const lengthMs = Math.max(0, at - course.since);
    this.#keep(incident.id, { ...course, endedAt: at, learnedMs: counts(incident) ? lengthMs : undefined });
    if (!counts(incident)) return;
    this.#times.learn(course.cell, lengthMs, 'ended');
    for (const [milestone, reachedAt] of milestonesOf(course))
      this.#times.learnMilestone(course.cell.kind, milestone, Math.max(0, at - reachedAt));
  }

  #unlist(incident: IncidentId): void {
    const kind = this.#courses.get(incident)?.cell.kind;
    const open = kind === undefined ? undefined : this.#open.get(kind);
    if (kind === undefined || open === undefined) return;
    open.delete(incident);
    if (open.size === 0) this.#open.delete(kind);
  }

  #keep(incident: IncidentId, course: Course): void {
    const { kind } = course.cell;
    if (this.#courses.get(incident)?.cell.kind !== kind || course.endedAt !== undefined)
      this.#unlist(incident);
    this.#courses.set(incident, course);
    const open = this.#open.get(kind);
    if (course.endedAt === undefined && open !== undefined) open.set(incident, course);
    else if (course.endedAt === undefined) this.#open.set(kind, new Map([[incident, course]]));
    if (course.endedAt === undefined) this.#ended.delete(incident);
    else this.#ended.add(incident);
    if (this.#courses.size > courseLimit) this.#makeRoom();
  }

  /** The oldest of those that ended goes; of more open ones than there is room for, none is walked past to find it. */
  #makeRoom(): void {
    const known = this.#ended.size > 1 ? this.#courses.keys() : this.#ended;
    for (const incident of known) {
      if (!this.#ended.delete(incident)) continue;
      this.#courses.delete(incident);
      return;
    }
  }

  #estimate(incident: IncidentId, known: Etr | undefined, at: Instant): Etr | undefined {
    const course = this.#courses.get(incident);
    const table = this.#table;
    if (course === undefined || table === undefined) return undefined;
    const first = own(table, course.cell.kind) ?? own(table, '*');
    if (first === undefined) return undefined;
    const last = milestonesOf(course).at(-1);
    const spread = this.#times.spread({
      cell: course.cell,
      elapsedMs: Math.max(0, at - course.since),
      first,
      stillOpen: this.#stillOpen(incident, course.cell.kind, at),
      milestone:
        last === undefined ? undefined : { kind: last[0], reachedMs: Math.max(0, last[1] - course.since) },
    });
    const from = roundedUp(after(course.since, spread.p50Ms as DurationMs), fromStep);
    const to = roundedUp(after(course.since, spread.p80Ms as DurationMs), toStep);
    const source = spread.isLearned ? 'history' : 'table';
    return { from, to, source, revision: (known?.revision ?? 0) + 1 };
  }

  /** The oldest come first. */
  #stillOpen(incident: IncidentId, kind: string, at: Instant): StillOpen[] {
    const found: StillOpen[] = [];
    for (const [id, { cell, since }] of this.#open.get(kind) ?? []) {
      if (found.length >= openLimit) break;
      if (id !== incident) found.push({ cell, elapsedMs: Math.max(0, at - since) });
    }
    return found;
  }

  #promised(incident: IncidentId, etr: Etr | undefined): Etr | undefined {
    if (etr !== undefined && etr.source !== 'operator') {
      const due = (etr.to - renewBefore) as Instant;
      if (this.#timers.dueAt(incident) !== due) this.#timers.set(incident, due);
    }
    return etr;
  }
}

/** Minutes. */
const quarterDay = 360;

/** Works end when they are planned to, and noise is nobody's repair. */
const counts = (incident: Incident): boolean => incident.actionable && !incident.planned;

function milestonesOf({ acceptedAt, repairedAt }: Course): (readonly [Milestone, Instant])[] {
  const reached: (readonly [Milestone, Instant])[] = [];
  if (acceptedAt !== undefined) reached.push(['accepted', acceptedAt]);
  if (repairedAt !== undefined) reached.push(['repaired', repairedAt]);
  return reached;
}

/** Moved by more than half an hour and a quarter of what remained, or the old promise is over. */
function matters(known: Etr | undefined, found: Etr, at: Instant): boolean {
  if (known === undefined || known.to <= at) return true;
  return Math.abs(found.to - known.to) > Math.max(leastMove, (known.to - at) * leastMoveShare);
}

const roundedUp = (at: Instant, step: DurationMs): Instant => (Math.ceil(at / step) * step) as Instant;
const own = <V>(table: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
