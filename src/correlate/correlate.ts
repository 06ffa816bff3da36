/**
 * Alarms and topology to incidents with one root cause.
 * Invariants: a raised alarm stands in at most one incident, and within `maxWaitMs` in one at least; an incident keeps its
 * id when its cause is corrected, and of two that merge the older id stays; the order of simultaneous alarms changes
 * nothing but ids; state is bounded and what is refused is counted.
 */
import { canonicalJson } from '../base/canonical.ts';
import { neverHappens } from '../base/fault.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import { type Alarm, type AlarmChange, endsWithProofOfLife } from '../model/alarm.ts';
import type { AlarmId, IdSource, IncidentId, ResourceId } from '../model/ids.ts';
import type { Incident, IncidentChange } from '../model/incident.ts';
import type { Measurement } from '../model/measurement.ts';
import { emptyTopology, type Topology } from '../topology/topology.ts';
import { Ancestry } from './ancestry.ts';
import { hearAnswer } from './answering.ts';
import { Asks } from './asks.ts';
import { endBrief } from './briefs.ts';
import { Cascades } from './cascade.ts';
import { chainAll } from './chaining.ts';
import { commitAll, isNews, joinLate, joinNewHomes } from './committing.ts';
import { look } from './deciding.ts';
import { Endings } from './endings.ts';
import { type Correction, Feedback } from './feedback.ts';
import { addRecords, type HeldIncident, isActive, isStale } from './held-incident.ts';
import { isFoundSilent } from './in-sight.ts';
import { incidentOf } from './incident-record.ts';
import { Incidents } from './incidents.ts';
import { isRejoining, isSaidAnew, lateHome, type Now, type Pending, pendingOf } from './joining.ts';
import { endLostClear, splitLeftovers, splitUnlit } from './leftovers.ts';
import { OutOfSight, withUnseen } from './out-of-sight.ts';
import { rebase } from './rebased.ts';
import { RuleTable } from './rule-table.ts';
import type { CorrelationRules } from './rules.ts';
import { isProvedByTime } from './second-word.ts';
import type { CorrelationCounters, CorrelationSnapshot } from './snapshot.ts';
import { hearSpared } from './spared.ts';
import { hasForgettable, isTooStrange } from './strangers.ts';
import { Testimony } from './testimony.ts';
import { type CorrelationTiming, usualSlices } from './timing.ts';
import { isChained } from './undecided.ts';
import { Waiting } from './waiting.ts';
import { worksCovering } from './works.ts';

export type { Correction } from './feedback.ts';
export * from './rule-files.ts';
export type { CorrelationTiming } from './timing.ts';

export interface CorrelationContext {
  readonly at: Instant;
  readonly ids: IdSource;
}

export class Correlation {
  readonly #waits: Partial<CorrelationTiming>;
  #timing: CorrelationTiming;
  readonly #incidents: Incidents;
  #ancestry: Ancestry;
  readonly #waiting: Waiting;
  readonly #endings: Endings;
  readonly #cascades: Cascades;
  readonly #outOfSight = new OutOfSight();
  readonly #asks = new Asks();
  readonly #testimony: Testimony;
  readonly #feedback = new Feedback();
  #lookAt: Instant | undefined;

  /** `waits` stand in place of what rules say, whichever are in force. */
  constructor(rules: CorrelationRules, waits: Partial<CorrelationTiming> = {}, slices = usualSlices) {
    this.#waits = waits;
    this.#timing = { ...rules.timing, ...waits };
    this.#incidents = new Incidents(this.#timing, slices);
    this.#ancestry = new Ancestry(emptyTopology(), new RuleTable(rules));
    this.#waiting = new Waiting(this.#ancestry, slices);
    this.#endings = new Endings(this.#ancestry);
    this.#cascades = new Cascades(this.#ancestry);
    this.#testimony = new Testimony(this.#incidents, this.#ancestry);
  }

  /** Open incidents keep their verdicts, and what was heard its symptom; causes are found by these rules from now on. */
  setRules(rules: CorrelationRules): void {
    this.#timing = { ...rules.timing, ...this.#waits };
    this.#incidents.timing = this.#timing;
    this.#place(new Ancestry(this.#ancestry.topology, new RuleTable(rules), this.#ancestry.habits));
  }

  /** Open incidents keep their verdicts, and are under the works that it announces; what comes next is judged by it. */
  setTopology(topology: Topology): void {
    const before = this.#ancestry;
    this.#place(new Ancestry(topology, before.rules, before.habits));
    rebase(this.#incidents, before, this.#ancestry);
  }

  #place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    this.#waiting.place(this.#ancestry);
    this.#incidents.standing.touchAll();
    this.#endings.place(this.#ancestry);
    this.#cascades.place(this.#ancestry);
    this.#testimony.place(this.#ancestry);
  }

