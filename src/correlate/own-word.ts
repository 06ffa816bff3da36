/** What devices say of themselves: a card that failed is the cause of what its terminals said; errors alone are nobody's work. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { isInDoubt } from './complaints.ts';
import type { Decision, Scene } from './deciding.ts';
import type { Explanation } from './explain.ts';
import type { HeldIncident, Verdict } from './held-incident.ts';
import type { Population } from './symptoms.ts';
import type { Evidence } from './tally.ts';
import { treeVerdict } from './verdict.ts';

/** Of the card's terminals so many spoke, and of those who spoke nearly all hang on it. */
const spokenShare = 0.3;
const belowShare = 0.9;

const noCards: ReturnType<typeof failedCards> = { decisions: [], taken: new Set() };

export function failedCards(scene: Scene): {
  readonly decisions: readonly Decision[];
  readonly taken: ReadonlySet<Evidence>;
} {
  if (!scene.undecided.hasCards) return noCards;
  const { ancestry, at, timing } = scene;
  const decisions: Decision[] = [];
  const taken = new Set<Evidence>();
  for (const piece of scene.undecided.cards) {
    if (ancestry.isStranger(piece.place)) continue;
    const { place } = piece;
    // What traps told polls find confirmed within two rounds.
    const held = scene.standing
      .inOrder()
      .find((one) => at - one.startedAt <= timing.collectorLookBackMs && isOfCard(ancestry, one, place));
    if (held === undefined) continue;
    const candidates = [
      { place, gain: 8_000 },
      { place: ancestry.placeOf(held.root), gain: 0 },
    ];
    const found = { root: place, evidence: [piece], candidates, tally: undefined, readyAt: at, early: true };
    const verdict = { ...treeVerdict(ancestry, 'down', found), dark: held.dark };
    decisions.push({ verdict, alarms: piece.pending.map(({ alarm }) => alarm), absorbs: [held] });
    taken.add(piece);
  }
  return { decisions, taken };
}

function isOfCard(ancestry: Ancestry, held: HeldIncident, card: number): boolean {
  if (held.scope !== 'down' || held.raised === 0 || held.root === ancestry.idOf(card)) return false;
  const resources = new Set([...held.members.values()].map(({ resource }) => resource));
  let [below, unlit] = [0, 0];
  for (const id of resources) {
    const place = ancestry.placeOf(id);
    if (ancestry.signalAbove(place).includes(card)) below++;
    // A port without light speaks for all its terminals.
    if (ancestry.kindOf(place) === 'pon-port') unlit += ancestry.leavesOf(place);
  }
  if (Math.max(resources.size, unlit) < spokenShare * ancestry.leavesOf(card)) return false;
  return below >= belowShare * resources.size;
}

/** Errors that one device alone counts, and does not call grave itself, take nobody's service: no work for anybody. */
export function keptFromPeople(
  scene: Scene,
  population: Population,
  found: Explanation,
): Pick<Verdict, 'actionable'> | undefined {
  const { ancestry, undecided } = scene;
  const { tally, root, evidence } = found;
  if (population === 'session') return isInDoubt(scene, found) ? { actionable: false } : undefined;
  if (population !== 'degraded' || tally !== undefined || ancestry.isLeaf(root)) return undefined;
  const said = evidence.flatMap(
    ({ id }) => undecided.pieces(population).get(id as ResourceId)?.pending ?? [],
  );
  return said.some(({ grave }) => grave === true) ? undefined : { actionable: false };
}
