/** Dominators of a flow graph after Lengauer and Tarjan (1979), with path compression and no recursion. */

export interface FlowGraph {
  /** Vertices are 0..count-1; everything flows from 0. */
  readonly count: number;
  /** The k-th successor; -1 behind the last. */
  next(vertex: number, k: number): number;
  /** The k-th predecessor; -1 behind the last. */
  previous(vertex: number, k: number): number;
}

export interface DominatorTree {
  /** Nearest vertex that every path from 0 passes; -1 for 0 and for what no path reaches. */
  readonly above: Int32Array;
  /** Vertices depth first in this tree: those below v are `order[place[v] + 1 .. place[v] + size[v])`. */
  readonly order: Int32Array;
  readonly place: Int32Array;
  readonly size: Uint32Array;
}

export function dominatorsOf(graph: FlowGraph): DominatorTree {
  const walk = walked(graph);
  const above = dominated(graph, walk);
  const { order: reached } = walk;
  const { count } = graph;
  const size = new Uint32Array(count);
  for (let i = reached.length - 1; i >= 0; i--) {
    const vertex = reached[i]!;
    size[vertex]!++;
    if (above[vertex]! >= 0) size[above[vertex]!]! += size[vertex]!;
  }
  const place = new Int32Array(count).fill(-1);
  const order = new Int32Array(reached.length);
  const free = new Int32Array(count);
  for (const vertex of reached) {
    const up = above[vertex]!;
    place[vertex] = up < 0 ? 0 : free[up]!;
    if (up >= 0) free[up]! += size[vertex]!;
    free[vertex] = place[vertex]! + 1;
    order[place[vertex]!] = vertex;
  }
  return { above, order, place, size };
}

interface Walk {
  /** Vertices in the order in which the walk met them. */
  readonly order: Int32Array;
  /** Place in that order + 1; 0 for what no path reaches. */
  readonly met: Int32Array;
  /** From where the walk came. */
  readonly from: Int32Array;
}

function walked({ count, next }: FlowGraph): Walk {
  const order = new Int32Array(count);
  const met = new Int32Array(count);
  const from = new Int32Array(count).fill(-1);
  const tried = new Uint32Array(count);
  let length = 1;
  met[0] = 1;
  for (let at = 0; at >= 0; ) {
    const to = next(at, tried[at]!++);
    if (to < 0) at = from[at]!;
    else if (met[to] === 0) {
      order[length] = to;
      met[to] = ++length;
      from[to] = at;
      at = to;
    }
  }
  return { order: order.subarray(0, length), met, from };
}

function dominated({ count, previous }: FlowGraph, { order, met, from }: Walk): Int32Array {
  const forest = new Forest(met);
  const above = new Int32Array(count).fill(-1);
  // Vertices by their semidominator, as linked lists.
  const firstOf = new Int32Array(count).fill(-1);
  const nextOf = new Int32Array(count).fill(-1);
  for (let i = order.length - 1; i > 0; i--) {
    const vertex = order[i]!;
    for (let k = 0, before = previous(vertex, 0); before >= 0; before = previous(vertex, ++k)) {
      if (met[before] === 0) continue;
      const semi = forest.semi[forest.least(before)]!;
      if (semi < forest.semi[vertex]!) forest.semi[vertex] = semi;
    }
    const semidominator = order[forest.semi[vertex]! - 1]!;
    nextOf[vertex] = firstOf[semidominator]!;
    firstOf[semidominator] = vertex;
    const parent = from[vertex]!;
    forest.hang(vertex, parent);
    for (let one = firstOf[parent]!; one >= 0; one = nextOf[one]!) {
      const least = forest.least(one);
      above[one] = forest.semi[least]! < forest.semi[one]! ? least : parent;
    }
    firstOf[parent] = -1;
  }
  for (let i = 1; i < order.length; i++) {
    const vertex = order[i]!;
    if (above[vertex] !== order[forest.semi[vertex]! - 1]) above[vertex] = above[above[vertex]!]!;
  }
  return above;
}

/** Vertices hung on each other so far; answers the one of least semidominator on the way up. */
class Forest {
  readonly semi: Int32Array;
  readonly #ancestor: Int32Array;
  readonly #label: Int32Array;
  readonly #path: number[] = [];

  constructor(met: Int32Array) {
    this.semi = met.slice();
    this.#ancestor = new Int32Array(met.length).fill(-1);
    this.#label = met.map((_, vertex) => vertex);
  }

  hang(vertex: number, parent: number): void {
    this.#ancestor[vertex] = parent;
  }

  least(vertex: number): number {
    const [ancestor, label, semi, path] = [this.#ancestor, this.#label, this.semi, this.#path];
    if (ancestor[vertex]! < 0) return vertex;
    for (let at = vertex; ancestor[ancestor[at]!]! >= 0; at = ancestor[at]!) path.push(at);
    for (let at = path.pop(); at !== undefined; at = path.pop()) {
      const up = ancestor[at]!;
      if (semi[label[up]!]! < semi[label[at]!]!) label[at] = label[up]!;
      ancestor[at] = ancestor[up]!;
    }
    return label[vertex]!;
  }
}
