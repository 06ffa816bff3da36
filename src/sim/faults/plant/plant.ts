/** The plant as it really stands: resources as numbers, five trees over them, links, and what lies below what. */
import type { PlannedWorks } from '../../../topology/topology.ts';

export const treeNames = ['access', 'cable', 'power', 'site', 'collector'] as const;
export type TreeName = (typeof treeNames)[number];

export interface PlantLink {
  readonly id: string;
  readonly ends: readonly [number, number];
  readonly segments: number[];
  /** Ring it is a span of; -1 outside of rings. */
  readonly ring: number;
}

interface Added {
  readonly subscribers?: number;
  readonly order?: number;
  readonly name?: string;
  readonly needs?: { readonly of: readonly number[]; readonly atLeast: number };
}

/** Children of i are `list[starts[i] .. starts[i + 1])`. */
interface Children {
  readonly starts: Uint32Array;
  readonly list: Int32Array;
}

const leafKinds: ReadonlySet<string> = new Set(['ont', 'modem', 'dsl-line']);
const headKinds: ReadonlySet<string> = new Set(['olt', 'cmts', 'dslam']);

/** Filled while it is laid, asked after `finish`. Links are numbered behind the resources. */
export class Plant {
  readonly ids: string[] = [];
  readonly kinds: string[] = [];
  readonly parents: Record<TreeName, number[]> = {
    access: [],
    cable: [],
    power: [],
    site: [],
    collector: [],
  };
  readonly subscribers: number[] = [];
  readonly added: (Added | undefined)[] = [];
  readonly links: PlantLink[] = [];
  readonly serviceRoots: number[] = [];
  readonly planned: PlannedWorks[] = [];
  /** Access parent by the topology given, where it is wrong. */
  readonly givenParent = new Map<number, number>();
  /** Leaves that the topology given does not hold. */
  readonly missing = new Set<number>();
  /** Highest resource above in `access`: olt, cmts or dslam; -1 elsewhere. */
  heads = new Int32Array(0);
  readonly linksAt = new Map<number, number[]>();
  readonly linksOver = new Map<number, number[]>();
  #children = new Map<TreeName, Children>();
  /** Number of the last walk that met a resource. */
  #seenIn = new Uint32Array(0);
  #walk = 0;
  #byKind = new Map<string, number[]>();

  add(
    kind: string,
    id: string,
    { parents = {}, ...added }: Added & { readonly parents?: Partial<Record<TreeName, number>> } = {},
  ): number {
    const index = this.ids.push(id) - 1;
    this.kinds.push(kind);
    for (const tree of treeNames) this.parents[tree].push(parents[tree] ?? -1);
    this.subscribers.push(added.subscribers ?? 0);
    this.added.push(Object.keys(added).length === 0 ? undefined : added);
    const same = this.#byKind.get(kind);
    if (same === undefined) this.#byKind.set(kind, [index]);
    else same.push(index);
    return index;
  }

  addLink(link: { id: string; ends: readonly [number, number]; segments: number[]; ring?: number }): number {
    return this.links.push({ ...link, ring: link.ring ?? -1 }) - 1;
  }

  /** Nothing is added afterwards. */
  finish(): void {
    this.heads = new Int32Array(this.ids.length).fill(-1);
    this.#seenIn = new Uint32Array(this.ids.length);
    const { access } = this.parents;
    for (let i = 0; i < this.ids.length; i++) {
      const above = access[i]!;
      if (headKinds.has(this.kinds[i]!)) this.heads[i] = i;
      else if (above >= 0) this.heads[i] = this.heads[above]!;
    }
    for (const tree of treeNames) this.#children.set(tree, childrenOf(this.parents[tree]));
    this.links.forEach((link, number) => {
      for (const end of link.ends) listed(this.linksAt, end).push(number);
      for (const segment of link.segments) listed(this.linksOver, segment).push(number);
    });
  }

  get count(): number {
    return this.ids.length;
  }

  ofKind(...kinds: readonly string[]): readonly number[] {
    return kinds.length === 1
      ? (this.#byKind.get(kinds[0]!) ?? [])
      : kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
  }

  isLeaf(index: number): boolean {
    return leafKinds.has(this.kinds[index]!);
  }

  isHead(index: number): boolean {
    return headKinds.has(this.kinds[index]!);
  }

  childrenIn(tree: TreeName, index: number): Int32Array {
    const { starts, list } = this.#children.get(tree)!;
    return list.subarray(starts[index]!, starts[index + 1]!);
  }

  /** Of a link by its place behind the resources. */
  idOf(index: number): string {
    return index < this.ids.length ? this.ids[index]! : this.links[index - this.ids.length]!.id;
  }

  kindOf(index: number): string {
    return index < this.ids.length ? this.kinds[index]! : 'link';
  }

  linkIndex(number: number): number {
    return this.ids.length + number;
  }

  /**
   * Everything below, itself included, by these trees in any mixture; sites end the walk, because a battery stands
   * between them and what they feed.
   */
  below(root: number, trees: readonly TreeName[]): number[] {
    this.#walk++;
    const found = [root];
    this.#seenIn[root] = this.#walk;
    for (let next = 0; next < found.length; next++) {
      const at = found[next]!;
      if (next > 0 && this.kinds[at] === 'site') continue;
      for (const tree of trees) {
        const { starts, list } = this.#children.get(tree)!;
        for (let place = starts[at]!; place < starts[at + 1]!; place++) {
          const child = list[place]!;
          if (this.#seenIn[child] === this.#walk) continue;
          this.#seenIn[child] = this.#walk;
          found.push(child);
        }
      }
    }
    return found;
  }

  leavesBelow(root: number, trees: readonly TreeName[] = ['access', 'cable', 'power']): number[] {
    return this.below(root, trees).filter((index) => this.isLeaf(index));
  }

  /** Itself and what is above it in one tree. */
  above(tree: TreeName, index: number): number[] {
    const found = [];
    for (let at = index; at >= 0; at = this.parents[tree][at]!) found.push(at);
    return found;
  }
}

export function listed<K, V>(map: Map<K, V[]>, key: K): V[] {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made: V[] = [];
  map.set(key, made);
  return made;
}

function childrenOf(parents: readonly number[]): Children {
  const starts = new Uint32Array(parents.length + 1);
  for (const parent of parents) if (parent >= 0) starts[parent + 1]!++;
  for (let i = 0; i < parents.length; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const list = new Int32Array(starts[parents.length]!);
  parents.forEach((parent, child) => {
    if (parent >= 0) list[next[parent]!++] = child;
  });
  return { starts, list };
}
