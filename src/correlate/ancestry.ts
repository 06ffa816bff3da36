/** What lies above a resource and could explain its alarms, over the topology and the resources it does not hold. */
import type { ResourceId } from '../model/ids.ts';
import { impliedParentIndex, type LeafCounts, type Topology } from '../topology/topology.ts';
import { Habits } from './habits.ts';
import type { RuleTable } from './rule-table.ts';
import { SlotColumns } from './slot-columns.ts';
import { limits } from './timing.ts';

const none: readonly number[] = [];
/** Real plant is a dozen steps deep; the list of a chain of a million is cut off. */
const depthLimit = 256;
const rememberLimit = 50_000;
/** Behind one amplifier there are fewer. */
const mostFed = 4_096;
/** Powers of two. */
const keptWays = 1 << 16;
const keptIds = 1 << 14;

interface WaysTo {
  readonly place: number;
  readonly signal: readonly number[];
  readonly above: readonly number[];
  tops: readonly number[] | undefined;
}

/**
 * Places are the indexes of the topology, then strangers in order of appearance. A stranger `X/..` hangs on the longest
 * known X. No result may depend on a stranger's number, only on its id.
 */
export class Ancestry {
  readonly topology: Topology;
  readonly habits: Habits;
  /** For counting at places. */
  readonly slotColumns = new SlotColumns();
  /** What is known of its kinds. */
  readonly rules: RuleTable;
  readonly #strangers: string[] = [];
  readonly #strangerOf = new Map<string, number>();
  readonly #leaves: LeafCounts;
  #terminals: number | undefined;
  /** What lies above anything but leaves, which are many and add a step or two of their own. */
  readonly #signal = new Map<number, readonly number[]>();
  /** By place: 2 where it is a top, 1 where not, 0 where nobody asked. */
  readonly #tops: Uint8Array;
  readonly #fed = new Map<number, ReadonlyMap<number, number>>();
  /** What was asked for lately, by the low bits of the place: neighbours in the tree do not push each other out. */
  readonly #kept = new Array<WaysTo | undefined>(keptWays);
  readonly #ids = new Array<{ readonly place: number; readonly id: ResourceId } | undefined>(keptIds);
  /** Whatever is said of a resource, its place is asked for several times in a row. */
  #lastId: string | undefined;
  #lastPlace = -1;

  constructor(topology: Topology, rules: RuleTable, habits = new Habits()) {
    this.habits = habits;
    this.topology = topology;
    this.rules = rules;
    this.#leaves = topology.prepared.leaves;
    this.#tops = new Uint8Array(topology.count);
  }

  /** Places so far, strangers included. */
  get count(): number {
    return this.topology.count + this.#strangers.length;
  }

  /** Resources that were asked for and are not in the topology. */
  get strangers(): number {
    return this.#strangers.length;
  }

