/** Finds the deepest common causes of undecided evidence on the trees, and whether it is time to say so. */
import type { Instant } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import { Below } from './below.ts';
import { leavesTaken, mayBeCable, partialCut, wetRun } from './partial-cut.ts';
import { earlyLeaves, earlyMargin, isFarAhead, isUnlit } from './ripeness.ts';
import { isLive, rivalsOf, sharedAbove } from './rivals.ts';
import { finished, type Steps, stepSize } from './steps.ts';
import type { Population } from './symptoms.ts';
import { aloneScore, type Evidence, type Sighting, type Tallies, type Tally, tallyingUp } from './tally.ts';
import { type CorrelationTiming, limits } from './timing.ts';

export interface Explanation {
  readonly root: number;
  readonly evidence: readonly Evidence[];
  /** The root first, then what else could explain most of it; `gain` over separate faults in thousandths of a nat. */
  readonly candidates: readonly RatedCause[];
  /** Counters at the root, undefined where the evidence stands for itself. */
  readonly tally: Tally | undefined;
  /** When it may be decided if nothing more comes. */
  readonly readyAt: Instant;
  /** So clear that waiting adds nothing. */
  readonly early: boolean;
}

export interface RatedCause {
  readonly place: number;
  readonly gain: number;
  /** It would darken exactly what the root would, and nothing that reports tells the two apart. */
  readonly alike?: boolean | undefined;
}

interface Winner {
  readonly place: number;
  readonly gain: number;
  readonly evidence: Evidence[];
}

const passLimit = 6;
const earlyShare = 0.6;

/**
 * Evidence must be in an order of its own, whatever came first. Explanations come in the order of their root's id; each
 * fresh piece is in exactly one, and what was decided before is mentioned only where something fresh goes with it.
 */
export function* explaining(
  ancestry: Ancestry,
  population: Population,
  evidence: readonly Evidence[],
  sightings: () => readonly Sighting[],
  timing: CorrelationTiming,
): Steps<Explanation[]> {
  const [only] = evidence;
  if (only === undefined) return [];
  if (evidence.length === 1) return only.heldBy === undefined ? [byItself(only, timing)] : [];
  const seen = sightings();
  const found: Explanation[] = [];
  const all = yield* tallyingUp(ancestry, population, evidence, seen);
  const judge = { ancestry, all, timing };
  let left = evidence;
  for (let pass = 0; pass < passLimit && left.length > 1; pass++) {
    const tallies = pass === 0 ? all : yield* tallyingUp(ancestry, population, left, seen);
    const { accepted, claimed } = yield* choosingWinners(ancestry, tallies, left, pass === passLimit - 1);
    for (const winner of accepted)
      if (isNews(winner.evidence)) found.push(yield* judging(judge, winner, tallies));
    if (pass > 0) tallies.release();
    if (accepted.length === 0) break;
    left = left.filter((_, i) => claimed[i] === 0);
  }
  for (const piece of left) {
    const alone = { place: piece.place, gain: 0, evidence: [piece] };
    if (isNews(alone.evidence)) found.push(yield* judging(judge, alone, all));
    if (found.length % stepSize === 0) yield;
  }
  all.release();
  const id = (explanation: Explanation): string => ancestry.idOf(explanation.root);
  return found.sort((a, b) => (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0));
}

/** The same, all at once. */
export const explain = (...of: Parameters<typeof explaining>): Explanation[] => finished(explaining(...of));

/** Nothing else was said that could have the same cause. */
function byItself(piece: Evidence, { quietMs, maxWaitMs }: CorrelationTiming): Explanation {
  const { place, firstAt } = piece;
  const readyAt = Math.min(firstAt + quietMs, firstAt + maxWaitMs) as Instant;
  const candidates = [{ place, gain: 0 }];
  return { root: place, evidence: [piece], candidates, tally: undefined, readyAt, early: false };
}

const isNews = (evidence: readonly Evidence[]): boolean =>
  evidence.some((piece) => piece.heldBy === undefined);

interface Chosen {
  readonly accepted: readonly Winner[];
  /** 1 for each piece that one of them explains. */
  readonly claimed: Uint8Array;
}

/**
 * The best causes of each tree, the strongest first; a cause sharing evidence with a stronger one waits for the next pass,
 * and what shares evidence with it waits as well, or a mains feed would fall to the cables of its houses. The last pass
 * takes whatever is left.
 */
