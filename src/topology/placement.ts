/** Puts subscribers in access-tree order, so that everybody below a resource is a handful of number ranges. */
import { tidied } from '../base/ranges.ts';
import type { SubscriberKey, SubscriberRange } from '../model/ids.ts';
import { type SubscriberClass, subscriberClasses } from '../model/incident.ts';
import type { ConsentCategory } from '../model/subscriber.ts';
import { Bindings } from './bindings.ts';
import { ChangedFacts } from './changed-facts.ts';
import { impliedParentIndex, type Topology } from './graph.ts';
import { stableByColumn } from './order.ts';
import type { SubscriberTable } from './subscribers.ts';

/** Columns by number, 0..count-1 in access-tree order, orphans last; immutable but for `changed`. */
export interface Subscribers {
  readonly count: number;
  readonly channels: readonly string[];
  readonly zones: readonly string[];
  /** Subscribers whose resource is unknown: the last numbers, in no range, never told. */
  readonly orphans: number;
  keyOf(number: number): SubscriberKey;
  /** -1 when no subscriber has that key. */
  numberOf(key: number): number;
  classOf(number: number): SubscriberClass;
  /** 0 en, 1 ru. */
  languageOf(number: number): number;
  channelMaskOf(number: number, category?: ConsentCategory): number;
  zoneOf(number: number): number;
  isOptedOut(number: number): boolean;
  quietOf(number: number): number;
  resourceOf(number: number): string;
  /** Everybody below what the subscriber's terminal hangs on; where several hang on one resource, those. */
  branchOf(number: number): SubscriberRange;
  /** At or below that index, by any path of trees but `site` and `collector`; merged, ascending. */
  rangesUnder(index: number): SubscriberRange[];
  /** The same by id; for an implied resource such as `olt-1/if/3` those at it and behind it. */
  rangesUnderId(id: string): SubscriberRange[];
  /** Those attached to the resource itself, without those below and those on its implied interfaces. */
  rangesAt(index: number): SubscriberRange[];
  /** Everybody but orphans. */
  everybody(): SubscriberRange[];
  /** How many of the range are of each class, in the order of `subscriberClasses`; a constant number of steps. */
  countByClass(range: SubscriberRange): number[];
  /** Single subscribers who say otherwise than the columns; what is asked of them here says so. */
  readonly changed: ChangedFacts;
  /** Services they have, and where those are that do not hang at their subscriber's own resource for good. */
  readonly bindings: Bindings;
}

/** Two radix passes and one counting pass over the rows: linear in rows, n log n only in unique resources. */
export function placeSubscribers(topology: Topology, table: SubscriberTable): Subscribers {
  return new PlacedSubscribers(topology, table);
}

const blockSize = 64;
const classCount = subscriberClasses.length;

/** Unique resources of the table, and where each of them stands. */
interface Slots {
  /** Index of each resource, or of the device that it is a part of; `topology.count` for an orphan. */
  readonly at: Uint32Array;
  /** 1 for a part of a device, and for an orphan. */
  readonly implied: Uint8Array;
  /** Resources as their subscribers stand: by index, then interfaces of one device by name. */
  readonly order: Uint32Array;
}

class PlacedSubscribers implements Subscribers {
  readonly count: number;
  readonly channels: readonly string[];
  readonly zones: readonly string[];
  readonly orphans: number;
  readonly bindings: Bindings;
  readonly changed: ChangedFacts;
  readonly #topology: Topology;
  readonly #table: SubscriberTable;
  /** Row of the table by number. */
  readonly #row: Uint32Array;
  /** Numbers sorted by key. */
  readonly #byKey: Uint32Array;
  /** First number at each index, which are depth first in `access`; one more at the end. */
  readonly #startAt: Uint32Array;
  /** One behind the last of those attached to the resource itself. */
  readonly #directTo: Uint32Array;
  readonly #implied = new Map<number, { readonly id: string; readonly range: SubscriberRange }[]>();
  readonly #classBlocks: Uint32Array;

