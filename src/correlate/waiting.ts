/** Alarms without an incident and what was seen of resources apart from alarms: bounded and counted. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { Briefs, type BriefsSnapshot } from './briefs.ts';
import { ByTop } from './by-top.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Pending } from './joining.ts';
import { isWide } from './standing.ts';
import type { Sighting } from './tally.ts';
import { limits, type Slices } from './timing.ts';
import { TurnedAway } from './turned-away.ts';
import { isChained, type Rounds, Undecided } from './undecided.ts';

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

export interface WaitingSnapshot {
  readonly pending: readonly Pending[];
  readonly seen: readonly (readonly [ResourceId, Seen])[];
  /** Absent in what older versions kept. */
  readonly counted?: readonly (readonly [ResourceId, Counted])[] | undefined;
  readonly refused: number;
  readonly clearedBefore: number;
  /** These two are absent in what older versions kept. */
  readonly briefs?: BriefsSnapshot | undefined;
  readonly turnedAway?: readonly Pending[] | undefined;
  /** In a storm that is weighed in several looks; absent else, and in what older versions kept. */
  readonly rounds?: Rounds | undefined;
}

export class Waiting {
  readonly briefs = new Briefs();
  readonly #turnedAway = new TurnedAway();
  readonly #pending = new Map<AlarmId, Pending>();
  #undecided: Undecided;
  #ancestry: Ancestry;
  /** Of what something was seen or counted. */
  #noted: ByTop;
  readonly #alive = new Map<ResourceId, Seen>();
  readonly #unknown = new Map<ResourceId, Seen>();
  readonly #counted = new Map<ResourceId, Counted>();
  #refused = 0;
  #clearedBefore = 0;

  readonly #slices: Slices;

  constructor(ancestry: Ancestry, slices: Slices) {
    this.#ancestry = ancestry;
    this.#slices = slices;
    this.#noted = new ByTop(ancestry);
    this.#undecided = new Undecided(ancestry, slices);
  }

  /** The same alarms as evidence. */
  get undecided(): Undecided {
    return this.#undecided;
  }

  /** From now on evidence is placed by this topology. */
  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    const noted = [...this.#alive.keys(), ...this.#unknown.keys(), ...this.#counted.keys()];
    this.#noted = new ByTop(
      ancestry,
      noted.filter((resource) => ancestry.topology.indexOf(resource) >= 0),
    );
    this.#undecided = new Undecided(ancestry, this.#slices);
    for (const pending of this.#pending.values()) this.#undecided.put(pending);
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Some wait, or find room only now. */
  get hasMore(): boolean {
    return this.#pending.size > 0 || this.#turnedAway.size > 0;
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
    } else this.refuse(pending);
  }

  /** It finds no room now: it is offered again when there is some. */
  refuse(pending: Pending): void {
    this.#refused++;
    this.#turnedAway.put(pending);
  }

