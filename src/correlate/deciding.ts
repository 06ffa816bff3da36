/** One look at undecided alarms: which causes are ripe, with what evidence, and when to look again. */
import { earliest, type Instant } from '../base/instant.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { explain } from './explain.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Verdict } from './incidents.ts';
import { type Pending, raisedByResource } from './joining.ts';
import { type Population, populationOf, probedKinds, symptomRank } from './symptoms.ts';
import type { Evidence, Sighting } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';
import { explainTransport, type TransportEvidence } from './transport.ts';
import { aloneVerdict, transportVerdict, treeVerdict } from './verdict.ts';

/** A cause that is to be stated now. */
export interface Decision {
  readonly verdict: Verdict;
  readonly alarms: readonly AlarmId[];
  /** Incidents that prove to be part of it. */
  readonly absorbs: readonly HeldIncident[];
}

export interface Look {
  readonly decisions: readonly Decision[];
  readonly nextAt: Instant | undefined;
}

export interface Scene {
  readonly ancestry: Ancestry;
  readonly timing: CorrelationTiming;
  readonly at: Instant;
  /** In order of resource id, then alarm id. */
  readonly pending: readonly Pending[];
  readonly active: readonly HeldIncident[];
  readonly sightings: readonly Sighting[];
}

/** A large incident enters later looks as one piece at its root. */
const pieceLimit = 64;

/** A link, or a device whose reach is computed or which is polled as such. */
function isTransportEvidence(ancestry: Ancestry, pending: Pending): boolean {
  const place = ancestry.placeOf(pending.resource);
  if (place < 0 || ancestry.isStranger(place)) return false;
  const { topology } = ancestry;
  if (pending.symptom === 'link') return topology.linkOf(place) !== undefined;
  if (pending.symptom !== 'silent') return false;
  if (ancestry.kindOf(place) === 'collector' || topology.isTransport(place)) return true;
  return topology.parentOf('collector', place) >= 0 && !ancestry.isLeaf(place);
}

export function look(scene: Scene): Look {
  const transport: Pending[] = [];
  const alone: Pending[] = [];
  const trees: Record<Population, Pending[]> = { down: [], degraded: [], session: [] };
  for (const pending of scene.pending) {
    const population = populationOf(pending.symptom);
    if (isTransportEvidence(scene.ancestry, pending)) transport.push(pending);
    else if (population === undefined) alone.push(pending);
    else trees[population].push(pending);
  }
  const looks = [
    lookAtTransport(scene, transport),
    ...(['down', 'degraded', 'session'] as const).map((population) =>
      lookAtTrees(scene, population, trees[population]),
    ),
    lookAlone(scene, alone),
  ];
  return {
    decisions: looks.flatMap((part) => part.decisions),
    nextAt: looks.map((part) => part.nextAt).reduce(earliest, undefined),
  };
}

function lookAlone({ ancestry }: Scene, alone: readonly Pending[]): Look {
  // Several probes of one service that fail at once tell of one fault: the worst of their causes names it.
  const probed = new Map<ResourceId, Pending[]>();
  const decisions: Decision[] = [];
  for (const pending of alone) {
    const same = probed.get(pending.resource);
    if (pending.symptom === 'probe' && same !== undefined) same.push(pending);
    else if (pending.symptom === 'probe') probed.set(pending.resource, [pending]);
    else decisions.push(decide(ancestry, [pending], pending.cause));
  }
  for (const same of probed.values()) decisions.push(decide(ancestry, same, worstProbed(same)));
  return { decisions, nextAt: undefined };
}

function decide(ancestry: Ancestry, [first, ...others]: readonly Pending[], cause: string): Decision {
  const verdict = aloneVerdict(ancestry, ancestry.placeOf(first!.resource), cause);
  return { verdict, alarms: [first!, ...others].map(({ alarm }) => alarm), absorbs: [] };
}

const probedRank = Object.keys(probedKinds);

const worstProbed = (same: readonly Pending[]): string =>
  same.reduce(
    (worst, { cause }) => (probedRank.indexOf(cause) < probedRank.indexOf(worst) ? cause : worst),
    same[0]!.cause,
  );

