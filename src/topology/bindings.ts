/** Services at other resources than their subscriber's own, or for a time: few, sorted by where they hang. */
import type { SubscriberRange } from '../model/ids.ts';
import { defaultService } from '../model/subscriber.ts';
import { impliedParentIndex, type Topology } from './graph.ts';
import { stableByColumn } from './order.ts';
import type { BindingColumns, SubscriberTable } from './subscribers.ts';

/** One binding that holds. */
export interface Bound {
  /** Which of the bindings it is. */
  readonly place: number;
  /** Of its subscriber. */
  readonly number: number;
  /** Index of the service. */
  readonly service: number;
}

const none: BindingColumns = {
  ...{ row: new Uint32Array(0), resource: new Uint32Array(0), service: new Uint8Array(0) },
  ...{ from: new Uint32Array(0), to: new Uint32Array(0) },
};
const blockSize = 64;

export class Bindings {
  readonly services: readonly string[];
  /** Numbers of those who have no service for good at their own resource; only bindings speak of them. */
  readonly unbound: readonly SubscriberRange[];
  readonly #topology: Topology;
  readonly #columns: BindingColumns;
  readonly #resources: readonly string[];
  readonly #own: Uint16Array | undefined;
  /** Row of the table by number, and the other way round. */
  readonly #row: Uint32Array;
  readonly #numberOf: Uint32Array;
  /** Places of bindings by the index at which they hang, and that index. */
  readonly #order: Uint32Array;
  readonly #at: Uint32Array;
  /** Names by the bits that stand for them; as many as there are mixtures. */
  readonly #names = new Map<number, readonly string[]>();
  /** How many before each block of numbers have each service; empty where everybody has the one. */
  readonly #blocks: Uint32Array;
  #masks: ReadonlyMap<number, number> | undefined;

  /** `at`: index of each resource of the table, or of the device that it is a part of. */
  constructor(
    topology: Topology,
    table: SubscriberTable,
    rows: { readonly at: Uint32Array; readonly row: Uint32Array; readonly numberOf: Uint32Array },
  ) {
    this.#topology = topology;
    this.#resources = table.resources;
    this.#columns = table.services?.bindings ?? none;
    this.#own = table.services?.own;
    this.#row = rows.row;
    this.#numberOf = rows.numberOf;
    this.services = table.services?.names ?? [defaultService];
    const places = Uint32Array.from({ length: this.#columns.row.length }, (_, place) => place);
    const index = this.#columns.resource.map((resource) => rows.at[resource]!);
    this.#order = stableByColumn(places, index);
    this.#at = this.#order.map((place) => index[place]!);
    this.unbound = this.#withoutOwn();
    this.#blocks = this.#countBlocks();
  }

  /** Bindings at or below a resource, or at a part of a device, that hold in that minute. */
  under(id: string, minute: number): Bound[] {
    if (this.#order.length === 0) return [];
    const index = this.#topology.indexOf(id);
    if (index >= 0) return this.#below(index).flatMap(([from, to]) => this.#within(from, to, minute));
    const device = impliedParentIndex(this.#topology, id);
    if (device < 0) return [];
    const isPart = ({ place }: Bound): boolean => {
      const resource = this.#resources[this.#columns.resource[place]!]!;
      return resource === id || resource.startsWith(`${id}/`) || !this.#topology.hasChildren(device);
    };
    return this.#within(device, device + 1, minute).filter(isPart);
  }

  /** Names of the services that a subscriber has at their own resource. */
  own(number: number): readonly string[] {
    const mask = this.#own === undefined ? 1 : this.#own[this.#row[number]!]!;
    let names = this.#names.get(mask);
    if (names === undefined) {
      names = this.services.filter((_, service) => ((mask >> service) & 1) === 1);
      this.#names.set(mask, names);
    }
    return names;
  }

  /** At the subscriber's own resource, or bound elsewhere at any time. */
  has(number: number, service: string): boolean {
    const index = this.services.indexOf(service);
    if (index < 0) return false;
    const own = this.#own?.[this.#row[number]!] ?? 1;
    return (((own | (this.#boundMasks().get(number) ?? 0)) >> index) & 1) === 1;
  }

  /** By number; few have any, so they are looked up when first asked for. */
  #boundMasks(): ReadonlyMap<number, number> {
    if (this.#masks !== undefined) return this.#masks;
    const masks = new Map<number, number>();
    for (const [place, row] of this.#columns.row.entries()) {
      const number = this.#numberOf[row]!;
      masks.set(number, (masks.get(number) ?? 0) | (1 << this.#columns.service[place]!));
    }
    this.#masks = masks;
    return masks;
  }

  /** Of everybody in the range, how many have each service at their own resource. */
  countOwn({ from, to }: SubscriberRange): number[] {
    if (this.#own === undefined) return [to - from];
    const upTo = this.#before(to);
    return this.#before(from).map((before, service) => upTo[service]! - before);
  }

  #below(index: number): [from: number, to: number][] {
    const { access, mixed } = this.#topology.prepared;
    if (mixed[index] === 0) return [[index, access?.endOf[index] ?? index + 1]];
    return this.#topology.suppliedBy([index]).map((at) => [at, at + 1]);
  }

  #within(from: number, to: number, minute: number): Bound[] {
    const { row, service, from: since, to: until } = this.#columns;
    const found: Bound[] = [];
    for (let i = this.#firstAt(from); i < this.#at.length && this.#at[i]! < to; i++) {
      const place = this.#order[i]!;
      if (since[place]! > minute || until[place]! <= minute) continue;
      found.push({ place, number: this.#numberOf[row[place]!]!, service: service[place]! });
    }
    return found;
  }

  #firstAt(index: number): number {
    let low = 0;
    let high = this.#at.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at[middle]! < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #withoutOwn(): SubscriberRange[] {
    const found: { from: number; to: number }[] = [];
    if (this.#own === undefined) return found;
    for (let number = 0; number < this.#row.length; number++) {
      if (this.#own[this.#row[number]!] !== 0) continue;
      const last = found.at(-1);
      if (last?.to === number) last.to++;
      else found.push({ from: number, to: number + 1 });
    }
    return found;
  }

  #countBlocks(): Uint32Array {
    const own = this.#own;
    if (own === undefined) return new Uint32Array(0);
    const { length: count } = this.#row;
    const width = this.services.length;
    const blocks = new Uint32Array((Math.floor(count / blockSize) + 1) * width);
    const running = new Uint32Array(width);
    for (let number = 0; number <= count; number++) {
      if (number % blockSize === 0) blocks.set(running, (number / blockSize) * width);
      if (number < count) add(running, own[this.#row[number]!]!);
    }
    return blocks;
  }

  #before(number: number): number[] {
    const width = this.services.length;
    const block = Math.floor(number / blockSize);
    const counts = [...this.#blocks.subarray(block * width, (block + 1) * width)];
    for (let at = block * blockSize; at < number; at++) add(counts, this.#own![this.#row[at]!]!);
    return counts;
  }
}

function add(counts: Uint32Array | number[], mask: number): void {
  for (let service = 0; mask >> service !== 0; service++) {
    if (((mask >> service) & 1) === 1 && service < counts.length) counts[service]!++;
  }
}
