/** How well a cause explains the evidence that took only a part of what it carries: some fibres, one wet stretch. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { powerKinds } from './dark-house.ts';
import type { HeldIncident } from './held-incident.ts';
import { earlyMargin } from './ripeness.ts';
import { aloneScore, type Evidence, type Tallies, type Tally } from './tally.ts';

/** A cut cable may spare some of its fibres: silence counts only in the children where somebody spoke. */
export function partialCut(ancestry: Ancestry, tallies: Tallies, tally: Tally): number {
  // A wet copper cable harms the pairs of some of its cabinets.
  const isWet = tallies.population === 'degraded';
  const children = ancestry.topology.childrenOf(isWet ? 'access' : 'cable', tally.place);
  const { silence } = ancestry.rules;
  const perLeaf = isWet ? silence.degradedLeaf : silence.leaf;
  let score = ancestry.rules.prior(ancestry.kindOf(tally.place)) + tally.sum;
  let touched = 0;
  let spared = 0;
  let inside = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const child of children) {
    const below = tallies.at(child);
    if (below === undefined) {
      spared++;
      continue;
    }
    touched++;
    first = Math.min(first, below.oldest);
    last = Math.max(last, below.oldest);
    inside += below.together;
    const silent = ancestry.leavesOf(child) - below.spoken - below.unknown - below.alive;
    score += Math.max(0, silent) * perLeaf + below.alive * silence.aliveLeaf;
  }
  // What began together further down began together here as well.
  tally.together = inside;
  if (touched < 2) return Number.NEGATIVE_INFINITY;
  if (!isWet) tally.together += (touched - 1) * byChance(last - first, ancestry.rules.rules.timing.maxWaitMs);
  return score + tally.together + Math.max(spared * silence.sparedChild, whichOf(touched + spared, touched));
}

/**
 * How many terminals a fault of it takes that explains so much: of a cable some of whose fibres are cut, those on the
 * fibres of which somebody spoke. The others work, and no word of theirs is to come.
 */
export function leavesTaken(
  ancestry: Ancestry,
  tallies: Tallies,
  { tally, gain }: { readonly tally: Tally; readonly gain: number },
): number {
  const all = ancestry.terminalsOf(tally.place);
  if (tallies.population !== 'down' || gain + tally.singles <= tally.score) return all;
  let taken = 0;
  for (const child of ancestry.topology.childrenOf('cable', tally.place))
    if (tallies.at(child) !== undefined) taken += ancestry.leavesOf(child);
  return taken > 0 ? taken : all;
}

/**
 * A cable that carries all of it, and more, explains it nearly as well: a head tells of its fibres one after the other, so
 * that those of its next card may not have had their turn. Not where the winner says itself that it failed.
 */
export function mayBeCable(
  ancestry: Ancestry,
  tallies: Tallies,
  winner: { readonly place: number; readonly gain: number; readonly evidence: readonly Evidence[] },
  shared: readonly number[],
): boolean {
  const held = tallies.at(winner.place);
  if (tallies.population !== 'down' || held === undefined || held.own !== undefined) return false;
  // That a port hears nobody any more follows from a cut as well, though no cable carries the port.
  const ports = winner.evidence.filter(({ symptom }) => symptom === 'port');
  const shown = ancestry.rules.likelihood('signal', 'port');
  const gain = ports.reduce((least, port) => least + aloneScore(ancestry, port) - shown, winner.gain);
  return shared.some((place) => {
    const tally = tallies.at(place);
    if (place === winner.place || tally === undefined || !ancestry.isCable(place)) return false;
    if (tally.pieces < held.pieces - ports.length) return false;
    const cut = partialCut(ancestry, tallies, tally) - tally.together;
    return gain - (cut - tally.singles) <= earlyMargin;
  });
}

/** How much rarer than in the time in which alarms are weighed together two faults begin so close by chance. */
const byChance = (apartMs: number, withinMs: number): number =>
  Math.max(0, Math.round(1_000 * Math.log(withinMs / Math.max(closestMs, apartMs))));

/** Traps of one instant arrive within so much. */
const closestMs = 2_000;

/** Of a cable cut in part the other fibres work: what fails on them later has another cause. */
export function isOnCutFibre(held: HeldIncident, place: number, ancestry: Ancestry): boolean {
  if (held.parts === undefined || powerKinds.has(held.kind)) return true;
  const above = new Set(ancestry.signalAbove(place).map((at) => ancestry.idOf(at)));
  return held.parts.some((part) => above.has(part));
}

/** The fibre of a cut cable that proves to be cut, too: several of its terminals joined in. */
export function cutAsWell(ancestry: Ancestry, held: HeldIncident, place: number): ResourceId | undefined {
  const { parts, root, members, scope } = held;
  if (parts === undefined || scope !== 'down' || !ancestry.isLeaf(place)) return undefined;
  const cable = ancestry.topology.treeOf('cable')?.parents;
  const part = ancestry.signalAbove(place).find((above) => cable?.[above] === ancestry.placeOf(root));
  if (part === undefined || parts.includes(ancestry.idOf(part))) return undefined;
  let dark = 0;
  for (const { resource, raised } of members.values()) {
    if (raised && ancestry.signalAbove(ancestry.placeOf(resource)).includes(part)) dark++;
    // One may be filed there wrongly.
    if (dark > 1) return ancestry.idOf(part);
  }
  return undefined;
}

/** Any number of the children is as likely to be hit, and any set of so many: in thousandths of a nat. */
function whichOf(children: number, touched: number): number {
  let sets = Math.log(children);
  for (let i = 0; i < touched; i++) sets += Math.log((children - i) / (touched - i));
  return -Math.round(sets * 1_000);
}

/** Water gets into a binder, whose pairs lie side by side: silence counts only between the first and the last that suffers. */
export function wetRun(ancestry: Ancestry, tallies: Tallies, tally: Tally): number {
  const kind = ancestry.kindOf(tally.place);
  if (tallies.population !== 'degraded' || tally.first < 0) return Number.NEGATIVE_INFINITY;
  if (ancestry.rules.faultKind(kind, 'degraded') !== 'water') return Number.NEGATIVE_INFINITY;
  const { topology, rules } = ancestry;
  const from = topology.leafRange('access', tally.first).from;
  const span = topology.leafRange('access', tally.last).to - from;
  const silent = Math.max(0, span - tally.spoken - tally.unknown);
  return rules.prior(kind) + tally.sum + silent * rules.silence.degradedLeaf + whichRun;
}

/** Any stretch of a cable may be wet, in thousandths of a nat. */
const whichRun = -4_000;