function lookAtTransport(scene: Scene, pending: readonly Pending[]): Look {
  const { ancestry, timing, at } = scene;
  if (pending.length === 0) return { decisions: [], nextAt: undefined };
  const { oldest, newest } = spanOf(pending);
  const readyAt = Math.min(newest + timing.transportQuietMs, oldest + timing.quietMs) as Instant;
  if (readyAt > at) return { decisions: [], nextAt: readyAt };
  const recent = scene.active.filter(
    (held) => held.scope === 'transport' && at - held.startedAt <= timing.misfitJoinMs,
  );
  const owner = new Map<AlarmId, HeldIncident>();
  const evidence: TransportEvidence[] = pending.map((piece) => asTransport(ancestry, piece));
  for (const held of recent) {
    for (const member of held.members.values()) {
      if (!member.raised || (member.symptom !== 'link' && member.symptom !== 'silent')) continue;
      const again = { ...member, by: member.by, cause: '', flapping: false, records: [], parent: undefined };
      if (!isTransportEvidence(ancestry, again)) continue;
      owner.set(member.alarm, held);
      evidence.push(asTransport(ancestry, again));
    }
  }
  evidence.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.alarm < b.alarm ? -1 : 1));
  const causes = explainTransport(ancestry, evidence, { places: knownDown(scene, recent) });
  const fresh = new Set<string>(pending.map((piece) => piece.alarm));
  const decisions = causes
    .filter((cause) => cause.alarms.some((alarm) => fresh.has(alarm)))
    .map((cause): Decision => {
      const verdict = transportVerdict(ancestry, cause);
      const alarms = cause.alarms.filter((alarm) => fresh.has(alarm)) as AlarmId[];
      const owners = cause.alarms
        .map((alarm) => owner.get(alarm as AlarmId))
        .filter((held) => held !== undefined);
      return { verdict, alarms, absorbs: [...new Set([...owners, ...shadowed(scene, verdict)])] };
    });
  return { decisions, nextAt: undefined };
}

function asTransport(ancestry: Ancestry, pending: Pending): TransportEvidence {
  const { alarm, resource, by, polled } = pending;
  const symptom = pending.symptom === 'link' ? 'link' : 'silent';
  return { alarm, place: ancestry.placeOf(resource), id: resource, symptom, by, polled };
}

/** What is down by incidents that are settled: their links and devices are no longer in question. */
function knownDown({ ancestry, active }: Scene, recent: readonly HeldIncident[]): Set<number> {
  const places = new Set<number>();
  for (const held of active) {
    if (held.scope !== 'transport' || recent.includes(held) || held.raised === 0) continue;
    places.add(ancestry.placeOf(held.root));
    for (const member of held.members.values()) {
      if (member.raised && member.symptom === 'link') places.add(ancestry.placeOf(member.resource));
    }
  }
  return places;
}

/** Young incidents that were only the shadow of this cause. */
function shadowed({ ancestry, active, timing, at }: Scene, verdict: Verdict): HeldIncident[] {
  if (verdict.scope === 'collector') {
    const collector = ancestry.placeOf(verdict.root);
    return active.filter(
      (held) =>
        held.scope === 'transport' &&
        at - held.startedAt <= timing.collectorLookBackMs &&
        [...held.members.values()].every((member) => member.polled && member.symptom === 'silent') &&
        ancestry.collectorOf(ancestry.placeOf(held.root)) === collector,
    );
  }
  const dark = new Set<string>(verdict.dark);
  if (dark.size === 0) return [];
  return active.filter((held) => {
    if (at - held.startedAt > timing.revisitMs || held.scope === 'alone' || held.scope === 'service')
      return false;
    if (held.kind === 'link' || held.kind === 'duct' || held.scope === 'collector') return false;
    return [...ancestry.signalAbove(ancestry.placeOf(held.root))].some((place) =>
      dark.has(ancestry.idOf(place)),
    );
  });
}

