/**
 * Who is touched by an incident, and when service is expected back.
 * Invariants: ranges are of one topology version; a revision rises exactly when the affected set changes; an incident
 * that was merged touches nobody any more; a new topology version re-bases every incident by stable ids (design L6), and
 * who was touched by something that it holds no more still is.
 */

import { canonicalJson } from '../base/canonical.ts';
import type { Instant } from '../base/instant.ts';
import { tidied, without } from '../base/ranges.ts';
import type { Calendar } from '../model/calendar.ts';
import type { IncidentId, SubscriberRange } from '../model/ids.ts';
import {
  type Impact,
  type ImpactChange,
  type Incident,
  type IncidentChange,
  isToBeTold,
  type SubscriberClass,
  subscriberClasses,
} from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import { zoneNameOf } from '../model/subscriber-columns.ts';
import type { TaskChange } from '../model/task.ts';
import type { Subscribers, Topology } from '../topology/topology.ts';
import { affectedSubscribers, touchedBy } from './affected.ts';
import { isGone, renumbered } from './carried.ts';
import { Expectation, type ExpectationSnapshot } from './expectation.ts';
import { lossesNow } from './losses.ts';

interface AssessmentSnapshot {
  readonly version: number;
  readonly assessed: readonly Assessed[];
  readonly closed: readonly Assessed[];
  /** Of `assessed` those that are resolved, in the order in which they were; absent in what older versions kept. */
  readonly resolved?: readonly IncidentId[] | undefined;
  /** Absent in what older versions kept. */
  readonly expectation?: ExpectationSnapshot | undefined;
}

interface Assessed {
  readonly incident: Incident;
  readonly impact: Impact;
  /** When the last change came; the newer of two incidents answers for a subscriber of both. */
  readonly at: Instant;
}

export interface CoverOptions {
  /** Also incidents resolved at or after this instant and not closed. */
  readonly resolvedSince?: Instant | undefined;
}

/** Ended incidents kept for `incidentOf` and late readers; beyond it the oldest go. */
const endedLimit = 5_000;

export class Assessment {
  #topology: Topology | undefined;
  #subscribers: Subscribers | undefined;
  /** Of the version before, until all is re-based. */
  #former: Subscribers | undefined;
  #version = 0;
  readonly #expectation = new Expectation();
  readonly #assessed = new Map<IncidentId, Assessed>();
  /** Of these the resolved ones, in the order in which they were: they go first where there are too many. */
  readonly #resolved = new Set<IncidentId>();
  /** Closed ones, in the order of closing: a relapse goes on with their revisions, since notices are known by them. */
  readonly #closed = new Map<IncidentId, Assessed>();

  /** Takes effect for whatever is assessed from now on; `rebase` moves what is already there. */
  setTopology(topology: Topology, subscribers: Subscribers, version: number): void {
    this.#topology = topology;
    this.#former = this.#subscribers;
    this.#subscribers = subscribers;
    this.#version = version;
    this.#expectation.setTopology(topology);
  }

