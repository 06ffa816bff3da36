/** Evidence counters: what every resource above the evidence sees of it, and how well a fault there would explain it. */
import type { Instant } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import {
  aliveLeaf,
  alonePrior,
  likelihood,
  missingOwnAlarm,
  type Population,
  prior,
  type Symptom,
  silentDegradedLeaf,
  silentLeaf,
  sparedChild,
} from './symptoms.ts';

/** All that one resource says, as one piece; or an incident decided lately, as it stands at its root. */
export interface Evidence {
  readonly node: number;
  readonly id: string;
  readonly symptom: Symptom;
  /** 0.5 while its alarm flaps. */
  readonly weight: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Decided already, by this incident. */
  readonly heldBy?: string | undefined;
  /** A large decided incident in one piece at its root: how many leaves it stands for. */
  readonly standsFor?: number | undefined;
}

/** What was seen of resources apart from alarms. */
export interface Sighting {
  readonly node: number;
  readonly state: 'alive' | 'unknown';
  readonly below: boolean;
  readonly at: Instant;
}

export interface Tally {
  readonly node: number;
  /** Pieces of evidence at or below. */
  pieces: number;
  /** Leaves that spoke, those spoken for by a dark port included. */
  spoken: number;
  /** Sum of log-likelihoods of what was said. */
  sum: number;
  /** Log-likelihood of the same pieces when each is a fault of its own. */
  singles: number;
  own: Evidence | undefined;
  oldest: Instant;
  newest: Instant;
  alive: number;
  unknown: number;
  score: number;
}

export interface Tallies {
  readonly population: Population;
  readonly byNode: ReadonlyMap<number, Tally>;
}

/** Counts all evidence at every node above it, then scores every node. */
export function tallyUp(
  ancestry: Ancestry,
  population: Population,
  evidence: readonly Evidence[],
  sightings: Iterable<Sighting>,
): Tallies {
  const byNode = new Map<number, Tally>();
  for (const piece of evidence) count(ancestry, byNode, piece);
  for (const piece of evidence) speakForBelow(ancestry, byNode, piece);
  for (const sighting of sightings) see(ancestry, byNode, sighting);
  for (const tally of byNode.values()) tally.score = scoreOf(ancestry, population, tally);
  return { population, byNode };
}

/** Log-likelihood of the piece as a fault of its own. */
export function aloneScore(ancestry: Ancestry, piece: Evidence): number {
  const kind = ancestry.kindOf(piece.node);
  if (piece.standsFor === undefined) return alonePrior(kind, piece.symptom, ancestry.isLeaf(piece.node));
  const leaves = ancestry.leavesOf(piece.node) + ancestry.powerLeavesOf(piece.node);
  const silent = Math.max(0, leaves - piece.standsFor);
  return prior(kind) + piece.standsFor * likelihood('signal', piece.symptom) + silent * silentLeaf;
}

function count(ancestry: Ancestry, byNode: Map<number, Tally>, piece: Evidence): void {
  const single = aloneScore(ancestry, piece);
  const isLeaf = ancestry.isLeaf(piece.node);
  const said = piece.weight * (piece.standsFor ?? 1);
  const signal = said * likelihood('signal', piece.symptom);
  const power = said * likelihood('power', piece.symptom);
  const spoken = piece.standsFor ?? (isLeaf ? 1 : 0);
  const above = ancestry.above(piece.node);
  const direct = ancestry.signalAbove(piece.node).length;
  for (let i = 0; i < above.length; i++) {
    add(byNode, above[i]!, { piece, said: i < direct ? signal : power, single, spoken });
  }
}

interface Counted {
  readonly piece: Evidence;
  readonly said: number;
  readonly single: number;
  readonly spoken: number;
}

function add(byNode: Map<number, Tally>, node: number, { piece, said, single, spoken }: Counted): void {
  let tally = byNode.get(node);
  if (tally === undefined) {
    tally = {
      node,
      pieces: 0,
      spoken: 0,
      sum: 0,
      singles: 0,
      own: undefined,
      oldest: piece.firstAt,
      newest: piece.lastAt,
      alive: 0,
      unknown: 0,
      score: 0,
    };
    byNode.set(node, tally);
  }
  tally.pieces++;
  tally.spoken += spoken;
  tally.sum += said;
  tally.singles += single;
  if (piece.node === node && piece.standsFor === undefined) tally.own = piece;
  if (piece.firstAt < tally.oldest) tally.oldest = piece.firstAt;
  if (piece.lastAt > tally.newest) tally.newest = piece.lastAt;
}

/** A dark port speaks for the leaves below it that said nothing. */
function speakForBelow(ancestry: Ancestry, byNode: Map<number, Tally>, piece: Evidence): void {
  if (piece.standsFor !== undefined || ancestry.isLeaf(piece.node) || piece.symptom === 'power') return;
  const quiet = ancestry.leavesOf(piece.node) - (byNode.get(piece.node)?.spoken ?? 0);
  if (quiet <= 0 || ancestry.isStranger(piece.node)) return;
  for (const node of ancestry.signalAbove(piece.node)) byNode.get(node)!.spoken += quiet;
}

function see(ancestry: Ancestry, byNode: Map<number, Tally>, sighting: Sighting): void {
  const seen = sighting.below ? ancestry.leavesOf(sighting.node) : 1;
  for (const node of ancestry.above(sighting.node)) {
    const tally = byNode.get(node);
    if (tally === undefined || node === sighting.node) continue;
    if (sighting.state === 'unknown') tally.unknown += seen;
    // Life before the onset says nothing about the fault.
    else if (sighting.at > tally.oldest) tally.alive += seen;
  }
}

const speaksForItself: ReadonlySet<string> = new Set(['pon-port', 'card', 'olt', 'cmts', 'dslam']);
/** A resource that says itself that it failed needs little word of the leaves. */
const silenceUnderOwnAlarm = -3;

function scoreOf(ancestry: Ancestry, population: Population, tally: Tally): number {
  const kind = ancestry.kindOf(tally.node);
  const leaves = ancestry.leavesOf(tally.node) + ancestry.powerLeavesOf(tally.node);
  const alive = Math.min(tally.alive, leaves);
  const silent = Math.max(0, leaves - tally.spoken - tally.unknown - alive);
  const perLeaf = population === 'degraded' ? silentDegradedLeaf : silentLeaf;
  const silence = silent * perLeaf;
  const own = tally.own !== undefined && !ancestry.isLeaf(tally.node);
  return (
    prior(kind) +
    tally.sum +
    (own ? Math.max(silence, silenceUnderOwnAlarm) : silence) +
    alive * aliveLeaf +
    (!own && population === 'down' && speaksForItself.has(kind) ? missingOwnAlarm : 0)
  );
}

/** A cut cable may spare some of its fibres: silence counts only in the children where somebody spoke. */
export function partialCut(ancestry: Ancestry, tallies: Tallies, tally: Tally): number {
  const children = ancestry.topology.childrenOf('cable', tally.node);
  let score = prior(ancestry.kindOf(tally.node)) + tally.sum;
  let touched = 0;
  let spared = 0;
  for (const child of children) {
    const below = tallies.byNode.get(child);
    if (below === undefined) {
      spared++;
      continue;
    }
    touched++;
    const silent = ancestry.leavesOf(child) - below.spoken - below.unknown - below.alive;
    score += Math.max(0, silent) * silentLeaf + below.alive * aliveLeaf;
  }
  return touched < 2 ? Number.NEGATIVE_INFINITY : score + Math.max(spared, 0) * sparedChild;
}
