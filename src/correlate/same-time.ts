/** Whether an incident decided before may be part of what is told now. */
import type { Group } from './group.ts';
import type { Recent } from './recent.ts';
import type { CorrelationTiming } from './timing.ts';
import type { Piece } from './undecided.ts';

/** What was said at or below a place, by whoever hears at once and by polls, and when the former began and ended. */
interface Told {
  traps: number;
  polls: number;
  from: number;
  to: number;
  /** When a card said itself that it failed. */
  cardAt: number;
}

/** Answers what was told below all that lies above the root of an incident: where most was. */
export function toldBelow({ pieces }: Group): (recent: Recent) => Told | undefined {
  const byPlace = new Map<number, Told>();
  const count = (place: number, { toldAt, isLeaf, symptom }: Piece): void => {
    const told = byPlace.get(place) ?? { traps: 0, polls: 0, from: never, to: 0, cardAt: never };
    byPlace.set(place, told);
    if (toldAt === 0) told.polls += isLeaf ? 1 : 0;
    else {
      told.traps++;
      told.from = Math.min(told.from, toldAt);
      told.to = Math.max(told.to, toldAt);
      if (symptom === 'card') told.cardAt = Math.min(told.cardAt, toldAt);
    }
  };
  const [only] = pieces;
  if (only !== undefined && pieces.size === 1) {
    // Whatever is in sight of it lies below something that lies above it: there it alone was told of.
    count(only.place, only);
    return () => byPlace.get(only.place);
  }
  return ({ above }) => {
    if (byPlace.size === 0) {
      for (const piece of pieces) for (const place of piece.reach) count(place, piece);
    }
    let most: Told | undefined;
    let words = 0;
    for (const place of above) {
      const told = byPlace.get(place);
      if (told === undefined || told.traps + told.polls <= words) continue;
      most = told;
      words = told.traps + told.polls;
    }
    return most;
  };
}

/**
 * An incident may be part of what is told now. Polls find what was dark for long; but what was told at once, all within
 * seconds, began then, and so did what a card took that says itself that it failed: a terminal that was known to be dark
 * before has a cause of its own.
 */
export function isSameTime(recent: Recent, told: Told | undefined, timing: CorrelationTiming): boolean {
  const { held } = recent;
  const beganBy = Math.max(held.startedAt, held.againAt ?? 0) + timing.quietMs;
  if (told !== undefined && told.cardAt < never && recent.said === 1) return beganBy >= told.cardAt;
  if (told === undefined || told.traps <= told.polls) return true;
  const isSharp = told.traps >= manyTold && told.to - told.from <= timing.quietMs && recent.said === 1;
  return isSharp ? beganBy >= told.from : held.lastEvidenceAt >= told.from - timing.misfitJoinMs;
}

const manyTold = 8;
const never = Number.POSITIVE_INFINITY;
