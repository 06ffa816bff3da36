/** Which look at the network would tell the two likeliest causes apart: where nobody spoke yet and only one of them reaches. */
import type { ResourceId } from '../model/ids.ts';
import type { Candidate } from '../model/incident.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Ancestry } from './ancestry.ts';
import type { Evidence, Sighting } from './tally.ts';

export interface Doubt {
  readonly ancestry: Ancestry;
  /** Winner first. */
  readonly candidates: readonly Candidate[];
  readonly evidence: readonly Pick<Evidence, 'place'>[];
  readonly sightings: readonly Sighting[];
}

/** From here on a cause is sure enough to ask nobody. */
const sureFrom = 0.8;

/** Several in one line, a splitter and its feeder, look surer together than the silence of others below them allows. */
export const isSure = ([first]: readonly Candidate[]): boolean =>
  first !== undefined && first.probability >= sureFrom && first.indistinguishable === undefined;

/** Places looked at below each cause: of a large one a part of its leaves says as much as all. */
const mostLooked = 2_048;
/** Places named in one question. */
const mostNamed = 16;
const trees = ['access', 'cable', 'power'] as const;

/**
 * Causes above the same leaves look alike from below, so the winner is told from the likeliest of the others that reaches
 * elsewhere; else from whatever is narrower, by those below it that said nothing; else by the word of a device itself.
 * Undefined where one cause is sure enough, or nothing that could be asked would show a difference.
 */
export function measurementFor({
  ancestry,
  candidates,
  evidence,
  sightings,
}: Doubt): Measurement | undefined {
  const [first, ...rivals] = candidates;
  if (first === undefined || isSure(candidates)) return undefined;
  const winner = ancestry.placeOf(first.root);
  if (winner < 0 || ancestry.isStranger(winner)) return undefined;
  const heard = new Set(evidence.map(({ place }) => place));
  for (const { place, count } of sightings) if (count === undefined) heard.add(place);
  const below = leavesBelow(ancestry, winner).filter((leaf) => !heard.has(leaf));
  const speakers: ResourceId[] = [];
  for (const { root } of candidates) {
    const rival = ancestry.placeOf(root);
    if (rival < 0 || ancestry.isStranger(rival)) continue;
    if (ancestry.rules.speaksForItself(ancestry.kindOf(rival)) && !heard.has(rival)) speakers.push(root);
    const beside = leavesBelow(ancestry, rival).filter((leaf) => !heard.has(leaf));
    const different = [...below, ...beside].filter((leaf) => {
      const above = ancestry.above(leaf);
      return above.includes(winner) !== above.includes(rival);
    });
    if (different.length === 0) continue;
    const isNested = ancestry.above(winner).includes(rival) || ancestry.above(rival).includes(winner);
    const why = isNested ? 'outsideNarrower' : 'notShared';
    return { between: [first.root, root], resources: holdersOf(ancestry, different), why };
  }
  const second = rivals[0]?.root;
  if (below.length > 0) {
    return { between: [first.root, second], resources: holdersOf(ancestry, below), why: 'silentBelow' };
  }
  return speakers.length === 0
    ? undefined
    : { between: [first.root, second], resources: speakers, why: 'ownWord' };
}

/** What holds these, as few as a question may name, evenly from first to last. */
function holdersOf(ancestry: Ancestry, leaves: readonly number[]): readonly ResourceId[] {
  const ids = [...new Set(leaves.map((leaf) => ancestry.idOf(holderOf(ancestry, leaf))))].sort();
  if (ids.length <= mostNamed) return ids;
  return Array.from({ length: mostNamed }, (_, i) => ids[Math.floor((i * ids.length) / mostNamed)]!);
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
