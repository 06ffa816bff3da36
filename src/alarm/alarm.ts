/**
 * The line's first stage: observations of all sources become alarm records (design L1).
 *
 * Invariants
 * - One alarm for each (resource, cause, by). It is raised while at least one source says so.
 * - A source ends what it raised itself; a poll (it looked) and proof of life end it for all sources. Observations that
 *   carry a record id follow the contract of alarm streams instead: a clear ends its key, whoever raised it.
 * - A flapping alarm is one steady raised alarm until its decayed transition count has fallen.
 * - No result depends on the order in which different keys were observed at one instant.
 * - Of all resources and of each only so many alarms are held, with so many attributes; cleared ones are forgotten after
 *   30 minutes, those on a shelf with its end, and sooner where raised ones need the room.
 */
import { neverHappens } from '../base/fault.ts';
import { type Instant, minutes } from '../base/instant.ts';
import { type Alarm, type AlarmChange, endsWithProofOfLife } from '../model/alarm.ts';
import { type AlarmId, alarmId, type IncidentId, type ResourceId } from '../model/ids.ts';
import type { Observation, ObservationSource } from '../model/observation.ts';
import type { Policy } from '../model/policy.ts';
import { decayed, fallsTo } from './flap-damping.ts';
import {
  acknowledged,
  noted,
  type Shelving,
  shelfAtEnd,
  shelved,
  takenOffShelf,
  unacknowledged,
} from './operators.ts';
import { listed, type Reconciliation } from './reconciliation.ts';
import { firstRecord, isJudgedByPolls, isWord, reborn, wordOf } from './record.ts';
import { type MostHeld, Room, type RoomCounters } from './room.ts';
import { AlarmTable, type Entry } from './table.ts';

export type { Reconciliation } from './reconciliation.ts';

interface AlarmsSnapshot {
  readonly alarms: readonly {
    readonly alarm: Alarm;
    readonly transitions: number;
    readonly transitionAt: Instant;
  }[];
  readonly refused: number;
  /** Absent in what older versions kept. */
  readonly forgottenEarly?: number | undefined;
  readonly attributesCut?: number | undefined;
}

const keepsCleared = minutes(30);

export class Alarms {
  readonly #table: AlarmTable;
  #flap: Policy['flap'] = { start: 6, stop: 2, halfLifeMs: minutes(5) };
  readonly #room: Room;

  constructor(most: Partial<MostHeld> = {}) {
    this.#table = new AlarmTable();
    this.#room = new Room(this.#table, most);
  }

  /** Raises that found no room or whose names were too long; cleared alarms and attributes that had to make room. */
  get counters(): RoomCounters {
    return this.#room.counters;
  }

  /** How many alarms are held, cleared ones included. */
  get size(): number {
    return this.#table.size;
  }

  /** How many of them are raised. */
  get raisedCount(): number {
    return this.#table.raisedCount;
  }

