/** In which order groups have their turn where one look is not enough for all of them, and how that outlives a restart. */
import type { ResourceId } from '../model/ids.ts';
import type { Group } from './group.ts';
import type { Piece } from './undecided.ts';
import type { WeighingSnapshot } from './weighing.ts';

/** Groups whose turn has not come, by what is in them. */
export interface RoundSnapshot {
  /** One after the other, the last next. */
  readonly left: readonly (readonly ResourceId[])[];
  /** In the next round. */
  readonly later: readonly ResourceId[];
  /** The one whose turn has begun. */
  readonly weighing?: WeighingSnapshot | undefined;
}

/** The last is next; the oldest where they are more than one look weighs, in an order that no order of arrival shows in. */
export function inTurn(changed: readonly Group[], piecesPerLook: number): Group[] {
  const round = [...changed].reverse();
  if (round.reduce((sum, { pieces }) => sum + pieces.size, 0) <= piecesPerLook) return round;
  const first = new Map(round.map((group) => [group, firstPiece(group)]));
  return round.sort((a, b) => byTime(first.get(b), first.get(a)));
}

/** How far the round is; `loose` are in no group yet. */
export function roundOf(
  round: readonly Group[],
  { changed, loose, hasChanged }: Waiting,
): Pick<RoundSnapshot, 'left' | 'later'> {
  const isWaiting = (group: Group): boolean => !group.isGone && hasChanged(group);
  const idsOf = ({ pieces }: Group): ResourceId[] => [...pieces].map(({ id }) => id);
  const left = new Set(round.filter(isWaiting));
  const later = [...changed].filter((group) => isWaiting(group) && !left.has(group));
  return { left: [...left].map(idsOf), later: [...later.flatMap(idsOf), ...loose] };
}

interface Waiting {
  readonly changed: Iterable<Group>;
  readonly loose: Iterable<ResourceId>;
  readonly hasChanged: (group: Group) => boolean;
}

/** The oldest, by id where several are. */
function firstPiece({ pieces }: Group): Piece | undefined {
  let first: Piece | undefined;
  for (const piece of pieces) if (first === undefined || byTime(piece, first) < 0) first = piece;
  return first;
}

const byTime = (a: Piece | undefined, b: Piece | undefined): number =>
  (a?.firstAt ?? 0) - (b?.firstAt ?? 0) || ((a?.id ?? '') < (b?.id ?? '') ? -1 : 1);
