/** Single points of failure of the transport graph: resources, links and segments that all service of something passes. */
import { type DominatorTree, dominatorsOf, type FlowGraph } from './dominators.ts';
import { Outage } from './outage.ts';
import type { Transport } from './transport.ts';

/** Paths are judged in the sound network; what hangs on needs is found by letting a point fail (`Outage`). */
export class SinglePoints {
  readonly #transport: Transport;
  readonly #resources: number;
  /** Vertex 0 is where all service comes from, then nodes, then links. */
  readonly #tree: DominatorTree;
  #arrivedOver: Int32Array | undefined;
  #sound: Outage | undefined;
  readonly #lostWithSegment = new Map<number, ReadonlySet<number>>();

  constructor(transport: Transport, resources: number) {
    this.#transport = transport;
    this.#resources = resources;
    this.#tree = dominatorsOf(flowGraph(transport));
  }

  /** Resources and links whose death alone takes service from it, nearest first; empty where no service arrives. */
  above(index: number): number[] {
    const found: number[] = [];
    const { above } = this.#tree;
    for (let at = above[this.#vertexOf(index)] ?? -1; at > 0; at = above[at]!) found.push(this.#indexOf(at));
    return found;
  }

  /** Resources and links, nearest first, then segments: each takes service from all of these, or is one of them. */
  aboveAll(indexes: readonly number[]): number[] {
    const [first = -1, ...others] = indexes;
    const { place, size, above } = this.#tree;
    const vertices = others.map((index) => this.#vertexOf(index));
    if (vertices.some((vertex) => (place[vertex] ?? -1) < 0)) return [];
    const found: number[] = [];
    for (let at = this.#vertexOf(first); at > 0 && (place[at] ?? -1) >= 0; at = above[at]!) {
      const end = place[at]! + size[at]!;
      const holdsAll = vertices.every((vertex) => place[vertex]! >= place[at]! && place[vertex]! < end);
      if (holdsAll) found.push(this.#indexOf(at));
    }
    const isUnder = (segment: number): boolean => {
      const lost = this.#underSegment(segment);
      return indexes.every((index) => lost.has(index));
    };
    return [...found, ...this.#segmentsTo(first).filter(isUnder)];
  }

  /** What loses service with that resource, link or segment alone, ascending; itself left out. */
  lostWith(index: number): number[] {
    const vertex = this.#vertexOf(index);
    if (vertex < 0) return [...this.#underSegment(index)];
    const { order, place, size } = this.#tree;
    if (place[vertex]! < 0) return [];
    const below = order.slice(place[vertex]! + 1, place[vertex]! + size[vertex]!);
    return [...below.map((at) => this.#indexOf(at)).sort()];
  }

  #vertexOf(index: number): number {
    const { nodes, links } = this.#transport;
    const link = index - this.#resources;
    if (link >= 0) return link < links ? 1 + nodes.length + link : -1;
    const node = this.#transport.nodeOf(index);
    return node < 0 ? -1 : 1 + node;
  }

  #indexOf(vertex: number): number {
    const { nodes } = this.#transport;
    return vertex <= nodes.length ? nodes[vertex - 1]! : this.#resources + vertex - 1 - nodes.length;
  }

  /** Links over a segment die together. */
  #underSegment(segment: number): ReadonlySet<number> {
    let lost = this.#lostWithSegment.get(segment);
    if (lost === undefined) {
      this.#sound ??= new Outage(this.#transport, this.#resources, []);
      const links = this.#transport.linksOver(segment).map((link) => this.#resources + link);
      lost = new Set([...links, ...this.#sound.lostWith([segment])].sort((a, b) => a - b));
      if (this.#lostWithSegment.size >= segmentsKept) this.#lostWithSegment.clear();
      this.#lostWithSegment.set(segment, lost);
    }
    return lost;
  }

  /** A segment above it lies on every path to it, so on the shortest, too. */
  #segmentsTo(index: number): number[] {
    const { ends, nodes, isHead } = this.#transport;
    this.#arrivedOver ??= arrivals(this.#transport);
    const found = new Set<number>();
    const add = (link: number): void => {
      for (const segment of this.#transport.segmentsOf(link)) found.add(segment);
    };
    let node = this.#transport.nodeOf(index);
    const start = index - this.#resources;
    if (start >= 0) {
      add(start);
      // Service comes to a link from ends that carry it on; of two, either will do: what cuts the link off lies on both paths.
      const passing = (end: number): boolean =>
        end >= 0 && isHead[end] === 0 && this.#tree.place[1 + end]! >= 0;
      node = [ends[start * 2]!, ends[start * 2 + 1]!].find(passing) ?? -1;
    }
    for (let steps = 0; node >= 0 && steps < nodes.length; steps++) {
      const link = this.#arrivedOver[node]!;
      if (link < 0) break;
      add(link);
      node = ends[link * 2] === node ? ends[link * 2 + 1]! : ends[link * 2]!;
    }
    return [...found];
  }
}

const segmentsKept = 256;

function flowGraph({ nodes, ends, starts, linksAt, roots, isHead, links }: Transport): FlowGraph {
  const firstLink = 1 + nodes.length;
  const isRoot = new Uint8Array(nodes.length);
  for (const root of roots) isRoot[root] = 1;
  const linkAt = (node: number, k: number): number => {
    const at = starts[node]! + k;
    return at < starts[node + 1]! ? firstLink + linksAt[at]! : -1;
  };
  /** Vertex of the k-th existing end. */
  const endOf = (link: number, k: number, passing: boolean): number => {
    let left = k;
    for (const side of [0, 1]) {
      const node = ends[link * 2 + side]!;
      if (node < 0 || (passing && isHead[node] === 1)) continue;
      if (left-- === 0) return 1 + node;
    }
    return -1;
  };
  return {
    count: firstLink + links,
    next(vertex, k) {
      if (vertex === 0) return k < roots.length ? 1 + roots[k]! : -1;
      if (vertex >= firstLink) return endOf(vertex - firstLink, k, false);
      return isHead[vertex - 1] === 1 ? -1 : linkAt(vertex - 1, k);
    },
    previous(vertex, k) {
      if (vertex >= firstLink) return endOf(vertex - firstLink, k, true);
      if (isRoot[vertex - 1] !== 1) return linkAt(vertex - 1, k);
      return k === 0 ? 0 : linkAt(vertex - 1, k - 1);
    },
  };
}

/** The link over which the shortest path from a service root arrives at each node; -1 at a root and where none does. */
function arrivals({ nodes, ends, starts, linksAt, roots, isHead }: Transport): Int32Array {
  const over = new Int32Array(nodes.length).fill(-1);
  const seen = new Uint8Array(nodes.length);
  const queue = [...roots];
  for (const root of roots) seen[root] = 1;
  for (let next = 0; next < queue.length; next++) {
    const from = queue[next]!;
    if (isHead[from] === 1) continue;
    for (let at = starts[from]!; at < starts[from + 1]!; at++) {
      const link = linksAt[at]!;
      const to = ends[link * 2] === from ? ends[link * 2 + 1]! : ends[link * 2]!;
      if (to < 0 || seen[to] === 1) continue;
      seen[to] = 1;
      over[to] = link;
      queue.push(to);
    }
  }
  return over;
}
