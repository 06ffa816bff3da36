/** Which look at the network would tell the two likeliest causes apart: where nobody spoke yet and only one of them reaches. */
import type { Candidate } from '../model/incident.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Ancestry } from './ancestry.ts';
import { type Evidence, type Sighting, speaksForItself } from './tally.ts';

export interface Doubt {
  readonly ancestry: Ancestry;
  /** Winner first. */
  readonly candidates: readonly Candidate[];
  readonly evidence: readonly Evidence[];
  readonly sightings: readonly Sighting[];
}

/** From here on a cause is sure enough to ask nobody. */
export const sureFrom = 0.8;
/** Places looked at below each cause: of a large one a part of its leaves says as much as all. */
const mostLooked = 2_048;
/** Places named in one question. */
const mostNamed = 16;
const trees = ['access', 'cable', 'power'] as const;

/** Undefined where one cause is sure enough, or nothing that could be asked would show the difference. */
export function measurementFor({
  ancestry,
  candidates,
  evidence,
  sightings,
}: Doubt): Measurement | undefined {
  const [first, second] = candidates;
  if (first === undefined || second === undefined || first.probability >= sureFrom) return undefined;
  const [a, b] = [ancestry.placeOf(first.root), ancestry.placeOf(second.root)];
  if (a < 0 || b < 0 || ancestry.isStranger(a) || ancestry.isStranger(b)) return undefined;
  const between = [first.root, second.root] as const;
  const heard = new Set(evidence.map(({ place }) => place));
  for (const { place, count } of sightings) if (count === undefined) heard.add(place);
  const named = new Set<number>();
  for (const leaf of [...leavesBelow(ancestry, a), ...leavesBelow(ancestry, b)]) {
    const above = ancestry.above(leaf);
    if (!heard.has(leaf) && above.includes(a) !== above.includes(b)) named.add(holderOf(ancestry, leaf));
  }
  if (named.size > 0) {
    const isNested = ancestry.above(a).includes(b) || ancestry.above(b).includes(a);
    const resources = spread([...named].map((place) => ancestry.idOf(place)).sort(), mostNamed);
    return { between, resources, why: isNested ? 'outsideNarrower' : 'notShared' };
  }
  const speakers = [a, b].filter((place) => speaksForItself.has(ancestry.kindOf(place)) && !heard.has(place));
  if (speakers.length === 0) return undefined;
  return { between, resources: speakers.map((place) => ancestry.idOf(place)), why: 'ownWord' };
}

/** Everything that ends below it, the nearest first, as far as the bound lets it look. */
function leavesBelow(ancestry: Ancestry, root: number): number[] {
  const seen = new Set([root]);
  const leaves: number[] = [];
  for (const place of seen) {
    if (ancestry.isLeaf(place)) leaves.push(place);
    for (const tree of trees) {
      for (const child of ancestry.topology.childrenOf(tree, place))
        if (seen.size < mostLooked) seen.add(child);
    }
  }
  return leaves;
}

/** What holds it and its neighbours; itself where that is a whole device. */
function holderOf({ topology }: Ancestry, leaf: number): number {
  const parent = topology.parentOf('access', leaf);
  return parent < 0 || topology.isAccessHead(parent) ? leaf : parent;
}

/** So many of them, evenly from first to last. */
const spread = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most
    ? list
    : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!);