  /** -1 when too many unknown resources were seen already. */
  placeOf(id: string): number {
    if (id === this.#lastId) return this.#lastPlace;
    const place = this.#numbered(id);
    if (place < 0) return place;
    this.#lastId = id;
    this.#lastPlace = place;
    return place;
  }

  #numbered(id: string): number {
    const index = this.topology.indexOf(id);
    if (index >= 0) return index;
    const known = this.#strangerOf.get(id);
    if (known !== undefined) return known;
    if (this.#strangers.length >= limits.mostStrangers) return -1;
    const place = this.topology.count + this.#strangers.length;
    this.#strangers.push(id);
    this.#strangerOf.set(id, place);
    return place;
  }

  idOf(place: number): ResourceId {
    const count = this.topology.count;
    if (place >= count) return this.#strangers[place - count]! as ResourceId;
    const slot = place & (keptIds - 1);
    const known = this.#ids[slot];
    if (known?.place === place) return known.id;
    const id = this.topology.idOf(place);
    // Of what stands above others the name is asked for with every word of theirs.
    if (!this.isLeaf(place)) this.#ids[slot] = { place, id };
    return id;
  }

  isStranger(place: number): boolean {
    return place >= this.topology.count;
  }

  /** The kind of the topology; `port` for an interface of a known device, `unknown` for other strangers. */
  kindOf(place: number): string {
    if (!this.isStranger(place)) return this.topology.kindOf(place);
    return /\/if\/[^/]+$/.test(this.idOf(place)) ? 'port' : 'unknown';
  }

  /** Nothing hangs on it, and it hangs on something. */
  isLeaf(place: number): boolean {
    return this.#leaves.isLeaf[place] === 1;
  }

  /** All leaves of the network. */
  get terminals(): number {
    this.#terminals ??= this.#leaves.isLeaf.reduce((sum, leaf) => sum + leaf, 0);
    return this.#terminals;
  }

  /** Carries others as a cable does: a segment, a feeder; for a stranger false. */
  isCable(place: number): boolean {
    return this.topology.hasChildrenIn('cable', place);
  }

  /** A cable within a house, to its splitters or terminals. */
  isRiser(place: number): boolean {
    if (this.kindOf(place) !== 'segment') return false;
    const [first] = this.topology.childrenOf('cable', place);
    const carried = first === undefined ? '' : this.topology.kindOf(first);
    return carried === 'splitter' || carried === 'ont';
  }

  /** Leaves whose signal comes through it. */
  leavesOf(place: number): number {
    return this.#leaves.signalLeaves[place] ?? 1;
  }

  /** Leaves that take their own supply from it. */
  powerLeavesOf(place: number): number {
    return this.#leaves.supplyLeaves[place] ?? 0;
  }

  /** Leaves that have their signal or their supply from it. */
  terminalsOf(place: number): number {
    return this.leavesOf(place) + this.powerLeavesOf(place);
  }

  /** Itself, then everything its signal comes through up to the access head, with the cables that carry it. */
  signalAbove(place: number): readonly number[] {
    return this.#waysTo(place).signal;
  }

  #signalTo(place: number): readonly number[] {
    if (this.isStranger(place)) {
      const parent = impliedParentIndex(this.topology, this.idOf(place));
      return parent < 0 ? [place] : [place, ...this.signalAbove(parent)];
    }
    const { ways } = this.topology;
    const unknown: number[] = [];
    let found: readonly number[] | undefined;
    for (let at = place; at >= 0 && unknown.length < depthLimit; at = ways.up(at)) {
      found = this.#signal.get(at);
      if (found !== undefined) break;
      unknown.push(at);
    }
    let list = found ?? none;
    for (let at = unknown.pop(); at !== undefined; at = unknown.pop()) {
      const own: number[] = [];
      ways.stepsAt(at, this.isLeaf(at), own);
      list = joined(own, list);
      if (!this.isLeaf(at)) this.#remember(at, list);
    }
    return list;
  }

  #remember(place: number, list: readonly number[]): void {
    if (this.#signal.size >= rememberLimit) this.#signal.clear();
    this.#signal.set(place, list);
  }

  /** Its own supply, nearest first, without itself; a part that the topology does not list is fed as its device is. */
  powerAbove(place: number): readonly number[] {
    const at = this.isStranger(place) ? impliedParentIndex(this.topology, this.idOf(place)) : place;
    const found: number[] = [];
    if (at >= 0) this.topology.ways.supplyOf(at, found);
    return found;
  }