  /** Which rules and which topology verdicts from now on were made with; it is told with each. */
  judgeBy(versions: Readonly<Record<string, string | number>>): void {
    this.#incidents.judgedBy = versions;
  }

  /** When `wake` has something to do. */
  get wakeAt(): Instant | undefined {
    return earliest(this.#lookAt, this.#incidents.timers.next);
  }

  /** What was refused or left without an incident, since the start. */
  get counters(): CorrelationCounters {
    return {
      refused: this.#waiting.refused + this.#testimony.refused,
      clearedBeforeDecision: this.#waiting.clearedBefore,
      evicted: this.#incidents.evicted,
      crowdedOut: this.#cascades.crowdedOut,
      corrected: this.#feedback.corrected,
      correctionsForgotten: this.#feedback.forgotten,
      incidents: this.#incidents.size,
      pending: this.#waiting.size,
    };
  }

  take(changes: readonly AlarmChange[], context: CorrelationContext): IncidentChange[] {
    // Strictly before: alarms of one instant are judged together, whichever came first.
    if ((this.wakeAt ?? context.at) < context.at) this.#run(context);
    for (const change of changes) this.#take(change, context);
    return this.#incidents.takeChanges();
  }

  wake(context: CorrelationContext): IncidentChange[] {
    this.#run(context);
    return this.#incidents.takeChanges();
  }

  /** What would tell causes in doubt apart, since the last call. */
  takeAsks(): readonly Measurement[] {
    return this.#asks.take();
  }

  /** Answers that were under way when all stopped for so long are lost. */
  readonly resume = (at: Instant, stoppedMs: number): void => this.#asks.resume(at, stoppedMs);

  incident(id: IncidentId): Incident | undefined {
    const held = this.#incidents.get(id);
    return held === undefined ? undefined : incidentOf(held);
  }

  /** Not resolved, merged or closed; in order of opening. */
  readonly open = (): readonly Incident[] => this.#incidents.standing.inOrder().map(incidentOf);

  /** Those of `open` that people are told of, without the making of records: asked for many times a second. */
  readonly openActionable = (): readonly IncidentId[] =>
    this.#incidents.standing.inOrder().flatMap(({ actionable, id }) => (actionable ? [id] : []));

  /** Of `open` those that were split off from this one. */
  readonly openChildren = (parent: IncidentId): readonly IncidentId[] =>
    this.#incidents.standing.children(parent).map(({ id }) => id);

  /** An operator's word about what belongs together; it outlives what the engine thinks. */
  correct(correction: Correction, by: string, { at, ids }: CorrelationContext): IncidentChange[] {
    this.#feedback.take(correction, by, { ...this.#desk(at), ids });
    return this.#incidents.takeChanges();
  }

  /** Ends an incident none of whose alarms is raised; others stay as they are. */
  close(id: IncidentId, { at }: CorrelationContext): IncidentChange[] {
    const held = this.#incidents.get(id);
    if (held === undefined || held.state === 'merged' || held.state === 'closed' || held.raised > 0)
      return [];
    this.#incidents.close(held, at);
    return this.#incidents.takeChanges();
  }

  snapshot(): unknown {
    const snapshot: CorrelationSnapshot = {
      incidents: this.#incidents.snapshot(),
      waiting: this.#waiting.snapshot(),
      lookAt: this.#lookAt,
      newHomes: [...this.#incidents.standing.homes].map(({ id }) => id),
      ending: this.#endings.snapshot(),
      asks: this.#asks.snapshot(),
      cascades: this.#cascades.snapshot(),
      testimony: this.#testimony.snapshot(),
      ...this.#ancestry.habits.snapshot(),
      feedback: this.#feedback.snapshot(),
    };
    return JSON.parse(canonicalJson(snapshot));
  }

  /** Takes what `snapshot` gave; the topology is set apart. */
  restore(snapshot: unknown): void {
    const { incidents, waiting, lookAt, newHomes, ending, asks = [] } = snapshot as CorrelationSnapshot;
    const { cascades, testimony, feedback } = snapshot as CorrelationSnapshot;
    this.#incidents.restore(incidents);
    this.#waiting.restore(waiting, this.#ancestry);
    this.#lookAt = lookAt;
    const stated = newHomes?.map((id) => this.#incidents.get(id)) ?? this.#incidents.standing.inOrder();
    for (const held of stated) if (held !== undefined) this.#incidents.standing.homes.add(held);
    this.#endings.restore(ending);
    this.#asks.restore(asks);
    if (cascades !== undefined) this.#cascades.restore(cascades);
    if (testimony !== undefined) this.#testimony.restore(testimony);
    this.#ancestry.habits.restore(snapshot as CorrelationSnapshot);
    if (feedback !== undefined) this.#feedback.restore(feedback);
  }

  #take(change: AlarmChange, context: CorrelationContext): void {
    const { at } = context;
    switch (change.kind) {
      case 'raised':
      case 'repeated':
        return this.#raise(change.alarm, { record: change.record, polled: change.source === 'poll', at });
      case 'cleared':
        this.#waiting.unsee(change.alarm.resource);
        return this.#clear(change.alarm.id, change.alarm.resource, at);
      case 'changed': {
        const pending = this.#waiting.get(change.alarm.id);
        if (pending !== undefined) this.#waiting.put({ ...pending, flapping: change.alarm.flapping });
        return;
      }
      case 'alive':
        this.#waiting.see(change.resource, { state: 'alive', below: change.below, at });
        return this.#proveAlive(change.resource, change.below, at);
      case 'unknown':
        return this.#waiting.see(change.resource, { state: 'unknown', below: change.below, at });
      case 'counted':
        this.#waiting.count(change.resource, { alive: change.alive, unknown: change.unknown, at });
        return hearAnswer(change.resource, { ...this.#desk(at), asks: this.#asks });
      case 'said':
        return this.#testimony.hear(change, { ...this.#now(at), ids: context.ids, feedback: this.#feedback });
      default:
        return neverHappens(change);
    }
  }

  #raise(
    alarm: Alarm,
    { record, polled, at }: { readonly record: string; readonly polled: boolean; readonly at: Instant },
  ): void {
    this.#waiting.unsee(alarm.resource);
    const known = this.#waiting.get(alarm.id);
    if (known !== undefined) {
      if (record !== alarm.id) this.#waiting.repeat(known, record);
      if (known.endedAt !== undefined) this.#waiting.put({ ...known, endedAt: undefined });
      return;
    }
    const before = this.#waiting.withdraw(alarm.id)?.records ?? [];
    const pending = pendingOf(this.#ancestry.rules, alarm, { records: [...before, record], polled, at });
    const now = this.#now(at);
    const isHeadsWord = isSaidAnew(this.#ancestry, pending, now);
    const tellsOfLight = (): boolean => pending.symptom === 'los' && !isHeadsWord;
    const said = { polled, isDark: this.#endings.has(alarm.resource), tellsOfLight };
    const isAgain = endLostClear(this.#desk(at), alarm, said);
    const held = this.#incidents.ofAlarm(alarm.id);
    const member = held?.members.get(alarm.id);
    this.#waiting.hearHabits(pending);
    const isAnew = held !== undefined && (isHeadsWord || isFoundSilent(held, pending));
    const isNewly = polled && held !== undefined && isStale(held, at - this.#timing.lateJoinMs);
    if (held !== undefined && member?.raised === true && !isNewly) {
      if (isAnew) this.#incidents.clear(alarm.id, at);
      else {
        member.polled ||= polled;
        if (record !== alarm.id) addRecords(held, [record]);
        return this.#incidents.tellLater(held, at);
      }
    }
    if (!isChained(this.#ancestry, pending)) this.#cascades.witness(pending);
    if (endsWithProofOfLife.has(alarm.cause)) this.#endings.add(alarm.resource, alarm.id);
    const isWeighed =
      isAgain || isAnew || isNewly || (held?.scope === 'alone' && isChained(this.#ancestry, pending));
    const isBack =
      held !== undefined && !isWeighed && isRejoining(held, pending, { ...now, ...this.#desk(at) });
    this.#offer(pending, isBack ? held : this.#homeOf(pending, now), at);
  }

  #offer(pending: Pending, home: HeldIncident | undefined, at: Instant): void {
    if (home !== undefined) joinLate(this.#desk(at), { home, pending });
    else if (isTooStrange(this.#ancestry, pending.resource, this.#incidents.standing.size))
      this.#waiting.refuse(pending);
    else {
      this.#waiting.put(pending);
      this.#lookSoon(at);
    }
  }

  /** Names of unknown resources that nothing holds any more are forgotten: all is placed anew, as after a restart. */
  #forgetStrangers(): void {
    if (!hasForgettable(this.#ancestry, this.#waiting.size + this.#incidents.alarms)) return;
    const rounds = this.#waiting.undecided.rounds();
    this.#place(new Ancestry(this.#ancestry.topology, this.#ancestry.rules, this.#ancestry.habits));
    this.#waiting.undecided.resume(rounds);
  }

  #now(at: Instant): Now {
    return { at, timing: this.#timing, view: this.#incidents.standing.view(at, this.#timing.rebootMs) };
  }

  #clear(alarm: AlarmId, resource: ResourceId, at: Instant): void {
    this.#endings.drop(resource, alarm);
    const waited = this.#waiting.clear(alarm, at);
    if (waited !== undefined && !isChained(this.#ancestry, waited)) endBrief(waited, this.#desk(at));
    if (waited !== undefined && this.#incidents.ofAlarm(alarm)?.members.get(alarm)?.raised !== true) return;
    this.#cascades.end(alarm, at);
    this.#incidents.clear(alarm, at);
  }

  #proveAlive(resource: ResourceId, below: boolean, at: Instant): void {
    const outlives = (alarm: AlarmId): boolean => this.#waiting.outlives(alarm, at);
    for (const [of, alarm] of this.#endings.endedBy(resource, below, outlives)) this.#clear(alarm, of, at);
    hearSpared(resource, below, this.#desk(at));
  }

  /** The more waits, the rarer the look: the cost of a look grows with it. */
  #lookSoon(at: Instant): void {
    const due = after(at, this.#timing.lookEveryMs) + Math.floor(this.#waiting.size / 200);
    this.#lookAt = earliest(this.#lookAt, due as Instant);
  }

  #run(context: CorrelationContext): void {
    const { at } = context;
    for (const key of this.#incidents.timers.due(at)) this.#fire(key, context);
    for (const pending of this.#waiting.admit(this.#incidents.standing.size))
      this.#offer(pending, this.#homeOf(pending, this.#now(at)), at);
    if (this.#lookAt === undefined || this.#lookAt > at) return;
    // Whatever fails below, what waits is looked at again.
    this.#lookAt = after(at, this.#timing.lookEveryMs);
    this.#forgetStrangers();
    const now = this.#now(at);
    const [{ standing }, { undecided }] = [this.#incidents, this.#waiting];
    if (standing.homes.size > 0) joinNewHomes(this.#desk(at), (pending) => this.#homeOf(pending, now));
    const desk = { ...this.#desk(at), ids: context.ids };
    const someWait = chainAll({ ...desk, cascades: this.#cascades });
    const { heads } = this.#now(at).view;
    const unseen = this.#outOfSight.heads(this.#ancestry, heads);
    const sightingsOf = this.#sightingsOf(at, unseen);
    undecided.hide(unseen);
    undecided.touch(standing.takeChanged(), desk);
    const { decisions, nextAt } = look({
      ...desk,
      asks: this.#asks,
      undecided,
      standing,
      heads,
      sightingsOf,
    });
    for (const { alarm, resource } of commitAll(decisions, desk)) this.#clear(alarm, resource, at);
    if (decisions.length > 0) this.#testimony.claim(this.#now(at));
    // What was stated just now is evidence for what waits.
    undecided.touch(standing.takeChanged(), desk);
    const next = someWait || isNews(decisions, desk) ? after(at, this.#timing.lookEveryMs) : undefined;
    this.#lookAt = earliest(nextAt === undefined ? undefined : (Math.max(nextAt, at + 1) as Instant), next);
  }

  #homeOf(pending: Pending, now: Now): HeldIncident | undefined {
    const home = lateHome(this.#ancestry, this.#incidents, pending, now);
    return home !== undefined && this.#feedback.allows(home, [pending.alarm]) ? home : undefined;
  }

  #fire(key: string, { at }: CorrelationContext): void {
    const [what, id] = key.split(' ');
    const held = this.#incidents.get(id as IncidentId);
    if (held === undefined) return;
    if (what === 'forget') return this.#incidents.forget(held);
    if (!isActive(held)) return;
    if (what === 'suspect') this.#incidents.resolve(held, at);
    else if (what === 'resolve') this.#incidents.resolve(held, held.lastClearAt ?? at);
    else if (what === 'leftover' || what === 'retold') {
      const split = what === 'retold' ? splitUnlit : splitLeftovers;
      if (split(held, { ...this.#desk(at), sightingsOf: this.#sightingsOf(at) })) this.#lookSoon(at);
    } else {
      if (what === 'proved' && !isProvedByTime(held, this.#incidents.standing)) return;
      if (what === 'works') held.works = undefined;
      else if (what === 'replan' || held.works !== undefined)
        this.#incidents.plan(held, worksCovering(this.#ancestry, held));
      this.#incidents.tell(held, what === 'grow' && held.fresh.length === 0 ? 'shrank' : 'grew', at);
    }
  }

  #desk(at: Instant) {
    return {
      incidents: this.#incidents,
      waiting: this.#waiting,
      ancestry: this.#ancestry,
      timing: this.#timing,
      at,
      testimony: this.#testimony,
      feedback: this.#feedback,
    };
  }

  #sightingsOf(at: Instant, heads = this.#outOfSight.heads(this.#ancestry, this.#now(at).view.heads)) {
    this.#waiting.expire((at - this.#timing.aliveForMs) as Instant);
    return withUnseen(this.#ancestry, { heads, at }, (tops) => this.#waiting.sightings(tops));
  }
}
