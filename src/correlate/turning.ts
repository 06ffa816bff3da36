/** What would change a verdict: the least that would have to be heard to make another of its candidates the likelier. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { Explanation, RatedCause } from './explain.ts';
import type { Population, Symptom } from './symptoms.ts';

/** So many at the least; undefined where one word would do. */
export interface Turn {
  readonly cause: ResourceId;
  readonly when: 'dark' | 'alive' | 'silent' | 'down' | 'answers';
  /** Of these, or of the terminals below `below` and not below `outside`. */
  readonly of?: readonly ResourceId[] | undefined;
  readonly below?: ResourceId | undefined;
  readonly outside?: ResourceId | undefined;
  readonly atLeast?: number | undefined;
}

/** Of the candidates that come next. */
export const mostRivals = 3;

/**
 * A rival that reaches further needs terminals beside the cause that fall dark, too; one that reaches less far needs
 * terminals between them that prove to be alive. What so many terminals as there are could not change is left out.
 */
export function turnsOnTrees(
  ancestry: Ancestry,
  population: Population,
  { candidates, evidence, root }: Pick<Explanation, 'candidates' | 'evidence' | 'root'>,
  silent: number,
): readonly Turn[] {
  const symptom = mostOf(evidence.map((piece) => piece.symptom));
  const gain = candidates[0]?.gain ?? 0;
  if (symptom === undefined || ancestry.isStranger(root)) return [];
  const rivals = candidates
    .slice(1)
    .filter(({ place, alike }) => alike !== true && !ancestry.isStranger(place) && place !== root)
    .slice(0, mostRivals);
  return rivals.flatMap((rival) => {
    const margin = Math.max(0, gain - rival.gain);
    const isWithin = ancestry.above(rival.place).includes(root);
    return isWithin
      ? narrower(ancestry, { root, rival, margin }, silent)
      : wider(ancestry, population, { root, rival, margin, symptom });
  });
}

interface Pair {
  readonly root: number;
  readonly rival: RatedCause;
  /** In thousandths of a nat. */
  readonly margin: number;
}

function narrower(ancestry: Ancestry, { root, rival, margin }: Pair, silent: number): Turn[] {
  const { leaf, aliveLeaf } = ancestry.rules.silence;
  const atLeast = least(margin, leaf - aliveLeaf);
  if (atLeast > silent) return [];
  const [then, below] = [ancestry.idOf(rival.place), ancestry.idOf(root)];
  return [{ cause: then, when: 'alive', below, outside: then, atLeast }];
}

function wider(
  ancestry: Ancestry,
  population: Population,
  { root, rival, margin, symptom }: Pair & { readonly symptom: Symptom },
): Turn[] {
  const { rules } = ancestry;
  const isAbove = ancestry.above(root).includes(rival.place);
  const room = ancestry.terminalsOf(rival.place) - (isAbove ? ancestry.terminalsOf(root) : 0);
  const perLeaf = population === 'degraded' ? rules.silence.degradedLeaf : rules.silence.leaf;
  const isSupply =
    !ancestry.signalAbove(root).includes(rival.place) && ancestry.powerLeavesOf(rival.place) > 0;
  const shown = rules.likelihood(isSupply ? 'power' : 'signal', symptom);
  const atLeast = least(margin, shown - perLeaf - rules.alonePrior('ont', symptom, true));
  if (atLeast > room) return [];
  const then = ancestry.idOf(rival.place);
  return [{ cause: then, when: 'dark', below: then, outside: ancestry.idOf(root), atLeast }];
}

/** So many words, each of which weighs that much, outweigh the margin. */
const least = (margin: number, weight: number): number =>
  weight <= 0 ? Number.POSITIVE_INFINITY : Math.floor(margin / weight) + 1;

function mostOf(symptoms: readonly Symptom[]): Symptom | undefined {
  const counts = new Map<Symptom, number>();
  for (const symptom of symptoms) counts.set(symptom, (counts.get(symptom) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}
