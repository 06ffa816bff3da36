/** The compiled network: resources and links as numbers, trees as typed arrays, and the questions asked of them. */
import type { ResourceId } from '../model/ids.ts';
import type { TopologyColumns, Tree } from './columns.ts';
import { numberOf, textOf } from './names.ts';
import { Outage } from './outage.ts';
import { rangesOf, type TreeRanges } from './ranges.ts';
import type { PlannedWorks } from './records.ts';
import { type LeafCounts, Ways } from './signal.ts';
import { SinglePoints } from './single-points.ts';
import { Transport } from './transport.ts';

export interface CompiledLink {
  readonly index: number;
  /** Ends; -1 where the file names one that does not exist. */
  readonly a: number;
  readonly b: number;
  readonly segments: readonly number[];
}

/** Found by walking the whole network, once; a thread beside the line may do it and hand it over. */
export interface PreparedColumns {
  readonly access: TreeRanges | undefined;
  readonly leaves: LeafCounts;
  /** 1 where something at or below it in `access` supplies others in another tree: no single range then. */
  readonly mixed: Uint8Array;
}

/** A path may end at these but not pass through them. */
const accessHeads: ReadonlySet<string> = new Set(['olt', 'cmts', 'dslam']);
/** These stand for the service of everybody, wherever they are attached. */
const serviceKinds: ReadonlySet<string> = new Set(['dns', 'radius', 'service-platform']);
/** Standing beside something, or being polled by it, is no dependency of the service. */
const looseTrees: ReadonlySet<string> = new Set(['site', 'collector']);
const none = new Int32Array(0);
/** A power of two: ids decoded lately, by the low bits of their index. */
const keptIds = 1 << 13;

/** Immutable. Indexes are 0..count-1, resources depth first in `access`, then links; -1 means "there is none". */
export class Topology {
  readonly count: number;
  /** How many of the indexes are resources; links are behind them. */
  readonly resourceCount: number;
  /** Tree names, sorted. */
  readonly trees: readonly string[];
  readonly serviceRoots: readonly number[];
  readonly planned: readonly PlannedWorks[];
  readonly columns: TopologyColumns;
  /** What signal and supply come through. */
  readonly ways: Ways;
  readonly transport: Transport;
  readonly #supplying: readonly Tree[];
  readonly #isHeadKind: Uint8Array;
  readonly #ranges = new Map<string, TreeRanges>();
  readonly #ids: (ResourceId | undefined)[] = [];
  readonly #idsOf = new Int32Array(keptIds).fill(-1);
  /** Every room that hears of a resource asks where it is. */
  #lastId: string | undefined;
  #lastIndex = -1;
  #prepared: PreparedColumns | undefined;
  #singlePoints: SinglePoints | undefined;
  /** Which call saw an index last: no call has to clear it. */
  #seenIn: Uint32Array | undefined;
  #calls = 0;

  constructor(columns: TopologyColumns, prepared?: PreparedColumns) {
    this.columns = columns;
    this.count = columns.kind.length;
    this.resourceCount = columns.resources;
    this.trees = [...columns.trees.keys()];
    this.serviceRoots = [...columns.serviceRoots];
    this.planned = columns.planned;
    this.#prepared = prepared;
    this.#isHeadKind = Uint8Array.from(columns.kinds, (kind) => (accessHeads.has(kind) ? 1 : 0));
    this.ways = new Ways(columns.trees, (index) => this.isAccessHead(index));
    this.transport = new Transport(columns, (index) => this.isAccessHead(index));
    this.#supplying = this.trees
      .filter((name) => !looseTrees.has(name))
      .map((name) => columns.trees.get(name)!);
  }

  /** -1 when the topology does not hold it. */
  indexOf(id: string): number {
    if (id !== this.#lastId) {
      this.#lastIndex = numberOf(this.columns.ids, id);
      this.#lastId = id;
    }
    return this.#lastIndex;
  }

