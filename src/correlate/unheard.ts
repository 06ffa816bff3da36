/** What it says of a cause that many who would have to tell of it are out of sight, or tell nothing together. */
import type { Ancestry } from './ancestry.ts';
import type { Population } from './symptoms.ts';
import type { Tally } from './tally.ts';

/**
 * Who is out of sight counts neither for nor against. But of all that a fault darkens some share is heard of, by trap or by
 * poll: where fewer spoke, so many fewer are that much less likely (binomial, in thousandths of a nat), and never more so
 * than if all of them were silent.
 */
export function outOfSight({ spoken, unknown }: Tally, perLeaf: number): number {
  const all = spoken + unknown;
  if (unknown <= 0 || spoken <= 0 || spoken >= fewestHeard * all) return 0;
  const nats =
    spoken * Math.log((fewestHeard * all) / spoken) + unknown * Math.log(((1 - fewestHeard) * all) / unknown);
  return Math.max(Math.round(nats * 1_000), unknown * perLeaf);
}

const fewestHeard = 0.15;

/**
 * Heads tell of each terminal or of none: not all have such traps, and polls find who lost power minutes later. Of one that
 * tells nothing of many it feeds, and was never heard to, that is one habit; where no head tells anything, one of all of them.
 * Only where something else says that mains failed: a cut is made no wider by who is silent. Where some gasp, one chance, too:
 * no word from the heads of a collector arrived.
 */
export function taciturn(
  ancestry: Ancestry,
  population: Population,
  { tally, silent }: { readonly tally: Tally; readonly silent: number },
): number {
  const { place, heads, isSupplyLost } = tally;
  if (population !== 'down' || silent === 0 || ancestry.powerLeavesOf(place) === 0) return 0;
  const hasGasped = tally.mute?.hasGasped === true;
  // Of most supplies neither is said: then nobody need be counted whom they feed.
  if (!isSupplyLost && !hasGasped) return 0;
  const { leaf, mute, deaf } = ancestry.rules.silence;
  const deafs = new Set<number>();
  let [excused, habits, left] = [0, 0, silent];
  for (const [head, fed] of ancestry.fedBy(place)) {
    if (heads?.has(head) === true) continue;
    const quiet = Math.min(fed, left);
    const isHabit = isSupplyLost && !ancestry.habits.gasping.has(ancestry.idOf(head));
    const collector = ancestry.collectorOf(head);
    // Who was not heard may be alight: a nearer cause, which needs fewer of them, is likelier.
    const price = isHabit || deafs.has(collector) ? mute : deaf;
    if ((!isHabit && !hasGasped) || quiet * leaf >= price) continue;
    if (!isHabit) deafs.add(collector);
    left -= quiet;
    excused += quiet * leaf;
    habits += price;
  }
  return (isSupplyLost ? Math.max(habits, heads === undefined ? 2 * mute : habits) : habits) - excused;
}