  /** Measures every incident again in the numbers of the topology in force (design L6). */
  rebase(at: Instant): ImpactChange[] {
    const changes = [...this.#assessed.values()].map((held): ImpactChange => {
      // Numbers of two versions cannot be compared: joined and left stay empty, stable keys tell who is new.
      const { measured, lost } = this.#measure(held, held.impact, at);
      const impact = { ...measured, etr: held.impact.etr };
      this.#assessed.set(held.incident.id, { ...held, impact, at });
      return { kind: 'assessed', incident: held.incident, impact, joined: [], left: [], lost };
    });
    this.#former = undefined;
    return changes;
  }

  setPolicy(policy: Policy): void {
    this.#expectation.setPolicy(policy);
  }

  setCalendar(calendar: Calendar): void {
    this.#expectation.setCalendar(calendar);
  }

  /** When a promise is about to lapse. */
  get wakeAt(): Instant | undefined {
    return this.#expectation.wakeAt;
  }

  /** Promises that lapse are renewed before they do. */
  wake(at: Instant): ImpactChange[] {
    return this.#reconsider(this.#expectation.due(at), 'renew', at);
  }

  /** Crews came to a milestone, or fell back behind one. */
  onTasks(changes: readonly TaskChange[], at: Instant): ImpactChange[] {
    const reached = changes.map((change) => this.#expectation.reached(change, at));
    return this.#reconsider([...new Set(reached.filter((id) => id !== undefined))], 'revise', at);
  }

  take(changes: readonly IncidentChange[], at: Instant): ImpactChange[] {
    return changes.map((change) => this.#assess(change, at)).filter((change) => change !== undefined);
  }

  #reconsider(incidents: readonly IncidentId[], how: 'renew' | 'revise', at: Instant): ImpactChange[] {
    const changes: ImpactChange[] = [];
    for (const id of incidents) {
      const held = this.#assessed.get(id);
      if (held === undefined || isOver(held.incident)) continue;
      const etr = this.#expectation[how](id, held.impact.etr, at);
      if (etr === held.impact.etr) continue;
      const impact: Impact = { ...held.impact, etr };
      this.#assessed.set(id, { ...held, impact, at });
      changes.push({ kind: 'etrChanged', incident: held.incident, impact, joined: [], left: [] });
    }
    return changes;
  }

  /** An operator's word replaces what was learned for the rest of the incident. */
  setEtr(
    incident: IncidentId,
    etr: { readonly from: Instant; readonly to: Instant },
    at: Instant,
  ): ImpactChange[] {
    const held = this.#assessed.get(incident);
    if (held === undefined || etr.to < etr.from || isOver(held.incident)) return [];
    const revision = (held.impact.etr?.revision ?? 0) + 1;
    const { from, to } = etr;
    const impact: Impact = { ...held.impact, etr: { from, to, source: 'operator', revision } };
    this.#assessed.set(incident, { ...held, impact, at });
    this.#expectation.overruled(incident);
    return [{ kind: 'etrChanged', incident: held.incident, impact, joined: [], left: [] }];
  }

  impactOf(incident: IncidentId): Impact | undefined {
    return this.#assessed.get(incident)?.impact;
  }

  /** As it was assessed last. */
  incident(id: IncidentId): Incident | undefined {
    return this.#assessed.get(id)?.incident;
  }

  contains(incident: IncidentId, subscriber: number): boolean {
    const ranges = this.#assessed.get(incident)?.impact.ranges ?? [];
    return isWithin(ranges, subscriber);
  }

  /**
   * The actionable, unplanned incident a complaint of this subscriber belongs to: an unresolved one before one
   * resolved lately, then the one touching fewest subscribers (the nearest cause), then the later id.
   */
  incidentOf(subscriber: number, options: CoverOptions = {}): IncidentId | undefined {
    let best: Assessed | undefined;
    for (const held of this.#assessed.values()) {
      const { incident, impact } = held;
      if (!incident.actionable || incident.planned || !isWithin(impact.ranges, subscriber)) continue;
      if (isOver(incident) && !isRecent(incident, options.resolvedSince)) continue;
      if (best === undefined || isNearer(held, best)) best = held;
    }
    return best?.incident.id;
  }

  snapshot(): unknown {
    // In the order they came: what is re-based and forgotten first depends on it.
    const assessed = [...this.#assessed.values()];
    const closed = [...this.#closed.values()];
    const expectation = this.#expectation.snapshot();
    const resolved = [...this.#resolved];
    return JSON.parse(canonicalJson({ version: this.#version, assessed, closed, resolved, expectation }));
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: unknown): void {
    const { version, assessed, closed, resolved, expectation } = snapshot as AssessmentSnapshot;
    this.#version = version;
    this.#assessed.clear();
    this.#resolved.clear();
    const ended = assessed.flatMap(({ incident }) => (isOver(incident) ? [incident.id] : []));
    for (const id of resolved ?? ended) this.#resolved.add(id);
    this.#closed.clear();
    for (const held of assessed) this.#assessed.set(held.incident.id, held);
    for (const held of closed) this.#closed.set(held.incident.id, held);
    if (expectation !== undefined) this.#expectation.restore(expectation);
  }

  #assess({ kind, incident }: IncidentChange, at: Instant): ImpactChange | undefined {
    if (incident.state === 'closed') {
      this.#close(incident, at);
      return undefined;
    }
    const held = this.#assessed.get(incident.id) ?? this.#closed.get(incident.id);
    this.#closed.delete(incident.id);
    if (incident.state === 'merged') {
      this.#forget(incident.id);
      this.#expectation.forget(incident.id);
      if (held === undefined) return undefined;
      const revision = held.impact.revision + 1;
      const impact: Impact = {
        ...held.impact,
        revision,
        ranges: [],
        subscribers: 0,
        byClass: nobody(),
        etr: undefined,
        ...lossesNow(held.impact, { incident, names: [], counts: [], at }),
      };
      return { kind: 'assessed', incident, impact, joined: [], left: held.impact.ranges, lost: [] };
    }
    const { measured, lost } = this.#measure({ incident }, held?.impact, at);
    const isRelapse = kind === 'reopened';
    const zone = this.#zoneOf(measured.ranges[0]);
    const etr = this.#expectation.expect(incident, held?.impact.etr, { at, isRelapse, zone });
    const impact: Impact = { ...measured, etr };
    this.#assessed.set(incident.id, { incident, impact, at });
    if (!isOver(incident)) this.#resolved.delete(incident.id);
    else this.#resolved.add(incident.id);
    this.#forgetEnded();
    const before = held?.impact;
    // Who hears of it only now hears whom it touches: works overran, or what was held for noise is none.
    const isNews = held !== undefined && !isToBeTold(held.incident) && isToBeTold(incident);
    if (before !== undefined && before.revision === impact.revision && !isNews) {
      if (before.etr?.revision === impact.etr?.revision) return undefined;
      return { kind: 'etrChanged', incident, impact, joined: [], left: [] };
    }
    return {
      kind: 'assessed',
      incident,
      impact,
      joined: isNews ? impact.ranges : without(impact.ranges, before?.ranges ?? []),
      left: without(before?.ranges ?? [], impact.ranges),
      lost,
    };
  }

  #zoneOf(range: SubscriberRange | undefined): string | undefined {
    if (range === undefined || this.#subscribers === undefined) return undefined;
    return zoneNameOf(this.#subscribers, range.from);
  }

  #close(incident: Incident, at: Instant): void {
    this.#expectation.closed(incident, at);
    const held = this.#assessed.get(incident.id);
    this.#forget(incident.id);
    if (held !== undefined) this.#closed.set(incident.id, { ...held, incident });
    if (this.#closed.size > endedLimit) this.#closed.delete(this.#closed.keys().next().value!);
  }

  /** The impact without its ETR; the revision of `before` when nothing changed. */
  #measure(
    { incident }: Pick<Assessed, 'incident'>,
    before: Impact | undefined,
    at: Instant,
  ): { readonly measured: Impact; readonly lost: ImpactChange['lost'] } {
    const topology = this.#topology;
    const subscribers = this.#subscribers;
    const lost =
      topology !== undefined && isGone(topology, subscribers, incident.affected) ? before : undefined;
    const {
      ranges,
      services,
      lost: who,
    } = topology === undefined || subscribers === undefined
      ? { ranges: [], services: [], lost: undefined }
      : touchedBy(topology, subscribers, {
          affected: incident.affected,
          carried: this.#carried(lost),
          since: incident.startedAt,
        });
    const imported = subscribers !== undefined && subscribers.count > 0;
    const byClass = countClasses(subscribers, ranges);
    const listed = ranges.reduce((sum, range) => sum + range.to - range.from, 0);
    const counted = topology === undefined ? 0 : affectedSubscribers(topology, incident.affected);
    const count = imported ? listed : Math.max(counted, lost?.subscribers ?? 0);
    const isSame =
      before !== undefined &&
      before.topologyVersion === this.#version &&
      before.subscribers === count &&
      canonicalJson(before.ranges) === canonicalJson(ranges);
    const measured: Impact = {
      incident: incident.id,
      revision: isSame ? before.revision : (before?.revision ?? 0) + 1,
      topologyVersion: this.#version,
      ranges,
      subscribers: count,
      byClass,
      ...(imported
        ? lossesNow(before, { incident, names: subscribers.bindings.services, counts: services, at })
        : {}),
    };
    return { measured, lost: who };
  }

  /** Who was touched while the topology still held what touched them. */
  #carried(lost: Impact | undefined): readonly SubscriberRange[] {
    if (lost === undefined || lost.topologyVersion === this.#version) return lost?.ranges ?? [];
    const [before, now] = [this.#former, this.#subscribers];
    return before === undefined || now === undefined ? [] : renumbered(lost.ranges, before, now);
  }

  #forgetEnded(): void {
    for (const id of this.#resolved) {
      if (this.#assessed.size <= endedLimit) return;
      this.#forget(id);
    }
  }

  #forget(id: IncidentId): void {
    this.#assessed.delete(id);
    this.#resolved.delete(id);
  }
}

const isOver = (incident: Incident): boolean => incident.state === 'resolved';
const isRecent = (incident: Incident, since: Instant | undefined): boolean =>
  since !== undefined && incident.resolvedAt !== undefined && incident.resolvedAt >= since;

function isNearer(a: Assessed, b: Assessed): boolean {
  if (isOver(a.incident) !== isOver(b.incident)) return !isOver(a.incident);
  if (a.impact.subscribers !== b.impact.subscribers) return a.impact.subscribers < b.impact.subscribers;
  if (a.incident.startedAt !== b.incident.startedAt) return a.incident.startedAt > b.incident.startedAt;
  return a.incident.id > b.incident.id;
}

function isWithin(ranges: readonly SubscriberRange[], number: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.to <= number) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.from <= number;
}

function countClasses(
  subscribers: Subscribers | undefined,
  ranges: readonly SubscriberRange[],
): Record<SubscriberClass, number> {
  const total = nobody();
  for (const range of subscribers === undefined ? [] : tidied(ranges)) {
    subscribers!.countByClass(range).forEach((count, of) => {
      total[subscriberClasses[of]!] += count;
    });
  }
  return total;
}

const nobody = (): Record<SubscriberClass, number> => ({
  residential: 0,
  business: 0,
  priority: 0,
  vip: 0,
  staff: 0,
});