function lookAtTrees(scene: Scene, population: Population, pending: readonly Pending[]): Look {
  const { ancestry, timing, at } = scene;
  if (pending.length === 0) return { decisions: [], nextAt: undefined };
  const byResource = new Map<ResourceId, Pending[]>();
  for (const piece of pending) {
    const same = byResource.get(piece.resource);
    if (same === undefined) byResource.set(piece.resource, [piece]);
    else same.push(piece);
  }
  const held = new Map<string, { readonly held: HeldIncident; readonly pieces: number }>();
  const evidence = [...byResource].map(([id, same]) => freshPiece(ancestry, id, same));
  const inSight = new Set(evidence.flatMap((piece) => [...ancestry.above(piece.place)]));
  for (const open of scene.active) {
    if (open.scope !== population || at - open.lastEvidenceAt > timing.revisitMs || open.raised === 0)
      continue;
    // What shares nothing above with anything fresh cannot have the same cause.
    if (!ancestry.above(ancestry.placeOf(open.root)).some((place) => inSight.has(place))) continue;
    const pieces = heldPieces(ancestry, open);
    held.set(open.id, { held: open, pieces: pieces.length });
    evidence.push(...pieces.filter((piece) => !byResource.has(piece.id as ResourceId)));
  }
  evidence.sort((a, b) =>
    a.id < b.id ? -1 : a.id > b.id ? 1 : (a.heldBy ?? '') < (b.heldBy ?? '') ? -1 : 1,
  );
  const decisions: Decision[] = [];
  let nextAt: Instant | undefined;
  for (const found of explain(ancestry, population, evidence, scene.sightings, timing)) {
    const fresh = found.evidence.filter((piece) => piece.heldBy === undefined);
    if (found.readyAt > at) {
      nextAt = earliest(nextAt, found.readyAt);
      continue;
    }
    const alarms = fresh.flatMap((piece) => byResource.get(piece.id as ResourceId)!.map((one) => one.alarm));
    const shares = new Map<string, number>();
    for (const { heldBy } of found.evidence)
      if (heldBy !== undefined) shares.set(heldBy, (shares.get(heldBy) ?? 0) + 1);
    const absorbs = [...shares]
      .filter(([id, share]) => share * 2 >= held.get(id)!.pieces)
      .map(([id]) => held.get(id)!.held);
    decisions.push({ verdict: treeVerdict(ancestry, population, found), alarms, absorbs });
  }
  return { decisions, nextAt };
}

function freshPiece(ancestry: Ancestry, id: ResourceId, same: readonly Pending[]): Evidence {
  const first = same.reduce((best, piece) =>
    symptomRank[piece.symptom] < symptomRank[best.symptom] ? piece : best,
  );
  return {
    place: ancestry.placeOf(id),
    id,
    symptom: first.symptom,
    weight: same.every((piece) => piece.flapping) ? 0.5 : 1,
    firstAt: spanOf(same).oldest,
    lastAt: spanOf(same).newest,
  };
}

function spanOf(pending: readonly Pending[]): { readonly oldest: Instant; readonly newest: Instant } {
  let oldest = pending[0]!.at;
  let newest = oldest;
  for (const { at } of pending) {
    if (at < oldest) oldest = at;
    if (at > newest) newest = at;
  }
  return { oldest, newest };
}

function heldPieces(ancestry: Ancestry, held: HeldIncident): Evidence[] {
  const said = [...raisedByResource(held)];
  const common = { weight: 1, firstAt: held.startedAt, lastAt: held.startedAt, heldBy: held.id };
  if (said.length > pieceLimit) {
    const symptom = said[0]![1][0]!.symptom;
    return [
      { ...common, place: ancestry.placeOf(held.root), id: held.root, symptom, standsFor: said.length },
    ];
  }
  return said.map(([id, members]) => {
    const first = members.reduce((best, one) =>
      symptomRank[one.symptom] < symptomRank[best.symptom] ? one : best,
    );
    return { ...common, place: ancestry.placeOf(id), id, symptom: first.symptom };
  });
}
