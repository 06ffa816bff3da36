/** All alarms with the indexes the room asks them by: id, resource, time of clearing, due time. */
import { type Instant, instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import type { Alarm } from '../model/alarm.ts';
import { type AlarmId, alarmId, type IncidentId, type ResourceId } from '../model/ids.ts';

/** One alarm: its record, replaced as a whole, and its flap count. */
export interface Entry {
  alarm: Alarm;
  /** Raised-cleared transitions, decayed up to `transitionAt`. */
  transitions: number;
  transitionAt: Instant;
}

/** It was cleared then; whether it still is, the entry says. */
interface Cleared {
  readonly entry: Entry;
  readonly at: Instant;
}

/** Up to here a look through the alarms of a resource is cheaper than making the id. */
const fewAlarms = 8;
const none: readonly Entry[] = [];
const fewCleared = 1_024;

export class AlarmTable {
  readonly timers = new Timers();
  readonly #byId = new Map<AlarmId, Entry>();
  readonly #byResource = new Map<ResourceId, Entry[]>();
  /** In order of clearing, because time never falls; an entry that was raised again since is stale. */
  #cleared: Cleared[] = [];
  #firstCleared = 0;
  #raisedCount = 0;
  readonly #acknowledged = new Set<Entry>();
  #attributeCharacters = 0;

  /** Of all attributes of all alarms together. */
  get attributeCharacters(): number {
    return this.#attributeCharacters;
  }

  get size(): number {
    return this.#byId.size;
  }

  get raisedCount(): number {
    return this.#raisedCount;
  }

  /** A person has acknowledged an alarm of it. */
  isAcknowledged(incident: IncidentId): boolean {
    for (const { alarm } of this.#acknowledged) if (alarm.incident === incident) return true;
    return false;
  }

  get(id: AlarmId): Entry | undefined {
    return this.#byId.get(id);
  }

  find(resource: ResourceId, cause: string, by: ResourceId | undefined): Entry | undefined {
    const entries = this.#byResource.get(resource);
    if (entries === undefined) return undefined;
    if (entries.length > fewAlarms) return this.#byId.get(alarmId(resource, cause, by));
    return entries.find(({ alarm }) => alarm.cause === cause && alarm.by === by);
  }

  /** Alarms of one resource in order of their ids. */
  of(resource: ResourceId): readonly Entry[] {
    const entries = this.#byResource.get(resource);
    if (entries === undefined) return none;
    return entries.length === 1 ? [...entries] : [...entries].sort(byId);
  }

  /** In order of their ids: all, or those wanted. */
  sorted(isWanted?: (entry: Entry) => boolean): Entry[] {
    const all = [...this.#byId.values()];
    return (isWanted === undefined ? all : all.filter(isWanted)).sort(byId);
  }

  /** How many alarms of one resource are held. */
  countOf(resource: ResourceId): number {
    return this.#byResource.get(resource)?.length ?? 0;
  }

  add(entry: Entry): void {
    const { id, resource, state } = entry.alarm;
    this.#attributeCharacters += charactersOf(entry.alarm);
    this.#byId.set(id, entry);
    const others = this.#byResource.get(resource);
    if (others === undefined) this.#byResource.set(resource, [entry]);
    else others.push(entry);
    this.#noteAcknowledged(entry);
    if (state === 'raised') this.#raisedCount++;
    else this.#noteCleared(entry);
  }

  /** Puts `next` in the entry's place and returns it. */
  replace(entry: Entry, next: Alarm): Alarm {
    const isChanged = next.state !== entry.alarm.state;
    const isAckChanged = next.ackState !== entry.alarm.ackState;
    if (next.attributes !== entry.alarm.attributes)
      this.#attributeCharacters += charactersOf(next) - charactersOf(entry.alarm);
    entry.alarm = next;
    if (isAckChanged) this.#noteAcknowledged(entry);
    if (!isChanged) return next;
    this.#raisedCount += next.state === 'raised' ? 1 : -1;
    if (next.state === 'cleared') this.#noteCleared(entry);
    return next;
  }

  setTimer(kind: 'shelf' | 'calm', id: AlarmId, at: Instant | undefined): void {
    if (at === undefined) this.timers.clear(`${kind} ${id}`);
    else this.timers.set(`${kind} ${id}`, at);
  }

  forgetClearedBefore(limit: number): void {
    for (;;) {
      const first = this.#cleared[this.#firstCleared];
      if (first === undefined || first.at >= limit) return;
      this.#forgetFirst(first);
    }
  }

  #forgetFirst({ entry, at }: Cleared): void {
    // What is on a shelf is to be hidden when it comes back, too.
    if (isLastEnd({ entry, at }) && entry.alarm.shelvedUntil === undefined) this.#forget(entry);
    // Compacted when half is spent, so that each is moved at most once on average.
    if (++this.#firstCleared * 2 < this.#cleared.length) return;
    this.#cleared = this.#cleared.slice(this.#firstCleared);
    this.#firstCleared = 0;
  }

  /** Makes room by those that were cleared first of all, all of one instant; answers how many went. */
  forgetFirstCleared(): number {
    const before = this.size;
    const onShelf: Entry[] = [];
    for (let oldest: Instant | undefined; ; ) {
      const first = this.#cleared[this.#firstCleared];
      if (first === undefined || (oldest !== undefined && first.at !== oldest)) break;
      if (isShelved(first)) onShelf.push(first.entry);
      this.#forgetFirst(first);
      if (this.size < before) oldest = first.at;
    }
    for (const entry of onShelf) this.#noteCleared(entry);
    return before - this.size;
  }

  /** Makes room by the one of this resource that was cleared first; false where none may go. */
  forgetClearedOf(resource: ResourceId): boolean {
    let oldest: Entry | undefined;
    for (const entry of this.of(resource)) {
      const { state, clearedAt = 0, shelvedUntil } = entry.alarm;
      if (state !== 'cleared' || shelvedUntil !== undefined) continue;
      if (oldest === undefined || clearedAt < (oldest.alarm.clearedAt ?? 0)) oldest = entry;
    }
    if (oldest !== undefined) this.#forget(oldest);
    return oldest !== undefined;
  }

  /** For one that came off the shelf: `forgetClearedBefore` has passed it by. */
  forgetIfClearedBefore(id: AlarmId, limit: number): void {
    const entry = this.#byId.get(id);
    if (entry?.alarm.state !== 'cleared' || (entry.alarm.clearedAt ?? 0) >= limit) return;
    this.#forget(entry);
  }

  clear(): void {
    this.#byId.clear();
    this.#byResource.clear();
    this.#cleared = [];
    this.#firstCleared = 0;
    this.#raisedCount = 0;
    this.#acknowledged.clear();
    this.#attributeCharacters = 0;
    this.timers.restore([]);
  }

  /** As many as people acknowledge: few. */
  #noteAcknowledged(entry: Entry): void {
    if (entry.alarm.ackState === 'acknowledged') this.#acknowledged.add(entry);
    else this.#acknowledged.delete(entry);
  }

  #noteCleared(entry: Entry): void {
    this.#cleared.push({ entry, at: entry.alarm.clearedAt ?? instant(0) });
    // Of what comes and goes all the time only the last end counts.
    if (this.#cleared.length - this.#firstCleared > 2 * this.#byId.size + fewCleared) this.#compact();
  }

  #compact(): void {
    this.#cleared = this.#cleared.slice(this.#firstCleared).filter(isLastEnd);
    this.#firstCleared = 0;
  }

  #forget(entry: Entry): void {
    const { id, resource } = entry.alarm;
    if (!this.#byId.delete(id)) return;
    this.#attributeCharacters -= charactersOf(entry.alarm);
    this.#acknowledged.delete(entry);
    this.setTimer('shelf', id, undefined);
    const others = this.#byResource.get(resource)?.filter((other) => other !== entry) ?? [];
    if (others.length === 0) this.#byResource.delete(resource);
    else this.#byResource.set(resource, others);
  }
}

const byId = (a: Entry, b: Entry): number => (a.alarm.id < b.alarm.id ? -1 : a.alarm.id > b.alarm.id ? 1 : 0);

const isShelved = ({ entry: { alarm }, at }: Cleared): boolean =>
  alarm.state === 'cleared' && alarm.clearedAt === at && alarm.shelvedUntil !== undefined;

function charactersOf({ attributes }: Alarm): number {
  let sum = 0;
  for (const key in attributes) sum += key.length + (attributes[key]?.length ?? 0);
  return sum;
}

/** It ended then, and was not raised since. */
const isLastEnd = ({ entry: { alarm }, at }: Cleared): boolean =>
  alarm.state === 'cleared' && (alarm.clearedAt ?? 0) === at;