  setPolicy({ flap }: Policy): void {
    const { start, stop, halfLifeMs } = this.#flap;
    this.#flap = flap;
    if (flap.start === start && flap.stop === stop && flap.halfLifeMs === halfLifeMs) return;
    for (const { alarm, transitions, transitionAt } of this.#table.sorted((entry) => entry.alarm.flapping))
      this.#setCalmTimer(alarm.id, transitions, transitionAt);
  }

  observe(observation: Observation, at: Instant): AlarmChange[] {
    this.#table.forgetClearedBefore(at - keepsCleared);
    const { resource } = observation;
    const below = observation.below === true;
    if (isWord(observation)) return [wordOf(observation)];
    switch (observation.event) {
      case 'raise':
        return this.#raise(observation, at);
      case 'clear':
        return this.#endByObservation(observation, at);
      case 'alive':
        return [...this.endWithProofOfLife([resource], at), { kind: 'alive', resource, below }];
      case 'unknown':
        return [{ kind: 'unknown', resource, below }];
      default:
        return neverHappens(observation.event);
    }
  }

  /** The same for what was seen at once. */
  observeAll(observations: readonly Observation[], at: Instant): AlarmChange[] {
    return observations.flatMap((observation) => this.observe(observation, at));
  }

  /** Ends loss of sight and light of these resources; for `alive` with `below`, hand in all that lies below. */
  endWithProofOfLife(resources: Iterable<ResourceId>, at: Instant): AlarmChange[] {
    const changes: AlarmChange[] = [];
    for (const resource of resources) {
      for (const entry of this.#table.of(resource)) {
        if (endsWithProofOfLife.has(entry.alarm.cause)) this.#end(entry, { reason: 'alive', at }, changes);
      }
    }
    return changes;
  }

  /** Notes which incident these alarms belong to. */
  attach(alarms: readonly AlarmId[], incident: IncidentId, at: Instant): AlarmChange[] {
    return alarms.flatMap((id) =>
      this.#change(id, at, (alarm) => (alarm.incident === incident ? {} : { incident })),
    );
  }

  acknowledge(id: AlarmId, by: string, at: Instant): AlarmChange[] {
    return this.#change(id, at, (alarm) => acknowledged(alarm, by));
  }

  unacknowledge(id: AlarmId, at: Instant): AlarmChange[] {
    return this.#change(id, at, unacknowledged);
  }

  /** Hides the alarm, or takes it off the shelf. */
  shelve(order: Shelving & { readonly alarm: AlarmId; readonly by: string }, at: Instant): AlarmChange[] {
    const { alarm: id, by, until } = order;
    const isOn = until > at;
    const changes = this.#change(id, at, (alarm) =>
      isOn ? shelved(alarm, order, by) : takenOffShelf(alarm, at, 'operator'),
    );
    if (changes.length > 0) this.#table.setTimer('shelf', id, isOn ? until : undefined);
    if (!isOn) this.#table.forgetIfClearedBefore(id, at - keepsCleared);
    return changes;
  }

  /** `text` is the book's row with what was written. */
  note(id: AlarmId, note: { readonly by: string; readonly text: string }, at: Instant): AlarmChange[] {
    return this.#change(id, at, (alarm) => noted(alarm, { at, ...note }));
  }

  /** A person says that it is over. */
  clear(id: AlarmId, at: Instant): AlarmChange[] {
    const changes: AlarmChange[] = [];
    const entry = this.#table.get(id);
    if (entry !== undefined) this.#end(entry, { reason: 'operator', at }, changes);
    return changes;
  }

