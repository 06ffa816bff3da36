/** All alarms with the indexes the room asks them by: id, resource, time of clearing, due time. */
import { type Instant, instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import type { Alarm } from '../model/alarm.ts';
import { type AlarmId, alarmId, type ResourceId } from '../model/ids.ts';

/** One alarm: its record, replaced as a whole, and its flap count. */
export interface Entry {
  alarm: Alarm;
  /** Raised-cleared transitions, decayed up to `transitionAt`. */
  transitions: number;
  transitionAt: Instant;
}

/** Up to here a look through the alarms of a resource is cheaper than making the id. */
const fewAlarms = 8;
const none: readonly Entry[] = [];

export class AlarmTable {
  readonly timers = new Timers();
  readonly #byId = new Map<AlarmId, Entry>();
  readonly #byResource = new Map<ResourceId, Entry[]>();
  /** Cleared alarms in order of clearing, because time never falls. */
  readonly #cleared = new Map<AlarmId, Instant>();

  get size(): number {
    return this.#byId.size;
  }

  get raisedCount(): number {
    return this.#byId.size - this.#cleared.size;
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

  sorted(): Entry[] {
    return [...this.#byId.values()].sort(byId);
  }

  add(entry: Entry): void {
    const { id, resource, state, clearedAt } = entry.alarm;
    this.#byId.set(id, entry);
    const others = this.#byResource.get(resource);
    if (others === undefined) this.#byResource.set(resource, [entry]);
    else others.push(entry);
    if (state === 'cleared') this.#cleared.set(id, clearedAt ?? instant(0));
  }

  /** Puts `next` in the entry's place and returns it. */
  replace(entry: Entry, next: Alarm): Alarm {
    if (next.state !== entry.alarm.state) {
      if (next.state === 'cleared') this.#cleared.set(next.id, next.clearedAt ?? instant(0));
      else this.#cleared.delete(next.id);
    }
    entry.alarm = next;
    return next;
  }

  setTimer(kind: 'shelf' | 'calm', id: AlarmId, at: Instant | undefined): void {
    if (at === undefined) this.timers.clear(`${kind} ${id}`);
    else this.timers.set(`${kind} ${id}`, at);
  }

  forgetClearedBefore(limit: number): void {
    for (const [id, clearedAt] of this.#cleared) {
      if (clearedAt >= limit) return;
      this.#forget(id);
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#byResource.clear();
    this.#cleared.clear();
    this.timers.restore([]);
  }

  #forget(id: AlarmId): void {
    const entry = this.#byId.get(id);
    this.#cleared.delete(id);
    this.#byId.delete(id);
    this.setTimer('shelf', id, undefined);
    if (entry === undefined) return;
    const { resource } = entry.alarm;
    const others = this.#byResource.get(resource)?.filter((other) => other !== entry) ?? [];
    if (others.length === 0) this.#byResource.delete(resource);
    else this.#byResource.set(resource, others);
  }
}

const byId = (a: Entry, b: Entry): number => (a.alarm.id < b.alarm.id ? -1 : a.alarm.id > b.alarm.id ? 1 : 0);
