/** All incidents of the correlation: opening, joining, merging, mending and forgetting them, and telling what changed. */
import { after, days, type Instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import { endsWithProofOfLife } from '../model/alarm.ts';
import { type AlarmId, alarmId, type IdSource, type IncidentId, type ResourceId } from '../model/ids.ts';
import type { IncidentChange } from '../model/incident.ts';
import type { PlannedWorks } from '../topology/topology.ts';
import { Houses } from './by-house.ts';
import { ByRoot } from './by-root.ts';
import {
  addRecords,
  begin,
  type FrozenIncident,
  freeze,
  type HeldIncident,
  isActive,
  isLaterHome,
  isUnsteady,
  type Joining,
  type Member,
  note,
  showsReturn,
  stated,
  thaw,
  type Verdict,
  widen,
} from './held-incident.ts';
import { recordOf } from './incident-record.ts';
import { leave } from './leaving.ts';
import { restated, unsteady } from './restating.ts';
import { hearSecondWord, secondWordMs, spare } from './second-word.ts';
import { Speakers } from './speakers.ts';
import { Standing } from './standing.ts';
import { type CorrelationTiming, limits, quietOf, type Slices } from './timing.ts';

const mitigatedShare = 0.05;
const keepsResolved = days(7);
const endTimers = ['resolve', 'leftover', 'retold', 'works', 'replan', 'grow', 'suspect', 'proved'];

export interface IncidentsSnapshot {
  readonly incidents: readonly FrozenIncident[];
  readonly timers: readonly (readonly [string, Instant])[];
  readonly opened: number;
  readonly evicted: number;
}

export class Incidents {
  readonly timers = new Timers();
  readonly standing = new Standing();
  readonly houses = new Houses();
  readonly #speakers = new Speakers();
  /** Another one with other rules. */
  timing: CorrelationTiming;
  /** Told with each verdict. */
  judgedBy: Readonly<Record<string, string | number>> | undefined;
  readonly #held = new Map<IncidentId, HeldIncident>();
  readonly #ofAlarm = new Map<AlarmId, HeldIncident>();
  readonly byRoot = new ByRoot();
  #opened = 0;
  #evicted = 0;
  #changes: IncidentChange[] = [];
  readonly #alarmsPerTurn: number;

  constructor(timing: CorrelationTiming, { alarmsPerTurn }: Slices) {
    this.timing = timing;
    this.#alarmsPerTurn = alarmsPerTurn;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Alarms that stand in them. */
  get alarms(): number {
    return this.#ofAlarm.size;
  }

  get(id: IncidentId): HeldIncident | undefined {
    return this.#held.get(id);
  }

  readonly ofAlarm = (alarm: AlarmId): HeldIncident | undefined => this.#ofAlarm.get(alarm);

  /** The open incident that took this terminal. */
  darkening(resource: ResourceId): HeldIncident | undefined {
    for (const cause of endsWithProofOfLife) {
      const alarm = alarmId(resource, cause, undefined);
      const held = this.#ofAlarm.get(alarm);
      if (held !== undefined && isActive(held) && held.members.get(alarm)?.raised === true) return held;
    }
    return undefined;
  }

  readonly at = (root: string): readonly HeldIncident[] => this.byRoot.at(root);

  /** What changed since it was last asked. */
  takeChanges(): IncidentChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  open(
    verdict: Verdict,
    onset: { startedAt: Instant; at: Instant; parent?: IncidentId | undefined },
    ids: IdSource,
  ): HeldIncident {
    const { at, startedAt, parent } = onset;
    const id = ids.next() as IncidentId;
    const held = begin({ id, order: this.#opened++, startedAt, at, parent }, verdict);
    this.#held.set(held.id, held);
    this.byRoot.add(held);
    this.#state(held, verdict);
    note(held, startedAt, 'open');
    note(held, at, 'decide');
    return held;
  }

  /** A better cause: the id stays, the root moves. True when it did move. */
  move(held: HeldIncident, verdict: Verdict, at: Instant): boolean {
    const moved = held.root !== verdict.root || held.kind !== verdict.kind;
    this.byRoot.delete(held);
    this.standing.homes.add(held);
    this.#state(held, verdict);
    this.byRoot.add(held);
    if (moved) {
      held.decidedAt = at;
      note(held, at, 're-root');
    }
    return moved;
  }

  /** The same cause reaches further than was known. */
  widen(held: HeldIncident, verdict: Pick<Verdict, 'dark' | 'parts'>): void {
    widen(held, verdict);
    this.standing.note(held);
  }

  join(held: HeldIncident, joining: readonly Joining[], at: Instant): void {
    for (const { member, records } of joining) {
      const before = held.members.get(member.alarm);
      held.raised += Number(member.raised) - Number(before?.raised === true);
      held.members.set(member.alarm, member);
      hearSecondWord(held, member);
      if (member.raised) held.spared.delete(member.resource);
      this.houses.add(held, member);
      this.#speakers.add(held, member, before);
      this.#ofAlarm.set(member.alarm, held);
      held.fresh.push(member.alarm);
      // A line without an id goes by its alarm's, which stands there once.
      addRecords(held, before === undefined ? records : records.filter((one) => one !== member.alarm));
    }
    held.lastEvidenceAt = at;
    if (held.raised * 2 > held.members.size) {
      if (held.endingSince !== undefined) {
        note(held, at, 'reopen');
        held.againAt = at;
        this.standing.homes.add(held);
      }
      held.endingSince = undefined;
    }
    if (held.endingSince !== undefined) {
      this.timers.set(`leftover ${held.id}`, after(at, this.timing.staleMs));
    } else if (held.backAt === undefined) this.timers.clear(`leftover ${held.id}`);
    // What joins by a merge may be over already: then nothing else would ever end the incident.
    if (held.raised > 0) {
      // An alarm agrees with what subscribers say.
      held.suspected = false;
      for (const timer of ['resolve', 'suspect']) this.timers.clear(`${timer} ${held.id}`);
    } else this.timers.set(`resolve ${held.id}`, after(at, quietOf(held, this.timing)));
    // A relapse: what was nearly over is not.
    if (held.state === 'mitigated') held.state = 'open';
    this.standing.note(held);
  }

  /** One alarm that came after the cause was stated, or soon after its end. */
  joinLate(held: HeldIncident, joining: Joining, at: Instant): void {
    if (!isActive(held)) {
      this.reopen(held, at);
      this.tell(held, 'reopened');
    }
    this.join(held, [joining], at);
    const isFlapping = joining.flaps === true || isUnsteady(held, at);
    if (isFlapping && held.kind !== 'flapping') this.move(held, unsteady(restated(held)), at);
    this.tellLater(held, at);
  }

  /** It lies under these works; under none, it is no planned one. */
  plan(held: HeldIncident, works: PlannedWorks | undefined): void {
    held.works = works?.id;
    const key = `works ${held.id}`;
    if (works === undefined) this.timers.clear(key);
    else this.timers.set(key, after(works.to, this.timing.worksGraceMs));
  }

  /** Somebody spoke through what was said to be dead: it never was, or is back, though its own clears were lost. */
  provedBack(held: HeldIncident, at: Instant): void {
    if (held.backAt !== undefined) return;
    this.tellLater(held, at);
    if (spare(held)) return this.widen(held, held);
    held.backAt = at;
    held.lastClearAt ??= at;
    this.standing.note(held);
    this.timers.set(`leftover ${held.id}`, after(at, this.timing.leftoverMs));
  }

  /** A head that starts tells of its terminals from then on: those that stay dark longer than starting takes are looked at anew. */
  retell(held: HeldIncident, since: Instant): void {
    held.retoldAt = since;
    this.timers.set(`retold ${held.id}`, after(since, this.timing.leftoverMs));
  }

  /** Tells of growth soon, not at once: a storm must not tell of every alarm. */
  tellLater(held: HeldIncident, at: Instant): void {
    const key = `grow ${held.id}`;
    if (this.timers.dueAt(key) === undefined) this.timers.set(key, after(at, this.timing.growEveryMs));
  }

  /** While it is open no more alarms at once than one turn bears: the others are told of in the next, at `at`. */
  tell(held: HeldIncident, kind: IncidentChange['kind'], at = held.lastEvidenceAt): void {
    this.timers.clear(`grow ${held.id}`);
    const joined = isActive(held) ? held.fresh.slice(0, this.#alarmsPerTurn) : held.fresh;
    held.fresh = held.fresh.slice(joined.length);
    this.#changes.push({ kind, incident: recordOf(held, this.#speakers.of(held)), joined });
    if (held.fresh.length > 0) this.timers.set(`grow ${held.id}`, at);
  }

  /** The younger one's alarms move to the older one; a tombstone says where. */
  merge(loser: HeldIncident, survivor: HeldIncident, at: Instant): void {
    this.byRoot.delete(loser);
    const moving = [...loser.members.values()].map((member) => ({ member, records: [] }));
    if (loser.lastClearAt !== undefined && (survivor.lastClearAt ?? 0) < loser.lastClearAt) {
      survivor.lastClearAt = loser.lastClearAt;
    }
    this.join(survivor, moving, at);
    addRecords(survivor, loser.records.splice(0));
    loser.members.clear();
    this.houses.forget(loser);
    this.#speakers.forget(loser);
    loser.raised = 0;
    loser.state = 'merged';
    this.standing.note(loser);
    loser.into = survivor.id;
    note(loser, at, 'merge');
    note(survivor, at, 'join');
    for (const timer of endTimers) this.timers.clear(`${timer} ${loser.id}`);
    this.timers.set(`forget ${loser.id}`, after(at, this.timing.reopenWithinMs));
    this.tell(loser, 'merged');
  }

  /** One alarm is over. */
  clear(alarm: AlarmId, at: Instant): void {
    const held = this.#ofAlarm.get(alarm);
    const member = held?.members.get(alarm);
    if (held === undefined || member === undefined || !member.raised) return;
    member.raised = false;
    member.endedAt = at;
    this.houses.light(held, member);
    held.raised--;
    held.lastClearAt = at;
    if (showsReturn(held, member)) held.backAt ??= at;
    this.standing.note(held);
    if (!isActive(held)) return;
    if (held.raised === 0) {
      this.timers.clear(`leftover ${held.id}`);
      this.timers.set(`resolve ${held.id}`, after(at, quietOf(held, this.timing)));
    } else if (held.raised * 2 <= held.members.size) {
      held.endingSince ??= at;
      const nearly = held.raised <= Math.max(1, mitigatedShare * held.members.size);
      const { leftoverMs, staleMs } = this.timing;
      this.timers.set(`leftover ${held.id}`, after(at, nearly ? leftoverMs : staleMs));
      // Of a small incident one that is left is not yet "nearly over", but not for ever either.
      if (held.raised > mitigatedShare * held.members.size) return this.tellLater(held, at);
      if (held.state === 'mitigated') return;
      held.state = 'mitigated';
      note(held, at, 'mitigate');
      this.tell(held, 'mitigated');
    } else this.tellLater(held, at);
  }

  /** Members still raised are given up: a raise of theirs is news again. */
  resolve(held: HeldIncident, at: Instant): void {
    for (const member of held.members.values()) member.raised = false;
    this.houses.forget(held);
    held.raised = 0;
    held.state = 'resolved';
    this.standing.note(held);
    held.resolvedAt = at;
    note(held, at, 'resolve');
    for (const timer of endTimers) this.timers.clear(`${timer} ${held.id}`);
    // A subscriber's late "no" may still reopen what somebody was told of; noise needs only the time of a relapse.
    const keep = held.actionable ? keepsResolved : this.timing.reopenWithinMs;
    this.timers.set(`forget ${held.id}`, after(at, keep));
    this.tell(held, 'resolved');
    this.#evict();
  }

  reopen(held: HeldIncident, at: Instant): void {
    held.state = 'open';
    held.againAt = at;
    held.backAt = undefined;
    held.endingSince = undefined;
    held.resolvedAt = undefined;
    held.closedAt = undefined;
    this.standing.homes.add(held);
    this.standing.note(held);
    this.timers.clear(`forget ${held.id}`);
    note(held, at, 'reopen');
  }

  close(held: HeldIncident, at: Instant): void {
    held.state = 'closed';
    this.standing.note(held);
    held.resolvedAt ??= at;
    held.closedAt = at;
    note(held, at, 'close');
    for (const timer of endTimers) this.timers.clear(`${timer} ${held.id}`);
    this.timers.set(`forget ${held.id}`, after(at, this.timing.reopenWithinMs));
    this.tell(held, 'closed');
  }

  /** Takes alarms out, with the raise lines that began them; they become an incident of their own. */
  split(held: HeldIncident, alarms: readonly Member[], at: Instant): void {
    leave(held, alarms);
    this.houses.remove(held, alarms);
    this.#speakers.forget(held);
    note(held, at, 'split');
    for (const { alarm } of alarms) this.#ofAlarm.delete(alarm);
    this.standing.note(held);
  }

  /** What was taken out may have been all that was still raised. */
  endIfOver(held: HeldIncident, at: Instant): void {
    if (isActive(held) && held.raised === 0)
      this.timers.set(`resolve ${held.id}`, after(at, this.timing.resolveQuietMs));
  }

  forget(held: HeldIncident): void {
    this.#held.delete(held.id);
    this.byRoot.delete(held);
    for (const alarm of held.members.keys())
      if (this.#ofAlarm.get(alarm) === held) this.#ofAlarm.delete(alarm);
    this.standing.forget(held);
    this.timers.clear(`forget ${held.id}`);
  }

  snapshot(): IncidentsSnapshot {
    return {
      incidents: [...this.#held.values()].map(freeze),
      timers: this.timers.entries(),
      opened: this.#opened,
      evicted: this.#evicted,
    };
  }

  restore(snapshot: IncidentsSnapshot): void {
    this.#held.clear();
    this.#ofAlarm.clear();
    this.byRoot.clear();
    this.standing.clear();
    this.#changes = [];
    this.#opened = snapshot.opened;
    this.#evicted = snapshot.evicted;
    this.timers.restore(snapshot.timers);
    for (const frozen of snapshot.incidents) {
      const held = thaw(frozen);
      this.#held.set(held.id, held);
      this.standing.note(held);
      if (held.state !== 'merged') this.byRoot.add(held);
      for (const alarm of held.members.keys()) {
        const other = this.#ofAlarm.get(alarm);
        if (other === undefined || isLaterHome(held, other, alarm)) this.#ofAlarm.set(alarm, held);
      }
    }
  }

  #state(held: HeldIncident, verdict: Verdict): void {
    stated(held, verdict, this.judgedBy);
    if (held.unproven === true) this.timers.set(`proved ${held.id}`, after(held.startedAt, secondWordMs));
    this.standing.note(held);
  }

  /** Ended incidents are kept for a late "no" of a subscriber, but not without bound: the oldest go first. */
  #evict(): void {
    let tooMany = this.#held.size - this.standing.size - limits.ended;
    if (tooMany <= 0) return;
    for (const held of this.#held.values()) {
      if (isActive(held)) continue;
      this.#evicted++;
      this.forget(held);
      if (--tooMany === 0) return;
    }
  }
}