function* choosingWinners(
  ancestry: Ancestry,
  tallies: Tallies,
  evidence: readonly Evidence[],
  isLast: boolean,
): Steps<Chosen> {
  const claimed = new Uint8Array(evidence.length);
  const gains = yield* findingGains(ancestry, tallies, evidence);
  if (gains.size === 0) return { accepted: [], claimed };
  const pieces = new Map<number, number[]>();
  for (const slot of gains.keys()) pieces.set(slot, []);
  const wins = new Uint8Array(tallies.list.length + 1);
  for (const slot of gains.keys()) wins[slot] = 1;
  for (let i = 0; i < evidence.length; i++) {
    for (const place of evidence[i]!.above) {
      const slot = tallies.indexOf(place);
      if (slot >= 0 && wins[slot] === 1) pieces.get(slot)!.push(i);
    }
    if (i % stepSize === stepSize - 1) yield;
  }
  const placeOf = (slot: number): number => tallies.list[slot]!.place;
  const strongest = [...gains].sort(
    ([a, m], [b, n]) => n - m || (ancestry.idOf(placeOf(a)) < ancestry.idOf(placeOf(b)) ? -1 : 1),
  );
  const accepted: Winner[] = [];
  const kept = new Uint8Array(isLast ? 0 : evidence.length);
  for (const [slot, gain] of strongest) {
    const own = pieces.get(slot)!;
    if (own.some((i) => claimed[i] === 1 || kept[i] === 1)) {
      for (const i of own) kept[i] = 1;
      continue;
    }
    for (const i of own) claimed[i] = 1;
    accepted.push({ place: placeOf(slot), gain, evidence: own.map((i) => evidence[i]!) });
  }
  return { accepted, claimed };
}

/** What each winner on some tree explains better than separate faults would, by its slot. */
function* findingGains(
  ancestry: Ancestry,
  tallies: Tallies,
  evidence: readonly Evidence[],
): Steps<ReadonlyMap<number, number>> {
  const gains = new Map<number, number>();
  if (!mayWin(ancestry, tallies)) return gains;
  const { topology } = ancestry;
  const alone = Float64Array.from(tallies.list, (tally) => tally.alone);
  const access = yield* bestOnTree({ ancestry, tallies, evidence, tree: 'access', base: alone });
  const fromAccess = access.best;
  tallies.list.forEach(({ place }, slot) => {
    if (topology.isAccessHead(place)) fromAccess[slot] = alone[slot]!;
  });
  const cable = yield* bestOnTree({ ancestry, tallies, evidence, tree: 'cable', base: fromAccess });
  const power = yield* bestOnTree({ ancestry, tallies, evidence, tree: 'power', base: fromAccess });
  for (const [slot, score] of [...access.winners, ...cable.winners, ...power.winners]) {
    const gain = score - tallies.list[slot]!.singles;
    if (gain > 0) gains.set(slot, gain);
  }
  return gains;
}

/** Some place explains its evidence better than separate faults would: of lone words that fell close by none does. */
function mayWin(ancestry: Ancestry, tallies: Tallies): boolean {
  const shared = tallies.list.filter(({ pieces }) => pieces > 1);
  if (shared.some(({ score, singles }) => score > singles)) return true;
  return shared.some((tally) => {
    const inPart = Math.max(partialCut(ancestry, tallies, tally), wetRun(ancestry, tallies, tally));
    // Known once those below were judged.
    tally.together = 0;
    return inPart > tally.singles;
  });
}

interface TreeSearch {
  readonly ancestry: Ancestry;
  readonly tallies: Tallies;
  readonly evidence: readonly Evidence[];
  readonly tree: 'access' | 'cable' | 'power';
  /** By slot: the best explanation of the evidence at a place that does not come from this tree. */
  readonly base: Float64Array;
}

/** best(v) = max(score(v), sum over children of best): bottom-up, then the topmost places that beat their children. */
function* bestOnTree({ ancestry, tallies, evidence, tree, base }: TreeSearch): Steps<{
  /** By slot. */
  readonly best: Float64Array;
  /** Slots with their scores. */
  readonly winners: readonly (readonly [number, number])[];
}> {
  const { list } = tallies;
  const isAccess = tree === 'access';
  const parents = parentsIn(ancestry, tree);
  const best = new Float64Array(list.length);
  const below = new Below(ancestry, tallies, tree);
  let done = 0;
  for (const piece of evidence) {
    if (ancestry.isLeaf(piece.place)) below.addLeaf(parents(piece.place), aloneScore(ancestry, piece));
    if (++done % stepSize === 0) yield;
  }
  const beats: [number, number][] = [];
  const above = slotsAbove(tallies, parents);
  for (const slot of deepestFirst(tallies, above)) {
    const tally = list[slot]!;
    const { place } = tally;
    const isInside = below.isInside(slot);
    const inside = isInside ? below.best(slot) : 0;
    const own = isAccess || !isInside ? base[slot]! : tally.own === undefined ? 0 : base[slot]!;
    let value = inside + own;
    if (tally.pieces > 1 && (isAccess || isInside)) {
      const whole =
        tree === 'cable' || mayBeWet(ancestry, tallies, place)
          ? Math.max(tally.score, partialCut(ancestry, tallies, tally), wetRun(ancestry, tallies, tally))
          : Math.max(tally.score, wetRun(ancestry, tallies, tally));
      if (whole > value) {
        value = whole;
        // That its parts began together tells it from them, not from causes on other trees, which do not count that.
        beats.push([slot, Math.max(tally.score, whole - tally.together)]);
      }
    }
    best[slot] = value;
    if (!isAccess || !ancestry.topology.isAccessHead(place)) below.add(parents(place), slot, value);
    if (++done % stepSize === 0) yield;
  }
  const winning = new Uint8Array(list.length);
  const winners = beats.reverse().filter(([slot]) => {
    for (let up = above[slot]!; up >= 0; up = above[up]!) if (winning[up] === 1) return false;
    winning[slot] = 1;
    return true;
  });
  return { best, winners };
}

