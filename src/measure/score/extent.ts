/** Who is behind an `affected` of the alarm-stream contract: with the network by walking it, without by set logic alone. */
import type { Topology } from '../../topology/topology.ts';
import type { Extent } from './truth.ts';

/** Resources with subscribers of their own, each once. */
export type Leaves = Int32Array;

/** Expands extents on one network. */
export class Expansion {
  readonly #topology: Topology;
  /** What no path led to before anything failed. */
  readonly #unservedAlways: Uint8Array;
  readonly #everybody: Leaves;
  readonly #marks: Uint32Array;
  #mark = 0;

  constructor(topology: Topology) {
    this.#topology = topology;
    this.#unservedAlways = topology.served(() => false).map((served) => 1 - served);
    this.#everybody = this.#leavesAmong(Array.from({ length: topology.count }, (_, index) => index));
    this.#marks = new Uint32Array(topology.count);
  }

  /** All below, equal to, or cut off from every service root when `under` is dead, less those below `except`. */
  leaves({ under, except }: Extent): Leaves {
    const topology = this.#topology;
    const dead = this.#known(under);
    const left = this.#known(except);
    const isWide = dead.some((index) => topology.isServiceWide(index));
    if (isWide && left.length === 0) return this.#everybody;
    const below = isWide ? [...this.#everybody] : topology.suppliedBy(dead);
    const found = isWide ? below : this.#withCutOff(below);
    if (left.length === 0) return this.#leavesAmong(found);
    const excluded = new Set(topology.suppliedBy(left));
    return this.#leavesAmong(found.filter((index) => !excluded.has(index)));
  }

  /** Subscribers of `leaves` who are also among the others. */
  shared(leaves: Leaves, others: readonly Leaves[]): number {
    const mark = ++this.#mark;
    for (const other of others) for (const leaf of other) this.#marks[leaf] = mark;
    let sum = 0;
    for (const leaf of leaves) if (this.#marks[leaf] === mark) sum += this.#topology.ownSubscribersOf(leaf);
    return sum;
  }

  subscribersOf(leaves: Leaves): number {
    return leaves.reduce((sum, leaf) => sum + this.#topology.ownSubscribersOf(leaf), 0);
  }

  #withCutOff(below: readonly number[]): readonly number[] {
    if (!below.some((index) => this.#carries(index))) return below;
    const gone = new Set(below);
    const served = this.#topology.served((index) => gone.has(index));
    const cutOff: number[] = [];
    for (let index = 0; index < served.length; index++) {
      const isCut =
        served[index] === 0 && this.#unservedAlways[index] === 0 && this.#topology.isTransport(index);
      if (isCut && !gone.has(index)) cutOff.push(index);
    }
    return cutOff.length === 0 ? below : this.#topology.suppliedBy([...below, ...cutOff]);
  }

  /** Something else may lose its path with it. */
  #carries(index: number): boolean {
    return this.#topology.isTransport(index) || this.#topology.linksOver(index).length > 0;
  }

  #known(ids: readonly string[]): readonly number[] {
    return ids.map((id) => this.#topology.indexOf(id)).filter((index) => index >= 0);
  }

  #leavesAmong(indexes: readonly number[]): Leaves {
    return Int32Array.from(indexes.filter((index) => this.#topology.ownSubscribersOf(index) > 0));
  }
}

/** True where every network would say so: the same things or fewer below, the same things or more left out. */
export function isSurelyWithin(inner: Extent, outer: Extent): boolean {
  const under = new Set(outer.under);
  const except = new Set(inner.except);
  return inner.under.every((id) => under.has(id)) && outer.except.every((id) => except.has(id));
}
