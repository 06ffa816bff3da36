/** Alarms without an incident and what was seen of resources apart from alarms: bounded and counted. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { ByHead } from './by-head.ts';
import type { Pending } from './joining.ts';
import type { Sighting } from './tally.ts';
import { limits } from './timing.ts';
import { isChained, Undecided } from './undecided.ts';

interface Seen {
  readonly state: 'alive' | 'unknown';
  readonly below: boolean;
  readonly at: Instant;
}

/** What one poll counted of all that hangs on a resource. */
interface Counted {
  readonly alive: number;
  readonly unknown: number;
  readonly at: Instant;
}

interface Noted {
  readonly resource: ResourceId;
  readonly place: number;
  readonly aliveSince: Instant;
}

export interface WaitingSnapshot {
  readonly pending: readonly Pending[];
  readonly seen: readonly (readonly [ResourceId, Seen])[];
  /** Absent in what older versions kept. */
  readonly counted?: readonly (readonly [ResourceId, Counted])[] | undefined;
  readonly refused: number;
  readonly clearedBefore: number;
}

export class Waiting {
  readonly #pending = new Map<AlarmId, Pending>();
  #undecided: Undecided;
  #ancestry: Ancestry;
  /** Of what something was seen or counted. */
  #noted: ByHead;
  readonly #seen = new Map<ResourceId, Seen>();
  readonly #counted = new Map<ResourceId, Counted>();
  #refused = 0;
  #clearedBefore = 0;

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
    this.#noted = new ByHead(ancestry);
    this.#undecided = new Undecided(ancestry);
  }

  /** The same alarms as evidence. */
  get undecided(): Undecided {
    return this.#undecided;
  }

  /** From now on evidence is placed by this topology. */
  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    const noted = [...this.#seen.keys(), ...this.#counted.keys()];
    this.#noted = new ByHead(
      ancestry,
      noted.filter((resource) => ancestry.topology.indexOf(resource) >= 0),
    );
    this.#undecided = new Undecided(ancestry);
    for (const pending of this.#pending.values()) this.#undecided.put(pending);
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Alarms that found no room. */
  get refused(): number {
    return this.#refused;
  }

  /** Alarms that cleared before any cause was stated. */
  get clearedBefore(): number {
    return this.#clearedBefore;
  }

  get(alarm: AlarmId): Pending | undefined {
    return this.#pending.get(alarm);
  }

  put(pending: Pending): void {
    if (this.#pending.has(pending.alarm) || this.#pending.size < limits.pending) {
      this.#pending.set(pending.alarm, pending);
      this.#undecided.put(pending);
    } else this.#refused++;
  }

  refuse(): void {
    this.#refused++;
  }

  take(alarm: AlarmId): Pending | undefined {
    const pending = this.#pending.get(alarm);
    if (pending === undefined) return undefined;
    this.#pending.delete(alarm);
    this.#undecided.take(pending);
    return pending;
  }

  /** Answers false when it did not wait. What others may follow from is not lost because it was short. */
  clear(alarm: AlarmId, at: Instant): boolean {
    const pending = this.#pending.get(alarm);
    if (pending !== undefined && isChained(this.#ancestry, pending)) {
      this.put({ ...pending, endedAt: pending.endedAt ?? at });
      return true;
    }
    if (this.take(alarm) === undefined) return false;
    this.#clearedBefore++;
    return true;
  }

  /** In no order that means anything. */
  all(): Iterable<Pending> {
    return this.#pending.values();
  }

  see(resource: ResourceId, seen: Seen): void {
    this.#note(this.#seen, resource, seen);
  }

  count(resource: ResourceId, counted: Counted): void {
    this.#note(this.#counted, resource, counted);
  }

  /** The latest stands last; beyond the bound the oldest goes. */
  #note<T>(notes: Map<ResourceId, T>, resource: ResourceId, said: T): void {
    notes.delete(resource);
    notes.set(resource, said);
    if (this.#ancestry.topology.indexOf(resource) >= 0) this.#noted.add(resource);
    if (notes.size <= limits.sightings) return;
    const oldest = notes.keys().next();
    if (oldest.done !== true) this.#forget(notes, oldest.value);
    this.#refused++;
  }

  /** Loss of sight lasts until the next word of the resource. */
  unsee(resource: ResourceId): void {
    if (this.#seen.has(resource)) this.#forget(this.#seen, resource);
  }

  /** What still counts under the heads of this evidence: loss of sight, and proofs of life and counts no older than that. */
  sightings(evidence: readonly { readonly place: number }[], aliveSince: Instant): Sighting[] {
    if (this.#seen.size + this.#counted.size === 0) return [];
    const heads = new Set(evidence.map(({ place }) => this.#ancestry.headOf(place)));
    const seen: Sighting[] = [];
    const counted: Sighting[] = [];
    for (const head of heads) {
      for (const resource of this.#noted.of(head)) {
        const place = this.#ancestry.topology.indexOf(resource);
        if (place < 0) continue;
        this.#addSeen(seen, { resource, place, aliveSince });
        this.#addCounted(counted, { resource, place, aliveSince });
      }
    }
    // What was seen one by one goes before what was only counted, and a port's count before that of its card: the count
    // above is less what is known already. No order of arrival may show.
    const depths = new Map(counted.map(({ place }) => [place, this.#ancestry.signalAbove(place).length]));
    counted.sort((a, b) => depths.get(b.place)! - depths.get(a.place)! || a.place - b.place);
    return [...seen, ...counted];
  }

  #addSeen(found: Sighting[], { resource, place, aliveSince }: Noted): void {
    const seen = this.#seen.get(resource);
    if (seen === undefined) return;
    const { state, below, at } = seen;
    if (state === 'alive' && at < aliveSince) this.#forget(this.#seen, resource);
    else found.push({ place, state, below, at });
  }

  #addCounted(found: Sighting[], { resource, place, aliveSince }: Noted): void {
    const counted = this.#counted.get(resource);
    if (counted === undefined) return;
    const { alive, unknown, at } = counted;
    if (at < aliveSince) return this.#forget(this.#counted, resource);
    if (alive > 0) found.push({ place, state: 'alive', below: true, at, count: alive });
    if (unknown > 0) found.push({ place, state: 'unknown', below: true, at, count: unknown });
  }

  #forget(notes: Map<ResourceId, unknown>, resource: ResourceId): void {
    notes.delete(resource);
    if (this.#seen.has(resource) || this.#counted.has(resource)) return;
    if (this.#ancestry.topology.indexOf(resource) >= 0) this.#noted.delete(resource);
  }

  snapshot(): WaitingSnapshot {
    return {
      pending: [...this.#pending.values()],
      seen: [...this.#seen],
      counted: [...this.#counted],
      refused: this.#refused,
      clearedBefore: this.#clearedBefore,
    };
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: WaitingSnapshot, ancestry: Ancestry): void {
    this.#pending.clear();
    this.#seen.clear();
    this.#counted.clear();
    for (const pending of snapshot.pending) {
      this.#pending.set(pending.alarm, { ...pending, by: pending.by, parent: pending.parent });
    }
    for (const [resource, seen] of snapshot.seen) this.#seen.set(resource, seen);
    for (const [resource, counted] of snapshot.counted ?? []) this.#counted.set(resource, counted);
    this.place(ancestry);
    this.#refused = snapshot.refused;
    this.#clearedBefore = snapshot.clearedBefore;
  }
}
