/** Areas of a network that subscribers know: its sites and districts, and how many a fault touches in each. */
import { shared, sizeOf, tidied } from '../../base/ranges.ts';
import type { SubscriberRange } from '../../model/ids.ts';
import type { Affected, Impact } from '../../model/incident.ts';
import { impliedParentIndex, type Subscribers, type Topology } from '../../topology/topology.ts';
import { slugsOf } from './slugs.ts';

export interface Area {
  readonly slug: string;
  readonly name: string;
  /** Indexes of the olt, cmts and dslam that stand there. */
  readonly heads: readonly number[];
  /** Of the imported list. */
  readonly ranges: readonly SubscriberRange[];
}

const areaKinds: ReadonlySet<string> = new Set(['site', 'district', 'area']);
/** A head names its site, or is fed from there. */
const upwards = ['district', 'area', 'site', 'power'] as const;
/** Real plant is a dozen steps deep. */
const stepLimit = 64;

export class Areas {
  readonly all: readonly Area[];
  readonly #topology: Topology;
  /** Of each index the head of its access tree, or itself. */
  readonly #headOf: Int32Array;

  constructor(topology: Topology, subscribers: Subscribers | undefined) {
    this.#topology = topology;
    this.#headOf = headsOf(topology);
    const headsAt = new Map<number, number[]>();
    for (let index = 0; index < topology.resourceCount; index++) {
      if (!topology.isAccessHead(index)) continue;
      for (const place of placesOf(topology, index)) {
        const among = headsAt.get(place);
        if (among === undefined) headsAt.set(place, [index]);
        else among.push(index);
      }
    }
    // By id, so that a new area takes no other's slug.
    const places = [...headsAt.keys()].sort((a, b) => (topology.idOf(a) < topology.idOf(b) ? -1 : 1));
    const names = places.map((place) => topology.nameOf(place) ?? topology.idOf(place));
    const slugs = slugsOf(names);
    this.all = places.map((place, n) => {
      const heads = headsAt.get(place)!;
      const ranges = tidied(heads.flatMap((head) => subscribers?.rangesUnder(head) ?? []));
      return { slug: slugs[n]!, name: names[n]!, heads, ranges };
    });
  }

  /** How many it touches, by slug; areas without any are left out. */
  touchedBy(affected: Affected, impact: Pick<Impact, 'ranges' | 'subscribers'>): ReadonlyMap<string, number> {
    const byHead = impact.ranges.length > 0 ? undefined : this.#byHead(affected, impact.subscribers);
    const found = new Map<string, number>();
    for (const { slug, heads, ranges } of this.all) {
      const count =
        byHead === undefined
          ? sizeOf(shared(ranges, impact.ranges))
          : heads.reduce((sum, head) => sum + (byHead.get(head) ?? 0), 0);
      if (count > 0) found.set(slug, count);
    }
    return found;
  }

  /** Without a list: the topology's own counts below each head. */
  #byHead({ under, except }: Affected, subscribers: number): ReadonlyMap<number, number> {
    const topology = this.#topology;
    const placed = (ids: readonly string[]): number[] => ids.flatMap((id) => this.#placeOf(id));
    const roots = placed(under);
    const heads = new Set(roots.map((root) => this.#headOf[root]!));
    const [first] = heads;
    if (first !== undefined && heads.size === 1 && topology.isAccessHead(first))
      return new Map([[first, subscribers]]);
    const found = new Map<number, number>();
    const isEverybody = except.length === 0 && roots.some((root) => topology.isServiceWide(root));
    const touched = isEverybody ? undefined : topology.suppliedBy(roots, placed(except));
    const count = touched?.length ?? topology.resourceCount;
    for (let n = 0; n < count; n++) {
      const index = touched?.[n] ?? n;
      const own = topology.ownSubscribersOf(index);
      if (own > 0) found.set(this.#headOf[index]!, (found.get(this.#headOf[index]!) ?? 0) + own);
    }
    return found;
  }

  #placeOf(id: string): number[] {
    const known = this.#topology.indexOf(id);
    const index = known >= 0 ? known : impliedParentIndex(this.#topology, id);
    return index < 0 ? [] : [index];
  }
}

/** Parents come before their children. */
function headsOf(topology: Topology): Int32Array {
  const heads = new Int32Array(topology.count);
  for (let index = 0; index < topology.count; index++) {
    const parent = topology.isAccessHead(index) ? -1 : topology.parentOf('access', index);
    heads[index] = parent < 0 ? index : heads[parent]!;
  }
  return heads;
}

/** Sites and districts that a head stands in, and those that these stand in. */
function placesOf(topology: Topology, head: number): ReadonlySet<number> {
  const places = new Set<number>();
  for (const tree of upwards) {
    let at = topology.parentOf(tree, head);
    for (let step = 0; at >= 0 && step < stepLimit; step++) {
      if (tree === 'district' || tree === 'area' || areaKinds.has(topology.kindOf(at))) places.add(at);
      at = topology.parentOf(tree, at);
    }
  }
  for (const site of [...places]) {
    for (const tree of ['district', 'area']) {
      const wider = topology.parentOf(tree, site);
      if (wider >= 0) places.add(wider);
    }
  }
  return places;
}
