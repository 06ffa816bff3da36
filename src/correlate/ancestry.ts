/** What lies above a resource and could explain its alarms, over the topology and the resources it does not hold. */
import type { ResourceId } from '../model/ids.ts';
import { impliedParentIndex, type Topology } from '../topology/topology.ts';
import { limits } from './timing.ts';

const none = new Int32Array(0);

/**
 * Places are the indexes of the topology, then strangers in order of appearance. A stranger `X/..` hangs on the longest
 * known X. No result may depend on a stranger's number, only on its id.
 */
export class Ancestry {
  readonly topology: Topology;
  readonly #strangers: string[] = [];
  readonly #strangerOf = new Map<string, number>();
  /** What lies above anything but leaves, for good; above leaves, which are many, until it fills up. */
  readonly #signal: (Int32Array | undefined)[] = [];
  readonly #leafSignal = new Map<number, Int32Array>();
  readonly #above = new Map<number, Int32Array>();
  readonly #leafFlags: Uint8Array;
  readonly #leaves: Uint32Array;
  readonly #powerLeaves: Uint32Array;

  constructor(topology: Topology) {
    this.topology = topology;
    this.#leaves = new Uint32Array(topology.count);
    this.#powerLeaves = new Uint32Array(topology.count);
    this.#leafFlags = Uint8Array.from({ length: topology.count }, (_, place) =>
      isLeafOf(topology, place) ? 1 : 0,
    );
    for (let place = 0; place < topology.count; place++) {
      if (!this.isLeaf(place)) continue;
      for (const above of this.#walkSignal(place)) this.#leaves[above]!++;
      for (const above of this.powerAbove(place)) this.#powerLeaves[above]!++;
    }
  }

  /** Places so far, strangers included. */
  get count(): number {
    return this.topology.count + this.#strangers.length;
  }

  /** -1 when too many unknown resources were seen already. */
  placeOf(id: string): number {
    const index = this.topology.indexOf(id);
    if (index >= 0) return index;
    const known = this.#strangerOf.get(id);
    if (known !== undefined) return known;
    if (this.#strangers.length >= limits.strangers) return -1;
    const place = this.topology.count + this.#strangers.length;
    this.#strangers.push(id);
    this.#strangerOf.set(id, place);
    return place;
  }

  idOf(place: number): ResourceId {
    const count = this.topology.count;
    return place < count ? this.topology.idOf(place) : (this.#strangers[place - count]! as ResourceId);
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
    return this.#leafFlags[place] === 1;
  }

  /** Leaves whose signal comes through it. */
  leavesOf(place: number): number {
    return this.#leaves[place] ?? 1;
  }

  /** Leaves that take their own supply from it. */
  powerLeavesOf(place: number): number {
    return this.#powerLeaves[place] ?? 0;
  }

  /** Itself, then everything its signal comes through up to the access head, with the cables that carry it. */
  signalAbove(place: number): Int32Array {
    const known = this.#signal[place] ?? this.#leafSignal.get(place);
    if (known !== undefined) return known;
    const found = this.#walkSignal(place);
    if (this.isLeaf(place)) remember(this.#leafSignal, place, found);
    else this.#signal[place] = found;
    return found;
  }

  /** Its own supply, nearest first, without itself; a part that the topology does not list is fed as its device is. */
  powerAbove(place: number): Int32Array {
    if (this.isStranger(place)) {
      const device = impliedParentIndex(this.topology, this.idOf(place));
      return device < 0 ? none : this.powerAbove(device);
    }
    const found: number[] = [];
    let at = this.topology.parentOf('power', place);
    for (; at >= 0; at = this.topology.parentOf('power', at)) found.push(at);
    return found.length === 0 ? none : Int32Array.from(found);
  }

  /** Everything that could explain it: `signalAbove` first, then what of its own supply is not in there. */
  above(place: number): Int32Array {
    const known = this.#above.get(place);
    if (known !== undefined) return known;
    const signal = this.signalAbove(place);
    const supply = this.powerAbove(place).filter((up) => !signal.includes(up));
    const found = supply.length === 0 ? signal : joined(signal, supply);
    remember(this.#above, place, found);
    return found;
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

  /** The cable that carries it; a port has none of its own and looks into the one that carries everything below it. */
  #cableAt(place: number): number {
    const { topology } = this;
    const own = topology.parentOf('cable', place);
    if (own >= 0 || topology.isAccessHead(place)) return own;
    const [first, ...others] = topology.childrenOf('access', place);
    if (first === undefined) return -1;
    const cable = topology.parentOf('cable', first);
    return others.every((child) => topology.parentOf('cable', child) === cable) ? cable : -1;
  }

  #walkSignal(place: number): Int32Array {
    const { topology } = this;
    const found = [place];
    const parent = this.isStranger(place)
      ? impliedParentIndex(topology, this.idOf(place))
      : topology.isAccessHead(place)
        ? -1
        : topology.parentOf('access', place);
    if (!this.isStranger(place)) {
      let cable = this.#cableAt(place);
      for (; cable >= 0; cable = topology.parentOf('cable', cable)) found.push(cable);
      // What an amplifier or fibre node feeds goes dark with its supply, without a gasp of its own.
      if (!this.isLeaf(place) && !topology.isAccessHead(place)) found.push(...this.powerAbove(place));
    }
    const further = parent < 0 ? none : this.signalAbove(parent);
    // Terminal and splitter may hang on the same cable: each place once.
    const own = found.filter((above, i) => found.indexOf(above) === i && !further.includes(above));
    return joined(own, further);
  }
}

function joined(a: ArrayLike<number>, b: ArrayLike<number>): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

const rememberLimit = 100_000;

function remember(memory: Map<number, Int32Array>, place: number, found: Int32Array): void {
  if (memory.size >= rememberLimit) memory.clear();
  memory.set(place, found);
}

function isLeafOf(topology: Topology, place: number): boolean {
  for (const name of topology.trees) {
    const tree = topology.treeOf(name)!;
    if (tree.starts[place + 1]! > tree.starts[place]!) return false;
  }
  if (topology.isAccessHead(place) || topology.linkOf(place) !== undefined) return false;
  return ['access', 'cable', 'power'].some((tree) => topology.parentOf(tree, place) >= 0);
}