  /** How many of those who take their supply from this place, amplifiers with all behind them, each head serves. */
  fedBy(place: number): ReadonlyMap<number, number> {
    const known = this.#fed.get(place);
    if (known !== undefined) return known;
    // Whoever hangs on a house and on the amplifier that it feeds is one all the same.
    const ends = new Set<number>();
    const open = [place];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const child of this.topology.childrenOf('power', at)) {
        if (this.topology.parentOf('access', child) < 0) open.push(child);
        else if (this.isLeaf(child)) ends.add(child);
        else for (const end of this.leavesBelow(child, mostFed)) ends.add(end);
      }
    }
    const fed = new Map<number, number>();
    for (const end of ends) fed.set(this.headOf(end), (fed.get(this.headOf(end)) ?? 0) + 1);
    if (this.#fed.size >= rememberLimit) this.#fed.clear();
    this.#fed.set(place, fed);
    return fed;
  }

  /** Everything that could explain it: `signalAbove` first, then what of its own supply is not in there. */
  above(place: number): readonly number[] {
    return this.#waysTo(place).above;
  }

  #waysTo(place: number): WaysTo {
    const slot = place & (keptWays - 1);
    const known = this.#kept[slot];
    if (known?.place === place) return known;
    const signal = this.#signalTo(place);
    const supply = this.powerAbove(place).filter((up) => !signal.includes(up));
    const above = supply.length === 0 ? signal : signal.concat(supply);
    const made = { place, signal, above, tops: undefined };
    this.#kept[slot] = made;
    return made;
  }

  /** The first leaves below it in `access`, at most so many. */
  *leavesBelow(place: number, most: number): Generator<number> {
    const open = [place];
    let found = 0;
    for (let at = open.pop(); at !== undefined && found < most; at = open.pop()) {
      if (this.isLeaf(at)) {
        found++;
        yield at;
        continue;
      }
      // One more step than is wanted is enough: a broad tree must not fill the list.
      for (const child of this.topology.childrenOf('access', at)) {
        if (open.length <= 4 * most) open.push(child);
      }
    }
  }

  /** The heads of access, and the roots of cables and mains, that it hangs on: what shares none of them shares nothing. */
  topsOf(place: number): readonly number[] {
    const ways = this.#waysTo(place);
    ways.tops ??= ways.above.filter((at) => this.isTop(at));
    return ways.tops;
  }

  isTop(place: number): boolean {
    if (this.isStranger(place)) return impliedParentIndex(this.topology, this.idOf(place)) < 0;
    const known = this.#tops[place];
    if (known !== 0) return known === 2;
    const isTop = this.#isTop(place);
    this.#tops[place] = isTop ? 2 : 1;
    return isTop;
  }

  #isTop(place: number): boolean {
    const { topology } = this;
    if (topology.isAccessHead(place)) return true;
    if (topology.ways.up(place) >= 0) return false;
    return topology.parentOf('cable', place) < 0 && topology.parentOf('power', place) < 0;
  }

  /** The top of its access tree: what one head serves stands apart from all others, but for cables and mains. */
  headOf(place: number): number {
    let head = this.isStranger(place) ? impliedParentIndex(this.topology, this.idOf(place)) : place;
    if (head < 0) return place;
    const parents = this.topology.treeOf('access')?.parents;
    for (let up = head; up >= 0; up = parents?.[up] ?? -1) head = up;
    return head;
  }

  /** What hangs on that head has a last word, and the head passes it on. Answers whether that is news. */
  hearGasp(resource: ResourceId): boolean {
    const place = this.topology.indexOf(resource);
    const head = place < 0 ? undefined : this.idOf(this.headOf(place));
    if (head === undefined || this.habits.gasping.has(head)) return false;
    this.habits.gasping.add(head);
    return true;
  }

  /** That end of a link, the device or its port, told by itself that it is down. */
  hearOfLink(by: ResourceId | undefined): void {
    if (by === undefined) return;
    const end = this.topology.indexOf(by);
    const device = end >= 0 ? end : impliedParentIndex(this.topology, by);
    if (device >= 0) this.habits.telling.add(this.kindOf(device));
  }

  /** The collector that watches it, inherited along `access`; -1 when none. */
  collectorOf(place: number): number {
    let at = this.isStranger(place) ? impliedParentIndex(this.topology, this.idOf(place)) : place;
    for (; at >= 0; at = this.topology.parentOf('access', at)) {
      const collector = this.topology.parentOf('collector', at);
      if (collector >= 0) return collector;
    }
    return -1;
  }
}

/** Terminal and splitter may hang on the same cable: each place once, where it comes last. */
function joined(own: readonly number[], further: readonly number[]): readonly number[] {
  const list: number[] = [];
  for (const place of own) if (!further.includes(place) && !list.includes(place)) list.push(place);
  for (const place of further) list.push(place);
  return list;
}