  idOf(index: number): ResourceId {
    const slot = index & (keptIds - 1);
    if (this.#idsOf[slot] === index) return this.#ids[slot]!;
    const id = textOf(this.columns.ids, index) as ResourceId;
    this.#idsOf[slot] = index;
    this.#ids[slot] = id;
    return id;
  }

  kindOf(index: number): string {
    return this.columns.kinds[this.columns.kind[index] ?? -1] ?? 'generic';
  }

  nameOf(index: number): string | undefined {
    if (index < 0 || index >= this.resourceCount) return undefined;
    return textOf(this.columns.labels, index) || undefined;
  }

  ownSubscribersOf(index: number): number {
    return this.columns.ownSubscribers[index] ?? 0;
  }

  /** The whole tree for hot loops; undefined when no resource names it. */
  treeOf(name: string): Tree | undefined {
    return this.columns.trees.get(name);
  }

  parentOf(tree: string, index: number): number {
    return this.columns.trees.get(tree)?.parents[index] ?? -1;
  }

  /** What the topology does not hold has none: `subarray` would take an absent start for the first of all. */
  childrenOf(tree: string, index: number): Int32Array {
    const found = this.columns.trees.get(tree);
    if (found === undefined || index < 0 || index >= this.count) return none;
    return found.children.subarray(found.starts[index]!, found.starts[index + 1]!);
  }

  hasChildrenIn(tree: string, index: number): boolean {
    const starts = this.columns.trees.get(tree)?.starts;
    return starts !== undefined && index >= 0 && index < this.count && starts[index + 1]! > starts[index]!;
  }

  /** True also for the ancestor itself. */
  isBelow(tree: string, index: number, ancestor: number): boolean {
    const parents = this.columns.trees.get(tree)?.parents;
    for (let at = index; at >= 0; at = parents?.[at] ?? -1) if (at === ancestor) return true;
    return false;
  }

  /** Has something below it in any tree, `site` and `collector` included. */
  hasChildren(index: number): boolean {
    for (const { starts } of this.columns.trees.values()) {
      if (starts[index + 1]! > starts[index]!) return true;
    }
    return false;
  }

  /** Numbers of the leaves of a tree at or below it: one range, since they are numbered depth first. */
  leafRange(tree: string, index: number): { readonly from: number; readonly to: number } {
    return this.#span(tree, index, (ranges) => ranges.leavesBefore);
  }

  /** Sum of the subscribers at or below it in that tree alone. */
  subscribersBelow(tree: string, index: number): number {
    const { from, to } = this.#span(tree, index, (ranges) => ranges.subscribersBefore);
    return to - from;
  }

  #span(
    tree: string,
    index: number,
    column: (ranges: TreeRanges) => Uint32Array | Float64Array,
  ): { readonly from: number; readonly to: number } {
    const ranges = this.rangesOf(tree);
    if (ranges === undefined || index < 0 || index >= this.count) return { from: 0, to: 0 };
    const place = ranges.placeOf?.[index] ?? index;
    return { from: column(ranges)[place]!, to: column(ranges)[ranges.endOf[place]!]! };
  }

  /** Walked when first asked for; `access` is prepared. */
  rangesOf(name: string): TreeRanges | undefined {
    if (name === 'access') return this.prepared.access;
    const tree = this.columns.trees.get(name);
    const known = this.#ranges.get(name);
    if (known !== undefined || tree === undefined) return known;
    const made = rangesOf(tree, this.columns.ownSubscribers);
    this.#ranges.set(name, made);
    return made;
  }

  get prepared(): PreparedColumns {
    this.#prepared ??= this.#prepare();
    return this.#prepared;
  }