  /** Clears what the collector no longer sees and raises what was missed. What polls cannot judge stays. */
  reconcile(list: Reconciliation, at: Instant): AlarmChange[] {
    const changes: AlarmChange[] = [];
    const active = new Set(list.active.map((one) => alarmId(one.resource, one.cause, one.by)));
    const lost = new Set(
      list.active.filter(({ cause }) => endsWithProofOfLife.has(cause)).map(({ resource }) => resource),
    );
    for (const resource of list.watches) {
      for (const entry of this.#table.of(resource)) {
        if (active.has(entry.alarm.id) || !isJudgedByPolls(entry.alarm, lost.has(resource))) continue;
        this.#end(entry, { reason: 'reconciled', at }, changes);
      }
    }
    for (const entry of this.#polled(listed(list))) {
      if (!active.has(entry.alarm.id)) this.#end(entry, { reason: 'reconciled', at }, changes);
    }
    for (const one of list.active) {
      const held = this.#table.find(one.resource, one.cause, one.by);
      if (held?.alarm.sources.includes('poll')) continue;
      changes.push(...this.#raise({ event: 'raise', ...one, source: 'poll' }, at));
    }
    for (const resource of list.unseen ?? []) changes.push({ kind: 'unknown', resource, below: true });
    return changes;
  }

  /** Raised by polls on these resources, in order of id. */
  #polled(isWanted: ((resource: ResourceId) => boolean) | undefined): readonly Entry[] {
    if (isWanted === undefined) return [];
    return this.#table.sorted(
      ({ alarm }) => alarm.state === 'raised' && alarm.sources.includes('poll') && isWanted(alarm.resource),
    );
  }

  /** When something falls due by itself: a shelf expires or a flapping alarm has calmed down. */
  get wakeAt(): Instant | undefined {
    return this.#table.timers.next;
  }

  wake(at: Instant): AlarmChange[] {
    const changes: AlarmChange[] = [];
    // Sorted, because what falls due at one instant has no order of its own.
    for (const key of this.#table.timers.due(at).sort()) {
      const id = key.slice(key.indexOf(' ') + 1) as AlarmId;
      if (key.startsWith('shelf ')) {
        changes.push(...this.#change(id, at, (alarm) => takenOffShelf(alarm, at, 'expired')));
        this.#table.forgetIfClearedBefore(id, at - keepsCleared);
      } else this.#calm(id, at, changes);
    }
    this.#table.forgetClearedBefore(at - keepsCleared);
    return changes;
  }

  alarm(id: AlarmId): Alarm | undefined {
    return this.#table.get(id)?.alarm;
  }

  /** A person has acknowledged one of its alarms. */
  isAcknowledged = (incident: IncidentId): boolean => this.#table.isAcknowledged(incident);

  /** Raised alarms, ordered by id. */
  raised(): Iterable<Alarm> {
    return this.#table
      .sorted()
      .filter((entry) => entry.alarm.state === 'raised')
      .map((entry) => entry.alarm);
  }

  /** Everything, as plain data in an order of its own: equal states give equal snapshots. */
  snapshot(): AlarmsSnapshot {
    const alarms = this.#table
      .sorted()
      .map(({ alarm, transitions, transitionAt }) => ({ alarm, transitions, transitionAt }));
    return { alarms, ...this.#room.counters };
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: unknown): void {
    this.#table.clear();
    const { alarms, refused, forgottenEarly = 0, attributesCut = 0 } = snapshot as AlarmsSnapshot;
    this.#room.restore({ refused, forgottenEarly, attributesCut });
    const oldestFirst = [...alarms].sort((a, b) => (a.alarm.clearedAt ?? 0) - (b.alarm.clearedAt ?? 0));
    for (const { alarm, transitions, transitionAt } of oldestFirst) {
      this.#table.add({ alarm, transitions, transitionAt });
      if (alarm.shelvedUntil !== undefined) this.#table.setTimer('shelf', alarm.id, alarm.shelvedUntil);
      if (alarm.flapping) this.#setCalmTimer(alarm.id, transitions, transitionAt);
    }
  }

  #raise(observation: Observation, at: Instant): AlarmChange[] {
    const { resource, cause, by, source } = observation;
    if (cause === undefined) return [];
    const entry = this.#table.find(resource, cause, by);
    if (entry === undefined) return this.#raiseFirst(observation, cause, at);
    const { alarm } = entry;
    const isTransition = alarm.sources.length === 0;
    const isNew = alarm.state === 'cleared';
    if (isTransition) this.#countTransition(entry, at);
    const next: Alarm = {
      ...alarm,
      perceivedSeverity: observation.severity ?? alarm.perceivedSeverity,
      state: 'raised',
      // What only repeats itself is calm, however often it came and went before.
      flapping: alarm.flapping || (isTransition && entry.transitions >= this.#flap.start),
      sources: alarm.sources.includes(source) ? alarm.sources : [...alarm.sources, source].sort(),
      source,
      changedAt: at,
      count: isNew ? 1 : alarm.count + 1,
      device: observation.device ?? alarm.device,
      attributes: this.#room.attributesOf(observation) ?? alarm.attributes,
      clearReason: undefined,
      ...(isNew ? reborn(at) : undefined),
    };
    this.#table.replace(entry, next);
    if (isTransition && next.flapping) this.#setCalmTimer(next.id, entry.transitions, at);
    const record = observation.record ?? next.id;
    return [{ kind: isNew ? 'raised' : 'repeated', alarm: next, record, source }];
  }

  #raiseFirst(observation: Observation, cause: string, at: Instant): AlarmChange[] {
    if (!this.#room.takes(observation)) return [];
    const alarm = firstRecord({ observation, attributes: this.#room.attributesOf(observation) }, cause, at);
    this.#table.add({ alarm, transitions: 1, transitionAt: at });
    return [{ kind: 'raised', alarm, record: observation.record ?? alarm.id, source: observation.source }];
  }

  #endByObservation(observation: Observation, at: Instant): AlarmChange[] {
    const { resource, cause, by, source } = observation;
    const changes: AlarmChange[] = [];
    const endsAll = source === 'poll' || source === 'api' || observation.record !== undefined;
    const cleared = { reason: 'cleared', at, source: endsAll ? undefined : source } as const;
    if (by === undefined) {
      for (const entry of this.#table.of(resource))
        if (entry.alarm.cause === cause) this.#end(entry, cleared, changes);
    } else if (cause !== undefined) {
      const entry = this.#table.find(resource, cause, by);
      if (entry !== undefined) this.#end(entry, cleared, changes);
    }
    return changes;
  }

  /** Takes `source` (all when undefined) off the alarm; the last one to go clears it, or leaves it steady while it flaps. */
  #end(entry: Entry, how: Ending, changes: AlarmChange[]): void {
    const { alarm } = entry;
    if (alarm.state === 'cleared') return;
    const { at, source } = how;
    if (how.reason === 'operator') {
      this.#clearNow(entry, how, changes);
      return;
    }
    if (alarm.sources.length === 0 || (source !== undefined && !alarm.sources.includes(source))) return;
    const sources = source === undefined ? [] : alarm.sources.filter((one) => one !== source);
    if (sources.length > 0) {
      changes.push({
        kind: 'changed',
        alarm: this.#table.replace(entry, { ...alarm, sources, changedAt: at }),
      });
      return;
    }
    this.#countTransition(entry, at);
    if (!alarm.flapping && entry.transitions < this.#flap.start) {
      this.#clearNow(entry, how, changes);
      return;
    }
    const steady: Alarm = { ...alarm, sources, flapping: true, clearReason: how.reason, changedAt: at };
    this.#table.replace(entry, steady);
    this.#setCalmTimer(alarm.id, entry.transitions, at);
    if (!alarm.flapping) changes.push({ kind: 'changed', alarm: steady });
  }

  #clearNow(entry: Entry, how: Ending, changes: AlarmChange[]): void {
    const { at, reason } = how;
    const { alarm } = entry;
    const shelf = shelfAtEnd(alarm, at);
    const rest = {
      sources: [],
      flapping: false,
      changedAt: at,
      clearedAt: at,
      clearReason: reason,
      ...shelf,
    };
    this.#table.setTimer('calm', alarm.id, undefined);
    if (shelf.unshelved !== undefined) this.#table.setTimer('shelf', alarm.id, undefined);
    changes.push({
      kind: 'cleared',
      alarm: this.#table.replace(entry, { ...alarm, ...rest, state: 'cleared' }),
    });
  }

  /** The flapping alarm was quiet long enough: it is now what its resource last said. */
  #calm(id: AlarmId, at: Instant, changes: AlarmChange[]): void {
    const entry = this.#table.get(id);
    if (entry === undefined || !entry.alarm.flapping) return;
    const left = decayed(entry.transitions, entry.transitionAt, at, this.#flap.halfLifeMs);
    if (left > this.#flap.stop) {
      entry.transitions = left;
      entry.transitionAt = at;
      this.#setCalmTimer(id, left, at);
    } else if (entry.alarm.sources.length === 0) {
      this.#clearNow(entry, { reason: entry.alarm.clearReason ?? 'cleared', at }, changes);
    } else {
      changes.push({
        kind: 'changed',
        alarm: this.#table.replace(entry, { ...entry.alarm, flapping: false, changedAt: at }),
      });
    }
  }

  #countTransition(entry: Entry, at: Instant): void {
    entry.transitions = decayed(entry.transitions, entry.transitionAt, at, this.#flap.halfLifeMs) + 1;
    entry.transitionAt = at;
  }

  #setCalmTimer(id: AlarmId, transitions: number, from: Instant): void {
    this.#table.setTimer('calm', id, fallsTo(this.#flap.stop, transitions, from, this.#flap.halfLifeMs));
  }

  #change(id: AlarmId, at: Instant, change: (alarm: Alarm) => Partial<Alarm>): AlarmChange[] {
    const entry = this.#table.get(id);
    if (entry === undefined) return [];
    const changed = change(entry.alarm);
    if (Object.keys(changed).length === 0) return [];
    return [
      { kind: 'changed', alarm: this.#table.replace(entry, { ...entry.alarm, ...changed, changedAt: at }) },
    ];
  }
}

interface Ending {
  readonly reason: NonNullable<Alarm['clearReason']>;
  readonly at: Instant;
  /** Undefined: ends it for all sources. */
  readonly source?: ObservationSource | undefined;
}
