/**
 * Everything that devices said of themselves and of each other, with first and last seen.
 *
 * Invariants: a fact is what somebody said, never a guess; one that is not said any more grows stale before it goes;
 * what is kept is bounded; nothing here changes the configured topology.
 */
import { type Instant, instant } from '../../base/instant.ts';
import type { Fact } from '../../model/discovered.ts';
import { devicesSeen, linksByForwarding, resolvedFacts, type Seen, stationFacts } from './forwarding.ts';
import { Names } from './names.ts';
import { adjacencyFacts, type Known, neighbourFacts } from './neighbours.ts';
import type { DeviceSaid, OwnFact } from './said.ts';

const hourMs = 3_600_000;
/** Everything is read anew each hour: what was missing twice is stale. */
export const staleAfterMs = 3 * hourMs;
/** Stations and sessions come and go; what is built in is looked for longer. */
const keptMs = { passing: 24 * hourMs, lasting: 30 * 24 * hourMs };
/** Stations, terminals and parts of a large network must not take the room of its links. */
const most = { links: 50_000, others: 150_000, ofDevice: 40_000, addresses: 200_000 };

type Bound = 'links' | 'others';
const boundOf = ({ kind }: Pick<Fact, 'kind'>): Bound =>
  kind === 'link' || kind === 'adjacency' || kind === 'member' || kind === 'feeds' ? 'links' : 'others';

const nobody: Seen = { byPort: new Map(), portOf: new Map() };

/** One device's facts as they are written down. */
export interface KeptDevice {
  readonly device: string;
  readonly facts: readonly (readonly [string, Fact])[];
}

export class Inventory {
  readonly #names = new Names();
  readonly #said = new Map<string, DeviceSaid>();
  readonly #addresses = new Map<number, string>();
  readonly #facts = new Map<string, Map<string, Fact>>();
  readonly #seen = new Map<string, Seen>();
  readonly #dirty = new Set<string>();
  #polled: ReadonlySet<string> = new Set();
  readonly #counts = { links: 0, others: 0 };
  #refused = 0;
  #version = 0;

  /** Rises when facts changed. */
  get version(): number {
    return this.#version;
  }

  get counters(): Readonly<Record<string, number>> {
    return {
      discoveredFacts: this.#counts.links + this.#counts.others,
      discoveredFactsRefused: this.#refused,
    };
  }

  get isSettled(): boolean {
    return this.#dirty.size === 0;
  }

