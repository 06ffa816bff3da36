/** The transport graph in a few arrays of its own: what service reaches over live resources, links and needs. */
import type { TopologyColumns } from './columns.ts';

/** Nodes are resources with links, needs or the rank of a service root, numbered by ascending index. */
export class Transport {
  /** Index of each node. */
  readonly nodes: Int32Array;
  /** Nodes at the ends of each link, two a link; -1 where the file names one that does not exist. */
  readonly ends: Int32Array;
  /** Links at node n are `linksAt[starts[n] .. starts[n + 1])`, in the order of the file. */
  readonly starts: Uint32Array;
  readonly linksAt: Int32Array;
  /** Nodes that service starts from. */
  readonly roots: Int32Array;
  /** 1 where a path may end, but not pass. */
  readonly isHead: Uint8Array;
  readonly links: number;
  readonly #columns: TopologyColumns;
  /** 1 for nodes and links, by index. */
  readonly #flags: Uint8Array;
  readonly #linksOver = new Map<number, number[]>();
  /** Node of each entry of the list of needs. */
  readonly needyNodes: Int32Array;
  /** Entries that name an index among their needs. */
  readonly #dependents = new Map<number, number[]>();

  constructor(columns: TopologyColumns, isHead: (index: number) => boolean) {
    const { resources, ends, needy, needs, serviceRoots, segments } = columns;
    this.#columns = columns;
    this.links = ends.length / 2;
    this.#flags = new Uint8Array(resources + this.links);
    for (const members of [ends, needy, serviceRoots]) {
      for (const index of members) if (index >= 0) this.#flags[index] = 1;
    }
    const nodes: number[] = [];
    for (let index = 0; index < resources; index++) if (this.#flags[index] === 1) nodes.push(index);
    this.#flags.fill(1, resources);
    this.nodes = Int32Array.from(nodes);
    this.ends = ends.map((index) => this.nodeOf(index));
    this.roots = serviceRoots.map((index) => this.nodeOf(index));
    this.isHead = Uint8Array.from(nodes, (index) => (isHead(index) ? 1 : 0));
    [this.starts, this.linksAt] = adjacency(this.ends, nodes.length);
    for (let link = 0; link < this.links; link++) {
      for (let at = segments.starts[link]!; at < segments.starts[link + 1]!; at++) {
        const over = this.#linksOver.get(segments.items[at]!);
        if (over === undefined) this.#linksOver.set(segments.items[at]!, [link]);
        // A link that names a segment twice lies in it once.
        else if (over.at(-1) !== link) over.push(link);
      }
    }
    this.needyNodes = needy.map((index) => this.nodeOf(index));
    needy.forEach((_, place) => {
      for (let at = needs.starts[place]!; at < needs.starts[place + 1]!; at++) {
        const dependents = this.#dependents.get(needs.items[at]!);
        if (dependents === undefined) this.#dependents.set(needs.items[at]!, [place]);
        else dependents.push(place);
      }
    });
  }

  /** A link, an end of one, a service root, or something with needs. */
  holds(index: number): boolean {
    return this.#flags[index] === 1;
  }

  /** -1 for what is no node. */
  nodeOf(index: number): number {
    if (index < 0 || this.#flags[index] !== 1) return -1;
    let low = 0;
    let high = this.nodes.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.nodes[middle]!;
      if (found === index) return middle;
      if (found < index) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Numbers of the links that lie in a segment. */
  linksOver(segment: number): readonly number[] {
    return this.#linksOver.get(segment) ?? [];
  }

  /** Segments that a link lies in, as the file names them. */
  segmentsOf(link: number): Int32Array {
    const { starts, items } = this.#columns.segments;
    return items.subarray(starts[link]!, starts[link + 1]!);
  }

  /** Entries of the list of needs that name that index. */
  dependentsOf(index: number): readonly number[] {
    return this.#dependents.get(index) ?? [];
  }

  /** State of the network without what is dead; asks of every part once. */
  without(dead: (index: number) => boolean): Reach {
    const reach = this.allAlive();
    const ask = (index: number): void => {
      if (dead(index)) reach.mark(index);
    };
    this.nodes.forEach(ask);
    for (let link = 0; link < this.links; link++) ask(this.#columns.resources + link);
    for (const segment of this.#linksOver.keys()) if (!this.holds(segment)) ask(segment);
    for (const need of this.#dependents.keys()) {
      if (!this.holds(need) && !this.#linksOver.has(need)) ask(need);
    }
    return reach.flow();
  }

  /** State of a network in which nothing is dead; ask it to `flow` first. */
  allAlive(): Reach {
    return new Reach(this, this.#columns);
  }
}

function adjacency(ends: Int32Array, nodes: number): [Uint32Array, Int32Array] {
  const starts = new Uint32Array(nodes + 1);
  const each = (visit: (node: number, link: number) => void): void => {
    for (let link = 0; link * 2 < ends.length; link++) {
      const [a, b] = [ends[link * 2]!, ends[link * 2 + 1]!];
      if (a >= 0) visit(a, link);
      if (b >= 0 && b !== a) visit(b, link);
    }
  };
  each((node) => {
    starts[node + 1]!++;
  });
  for (let node = 0; node < nodes; node++) starts[node + 1]! += starts[node]!;
  const next = starts.slice();
  const linksAt = new Int32Array(starts[nodes]!);
  each((node, link) => {
    linksAt[next[node]!++] = link;
  });
  return [starts, linksAt];
}

/** Which parts are dead, and what service reaches then. */
export class Reach {
  /** 1 where service arrives; valid after `flow`. */
  readonly nodeServed: Uint8Array;
  readonly linkServed: Uint8Array;
  readonly #transport: Transport;
  readonly #columns: TopologyColumns;
  /** How often each was killed: a link dies with each of its segments. */
  readonly #nodeDead: Uint32Array;
  readonly #linkDead: Uint32Array;
  /** Dead by needs that do not hold; of one `flow`. */
  readonly #failed: Uint8Array;
  /** Dead parts that are neither node nor link: batteries and the like that something needs. */
  readonly #outside = new Set<number>();
  readonly #queue: Int32Array;

  constructor(transport: Transport, columns: TopologyColumns) {
    const nodes = transport.nodes.length;
    this.#transport = transport;
    this.#columns = columns;
    this.nodeServed = new Uint8Array(nodes);
    this.linkServed = new Uint8Array(transport.links);
    this.#nodeDead = new Uint32Array(nodes);
    this.#linkDead = new Uint32Array(transport.links);
    this.#failed = new Uint8Array(nodes);
    this.#queue = new Int32Array(nodes);
  }

  /** 1 kills a part, with a segment all links in it; -1 takes one such blow back. */
  mark(index: number, by: 1 | -1 = 1): void {
    const { resources } = this.#columns;
    if (index < 0) return;
    if (index >= resources) {
      if (index - resources < this.#linkDead.length) this.#linkDead[index - resources]! += by;
      return;
    }
    for (const link of this.#transport.linksOver(index)) this.#linkDead[link]! += by;
    const node = this.#transport.nodeOf(index);
    if (node >= 0) this.#nodeDead[node]! += by;
    else if (by > 0) this.#outside.add(index);
    else this.#outside.delete(index);
  }

  /** Breadth first from the service roots, again while needs fail of what others hang on. */
  flow(): this {
    this.#failed.fill(0);
    do this.#spread();
    while (this.#failNeeds());
    return this;
  }

  #spread(): void {
    const { roots, starts, linksAt, ends, isHead, needyNodes } = this.#transport;
    const [served, passed, queue] = [this.nodeServed, this.linkServed, this.#queue];
    served.fill(0);
    passed.fill(0);
    let filled = 0;
    for (const root of roots) {
      if (this.#isDown(root) || served[root] === 1) continue;
      served[root] = 1;
      queue[filled++] = root;
    }
    for (let next = 0; next < filled; next++) {
      const from = queue[next]!;
      if (isHead[from] === 1) continue;
      for (let at = starts[from]!; at < starts[from + 1]!; at++) {
        const link = linksAt[at]!;
        if (this.#linkDead[link] !== 0) continue;
        passed[link] = 1;
        const to = ends[link * 2] === from ? ends[link * 2 + 1]! : ends[link * 2]!;
        if (to < 0 || served[to] === 1 || this.#isDown(to)) continue;
        served[to] = 1;
        queue[filled++] = to;
      }
    }
    // Things that hang on needs alone have no link: they are reached while they live.
    for (const node of needyNodes) {
      if (starts[node] === starts[node + 1] && !this.#isDown(node)) served[node] = 1;
    }
  }

  #isDown(node: number): boolean {
    return this.#nodeDead[node] !== 0 || this.#failed[node] !== 0;
  }

  /** Takes service from all whose needs do not hold; true when one of them carried service on, so that paths change. */
  #failNeeds(): boolean {
    const { starts, needyNodes, nodes } = this.#transport;
    let carried = false;
    const waiting = Array.from(needyNodes, (_, place) => place);
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      const node = needyNodes[place]!;
      if (this.#failed[node] === 1 || this.#holds(place)) continue;
      this.#failed[node] = 1;
      if (this.nodeServed[node] === 0) continue;
      if (starts[node] !== starts[node + 1]) carried = true;
      this.nodeServed[node] = 0;
      for (const dependent of this.#transport.dependentsOf(nodes[node]!)) waiting.push(dependent);
    }
    return carried;
  }

  #holds(place: number): boolean {
    const { needs, atLeast, resources } = this.#columns;
    const least = atLeast[place]!;
    let holding = 0;
    for (let at = needs.starts[place]!; at < needs.starts[place + 1]! && holding < least; at++) {
      const need = needs.items[at]!;
      const node = this.#transport.nodeOf(need);
      if (need >= resources) holding += this.linkServed[need - resources]!;
      else if (node >= 0) holding += this.nodeServed[node]!;
      else if (!this.#outside.has(need)) holding++;
    }
    return holding >= least;
  }
}
