/** Finds the deepest common causes of undecided evidence on the trees, and whether it is time to say so. */
import type { Instant } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import type { Population } from './symptoms.ts';
import {
  aloneScore,
  type Evidence,
  partialCut,
  type Sighting,
  type Tallies,
  type Tally,
  tallyUp,
} from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

export interface Explanation {
  readonly root: number;
  readonly evidence: readonly Evidence[];
  /** The root first, then what else could explain most of it; `gain` over separate faults in nats. */
  readonly candidates: readonly { readonly place: number; readonly gain: number }[];
  /** Counters at the root, undefined where the evidence stands for itself. */
  readonly tally: Tally | undefined;
  /** When it may be decided if nothing more comes. */
  readonly readyAt: Instant;
  /** So clear that waiting adds nothing. */
  readonly early: boolean;
}

interface Winner {
  readonly place: number;
  readonly gain: number;
  readonly evidence: Evidence[];
}

const passLimit = 6;
const earlyMarginNats = 20;
const earlyShare = 0.6;
const earlyLeaves = 8;
/** A wider cause is alive while this share of its leaves spoke. */
const liveShare = 0.15;

/**
 * Evidence must be sorted by id. Explanations come in the order of their root's id; each fresh piece is in exactly one,
 * and what was decided before is mentioned only where something fresh goes with it.
 */
export function explain(
  ancestry: Ancestry,
  population: Population,
  evidence: readonly Evidence[],
  sightings: readonly Sighting[],
  timing: CorrelationTiming,
): Explanation[] {
  const found: Explanation[] = [];
  const all = tallyUp(ancestry, population, evidence, sightings);
  const judge = { ancestry, all, timing };
  let left = evidence;
  for (let pass = 0; pass < passLimit && left.length > 1; pass++) {
    const tallies = pass === 0 ? all : tallyUp(ancestry, population, left, sightings);
    const accepted = chooseWinners(ancestry, tallies, left);
    if (accepted.length === 0) break;
    const claimed = new Set(accepted.flatMap((winner) => winner.evidence));
    for (const winner of accepted) if (isNews(winner.evidence)) found.push(judged(judge, winner, tallies));
    left = left.filter((piece) => !claimed.has(piece));
  }
  for (const piece of left) {
    const alone = { place: piece.place, gain: 0, evidence: [piece] };
    if (isNews(alone.evidence)) found.push(judged(judge, alone, all));
  }
  const id = (explanation: Explanation): string => ancestry.idOf(explanation.root);
  return found.sort((a, b) => (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0));
}

const isNews = (evidence: readonly Evidence[]): boolean =>
  evidence.some((piece) => piece.heldBy === undefined);

/** The best causes of each tree, the strongest first; a cause sharing evidence with a stronger one waits for the next pass. */
function chooseWinners(ancestry: Ancestry, tallies: Tallies, evidence: readonly Evidence[]): Winner[] {
  const alone = new Map(evidence.map((piece) => [piece.place, aloneScore(ancestry, piece)]));
  const access = bestOnTree({ ancestry, tallies, tree: 'access', base: (place) => alone.get(place) ?? 0 });
  const fromAccess = (place: number): number =>
    ancestry.topology.isAccessHead(place) ? (alone.get(place) ?? 0) : (access.best.get(place) ?? 0);
  const cable = bestOnTree({ ancestry, tallies, tree: 'cable', base: fromAccess });
  const power = bestOnTree({ ancestry, tallies, tree: 'power', base: fromAccess });
  const byPlace = new Map<number, Winner>();
  for (const [place, score] of [...access.winners, ...cable.winners, ...power.winners]) {
    const gain = score - tallies.byPlace.get(place)!.singles;
    if (gain > 0) byPlace.set(place, { place, gain, evidence: [] });
  }
  for (const piece of evidence) {
    for (const place of ancestry.above(piece.place)) byPlace.get(place)?.evidence.push(piece);
  }
  const claimed = new Set<Evidence>();
  const strongest = [...byPlace.values()].sort(
    (a, b) => b.gain - a.gain || (ancestry.idOf(a.place) < ancestry.idOf(b.place) ? -1 : 1),
  );
  return strongest.filter((winner) => {
    if (winner.evidence.some((piece) => claimed.has(piece))) return false;
    for (const piece of winner.evidence) claimed.add(piece);
    return true;
  });
}

interface TreeSearch {
  readonly ancestry: Ancestry;
  readonly tallies: Tallies;
  readonly tree: 'access' | 'cable' | 'power';
  /** The best explanation of a place's evidence that does not come from this tree. */
  readonly base: (place: number) => number;
}

