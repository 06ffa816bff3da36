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
  readonly #signal: (Int32Array | undefined)[] = [];
  readonly #leaves: Uint32Array;
  readonly #powerLeaves: Uint32Array;

  constructor(topology: Topology) {
    this.topology = topology;
    this.#leaves = new Uint32Array(topology.count);
    this.#powerLeaves = new Uint32Array(topology.count);
    for (let node = 0; node < topology.count; node++) {
      if (!this.isLeaf(node)) continue;
      for (const above of this.signalAbove(node)) this.#leaves[above]!++;
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
    const { topology } = this;
    if (this.isStranger(node)) return false;
    for (const tree of topology.trees) if (topology.childrenOf(tree, node).length > 0) return false;
    if (topology.isAccessHead(node) || topology.linkOf(node) !== undefined) return false;
    return ['access', 'cable', 'power'].some((tree) => topology.parentOf(tree, node) >= 0);
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
    const known = this.#signal[node];
    if (known !== undefined) return known;
    const found = this.#walkSignal(node);
    // Leaves are many and cheap to walk again; what lies above them is shared.
    if (this.isStranger(node) || !this.isLeaf(node)) this.#signal[node] = found;
    return found;
  }

  /** Its own supply, nearest first, without itself. */
  powerAbove(node: number): Int32Array {
    if (this.isStranger(node)) return none;
    const found: number[] = [];
    let at = this.topology.parentOf('power', node);
    for (; at >= 0; at = this.topology.parentOf('power', at)) found.push(at);
    return Int32Array.from(found);
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

  #walkSignal(node: number): Int32Array {
    const { topology } = this;
    const found = new Set([node]);
    const parent = this.isStranger(node)
      ? impliedParentIndex(topology, this.idOf(node))
      : topology.isAccessHead(node)
        ? -1
        : topology.parentOf('access', node);
    if (!this.isStranger(node)) {
      let cable = topology.parentOf('cable', node);
      for (; cable >= 0; cable = topology.parentOf('cable', cable)) found.add(cable);
      // What an amplifier or fibre node feeds goes dark with its supply, without a gasp of its own.
      if (!this.isLeaf(node) && !topology.isAccessHead(node)) {
        for (const supply of this.powerAbove(node)) found.add(supply);
      }
    }
    if (parent >= 0) for (const above of this.signalAbove(parent)) found.add(above);
    return Int32Array.from(found);
  }
}
