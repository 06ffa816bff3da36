/** The compiled network: resources and links as numbers, trees as typed arrays, and the questions asked of them. */
import type { ResourceId } from '../model/ids.ts';
import type { PlannedWorks } from './document.ts';

export interface Tree {
  /** -1 at a root. */
  readonly parents: Int32Array;
  /** Children of i are `children[starts[i] .. starts[i + 1])`, in plant order. */
  readonly starts: Uint32Array;
  readonly children: Int32Array;
}

export interface CompiledLink {
  readonly index: number;
  /** Ends; -1 where the file names one that does not exist. */
  readonly a: number;
  readonly b: number;
  readonly segments: readonly number[];
}

export interface CompiledNeeds {
  readonly of: readonly number[];
  readonly atLeast: number;
}

interface TopologyParts {
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  readonly kinds: readonly string[];
  readonly names: readonly (string | undefined)[];
  readonly ownSubscribers: Uint32Array;
  readonly trees: ReadonlyMap<string, Tree>;
  readonly links: readonly CompiledLink[];
  readonly needs: ReadonlyMap<number, CompiledNeeds>;
  readonly serviceRoots: readonly number[];
  readonly planned: readonly PlannedWorks[];
}

/** A path may end at these but not pass through them. */
const accessHeads: ReadonlySet<string> = new Set(['olt', 'cmts', 'dslam']);
/** These stand for the service of everybody, wherever they are attached. */
const serviceKinds: ReadonlySet<string> = new Set(['dns', 'radius', 'service-platform']);
/** Standing beside something, or being polled by it, is no dependency of the service. */
const looseTrees: ReadonlySet<string> = new Set(['site', 'collector']);
const none = new Int32Array(0);

/** Immutable. Indexes are 0..count-1, resources first, then links; -1 means "there is none". */
export class Topology {
  readonly count: number;
  /** Tree names, sorted. */
  readonly trees: readonly string[];
  readonly links: readonly CompiledLink[];
  readonly serviceRoots: readonly number[];
  readonly planned: readonly PlannedWorks[];
  readonly #parts: TopologyParts;
  readonly #supplying: readonly Tree[];
  readonly #linksAt = new Map<number, CompiledLink[]>();
  readonly #linksOver = new Map<number, CompiledLink[]>();
  readonly #linkByIndex = new Map<number, CompiledLink>();

