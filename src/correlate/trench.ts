/** One dig takes the links of a trench and the subscribers' fibres beside them: which trench that was. */
import type { Ancestry } from './ancestry.ts';
import type { Evidence } from './tally.ts';

// Logarithms in thousandths of a nat: a link need not have failed by itself, a link in the trench that works speaks
// against it, a cable in it none of whose terminals spoke was spared.
const linkExplained = 8_800;
const linkAlive = -4_000;
const cableSpared = -2_500;
/** A dig takes a cable, not a terminal of it: of the cables in which somebody spoke, so many did at the least. */
const fewestSpoken = 0.25;
/** A terminal filed elsewhere, or dark for itself, does not say where the others are cut. */
const nearlyAll = 0.9;

/** The trench that carries nearly all of these terminals' fibres and links that failed with them; undefined when none does. */
export function trenchOf(
  ancestry: Ancestry,
  places: readonly number[],
  cutLinks: ReadonlySet<number>,
): number | undefined {
  const leaves = places.filter((place) => ancestry.isLeaf(place));
  if (cutLinks.size === 0 || leaves.length === 0) return undefined;
  const { topology } = ancestry;
  const trenches = new Set<number>();
  for (const link of cutLinks)
    for (const segment of topology.linkOf(link)?.segments ?? []) trenches.add(segment);
  const carried = new Map<number, number>();
  const touched = new Set<number>();
  for (const leaf of leaves) {
    for (const above of ancestry.signalAbove(leaf)) {
      touched.add(above);
      if (trenches.has(above)) carried.set(above, (carried.get(above) ?? 0) + 1);
    }
  }
  let best: { readonly trench: number; readonly gain: number } | undefined;
  for (const [trench, count] of carried) {
    if (count < nearlyAll * leaves.length || count < fewestSpoken * carriedBy(ancestry, trench, touched))
      continue;
    const gain = gainOf(ancestry, trench, { cutLinks, touched });
    const isBetter =
      gain > (best?.gain ?? 0) ||
      (best !== undefined && gain === best.gain && ancestry.idOf(trench) < ancestry.idOf(best.trench));
    if (isBetter) best = { trench, gain };
  }
  return best?.trench;
}

/** Terminals on those of its cables in which somebody spoke. */
function carriedBy(ancestry: Ancestry, trench: number, touched: ReadonlySet<number>): number {
  let carried = 0;
  for (const cable of ancestry.topology.childrenOf('cable', trench))
    if (touched.has(cable)) carried += ancestry.leavesOf(cable);
  return carried;
}

function gainOf(
  ancestry: Ancestry,
  trench: number,
  { cutLinks, touched }: { readonly cutLinks: ReadonlySet<number>; readonly touched: ReadonlySet<number> },
): number {
  const { topology } = ancestry;
  let gain = 0;
  for (const { index } of topology.linksOver(trench)) gain += cutLinks.has(index) ? linkExplained : linkAlive;
  for (const cable of topology.childrenOf('cable', trench)) if (!touched.has(cable)) gain += cableSpared;
  return gain;
}

/** What shows its own failure, or lacks power and not light, was not dug up. */
export const mayBeDugUp = (evidence: readonly Pick<Evidence, 'symptom'>[]): boolean =>
  evidence.every(({ symptom }) => symptom !== 'card' && symptom !== 'power') &&
  evidence.filter(({ symptom }) => symptom === 'gasp').length * 5 <= evidence.length;