  constructor(topology: Topology, table: SubscriberTable) {
    this.#topology = topology;
    this.#table = table;
    this.count = table.count;
    this.channels = table.channels;
    this.zones = table.zones;
    this.changed = new ChangedFacts(table.channels);
    const slots = slotsOf(topology, table);
    const rank = new Uint32Array(table.resources.length);
    slots.order.forEach((resource, place) => {
      rank[resource] = place;
    });
    const rowsByKey = stableByColumn(
      Uint32Array.from({ length: table.count }, (_, row) => row),
      table.key,
    );
    this.#row = stableByColumn(rowsByKey, table.resource, rank);
    const numberOfRow = new Uint32Array(table.count);
    this.#row.forEach((row, number) => {
      numberOfRow[row] = number;
    });
    this.#byKey = rowsByKey.map((row) => numberOfRow[row]!);
    this.#startAt = new Uint32Array(topology.count + 1);
    this.#directTo = new Uint32Array(topology.count);
    this.orphans = this.#fillRanges(slots);
    this.#classBlocks = this.#countBlocks();
    this.bindings = new Bindings(topology, table, { at: slots.at, row: this.#row, numberOf: numberOfRow });
  }

  keyOf(number: number): SubscriberKey {
    return this.#table.key[this.#row[number]!]! as SubscriberKey;
  }

  numberOf(key: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keyOf(this.#byKey[middle]!) < key) low = middle + 1;
      else high = middle;
    }
    const found = this.#byKey[low];
    return found !== undefined && this.keyOf(found) === key ? found : -1;
  }

  classOf(number: number): SubscriberClass {
    return subscriberClasses[this.#table.subscriberClass[this.#row[number]!]!]!;
  }

  languageOf(number: number): number {
    return this.changed.languageOf(number) ?? this.#table.language[this.#row[number]!]!;
  }

  channelMaskOf(number: number, category: ConsentCategory = 'outage'): number {
    const { channelMask, consented } = this.#table;
    const mask = category === 'outage' || consented === undefined ? channelMask : consented[category];
    return this.changed.maskOf(number, category) ?? mask[this.#row[number]!]!;
  }

  zoneOf(number: number): number {
    return this.#table.zone[this.#row[number]!]!;
  }

  quietOf(number: number): number {
    return this.changed.quietOf(number) ?? this.#table.quiet?.[this.#row[number]!] ?? 0;
  }

  isOptedOut(number: number): boolean {
    return this.changed.isOptedOut(number) ?? this.#table.optedOut[this.#row[number]!] === 1;
  }

  hasService(number: number, service: string): boolean {
    return this.bindings.has(number, service);
  }

  resourceOf(number: number): string {
    return this.#table.resources[this.#table.resource[this.#row[number]!]!]!;
  }

  branchOf(number: number): SubscriberRange {
    const index = this.#indexAt(number);
    if (index < 0) return { from: number, to: number + 1 };
    const own = { from: this.#startAt[index]!, to: this.#startAt[index + 1]! };
    const parent = this.#topology.parentOf('access', index);
    if (own.to - own.from > 1 || parent < 0) return own;
    const end = this.#topology.prepared.access?.endOf[parent] ?? parent + 1;
    return { from: this.#startAt[parent]!, to: this.#startAt[end]! };
  }

  /** Where the subscriber is attached; -1 for an orphan. */
  #indexAt(number: number): number {
    if (number >= this.count - this.orphans) return -1;
    let low = 0;
    let high = this.#topology.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#startAt[middle + 1]! <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  everybody(): SubscriberRange[] {
    return tidied([{ from: 0, to: this.count - this.orphans }]);
  }

  rangesAt(index: number): SubscriberRange[] {
    if (index < 0 || index >= this.#topology.count) return [];
    return tidied([{ from: this.#startAt[index]!, to: this.#directTo[index]! }]);
  }

  rangesUnderId(id: string): SubscriberRange[] {
    const index = this.#topology.indexOf(id);
    if (index >= 0) return this.rangesUnder(index);
    const among = this.#implied.get(impliedParentIndex(this.#topology, id)) ?? [];
    const found = among.filter((entry) => entry.id === id || entry.id.startsWith(`${id}/`));
    return tidied(found.map((entry) => entry.range));
  }

  rangesUnder(index: number): SubscriberRange[] {
    if (index < 0 || index >= this.#topology.count) return [];
    const { access, mixed } = this.#topology.prepared;
    const span = (first: number, end: number): SubscriberRange => ({
      from: this.#startAt[first]!,
      to: this.#startAt[end]!,
    });
    // An access subtree in which nothing supplies anything else is one range; most are.
    if (mixed[index] === 0) return tidied([span(index, access?.endOf[index] ?? index + 1)]);
    return tidied(this.#topology.suppliedBy([index]).map((at) => span(at, at + 1)));
  }

  countByClass({ from, to }: SubscriberRange): number[] {
    const upTo = this.#classesBefore(to);
    return this.#classesBefore(from).map((before, of) => upTo[of]! - before);
  }

  #classesBefore(number: number): number[] {
    const block = Math.floor(number / blockSize);
    const counts = Array.from({ length: classCount }, (_, of) => this.#classBlocks[block * classCount + of]!);
    for (let at = block * blockSize; at < number; at++) {
      counts[this.#table.subscriberClass[this.#row[at]!]!]!++;
    }
    return counts;
  }

  #countBlocks(): Uint32Array {
    const blocks = new Uint32Array((Math.floor(this.count / blockSize) + 1) * classCount);
    const running = new Uint32Array(classCount);
    for (let number = 0; number <= this.count; number++) {
      if (number % blockSize === 0) blocks.set(running, (number / blockSize) * classCount);
      if (number < this.count) running[this.#table.subscriberClass[this.#row[number]!]!]!++;
    }
    return blocks;
  }

  /** Fills the first number of every index and the ranges of direct and implied slots; answers the orphans. */
  #fillRanges({ at, implied, order }: Slots): number {
    const sizes = new Uint32Array(at.length);
    for (let row = 0; row < this.count; row++) sizes[this.#table.resource[row]!]!++;
    let number = 0;
    let filled = 0;
    let orphans = 0;
    for (const resource of order) {
      const index = at[resource]!;
      const from = number;
      number += sizes[resource]!;
      if (index >= this.#topology.count) {
        orphans += sizes[resource]!;
        continue;
      }
      while (filled <= index) this.#startAt[filled++] = from;
      if (implied[resource] === 0) this.#directTo[index] = number;
      else {
        const entry = { id: this.#table.resources[resource]!, range: { from, to: number } };
        const among = this.#implied.get(index);
        if (among === undefined) this.#implied.set(index, [entry]);
        else among.push(entry);
      }
    }
    while (filled <= this.#topology.count) this.#startAt[filled++] = this.count - orphans;
    return orphans;
  }
}

function slotsOf(topology: Topology, { resources }: SubscriberTable): Slots {
  const at = new Uint32Array(resources.length);
  const implied = new Uint8Array(resources.length);
  const [direct, parts]: [number[], number[]] = [[], []];
  for (let resource = 0; resource < resources.length; resource++) {
    const id = resources[resource]!;
    const index = topology.indexOf(id);
    const device = index >= 0 ? index : impliedParentIndex(topology, id);
    at[resource] = device < 0 ? topology.count : device;
    implied[resource] = index < 0 ? 1 : 0;
    (index < 0 ? parts : direct).push(resource);
  }
  parts.sort((a, b) => (resources[a]! < resources[b]! ? -1 : 1));
  // Parts stand behind what is attached to the device itself.
  return { at, implied, order: stableByColumn(Uint32Array.from(direct.concat(parts)), at) };
}