/** best(v) = max(score(v), sum over children of best): bottom-up, then the topmost places that beat their children. */
function bestOnTree({ ancestry, tallies, tree, base }: TreeSearch): {
  best: Map<number, number>;
  winners: [number, number][];
} {
  const { topology } = ancestry;
  const parent = (place: number): number => parentIn(ancestry, tree, place);
  const best = new Map<number, number>();
  const below = new Map<number, number>();
  const places: { place: number; depth: number }[] = [];
  for (const place of tallies.byPlace.keys()) {
    if (!ancestry.isLeaf(place)) places.push({ place, depth: depthOf(place, parent) });
    else if (parent(place) >= 0) below.set(parent(place), (below.get(parent(place)) ?? 0) + base(place));
    if (tree === 'access' && ancestry.isLeaf(place)) best.set(place, base(place));
  }
  places.sort((a, b) => b.depth - a.depth);
  const beats: [number, number][] = [];
  for (const { place } of places) {
    const tally = tallies.byPlace.get(place)!;
    const isInside = below.has(place);
    const separate =
      tree === 'access' || !isInside
        ? (below.get(place) ?? 0) + base(place)
        : below.get(place)! + ownScore(tally, base);
    let value = separate;
    if (tally.pieces > 1 && (tree === 'access' || isInside)) {
      const whole =
        tree === 'cable' ? Math.max(tally.score, partialCut(ancestry, tallies, tally)) : tally.score;
      if (whole > separate) {
        value = whole;
        beats.push([place, whole]);
      }
    }
    best.set(place, value);
    const up = topology.isAccessHead(place) && tree === 'access' ? -1 : parent(place);
    if (up >= 0) below.set(up, (below.get(up) ?? 0) + value);
  }
  const winning = new Set<number>();
  const winners = beats.reverse().filter(([place]) => {
    for (let up = parent(place); up >= 0; up = parent(up)) if (winning.has(up)) return false;
    winning.add(place);
    return true;
  });
  return { best, winners };
}

const ownScore = (tally: Tally, base: (place: number) => number): number =>
  tally.own === undefined ? 0 : base(tally.place);

/** Strangers hang on the device their name begins with; everything else where the topology says. */
function parentIn(ancestry: Ancestry, tree: string, place: number): number {
  if (!ancestry.isStranger(place)) return ancestry.topology.parentOf(tree, place);
  return tree === 'access' ? (ancestry.signalAbove(place)[1] ?? -1) : -1;
}

function depthOf(place: number, parent: (place: number) => number): number {
  let depth = 0;
  for (let at = parent(place); at >= 0; at = parent(at)) depth++;
  return depth;
}

interface Judge {
  readonly ancestry: Ancestry;
  /** Counters over all evidence, whoever explains it: rivals are judged by these. */
  readonly all: Tallies;
  readonly timing: CorrelationTiming;
}

function judged({ ancestry, all, timing }: Judge, winner: Winner, tallies: Tallies): Explanation {
  const shared = sharedAbove(ancestry, winner.evidence);
  const rivals = shared
    .map((place) => ({ place, tally: tallies.byPlace.get(place)! }))
    .filter(({ place, tally }) => place !== winner.place && tally !== undefined && tally.pieces > 0)
    .map(({ place, tally }) => ({ place, gain: tally.score - tally.singles, pieces: tally.pieces }))
    .sort((a, b) => b.gain - a.gain || (ancestry.idOf(a.place) < ancestry.idOf(b.place) ? -1 : 1));
  const tally = tallies.byPlace.get(winner.place);
  const fresh = winner.evidence.filter((piece) => piece.heldBy === undefined);
  const oldest = fresh.reduce((least, piece) => Math.min(least, piece.firstAt), Number.POSITIVE_INFINITY);
  const newest = shared.reduce(
    (most, place) => {
      const seen = all.byPlace.get(place);
      return seen !== undefined && isLive(ancestry, seen) ? Math.max(most, seen.newest) : most;
    },
    fresh.reduce((most, piece) => Math.max(most, piece.lastAt), 0),
  );
  const rival = rivals.find(
    ({ pieces }) => tally !== undefined && Math.abs(pieces - tally.pieces) > 0.1 * tally.pieces,
  );
  const isEarly =
    tally !== undefined &&
    winner.evidence.length >= earlyLeaves &&
    tally.spoken >= earlyShare * (ancestry.leavesOf(winner.place) + ancestry.powerLeavesOf(winner.place)) &&
    winner.gain - (rival?.gain ?? 0) > earlyMarginNats &&
    !shared.some((place) => (all.byPlace.get(place)?.pieces ?? 0) > winner.evidence.length * 1.05 + 1);
  const readyAt = Math.min(newest + timing.quietMs, oldest + timing.maxWaitMs) as Instant;
  return {
    root: winner.place,
    evidence: winner.evidence,
    candidates: [{ place: winner.place, gain: winner.gain }, ...rivals.slice(0, 4)],
    tally: tally !== undefined && tally.pieces > 1 ? tally : undefined,
    readyAt: isEarly ? (Math.min(readyAt, oldest + timing.earlyAfterMs) as Instant) : readyAt,
    early: isEarly,
  };
}

function isLive(ancestry: Ancestry, tally: Tally): boolean {
  const leaves = ancestry.leavesOf(tally.place) + ancestry.powerLeavesOf(tally.place);
  return tally.own !== undefined || tally.spoken >= liveShare * leaves;
}

/** Places above at least half of a sample of the pieces. */
function sharedAbove(ancestry: Ancestry, evidence: readonly Evidence[]): number[] {
  const step = Math.max(1, Math.floor(evidence.length / 32));
  const counts = new Map<number, number>();
  let sampled = 0;
  for (let at = 0; at < evidence.length; at += step) {
    sampled++;
    for (const place of ancestry.above(evidence[at]!.place)) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count * 2 >= sampled).map(([place]) => place);
}
