/** What lies above a resource and could explain its alarms, over the topology and the resources it does not hold. */
import type { ResourceId } from '../model/ids.ts';
import { impliedParentIndex, type Topology } from '../topology/topology.ts';
import { limits } from './timing.ts';

const none = new Int32Array(0);

/**
 * Nodes are the indexes of the topology, then strangers in order of appearance. A stranger `X/..` hangs on the longest
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
    this.#leafFlags = Uint8Array.from({ length: topology.count }, (_, node) =>
      isLeafOf(topology, node) ? 1 : 0,
    );
    for (let node = 0; node < topology.count; node++) {
      if (!this.isLeaf(node)) continue;
      for (const above of this.#walkSignal(node)) this.#leaves[above]!++;
      for (const above of this.powerAbove(node)) this.#powerLeaves[above]!++;
    }
  }

  /** -1 when too many unknown resources were seen already. */
  nodeOf(id: string): number {
    const index = this.topology.indexOf(id);
    if (index >= 0) return index;
    const known = this.#strangerOf.get(id);
    if (known !== undefined) return known;
    if (this.#strangers.length >= limits.strangers) return -1;
    const node = this.topology.count + this.#strangers.length;
    this.#strangers.push(id);
    this.#strangerOf.set(id, node);
    return node;
  }

  idOf(node: number): ResourceId {
    const count = this.topology.count;
    return node < count ? this.topology.idOf(node) : (this.#strangers[node - count]! as ResourceId);
  }

  isStranger(node: number): boolean {
    return node >= this.topology.count;
  }

  /** The kind of the topology; `port` for an interface of a known device, `unknown` for other strangers. */
  kindOf(node: number): string {
    if (!this.isStranger(node)) return this.topology.kindOf(node);
    return /\/if\/[^/]+$/.test(this.idOf(node)) ? 'port' : 'unknown';
  }

  /** Nothing hangs on it, and it hangs on something. */
  isLeaf(node: number): boolean {
    return this.#leafFlags[node] === 1;
  }

  /** Leaves whose signal comes through it. */
  leavesOf(node: number): number {
    return this.#leaves[node] ?? 1;
  }

  /** Leaves that take their own supply from it. */
  powerLeavesOf(node: number): number {
    return this.#powerLeaves[node] ?? 0;
  }

  /** Itself, then everything its signal comes through up to the access head, with the cables that carry it. */
  signalAbove(node: number): Int32Array {
    const known = this.#signal[node] ?? this.#leafSignal.get(node);
    if (known !== undefined) return known;
    const found = this.#walkSignal(node);
    if (this.isLeaf(node)) remember(this.#leafSignal, node, found);
    else this.#signal[node] = found;
    return found;
  }

  /** Its own supply, nearest first, without itself. */
  powerAbove(node: number): Int32Array {
    if (this.isStranger(node)) return none;
    const found: number[] = [];
    let at = this.topology.parentOf('power', node);
    for (; at >= 0; at = this.topology.parentOf('power', at)) found.push(at);
    return found.length === 0 ? none : Int32Array.from(found);
  }

  /** Everything that could explain it: `signalAbove` first, then what of its own supply is not in there. */
  above(node: number): Int32Array {
    const known = this.#above.get(node);
    if (known !== undefined) return known;
    const signal = this.signalAbove(node);
    const supply = this.powerAbove(node).filter((up) => !signal.includes(up));
    const found = supply.length === 0 ? signal : joined(signal, supply);
    remember(this.#above, node, found);
    return found;
  }

  /** The collector that watches it, inherited along `access`; -1 when none. */
  collectorOf(node: number): number {
    let at = this.isStranger(node) ? impliedParentIndex(this.topology, this.idOf(node)) : node;
    for (; at >= 0; at = this.topology.parentOf('access', at)) {
      const collector = this.topology.parentOf('collector', at);
      if (collector >= 0) return collector;
    }
    return -1;
  }

  /** The cable that carries it; a port has none of its own and looks into the one that carries everything below it. */
  #cableAt(node: number): number {
    const { topology } = this;
    const own = topology.parentOf('cable', node);
    if (own >= 0 || topology.isAccessHead(node)) return own;
    const [first, ...others] = topology.childrenOf('access', node);
    if (first === undefined) return -1;
    const cable = topology.parentOf('cable', first);
    return others.every((child) => topology.parentOf('cable', child) === cable) ? cable : -1;
  }

  #walkSignal(node: number): Int32Array {
    const { topology } = this;
    const found = [node];
    const parent = this.isStranger(node)
      ? impliedParentIndex(topology, this.idOf(node))
      : topology.isAccessHead(node)
        ? -1
        : topology.parentOf('access', node);
    if (!this.isStranger(node)) {
      let cable = this.#cableAt(node);
      for (; cable >= 0; cable = topology.parentOf('cable', cable)) found.push(cable);
      // What an amplifier or fibre node feeds goes dark with its supply, without a gasp of its own.
      if (!this.isLeaf(node) && !topology.isAccessHead(node)) found.push(...this.powerAbove(node));
    }
    const further = parent < 0 ? none : this.signalAbove(parent);
    // Terminal and splitter may hang on the same cable: each node once.
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

function remember(memory: Map<number, Int32Array>, node: number, found: Int32Array): void {
  if (memory.size >= rememberLimit) memory.clear();
  memory.set(node, found);
}

function isLeafOf(topology: Topology, node: number): boolean {
  for (const name of topology.trees) {
    const tree = topology.treeOf(name)!;
    if (tree.starts[node + 1]! > tree.starts[node]!) return false;
  }
  if (topology.isAccessHead(node) || topology.linkOf(node) !== undefined) return false;
  return ['access', 'cable', 'power'].some((tree) => topology.parentOf(tree, node) >= 0);
}