  constructor(parts: TopologyParts) {
    this.#parts = parts;
    this.count = parts.ids.length;
    this.trees = [...parts.trees.keys()];
    this.links = parts.links;
    this.serviceRoots = parts.serviceRoots;
    this.planned = parts.planned;
    this.#supplying = this.trees
      .filter((name) => !looseTrees.has(name))
      .map((name) => parts.trees.get(name)!);
    for (const link of parts.links) {
      this.#linkByIndex.set(link.index, link);
      for (const end of new Set([link.a, link.b])) if (end >= 0) listed(this.#linksAt, end).push(link);
      for (const segment of link.segments) listed(this.#linksOver, segment).push(link);
    }
  }

  /** -1 when the topology does not hold it. */
  indexOf(id: string): number {
    return this.#parts.index.get(id) ?? -1;
  }

  idOf(index: number): ResourceId {
    return this.#parts.ids[index]! as ResourceId;
  }

  kindOf(index: number): string {
    return this.#parts.kinds[index] ?? 'generic';
  }

  nameOf(index: number): string | undefined {
    return this.#parts.names[index];
  }

  ownSubscribersOf(index: number): number {
    return this.#parts.ownSubscribers[index] ?? 0;
  }

  /** The whole tree for hot loops; undefined when no resource names it. */
  treeOf(name: string): Tree | undefined {
    return this.#parts.trees.get(name);
  }

  parentOf(tree: string, index: number): number {
    return this.#parts.trees.get(tree)?.parents[index] ?? -1;
  }

  childrenOf(tree: string, index: number): Int32Array {
    const found = this.#parts.trees.get(tree);
    return found === undefined
      ? none
      : found.children.subarray(found.starts[index]!, found.starts[index + 1]!);
  }

  /** True also for the ancestor itself. */
  isBelow(tree: string, index: number, ancestor: number): boolean {
    const parents = this.#parts.trees.get(tree)?.parents;
    for (let at = index; at >= 0; at = parents?.[at] ?? -1) if (at === ancestor) return true;
    return false;
  }

  /** Has something below it in any tree, `site` and `collector` included. */
  hasChildren(index: number): boolean {
    return this.trees.some((tree) => this.childrenOf(tree, index).length > 0);
  }

  linkOf(index: number): CompiledLink | undefined {
    return this.#linkByIndex.get(index);
  }

  linksAt(index: number): readonly CompiledLink[] {
    return this.#linksAt.get(index) ?? [];
  }

  linksOver(segment: number): readonly CompiledLink[] {
    return this.#linksOver.get(segment) ?? [];
  }

  /** Part of the transport graph: a link, an end of one, a service root, or something with needs. */
  isTransport(index: number): boolean {
    return (
      this.#linksAt.has(index) ||
      this.#linkByIndex.has(index) ||
      this.#parts.needs.has(index) ||
      this.serviceRoots.includes(index)
    );
  }

  isAccessHead(index: number): boolean {
    return accessHeads.has(this.kindOf(index));
  }

  /** Everybody loses service with it: dns, radius, service platforms and service roots. */
  isServiceWide(index: number): boolean {
    return serviceKinds.has(this.kindOf(index)) || this.serviceRoots.includes(index);
  }

  /**
   * Everything supplied by `roots`, themselves included, by any path of trees but `site` and `collector`,
   * less everything supplied by `except`. Each index once, in order of discovery.
   */
  suppliedBy(roots: readonly number[], except: readonly number[] = []): number[] {
    const excluded = except.length === 0 ? new Set<number>() : new Set(this.suppliedBy(except));
    const seen = new Set<number>();
    const found: number[] = [];
    const reach = (index: number): void => {
      if (index < 0 || seen.has(index)) return;
      seen.add(index);
      found.push(index);
    };
    roots.forEach(reach);
    for (let next = 0; next < found.length; next++) {
      for (const tree of this.#supplying) {
        const end = tree.starts[found[next]! + 1]!;
        for (let at = tree.starts[found[next]!]!; at < end; at++) reach(tree.children[at]!);
      }
    }
    return excluded.size === 0 ? found : found.filter((index) => !excluded.has(index));
  }

  /** The document's own counts of everything supplied by these, each subscriber once. */
  subscribersUnder(roots: number | readonly number[], except: readonly number[] = []): number {
    const from = typeof roots === 'number' ? [roots] : roots;
    if (from.some((index) => this.isServiceWide(index)) && except.length === 0) {
      return this.#parts.ownSubscribers.reduce((sum, own) => sum + own, 0);
    }
    return this.suppliedBy(from, except).reduce((sum, index) => sum + this.ownSubscribersOf(index), 0);
  }

  /**
   * 1 where service arrives: a path of live resources and links leads to a live service root and the needs hold.
   * A link lives while neither it nor one of its segments is dead. Without service roots all that lives is served.
   */
  served(dead: (index: number) => boolean): Uint8Array {
    const failed = new Uint8Array(this.count);
    for (;;) {
      const reached = this.#reached((index) => failed[index] === 1 || dead(index));
      let changed = false;
      for (const [index, needs] of this.#parts.needs) {
        if (failed[index] === 1) continue;
        const holding = needs.of.filter((need) =>
          this.isTransport(need) ? reached[need] === 1 : !dead(need),
        );
        if (holding.length >= needs.atLeast) continue;
        failed[index] = 1;
        changed = true;
      }
      if (!changed) return reached;
    }
  }

  #reached(dead: (index: number) => boolean): Uint8Array {
    const reached = new Uint8Array(this.count);
    if (this.serviceRoots.length === 0) return reached.map((_, index) => (dead(index) ? 0 : 1));
    const queue = this.serviceRoots.filter((root) => !dead(root));
    for (const root of queue) reached[root] = 1;
    for (let next = 0; next < queue.length; next++) {
      const from = queue[next]!;
      if (this.isAccessHead(from)) continue;
      for (const link of this.linksAt(from)) {
        if (reached[link.index] === 0 && (dead(link.index) || link.segments.some(dead))) continue;
        reached[link.index] = 1;
        const to = link.a === from ? link.b : link.a;
        if (to < 0 || reached[to] === 1 || dead(to)) continue;
        reached[to] = 1;
        queue.push(to);
      }
    }
    // Things that hang on needs alone have no link: they are reached while they live.
    for (const index of this.#parts.needs.keys()) {
      if (!this.#linksAt.has(index) && !dead(index)) reached[index] = 1;
    }
    return reached;
  }
}

/** The longest known prefix of an unknown `X/...`, as interfaces of a device are named; -1 when there is none. */
export function impliedParentIndex(topology: Topology, resource: string): number {
  for (let end = resource.lastIndexOf('/'); end > 0; end = resource.lastIndexOf('/', end - 1)) {
    const found = topology.indexOf(resource.slice(0, end));
    if (found >= 0) return found;
  }
  return -1;
}

/** Undefined for a resource the topology holds, or whose prefixes it does not hold either. */
export function impliedParent(topology: Topology, resource: string): ResourceId | undefined {
  if (topology.indexOf(resource) >= 0) return undefined;
  const found = impliedParentIndex(topology, resource);
  return found < 0 ? undefined : topology.idOf(found);
}

function listed<K, V>(map: Map<K, V[]>, key: K): V[] {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made: V[] = [];
  map.set(key, made);
  return made;
}
