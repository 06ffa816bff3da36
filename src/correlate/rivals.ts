/** What else could be the cause of most of the evidence, beside the cause that explains it best. */
import type { Ancestry } from './ancestry.ts';
import type { RatedCause } from './explain.ts';
import { type Steps, stepSize } from './steps.ts';
import type { Population } from './symptoms.ts';
import type { Evidence, Tallies, Tally } from './tally.ts';

interface Sharing {
  readonly ancestry: Ancestry;
  readonly tallies: Tallies;
  readonly shared: readonly number[];
}

/** What else could explain most of it, the likeliest first. */
export function rivalsOf({ ancestry, tallies, shared }: Sharing, winner: Counted) {
  const { population } = tallies;
  const rivals: (RatedCause & Pick<Tally, 'pieces'>)[] = [];
  for (const place of shared) {
    const tally = tallies.at(place);
    // What explains one piece alone is no cause of the others.
    if (tally === undefined || place === winner.place || tally.pieces < 2) continue;
    const alike = isAlike({ ancestry, population }, { place, tally }, winner);
    rivals.push({ place, gain: tally.score - tally.singles, pieces: tally.pieces, alike });
  }
  return rivals.sort((a, b) => b.gain - a.gain || (ancestry.idOf(a.place) < ancestry.idOf(b.place) ? -1 : 1));
}

interface Counted {
  readonly place: number;
  readonly tally: Tally | undefined;
}

/**
 * A part of the plant that says nothing of itself and carries the very same terminals: a port without light says no more
 * than they do.
 */
function isAlike(
  { ancestry, population }: { readonly ancestry: Ancestry; readonly population: Population },
  one: Counted,
  other: Counted,
): boolean {
  const { tally } = one;
  if (tally === undefined || other.tally === undefined || tally.spoken !== other.tally.spoken) return false;
  const isMute = ({ place }: Counted): boolean => {
    const kind = ancestry.kindOf(place);
    return !ancestry.isLeaf(place) && (kind === 'pon-port' || !ancestry.rules.speaksForItself(kind));
  };
  const isWater = (place: number): boolean =>
    ancestry.rules.faultKind(ancestry.kindOf(place), 'degraded') === 'water';
  // Noise comes in where the plant is active: at the node, whatever hangs on it.
  return (
    (population === 'down' || (population === 'degraded' && isWater(one.place))) &&
    isMute(one) &&
    isMute(other) &&
    ancestry.leavesOf(one.place) === ancestry.leavesOf(other.place) &&
    ancestry.powerLeavesOf(one.place) === ancestry.powerLeavesOf(other.place) &&
    ancestry.leavesOf(one.place) > 0
  );
}

/** A wider cause is alive while this share of its leaves spoke. */
const liveShare = 0.15;

export function isLive(ancestry: Ancestry, tally: Tally): boolean {
  const leaves = ancestry.terminalsOf(tally.place);
  return tally.own !== undefined || tally.spoken >= liveShare * leaves;
}

/** Places above at least half of the pieces, in no order that means anything. */
export function* sharedAbove(tallies: Tallies, evidence: readonly Evidence[]): Steps<number[]> {
  const [only] = evidence;
  if (evidence.length === 1) return only!.above.filter((place) => tallies.indexOf(place) >= 0);
  // A column for many, a map for few: a storm of single faults must not cost the square of its size.
  const isMany = evidence.length * 16 > tallies.list.length;
  const counts = isMany ? new Int32Array(tallies.list.length) : new Map<number, number>();
  let done = 0;
  for (const piece of evidence) {
    if (++done % stepSize === 0) yield;
    for (const above of piece.above) {
      const slot = tallies.indexOf(above);
      if (slot < 0) continue;
      if (counts instanceof Map) counts.set(slot, (counts.get(slot) ?? 0) + 1);
      else counts[slot]!++;
    }
  }
  const shared: number[] = [];
  for (const [slot, count] of counts.entries()) {
    if (count * 2 >= evidence.length && count > 0) shared.push(tallies.list[slot]!.place);
  }
  return shared;
}
