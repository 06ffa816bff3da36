/** Turns what was found on trees and in the transport graph into what is said of an incident. */

import type { IncidentId, ResourceId } from '../model/ids.ts';
import type { Blamed, Candidate, FaultKind } from '../model/incident.ts';
import type { Ancestry } from './ancestry.ts';
import type { Explanation, RatedCause } from './explain.ts';
import type { Verdict } from './held-incident.ts';
import { lacksSecondWord } from './second-word.ts';
import type { Population, Symptom } from './symptoms.ts';
import type { Evidence } from './tally.ts';
import { limits } from './timing.ts';
import type { KnownDown, TransportCause, TransportEvidence } from './transport.ts';
import { transportReasons } from './transport-reasons.ts';
import { turnsOnTrees } from './turning.ts';

/** Alarms of one fault are not independent: without cooling, by a square root, the winner would always be certain. */
const temperature = 2_000;
/** Something nobody thought of is always possible. */
const knownShare = 0.98;

/**
 * Softmax over gains, the winner first; adds up to less than 1. What nothing that reports tells apart from the winner
 * would show the same evidence: it is named with the winner, and theirs is one probability.
 */
function candidates(gains: readonly RatedCause[], name: (place: number) => Blamed): Candidate[] {
  const [only] = gains;
  if (only !== undefined && gains.length === 1) return [{ ...name(only.place), probability: knownShare }];
  const most = gains.reduce((best, { gain }) => Math.max(best, gain), Number.NEGATIVE_INFINITY);
  const alike = gains.slice(1).filter((cause) => cause.alike === true);
  const apart = gains.filter((cause, i) => i === 0 || cause.alike !== true);
  // So many causes are so many times as likely before cooling.
  const weights = apart.map(
    ({ gain }, i) => Math.exp((gain - most) / temperature) * (i === 0 ? Math.sqrt(alike.length + 1) : 1),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const listed = apart.map((cause, i): Candidate => {
    const probability = Math.round((knownShare * 1_000 * weights[i]!) / total) / 1_000;
    if (i > 0 || alike.length === 0) return { ...name(cause.place), probability };
    return { ...name(cause.place), probability, indistinguishable: alike.map(({ place }) => name(place)) };
  });
  // The winner was chosen on the whole tree; a rival that looks better alone lost there and cannot stand above it.
  const [first, ...others] = listed;
  if (first === undefined) return [];
  const sum = others.reduce((rest, other) => rest + other.probability, 0);
  const best = Math.max(first.probability, ...others.map((other) => other.probability));
  const scale = sum > 0 ? Math.max(0, Math.min(1, (knownShare - best) / sum)) : 1;
  const lowered = others.map((other) => ({
    ...other,
    probability: Math.min(best, Math.round(other.probability * scale * 1_000) / 1_000),
  }));
  return [
    { ...first, probability: best },
    ...lowered
      .filter((other) => other.probability >= 0.001)
      .sort((a, b) => b.probability - a.probability || (a.root < b.root ? -1 : 1)),
  ];
}

/** `heldParts` answers what was touched of a cable that was decided before and stands at its root as one piece. */
export function treeVerdict(
  ancestry: Ancestry,
  population: Population,
  found: Explanation,
  heldParts: HeldParts = () => undefined,
): Verdict {
  const { tally } = found;
  const symptoms = found.evidence.map((piece) => piece.symptom);
  const isSingle = tally === undefined;
  const root = isSingle ? powerSource(ancestry, found.root, symptoms) : found.root;
  const kindAt = (place: number): FaultKind => kindOf(ancestry, population, { place, isSingle, symptoms });
  const name = (place: number): Blamed => ({ root: ancestry.idOf(place), kind: kindAt(place) });
  const gain = found.candidates[0]?.gain ?? 0;
  const same = found.candidates.slice(1).flatMap((one) => (one.alike === true ? { ...one, gain } : []));
  const rivals = found.candidates.slice(1).filter((one) => one.alike !== true);
  const gains = [{ place: root, gain }, ...same, ...rivals];
  const leaves = ancestry.terminalsOf(root);
  const seen = seenBelow(ancestry, found, leaves);
  return {
    scope: population,
    kind: kindAt(root),
    root: ancestry.idOf(root),
    candidates: candidates(
      gains.filter(({ place }, i) => i === 0 || place !== root),
      name,
    ),
    actionable: isActionable(ancestry, population, found, symptoms),
    dark: [],
    parts:
      kindAt(root) === 'area-power'
        ? fedParts(ancestry, root)
        : touchedParts(ancestry, { found, root }, heldParts),
    explanation: {
      rule: isSingle ? 'alone' : 'tree',
      population,
      resources: found.evidence.length,
      symptoms: countOf(symptoms),
      leaves,
      ...seen,
      early: found.early,
      evidence: firstOf(found.evidence, 10).map((piece) => `${piece.id} ${piece.symptom}`),
      ...(same.length > 0
        ? {
            indistinguishable: [root, ...same.map(({ place }) => place)].map((place) => ancestry.idOf(place)),
          }
        : {}),
      rivals: rivals.map(({ place, gain }) => ({
        root: ancestry.idOf(place),
        nats: Math.round((gain - (found.candidates[0]?.gain ?? 0)) / 100) / 10,
      })),
      change: isSingle ? [] : turnsOnTrees(ancestry, population, found, seen.silent),
    },
  };
}

/** What was dark when its head came back and stays so is as likely switched off as broken: nobody saw it go. */
export const stillDark = ({ candidates: [first], ...verdict }: Verdict): Verdict => ({
  ...verdict,
  candidates: first === undefined ? [] : [{ ...first, probability: stillDarkProbability }],
});

const stillDarkProbability = 0.5;

/** Of the terminals below the root: a device that says itself that it failed speaks for none of them. */
function seenBelow(
  ancestry: Ancestry,
  { evidence, tally }: Pick<Explanation, 'evidence' | 'tally'>,
  leaves: number,
): Readonly<Record<'spoken' | 'alive' | 'unknown' | 'silent', number>> {
  const said = evidence.reduce(
    (sum, { place, standsFor }) => sum + (standsFor ?? (ancestry.isLeaf(place) ? 1 : 0)),
    0,
  );
  const spoken = Math.min(said, leaves);
  const alive = Math.min(tally?.alive ?? 0, leaves - spoken);
  const unknown = Math.min(tally?.unknown ?? 0, leaves - spoken - alive);
  return { spoken, alive, unknown, silent: leaves - spoken - alive - unknown };
}

/** `pieces` are those of its alarms and perhaps others, by alarm. */
export function transportVerdict(
  ancestry: Ancestry,
  cause: TransportCause,
  { pieces, known }: { readonly pieces: ReadonlyMap<string, TransportEvidence>; readonly known: KnownDown },
): Verdict {
  const said = cause.alarms.flatMap((alarm) => pieces.get(alarm) ?? []);
  const name = (place: number): Blamed => ({
    root: ancestry.idOf(place),
    kind: place === cause.root ? cause.kind : transportKind(ancestry, place),
  });
  const devices = cause.dark.filter((place) => ancestry.topology.linkOf(place) === undefined);
  const dark = devices.map((place) => ancestry.idOf(place));
  const alike = cause.rivals.filter((one) => one.alike === true).map(({ place }) => place);
  return {
    scope: cause.kind === 'collector' ? 'collector' : 'transport',
    kind: cause.kind,
    root: ancestry.idOf(cause.root),
    candidates: candidates([{ place: cause.root, gain: 0 }, ...cause.rivals], name),
    actionable: true,
    dark,
    unproven: lacksSecondWord(ancestry, cause, { said, known }) ? true : undefined,
    explanation: {
      rule: cause.kind === 'collector' ? 'collector' : 'reachability',
      ...(alike.length > 0
        ? { indistinguishable: [cause.root, ...alike].map((place) => ancestry.idOf(place)) }
        : {}),
      alarms: cause.alarms.length,
      ...transportReasons(ancestry, cause, said),
      outOfReach: dark.length,
      redundancyLost: cause.kind === 'link' && dark.length === 0,
    },
  };
}

/** An alarm nothing above can explain: an incident of its own, kept from people where it tells of no outage. */
export function aloneVerdict(
  ancestry: Ancestry,
  place: number,
  said: { readonly cause: string; readonly isService: boolean; readonly isGrave: boolean },
): Verdict {
  const { cause, isService, isGrave } = said;
  // What a probe found is work for somebody, but who suffers from it is not known: nobody is told.
  const probed = ancestry.rules.probedKind(cause);
  const kind = isService ? 'service' : cause === 'FLAPPING' ? 'flapping' : (probed ?? 'unexplained');
  const root = ancestry.idOf(place);
  return {
    scope: isService ? 'service' : 'alone',
    kind,
    root,
    candidates: [{ root, kind, probability: 0.9 }],
    actionable:
      isService ||
      probed !== undefined ||
      (cause === 'FLAPPING' && ancestry.topology.linkOf(place) !== undefined) ||
      cause === 'BGP_DOWN' ||
      // A cause nobody taught us is somebody's work when its device calls it grave; a terminal's word alone is not.
      (isGrave && !ancestry.isLeaf(place) && !ancestry.rules.isUpkeep(cause)),
    dark: [],
    explanation: { rule: 'alone', cause },
  };
}

function transportKind(ancestry: Ancestry, place: number): FaultKind {
  const kind = ancestry.kindOf(place);
  if (kind === 'segment') return 'duct';
  return kind === 'link' || kind === 'collector' ? kind : 'node-down';
}

interface Placed {
  readonly place: number;
  readonly isSingle: boolean;
  readonly symptoms: readonly Symptom[];
}

function kindOf(
  ancestry: Ancestry,
  population: Population,
  { place, isSingle, symptoms }: Placed,
): FaultKind {
  const kind = ancestry.kindOf(place);
  if (ancestry.isStranger(place)) {
    if (symptoms.includes('silent')) return 'node-down';
    return symptoms.includes('link') ? 'link' : 'unexplained';
  }
  if (isSingle && symptoms.includes('power') && !['mains', 'building'].includes(kind)) return 'site-power';
  if (kind === 'segment' && population === 'down') return ancestry.isRiser(place) ? 'riser' : 'duct';
  return ancestry.isLeaf(place) && population === 'down'
    ? 'drop'
    : ancestry.rules.faultKind(kind, population);
}

/** Lost mains are told by the device on battery; the cause is the feed of its site. */
function powerSource(ancestry: Ancestry, place: number, symptoms: readonly Symptom[]): number {
  if (!symptoms.includes('power') || symptoms.some((symptom) => symptom !== 'power')) return place;
  if (ancestry.kindOf(place) === 'site') return place;
  const chain = [...ancestry.powerAbove(place)];
  const site = chain.find((above) => ancestry.kindOf(above) === 'site');
  return site ?? chain.find((above) => ancestry.kindOf(above) !== 'battery') ?? chain[0] ?? place;
}

function isActionable(
  ancestry: Ancestry,
  population: Population,
  found: Explanation,
  symptoms: readonly Symptom[],
): boolean {
  if (found.tally !== undefined || !ancestry.isLeaf(found.root)) return true;
  // One terminal switched off, degraded or without an address is a customer's matter until more of them say so.
  return population === 'down' && symptoms.some((symptom) => symptom !== 'gasp');
}

/**
 * Of what hangs on failing mains: sites have batteries, and their devices say themselves when those are empty. Undefined:
 * everything.
 */
function fedParts(ancestry: Ancestry, root: number): Verdict['parts'] {
  const { topology } = ancestry;
  const fed: ResourceId[] = [];
  let isSpared = false;
  const open = [root];
  for (let at = open.pop(); at !== undefined && fed.length <= limits.partsNamed; at = open.pop()) {
    for (const child of topology.childrenOf('power', at)) {
      const kind = ancestry.kindOf(child);
      if (kind === 'mains') open.push(child);
      else if (kind === 'site' || kind === 'battery' || topology.isTransport(child)) isSpared = true;
      else fed.push(ancestry.idOf(child));
    }
  }
  return isSpared && fed.length <= limits.partsNamed ? fed : undefined;
}

/**
 * A partly cut cable took only these fibres with it. One terminal that speaks on another fibre does not show that fibre to
 * be cut, too: it may be filed there wrongly, or have switched off in that moment. It is told of alone.
 */
function touchedParts(
  ancestry: Ancestry,
  { found, root }: { readonly found: Explanation; readonly root: number },
  heldParts: HeldParts,
): Verdict['parts'] {
  const children = ancestry.topology.childrenOf('cable', root);
  if (children.length < 2 || found.tally === undefined) return undefined;
  const cable = ancestry.topology.treeOf('cable')!.parents;
  const lone = new Map<number, number>();
  const seen = new Set<number>();
  const before: ResourceId[] = [];
  for (const { place, standsFor, heldBy } of found.evidence) {
    if (place === root && standsFor !== undefined && heldBy !== undefined) {
      const parts = heldParts(heldBy as IncidentId);
      if (parts === undefined) return undefined;
      before.push(...parts);
      continue;
    }
    const fibre = ancestry.signalAbove(place).find((above) => cable[above] === root);
    if (fibre === undefined || seen.has(fibre)) continue;
    const isWord = standsFor === undefined && ancestry.isLeaf(place) && ancestry.leavesOf(fibre) > fewLeaves;
    if (isWord && !lone.has(fibre)) lone.set(fibre, place);
    else {
      seen.add(fibre);
      lone.delete(fibre);
    }
  }
  // All of it is the better explanation: who said nothing lost service all the same.
  const isWhole = (found.candidates[0]?.gain ?? 0) + found.tally.singles <= found.tally.score;
  if (before.length === 0 && (isWhole || seen.size === 0)) return undefined;
  if (seen.size === children.length) return undefined;
  const touched = [...[...children].filter((child) => seen.has(child)), ...lone.values()];
  return [...new Set([...before, ...touched.map((place) => ancestry.idOf(place))])];
}

type HeldParts = (incident: IncidentId) => Verdict['parts'];

/** Of so few terminals the word of one is that of all. */
const fewLeaves = 3;

/** The first by id, however they came. */
function firstOf(evidence: readonly Evidence[], most: number): Evidence[] {
  const first: Evidence[] = [];
  for (const piece of evidence) {
    const last = first.at(-1);
    if (first.length === most && last !== undefined && last.id <= piece.id) continue;
    if (first.length === most) first.pop();
    first.splice(first.findLastIndex((other) => other.id <= piece.id) + 1, 0, piece);
  }
  return first;
}

/** In order of name. */
function countOf(symptoms: readonly Symptom[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const symptom of symptoms) counts.set(symptom, (counts.get(symptom) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
