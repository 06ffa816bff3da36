/** A card that says itself that it failed, told of after its terminals were heard, is the cause of what they said. */
import type { Ancestry } from './ancestry.ts';
import type { Decision, Scene } from './deciding.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Evidence } from './tally.ts';
import { treeVerdict } from './verdict.ts';

/** Of the card's terminals so many spoke, and of those who spoke nearly all hang on it. */
const spokenShare = 0.3;
const belowShare = 0.9;

export function failedCards(scene: Scene): {
  readonly decisions: readonly Decision[];
  readonly taken: ReadonlySet<Evidence>;
} {
  const { ancestry, at, timing } = scene;
  const decisions: Decision[] = [];
  const taken = new Set<Evidence>();
  for (const piece of scene.undecided.pieces('down').values()) {
    if (piece.symptom !== 'card' || ancestry.isStranger(piece.place)) continue;
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
  if (resources.size < spokenShare * ancestry.leavesOf(card)) return false;
  let below = 0;
  for (const id of resources) {
    if (ancestry.signalAbove(ancestry.placeOf(id)).includes(card)) below++;
  }
  return below >= belowShare * resources.size;
}
