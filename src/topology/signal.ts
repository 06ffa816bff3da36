/** What a leaf's signal and supply come through, and how many leaves hang on each resource; linear in arrays. */
import type { TopologyColumns, Tree } from './columns.ts';

export interface LeafCounts {
  /** 1 where nothing hangs on it, and it hangs on something. */
  readonly isLeaf: Uint8Array;
  /** Leaves whose signal comes through it, itself included. */
  readonly signalLeaves: Uint32Array;
  /** Leaves that take their own supply from it and do not hang on it by their signal already. */
  readonly supplyLeaves: Uint32Array;
}

/** Real plant is a dozen steps deep; a chain of a million is hostile and may not cost its square. */
const stepLimit = 256;

type Placed = Pick<TopologyColumns, 'resources' | 'trees' | 'kind' | 'ends' | 'needs'>;

const noTree: Tree = { parents: new Int32Array(0), starts: new Uint32Array(0), children: new Int32Array(0) };

/** The ways of signal and supply; a parent of -1 is none. */
export class Ways {
  readonly #access: Tree;
  readonly #cable: Tree;
  readonly #power: Tree;
  readonly #isHead: (index: number) => boolean;

  constructor(trees: ReadonlyMap<string, Tree>, isHead: (index: number) => boolean) {
    this.#access = trees.get('access') ?? noTree;
    this.#cable = trees.get('cable') ?? noTree;
    this.#power = trees.get('power') ?? noTree;
    this.#isHead = isHead;
  }

  /** Next in `access`; -1 at an access head, where the tree ends. */
  up(index: number): number {
    return this.#isHead(index) ? -1 : (this.#access.parents[index] ?? -1);
  }

  /** Itself, the cables that carry it, and the supply of what is fed and no leaf: it goes dark with that without a gasp. */
  stepsAt(index: number, isLeaf: boolean, into: number[]): void {
    into.push(index);
    climb(this.#cable, this.#cableAt(index), into);
    if (!isLeaf && !this.#isHead(index)) this.supplyOf(index, into);
  }

  /** Its own supply, nearest first, without itself. */
  supplyOf(index: number, into: number[]): void {
    climb(this.#power, this.#power.parents[index] ?? -1, into);
  }

  childrenOf(index: number): Int32Array {
    return this.#access.children.subarray(this.#access.starts[index], this.#access.starts[index + 1]);
  }

  /** A port has no cable of its own and looks into the one that carries everything below it. */
  #cableAt(index: number): number {
    const { parents } = this.#cable;
    const own = parents[index] ?? -1;
    if (own >= 0 || this.#isHead(index)) return own;
    const { starts, children } = this.#access;
    const from = starts[index] ?? 0;
    const to = starts[index + 1] ?? 0;
    if (from === to) return -1;
    const cable = parents[children[from]!] ?? -1;
    for (let at = from + 1; at < to; at++) if (parents[children[at]!] !== cable) return -1;
    return cable;
  }

  /** Leaves and what they hang on. */
  countLeaves(columns: Placed): LeafCounts {
    const { resources, kind } = columns;
    const count = kind.length;
    const isLeaf = this.#leaves(columns);
    const signalLeaves = new Uint32Array(count);
    const below = Uint32Array.from(isLeaf);
    // Indexes stand depth first in `access`: backwards every child comes before its parent.
    for (let index = resources - 1; index >= 0; index--) {
      const up = this.up(index);
      if (up >= 0) below[up]! += below[index]!;
    }
    // How many of those open on the way down name it already: its leaves are counted at the first.
    const open = new Uint32Array(count);
    const steps: number[] = [];
    const supplyLeaves = this.#supplyLeaves(isLeaf);
    const pass = (index: number, by: 1 | -1): void => {
      steps.length = 0;
      this.stepsAt(index, isLeaf[index] === 1, steps);
      for (const step of steps) {
        if (by > 0 && open[step] === 0) signalLeaves[step]! += below[index]!;
        open[step]! += by;
      }
      if (by < 0 || isLeaf[index] !== 1) return;
      // The street amplifier before the house may hang on the same mains as the house.
      steps.length = 0;
      this.supplyOf(index, steps);
      for (const step of steps) if (open[step]! > 0) supplyLeaves[step]!--;
    };
    for (let root = 0; root < resources; root++) {
      if (this.up(root) < 0 && below[root]! > 0) this.#walk(root, below, pass);
    }
    return { isLeaf, signalLeaves, supplyLeaves };
  }

  #walk(root: number, below: Uint32Array, pass: (index: number, by: 1 | -1) => void): void {
    const { starts, children } = this.#access;
    const stack = [root];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (at < 0) {
        pass(~at, -1);
        continue;
      }
      pass(at, 1);
      if (starts[at] === starts[at + 1]) {
        pass(at, -1);
        continue;
      }
      stack.push(~at);
      for (let child = starts[at] ?? 0; child < (starts[at + 1] ?? 0); child++) {
        const next = children[child]!;
        if (below[next]! > 0 && !this.#isHead(next)) stack.push(next);
      }
    }
  }

  #leaves({ resources, trees, kind, ends, needs }: Placed): Uint8Array {
    const isLeaf = new Uint8Array(kind.length);
    for (const { parents } of [this.#access, this.#cable, this.#power]) {
      for (let index = 0; index < parents.length; index++) if (parents[index]! >= 0) isLeaf[index] = 1;
    }
    for (const { parents } of trees.values())
      for (const parent of parents) if (parent >= 0) isLeaf[parent] = 0;
    for (let index = 0; index < resources; index++) if (this.#isHead(index)) isLeaf[index] = 0;
    // A router or server takes its supply like a terminal, and is none.
    const access = this.#access.parents;
    for (const some of [ends, needs.items]) {
      for (const index of some) if (index >= 0 && (access[index] ?? -1) < 0) isLeaf[index] = 0;
    }
    return isLeaf;
  }

  #supplyLeaves(isLeaf: Uint8Array): Uint32Array {
    const { parents } = this.#power;
    const below = new Uint32Array(isLeaf.length);
    if (parents.length === 0) return below;
    // Children are done when nothing below them is left to count.
    const waiting = new Int32Array(isLeaf.length);
    for (const parent of parents) if (parent >= 0) waiting[parent]!++;
    for (let start = 0; start < isLeaf.length; start++) {
      if (waiting[start] !== 0) continue;
      for (let at = start; ; ) {
        const up = parents[at]!;
        waiting[at] = -1;
        if (up < 0) break;
        below[up]! += below[at]! + isLeaf[at]!;
        if (--waiting[up]! > 0) break;
        at = up;
      }
    }
    return below;
  }
}

function climb({ parents }: Tree, from: number, into: number[]): void {
  let steps = 0;
  for (let at = from; at >= 0 && steps < stepLimit; at = parents[at]!, steps++) into.push(at);
}