const mayBeWet = (ancestry: Ancestry, { population }: Tallies, place: number): boolean =>
  population === 'degraded' && ancestry.kindOf(place) === 'cable';

/** Slots, children before their parents. */
function deepestFirst({ list }: Tallies, above: Int32Array): Int32Array {
  const waitsFor = new Int32Array(list.length);
  for (const slot of above) if (slot >= 0) waitsFor[slot]!++;
  const order = new Int32Array(list.length);
  let count = 0;
  for (let slot = 0; slot < list.length; slot++) if (waitsFor[slot] === 0) order[count++] = slot;
  for (let next = 0; next < count; next++) {
    const slot = above[order[next]!]!;
    if (slot >= 0 && --waitsFor[slot]! === 0) order[count++] = slot;
  }
  return order;
}

/** By slot: that of the nearest place above it that has one; -1 where there is none. */
function slotsAbove(tallies: Tallies, parents: (place: number) => number): Int32Array {
  return Int32Array.from(tallies.list, ({ place }) => {
    for (let at = parents(place); at >= 0; at = parents(at)) {
      const slot = tallies.indexOf(at);
      if (slot >= 0) return slot;
    }
    return -1;
  });
}

/** Strangers hang on the device their name begins with; everything else where the topology says. */
function parentsIn(ancestry: Ancestry, tree: string): (place: number) => number {
  const parents = ancestry.topology.treeOf(tree)?.parents;
  return (place) => {
    if (!ancestry.isStranger(place)) return parents?.[place] ?? -1;
    return tree === 'access' ? (ancestry.signalAbove(place)[1] ?? -1) : -1;
  };
}

interface Judge {
  readonly ancestry: Ancestry;
  /** Counters over all evidence, whoever explains it: rivals are judged by these. */
  readonly all: Tallies;
  readonly timing: CorrelationTiming;
}

function* judging({ ancestry, all, timing }: Judge, winner: Winner, tallies: Tallies): Steps<Explanation> {
  const shared = yield* sharedAbove(tallies, winner.evidence);
  const tally = tallies.at(winner.place);
  const rivals = rivalsOf({ ancestry, tallies, shared }, { place: winner.place, tally });
  const fresh = winner.evidence.filter((piece) => piece.heldBy === undefined);
  const oldest = fresh.reduce((least, piece) => Math.min(least, piece.firstAt), Number.POSITIVE_INFINITY);
  const latest = shared.reduce(
    (most, place) => {
      const seen = all.at(place);
      return seen !== undefined && isLive(ancestry, seen) ? Math.max(most, seen.latest) : most;
    },
    fresh.reduce((most, piece) => Math.max(most, piece.firstAt), 0),
  );
  const rival = rivals.find(
    ({ pieces }) => tally !== undefined && Math.abs(pieces - tally.pieces) > 0.1 * tally.pieces,
  );
  const leaves = tally === undefined ? 1 : leavesTaken(ancestry, tallies, { tally, gain: winner.gain });
  const isClear =
    tally !== undefined &&
    winner.gain - (rival?.gain ?? 0) > earlyMargin &&
    !shared.some((place) => {
      const seen = all.at(place);
      return seen !== undefined && isLive(ancestry, seen) && seen.pieces > winner.evidence.length * 1.05 + 1;
    }) &&
    !mayBeCable(ancestry, tallies, winner, shared);
  const isEarly = isClear && winner.evidence.length >= earlyLeaves && tally.spoken >= earlyShare * leaves;
  const isAhead = isFarAhead(winner, rivals);
  const waits = [
    latest + timing.quietMs,
    oldest + timing.maxWaitMs,
    ...(isEarly ? [oldest + timing.earlyAfterMs] : []),
    // Light is lost in one moment: when all of them have said so, nothing more is to come.
    ...(isClear && isAhead && isUnlit(winner) && tally.spoken >= leaves ? [latest + timing.askAfterMs] : []),
    // What creeps is never quiet: a cause that no other comes near is stated while more of it shows.
    ...(isAhead && tallies.population === 'degraded' && tally !== undefined && tally.pieces > 1
      ? [oldest + (winner.evidence.length > fresh.length ? timing.askAfterMs : timing.quietMs)]
      : []),
  ];
  const readyAt = Math.min(...waits) as Instant;
  return {
    root: winner.place,
    evidence: winner.evidence,
    candidates: [
      { place: winner.place, gain: winner.gain },
      ...rivals.filter(({ alike }) => alike).slice(0, limits.alikeNamed),
      ...rivals.filter(({ alike }) => !alike).slice(0, 4),
    ],
    tally: tally !== undefined && tally.pieces > 1 ? tally : undefined,
    readyAt,
    early: isEarly,
  };
}
