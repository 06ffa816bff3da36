/** Finds the deepest common causes of undecided evidence on the trees, and whether it is time to say so. */
import type { Instant } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import type { Population } from './symptoms.ts';
import {
  aloneScore,
  causesAbove,
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
  /** The root first, then what else could explain most of it; `gain` over separate faults in thousandths of a nat. */
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
const earlyMargin = 15_000;
const earlyShare = 0.6;
const earlyLeaves = 8;
/** A wider cause is alive while this share of its leaves spoke. */
const liveShare = 0.15;

/**
 * Evidence must be in an order of its own, whatever came first. Explanations come in the order of their root's id; each
 * fresh piece is in exactly one, and what was decided before is mentioned only where something fresh goes with it.
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
  const access = bestOnTree({ ancestry, tallies, evidence, tree: 'access', base: ({ alone }) => alone });
  const fromAccess = ({ place, alone }: Tally): number =>
    ancestry.topology.isAccessHead(place) ? alone : (access.best.get(place) ?? alone);
  const cable = bestOnTree({ ancestry, tallies, evidence, tree: 'cable', base: fromAccess });
  const power = bestOnTree({ ancestry, tallies, evidence, tree: 'power', base: fromAccess });
  const byPlace = new Map<number, Winner>();
  for (const [tally, score] of [...access.winners, ...cable.winners, ...power.winners]) {
    const gain = score - tally.singles;
    if (gain > 0) byPlace.set(tally.place, { place: tally.place, gain, evidence: [] });
  }
  if (byPlace.size === 0) return [];
  const wins = new Uint8Array(tallies.list.length + 1);
  for (const place of byPlace.keys()) wins[tallies.indexOf(place)] = 1;
  for (const piece of evidence) {
    for (const place of causesAbove(ancestry, tallies.population, piece)) {
      if (wins[tallies.indexOf(place)] === 1) byPlace.get(place)!.evidence.push(piece);
    }
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
  readonly evidence: readonly Evidence[];
  readonly tree: 'access' | 'cable' | 'power';
  /** The best explanation of the evidence at a place that does not come from this tree. */
  readonly base: (tally: Tally) => number;
}

/** best(v) = max(score(v), sum over children of best): bottom-up, then the topmost places that beat their children. */
function bestOnTree({ ancestry, tallies, evidence, tree, base }: TreeSearch): {
  best: Map<number, number>;
  winners: [Tally, number][];
} {
  const { topology } = ancestry;
  const parent = (place: number): number => parentIn(ancestry, tree, place);
  const best = new Map<number, number>();
  const below = new Map<number, number>();
  const addBelow = (place: number, score: number): void => {
    if (place >= 0) below.set(place, (below.get(place) ?? 0) + score);
  };
  for (const piece of evidence)
    if (ancestry.isLeaf(piece.place)) addBelow(parent(piece.place), aloneScore(ancestry, piece));
  const beats: [Tally, number][] = [];
  for (const tally of deepestFirst(tallies, parent)) {
    const { place } = tally;
    const isInside = below.has(place);
    const separate =
      tree === 'access' || !isInside
        ? (below.get(place) ?? 0) + base(tally)
        : below.get(place)! + ownScore(tally, base);
    let value = separate;
    if (tally.pieces > 1 && (tree === 'access' || isInside)) {
      const whole =
        tree === 'cable' || mayBeWet(ancestry, tallies, place)
          ? Math.max(tally.score, partialCut(ancestry, tallies, tally))
          : tally.score;
      if (whole > separate) {
        value = whole;
        beats.push([tally, whole]);
      }
    }
    best.set(place, value);
    if (tree !== 'access' || !topology.isAccessHead(place)) addBelow(parent(place), value);
  }
  const winning = new Set<number>();
  const winners = beats.reverse().filter(([{ place }]) => {
    for (let up = parent(place); up >= 0; up = parent(up)) if (winning.has(up)) return false;
    winning.add(place);
    return true;
  });
  return { best, winners };
}

const mayBeWet = (ancestry: Ancestry, { population }: Tallies, place: number): boolean =>
  population === 'degraded' && ancestry.kindOf(place) === 'cable';

/** Children before their parents. */
function deepestFirst(tallies: Tallies, parent: (place: number) => number): Tally[] {
  const byDepth: Tally[][] = [];
  for (const tally of tallies.list) {
    let depth = 0;
    for (let at = parent(tally.place); at >= 0; at = parent(at)) depth++;
    while (byDepth.length <= depth) byDepth.push([]);
    byDepth[depth]!.push(tally);
  }
  return byDepth.reverse().flat();
}

const ownScore = (tally: Tally, base: (tally: Tally) => number): number =>
  tally.own === undefined ? 0 : base(tally);

/** Strangers hang on the device their name begins with; everything else where the topology says. */
function parentIn(ancestry: Ancestry, tree: string, place: number): number {
  if (!ancestry.isStranger(place)) return ancestry.topology.parentOf(tree, place);
  return tree === 'access' ? (ancestry.signalAbove(place)[1] ?? -1) : -1;
}

interface Judge {
  readonly ancestry: Ancestry;
  /** Counters over all evidence, whoever explains it: rivals are judged by these. */
  readonly all: Tallies;
  readonly timing: CorrelationTiming;
}

function judged({ ancestry, all, timing }: Judge, winner: Winner, tallies: Tallies): Explanation {
  const shared = sharedAbove(ancestry, tallies, winner.evidence);
  const rivals = shared
    .map((place) => ({ place, tally: tallies.at(place)! }))
    .filter(({ place, tally }) => place !== winner.place && tally !== undefined && tally.pieces > 0)
    .map(({ place, tally }) => ({ place, gain: tally.score - tally.singles, pieces: tally.pieces }))
    .sort((a, b) => b.gain - a.gain || (ancestry.idOf(a.place) < ancestry.idOf(b.place) ? -1 : 1));
  const tally = tallies.at(winner.place);
  const fresh = winner.evidence.filter((piece) => piece.heldBy === undefined);
  const oldest = fresh.reduce((least, piece) => Math.min(least, piece.firstAt), Number.POSITIVE_INFINITY);
  const newest = shared.reduce(
    (most, place) => {
      const seen = all.at(place);
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
    winner.gain - (rival?.gain ?? 0) > earlyMargin &&
    !shared.some((place) => {
      const seen = all.at(place);
      return seen !== undefined && isLive(ancestry, seen) && seen.pieces > winner.evidence.length * 1.05 + 1;
    });
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

/** Places above at least half of the pieces. */
function sharedAbove(ancestry: Ancestry, tallies: Tallies, evidence: readonly Evidence[]): number[] {
  const counts = new Int32Array(tallies.list.length);
  for (const piece of evidence) {
    for (const above of causesAbove(ancestry, tallies.population, piece)) {
      const slot = tallies.indexOf(above);
      if (slot >= 0) counts[slot]!++;
    }
  }
  return tallies.list
    .filter((_, slot) => counts[slot]! * 2 >= evidence.length)
    .map(({ place }) => place)
    .sort((a, b) => (ancestry.idOf(a) < ancestry.idOf(b) ? -1 : 1));
}