  /** Those that were refused and find room now. */
  admit(openIncidents: number): readonly Pending[] {
    const room = limits.pending - this.#pending.size;
    if (this.#turnedAway.size === 0 || room <= 0) return [];
    return this.#turnedAway.admit(this.#ancestry.topology, { room, openIncidents });
  }

  /** It is not to be offered again. */
  withdraw(alarm: AlarmId): Pending | undefined {
    return this.#turnedAway.take(alarm);
  }

  /** A further raise line of one that waits. */
  repeat({ records }: Pending, record: string): void {
    if (records.length < limits.alarmsPerIncident) records.push(record);
    else this.#refused++;
  }

  take(alarm: AlarmId): Pending | undefined {
    return this.takeAll([alarm])[0];
  }

  /** Those of them that wait. */
  takeAll(alarms: readonly AlarmId[]): Pending[] {
    const taken: Pending[] = [];
    for (const alarm of alarms) {
      const pending = this.#pending.get(alarm);
      if (pending === undefined || !this.#pending.delete(alarm)) continue;
      taken.push(pending);
    }
    if (taken.length > 0) this.#undecided.takeAll(taken);
    return taken;
  }

  /** Answers what waited. What others may follow from is not lost because it was short. */
  clear(alarm: AlarmId, at: Instant): Pending | undefined {
    const pending = this.#pending.get(alarm);
    if (pending !== undefined && isChained(this.#ancestry, pending)) {
      this.put({ ...pending, endedAt: pending.endedAt ?? at });
      return pending;
    }
    const waited = this.take(alarm) ?? this.withdraw(alarm);
    if (waited !== undefined) this.#clearedBefore++;
    return waited;
  }

  /**
   * What a device says itself is not unsaid by what a poll says of all above it, which may hang elsewhere than the papers
   * say: it waits on for its cause, though it is over. False: that is no question here.
   */
  outlives(alarm: AlarmId, at: Instant): boolean {
    const pending = this.#pending.get(alarm);
    if (pending === undefined || pending.polled) return false;
    if (pending.endedAt === undefined) this.put({ ...pending, endedAt: at });
    return true;
  }

  /** Those that one of these may be home to, and others; in no order that means anything. */
  near(homes: Iterable<HeldIncident>): Iterable<Pending> {
    const found = new Set<Pending>();
    for (const home of homes) {
      if (isWide(home)) return this.#pending.values();
      for (const pending of this.#undecided.near(home)) found.add(pending);
    }
    return found;
  }

  /** Whether there are such, or some that find room only now. */
  isNear(homes: Iterable<HeldIncident>): boolean {
    if (this.#turnedAway.size > 0) return true;
    for (const home of homes)
      if (isWide(home) || this.#undecided.near(home).next().done !== true) return true;
    return false;
  }

  see(resource: ResourceId, seen: Seen): void {
    const [notes, others] =
      seen.state === 'alive' ? [this.#alive, this.#unknown] : [this.#unknown, this.#alive];
    if (others.has(resource)) this.#forget(others, resource);
    this.#note(notes, resource, seen);
  }

  count(resource: ResourceId, counted: Counted): void {
    this.#note(this.#counted, resource, counted);
  }

  /** The latest stands last; beyond the bound the oldest goes. */
  #note<T>(notes: Map<ResourceId, T>, resource: ResourceId, said: T): void {
    notes.delete(resource);
    notes.set(resource, said);
    if (this.#ancestry.topology.indexOf(resource) >= 0) {
      this.#noted.add(resource);
      this.#undecided.seen(this.#noted.topsOf(resource));
    }
    if (notes.size <= limits.sightings) return;
    const oldest = notes.keys().next();
    if (oldest.done !== true) this.#forget(notes, oldest.value);
    this.#refused++;
  }

  /** What waits under a head that is heard to gasp for the first time is weighed anew. */
  hearHabits({ resource, symptom, polled, by }: Pending): void {
    if (symptom === 'link' && !polled) this.#ancestry.hearOfLink(by);
    if (symptom === 'gasp' && this.#ancestry.hearGasp(resource))
      this.#undecided.seen(this.#noted.topsOf(resource));
  }

  /** Loss of sight lasts until the next word of the resource. */
  unsee(resource: ResourceId): void {
    if (this.#unknown.has(resource)) this.#forget(this.#unknown, resource);
    if (this.#alive.has(resource)) this.#forget(this.#alive, resource);
  }

  /** Proofs of life and counts older than that are of no use any more. */
  expire(aliveSince: Instant): void {
    for (const notes of [this.#alive, this.#counted]) {
      for (const [resource, { at }] of notes) {
        if (at >= aliveSince) break;
        this.#forget(notes, resource);
      }
    }
  }

  /** What was seen in the trees with these tops: loss of sight, and proofs of life and counts that have not expired. */
  sightings(tops: ReadonlySet<number>): Sighting[] {
    if (this.#alive.size + this.#unknown.size + this.#counted.size === 0) return [];
    const seen: Sighting[] = [];
    const counted: Sighting[] = [];
    const found = new Set<ResourceId>();
    for (const top of tops) {
      for (const resource of this.#noted.of(top)) {
        if (found.has(resource)) continue;
        found.add(resource);
        const place = this.#noted.placeOf(resource);
        const said = this.#alive.get(resource) ?? this.#unknown.get(resource);
        if (said !== undefined) seen.push({ place, state: said.state, below: said.below, at: said.at });
        this.#addCounted(counted, resource, place);
      }
    }
    // What was seen one by one goes before what was only counted, and a port's count before that of its card: the count
    // above is less what is known already. No order of arrival may show.
    if (counted.length === 0) return seen;
    const depths = new Map(counted.map(({ place }) => [place, this.#ancestry.signalAbove(place).length]));
    counted.sort((a, b) => depths.get(b.place)! - depths.get(a.place)! || a.place - b.place);
    return [...seen, ...counted];
  }

  #addCounted(found: Sighting[], resource: ResourceId, place: number): void {
    const counted = this.#counted.get(resource);
    if (counted === undefined) return;
    const { alive, unknown, at } = counted;
    if (alive > 0) found.push({ place, state: 'alive', below: true, at, count: alive });
    if (unknown > 0) found.push({ place, state: 'unknown', below: true, at, count: unknown });
  }

  #forget(notes: Map<ResourceId, unknown>, resource: ResourceId): void {
    notes.delete(resource);
    if (this.#ancestry.topology.indexOf(resource) < 0) return;
    const tops = this.#noted.topsOf(resource);
    this.#undecided.seen(tops);
    if (this.#alive.has(resource) || this.#unknown.has(resource) || this.#counted.has(resource)) return;
    this.#noted.delete(resource);
  }

  snapshot(): WaitingSnapshot {
    return {
      pending: [...this.#pending.values()],
      seen: [...this.#unknown, ...this.#alive],
      counted: [...this.#counted],
      refused: this.#refused,
      clearedBefore: this.#clearedBefore,
      briefs: this.briefs.snapshot(),
      turnedAway: this.#turnedAway.snapshot(),
      rounds: this.#undecided.rounds(),
    };
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: WaitingSnapshot, ancestry: Ancestry): void {
    this.#pending.clear();
    this.#alive.clear();
    this.#unknown.clear();
    this.#counted.clear();
    for (const pending of snapshot.pending) {
      this.#pending.set(pending.alarm, { ...pending, by: pending.by, parent: pending.parent });
    }
    for (const [resource, seen] of snapshot.seen) {
      (seen.state === 'alive' ? this.#alive : this.#unknown).set(resource, seen);
    }
    for (const [resource, counted] of snapshot.counted ?? []) this.#counted.set(resource, counted);
    this.place(ancestry);
    this.#undecided.resume(snapshot.rounds);
    this.#refused = snapshot.refused;
    this.#clearedBefore = snapshot.clearedBefore;
    this.briefs.restore(snapshot.briefs ?? []);
    this.#turnedAway.restore(snapshot.turnedAway ?? []);
  }
}