  get known(): Known {
    return { names: this.#names, said: this.#said, addresses: this.#addresses };
  }

  /** From now on these are polled; what others said is forgotten. */
  use(devices: readonly string[]): void {
    this.#polled = new Set(devices);
    for (const device of [...this.#said.keys(), ...this.#facts.keys()])
      if (!this.#polled.has(device)) this.#forget(device);
  }

  take(said: DeviceSaid): void {
    if (!this.#polled.has(said.device)) return;
    this.#said.set(said.device, said);
    this.#dirty.add(said.device);
    if (this.#addresses.size + said.resolves.size > most.addresses) this.#addresses.clear();
    for (const [mac, address] of said.resolves) this.#addresses.set(mac, address);
    this.#seen.delete(said.device);
    if (!this.#names.set(said)) return;
    // Whoever named it before can be told now who that is.
    this.#seen.clear();
    for (const device of this.#said.keys()) this.#dirty.add(device);
  }

  /** Works out what is new, a device a step, so that the caller may do other things between. */
  *settle(): Generator<void> {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const device of this.#said.keys()) if (this.#look(device)) yield;
    for (const device of dirty) {
      const said = this.#said.get(device);
      if (said === undefined) continue;
      this.#merge(said, this.#derive(said));
      this.#version++;
      yield;
    }
  }

  facts(device?: string): readonly Fact[] {
    if (device !== undefined) return [...(this.#facts.get(device)?.values() ?? [])];
    return [...this.#facts.values()].flatMap((facts) => [...facts.values()]);
  }

  /** One entry a device, for keeping over restarts. */
  *snapshot(): Generator<KeptDevice> {
    for (const [device, facts] of this.#facts) yield { device, facts: [...facts] };
  }

  /** Of an earlier start, before anything is taken; a device that is polled no longer is left out. */
  restore({ device, facts }: KeptDevice): void {
    if (!this.#polled.has(device) || this.#facts.has(device)) return;
    const kept = new Map<string, Fact>();
    for (const [key, fact] of facts) if (this.#takeRoom(kept, fact)) kept.set(key, fact);
    this.#facts.set(device, kept);
    this.#version++;
  }

  #derive(said: DeviceSaid): OwnFact[] {
    const { known } = this;
    const links = [
      ...neighbourFacts(said, known),
      ...linksByForwarding(said, { ...known, seenBy: (device) => this.#seenBy(device) }),
    ];
    const joined = new Set(
      links.flatMap(({ from: { port }, to }) =>
        port === undefined || to.device === undefined ? [] : [port],
      ),
    );
    for (const port of [...joined]) joined.add(said.memberOf.get(port) ?? port);
    for (const port of this.#seenBy(said.device).byPort.keys()) joined.add(port);
    return [
      ...links,
      ...adjacencyFacts(said, known),
      ...stationFacts(said, joined, known),
      ...said.own,
      // Last: where room is short, what others say goes before who was merely heard of.
      ...resolvedFacts(said, known),
    ];
  }

  #seenBy(device: string): Seen {
    this.#look(device);
    return this.#seen.get(device) ?? nobody;
  }

  /** True when there was something to look through. */
  #look(device: string): boolean {
    const said = this.#said.get(device);
    if (said === undefined || this.#seen.has(device)) return false;
    this.#seen.set(device, devicesSeen(said, this.known));
    return true;
  }

  #merge(said: DeviceSaid, derived: readonly OwnFact[]): void {
    const before = this.#facts.get(said.device) ?? new Map<string, Fact>();
    const now = new Map<string, Fact>();
    this.#giveRoom(before);
    for (const { key, ...fact } of derived) {
      if (!now.has(key) && !this.#takeRoom(now, fact)) {
        this.#refused++;
        continue;
      }
      const known = before.get(key);
      now.set(key, {
        ...this.#unlessUnread(fact, known),
        firstSeen: known?.firstSeen ?? said.at,
        lastSeen: instant(Math.max(said.at, known?.lastSeen ?? 0)),
      });
    }
    for (const [key, fact] of before) {
      if (!now.has(key) && isKept(fact, said.at) && this.#takeRoom(now, fact)) now.set(key, fact);
    }
    this.#facts.set(said.device, now);
  }

  #takeRoom(device: ReadonlyMap<string, Fact>, fact: Pick<Fact, 'kind'>): boolean {
    const bound = boundOf(fact);
    if (device.size >= most.ofDevice || this.#counts[bound] >= most[bound]) return false;
    this.#counts[bound]++;
    return true;
  }

  #giveRoom(facts: ReadonlyMap<string, Fact>): void {
    for (const fact of facts.values()) this.#counts[boundOf(fact)]--;
  }

  /** After a start most devices are strangers until they are read: who a neighbour was is remembered so long. */
  #unlessUnread<T extends Pick<Fact, 'kind' | 'to'>>(fact: T, known: Fact | undefined): T {
    const other = known?.to.device;
    if (known?.kind !== 'link' || other === undefined || fact.to.device !== undefined) return fact;
    return this.#polled.has(other) && !this.#said.has(other) ? { ...fact, to: known.to } : fact;
  }

  #forget(device: string): void {
    this.#giveRoom(this.#facts.get(device) ?? new Map());
    this.#facts.delete(device);
    if (this.#said.delete(device)) for (const other of this.#said.keys()) this.#dirty.add(other);
    this.#names.remove(device);
    this.#seen.clear();
    this.#dirty.delete(device);
    this.#version++;
  }
}

/** A link that was concluded from forwarding tables is gone as soon as it cannot be concluded any more. */
function isKept({ kind, source, lastSeen }: Fact, at: Instant): boolean {
  if (kind === 'link' && source === 'fdb') return false;
  const length = kind === 'forwards' || kind === 'session' ? keptMs.passing : keptMs.lasting;
  return at - lastSeen < length;
}