  #prepare(): PreparedColumns {
    const { trees, ownSubscribers } = this.columns;
    const access = trees.get('access');
    const mixed = new Uint8Array(this.count);
    for (const [name, tree] of trees) {
      if (name === 'access' || looseTrees.has(name)) continue;
      for (const parent of tree.parents) if (parent >= 0) mixed[parent] = 1;
    }
    for (let index = this.count - 1; index >= 0; index--) {
      const parent = access?.parents[index] ?? -1;
      if (parent >= 0 && mixed[index] === 1) mixed[parent] = 1;
    }
    return {
      access: access === undefined ? undefined : rangesOf(access, ownSubscribers),
      leaves: this.ways.countLeaves(this.columns),
      mixed,
    };
  }

  linkOf(index: number): CompiledLink | undefined {
    const link = index - this.resourceCount;
    if (link < 0 || link >= this.transport.links) return undefined;
    const { ends, segments } = this.columns;
    const over = segments.items.subarray(segments.starts[link]!, segments.starts[link + 1]!);
    return { index, a: ends[link * 2]!, b: ends[link * 2 + 1]!, segments: [...over] };
  }

  /** Its two ends as the file names them, which may be parts of a resource: `switch-1/if/3`; undefined for unknown ones. */
  endNamesOf({ index, a, b }: CompiledLink): readonly (string | undefined)[] {
    const first = (index - this.resourceCount) * 2;
    return [a, b].map((end, side) =>
      end < 0 ? undefined : textOf(this.columns.endNames, first + side) || this.idOf(end),
    );
  }

  *links(): Generator<CompiledLink> {
    for (let index = this.resourceCount; index < this.count; index++) yield this.linkOf(index)!;
  }

  linksAt(index: number): readonly CompiledLink[] {
    const { starts, linksAt } = this.transport;
    const node = this.transport.nodeOf(index);
    return node < 0 ? [] : this.#links(linksAt.subarray(starts[node]!, starts[node + 1]!));
  }

  linksOver(segment: number): readonly CompiledLink[] {
    return this.#links(this.transport.linksOver(segment));
  }

  #links(numbers: Iterable<number>): CompiledLink[] {
    return Array.from(numbers, (link) => this.linkOf(this.resourceCount + link)!);
  }

  /** Part of the transport graph: a link, an end of one, a service root, or something with needs. */
  isTransport(index: number): boolean {
    return this.transport.holds(index);
  }

  /** Something needs it to carry service, by itself or as one of several. */
  isNeeded(index: number): boolean {
    return this.transport.dependentsOf(index).length > 0;
  }

  isAccessHead(index: number): boolean {
    return this.#isHeadKind[this.columns.kind[index]!] === 1;
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
    const found = this.#reachable(roots);
    if (except.length === 0) return found;
    this.#reachable(except);
    const [seenIn, call] = [this.#seenIn!, this.#calls];
    return found.filter((index) => seenIn[index] !== call);
  }

  #reachable(roots: readonly number[]): number[] {
    this.#seenIn ??= new Uint32Array(this.count);
    const seenIn = this.#seenIn;
    const call = ++this.#calls;
    const found: number[] = [];
    const reach = (index: number): void => {
      if (index < 0 || seenIn[index] === call) return;
      seenIn[index] = call;
      found.push(index);
    };
    roots.forEach(reach);
    for (let next = 0; next < found.length; next++) {
      const at = found[next]!;
      for (const { starts, children } of this.#supplying) {
        const end = starts[at + 1]!;
        for (let child = starts[at]!; child < end; child++) reach(children[child]!);
      }
    }
    return found;
  }

  /** The document's own counts of everything supplied by these, each subscriber once. */
  subscribersUnder(roots: number | readonly number[], except: readonly number[] = []): number {
    const from = typeof roots === 'number' ? [roots] : roots;
    const [first = -1] = from;
    if (except.length === 0 && from.some((index) => this.isServiceWide(index))) {
      return this.columns.ownSubscribers.reduce((sum, own) => sum + own, 0);
    }
    // An access subtree in which nothing supplies anything else is one range; most are.
    const { access, mixed } = this.prepared;
    if (from.length === 1 && except.length === 0 && access !== undefined && mixed[first] === 0) {
      return this.subscribersBelow('access', first);
    }
    return this.suppliedBy(from, except).reduce((sum, index) => sum + this.ownSubscribersOf(index), 0);
  }

  /**
   * 1 where service arrives: a path of live resources and links leads to a live service root and the needs hold.
   * A link lives while neither it nor one of its segments is dead. Without service roots all that lives is served.
   */
  served(dead: (index: number) => boolean): Uint8Array {
    const served = new Uint8Array(this.count);
    if (this.serviceRoots.length === 0) return served.map((_, index) => (dead(index) ? 0 : 1));
    const { nodeServed, linkServed } = this.transport.without(dead);
    nodeServed.forEach((is, node) => {
      served[this.transport.nodes[node]!] = is;
    });
    served.set(linkServed, this.resourceCount);
    return served;
  }

  /** What else loses service as more fails; without service roots nothing does. */
  outage(dead: Iterable<number> = []): Outage {
    return new Outage(this.transport, this.resourceCount, dead);
  }

  /** Made when first asked for, in a time that is linear but for a logarithm. */
  get singlePoints(): SinglePoints {
    this.#singlePoints ??= new SinglePoints(this.transport, this.resourceCount);
    return this.#singlePoints;
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
