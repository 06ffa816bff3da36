/** One look at undecided alarms: which causes are ripe, with what evidence, and when to look again. */
import { after, type DurationMs, earliest, type Instant } from '../base/instant.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import { causeAtHead, type LostHeads, lostWith, retoldBy } from './aftermath.ts';
import type { Ancestry } from './ancestry.ts';
import type { Asks } from './asks.ts';
import { Complaints, failedService, lookAtLost } from './complaints.ts';
import { darkenedBefore, waitsForTerminals } from './dark-port.ts';
import type { Explanation } from './explain.ts';
import { forewarned } from './forewarned.ts';
import type { Group } from './group.ts';
import type { HeldIncident, Member, Verdict } from './held-incident.ts';
import { isUp, knownDown, lookedAtAgain } from './in-question.ts';
import type { Incidents } from './incidents.ts';
import type { Pending } from './joining.ts';
import { lookAlone } from './look-alone.ts';
import { isSure } from './measurement.ts';
import { cutBeside, straysOf, waitsFor } from './misfiled.ts';
import { failedCards, keptFromPeople } from './own-word.ts';
import type { Recent } from './recent.ts';
import { restated } from './restating.ts';
import { askAt } from './ripeness.ts';
import { doubted, shadowed } from './shadow.ts';
import { settingsAbove } from './shared-settings.ts';
import type { Standing } from './standing.ts';
import { isSilentStill, Starts, unheardAtStart } from './starting.ts';
import { type Population, populations } from './symptoms.ts';
import type { Evidence, SightingsOf } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';
import { explainTransport, type TransportEvidence } from './transport.ts';
import { mayBeDugUp, trenchOf } from './trench.ts';
import { isTransportEvidence, type Piece, spanOf, type Undecided } from './undecided.ts';
import { stillDark, transportVerdict, treeVerdict } from './verdict.ts';
import {
  asOneDig,
  diedWith,
  dugVerdict,
  fibresBeside,
  linksIn,
  widened,
  widerCauseOf,
} from './wider-cause.ts';

/** A cause that is to be stated now. */
export interface Decision {
  readonly verdict: Verdict;
  readonly alarms: readonly AlarmId[];
  /** Incidents that prove to be part of it. */
  readonly absorbs: readonly HeldIncident[];
  /** Alarms of other incidents that prove to be of this cause; the others of theirs are not. */
  readonly takes?:
    | readonly { readonly held: HeldIncident; readonly members: readonly Member[] }[]
    | undefined;
  /** Incidents that prove to be over, though nobody's word of that arrived. */
  readonly ends?: readonly HeldIncident[] | undefined;
  /** Since when a head that was dead, starting again, tells of most of its terminals. */
  readonly retoldAt?: Instant | undefined;
}

export interface Look {
  readonly decisions: readonly Decision[];
  readonly nextAt: Instant | undefined;
}

export interface Scene {
  readonly ancestry: Ancestry;
  readonly incidents: Incidents;
  readonly timing: CorrelationTiming;
  readonly at: Instant;
  readonly undecided: Undecided;
  readonly standing: Standing;
  readonly heads: LostHeads;
  readonly sightingsOf: SightingsOf;
  readonly asks: Asks;
  readonly starts: Starts;
  readonly complaints: Complaints;
}

export function look(given: Omit<Scene, 'starts' | 'complaints'>): Look {
  const scene: Scene = { ...given, starts: new Starts(given.ancestry), complaints: new Complaints(given) };
  const { undecided } = scene;
  const looks = [
    lookAtTransport(scene, undecided.transport),
    ...populations.map((population) => lookAtTrees(scene, population)),
    lookAlone(scene, undecided.alone),
    lookAtLost(scene),
  ];
  const decisions = looks.flatMap((part) => part.decisions);
  const nextAt = looks.map((part) => part.nextAt).reduce(earliest, undefined);
  return { decisions: asOneDig(scene.ancestry, decisions), nextAt };
}

function lookAtTransport(scene: Scene, pending: readonly Pending[]): Look {
  const { ancestry, timing, at } = scene;
  if (pending.length === 0) return { decisions: [], nextAt: undefined };
  const { oldest, newest } = spanOf(pending);
  const readyAt = Math.min(newest + timing.transportQuietMs, oldest + timing.quietMs) as Instant;
  if (readyAt > at) return { decisions: [], nextAt: readyAt };
  const recent = lookedAtAgain(scene, pending);
  const owner = new Map<AlarmId, HeldIncident>();
  const evidence: TransportEvidence[] = pending.map((piece) => asTransport(ancestry, piece));
  for (const held of recent) {
    for (const member of held.members.values()) {
      if (!member.raised || (member.symptom !== 'link' && member.symptom !== 'silent')) continue;
      if (!isTransportEvidence(ancestry, member)) continue;
      owner.set(member.alarm, held);
      evidence.push(asTransport(ancestry, member));
    }
  }
  evidence.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.alarm < b.alarm ? -1 : 1));
  const known = { places: knownDown(scene, recent) };
  const causes = explainTransport(ancestry, evidence, known);
  const fresh = new Set<string>(pending.map((piece) => piece.alarm));
  const pieces = new Map(evidence.map((piece) => [piece.alarm, piece]));
  const decisions = causes
    .filter((cause) => cause.alarms.some((alarm) => fresh.has(alarm)))
    .map((cause): Decision => {
      const wider = widerCauseOf(ancestry, scene.standing.inOrder(), { cause, within: timing.misfitJoinMs });
      const found = transportVerdict(ancestry, cause, { pieces, known });
      const beside =
        wider === undefined
          ? fibresBeside(ancestry, scene.standing.inOrder(), { cause, within: timing.singleRepeatMs })
          : undefined;
      const verdict =
        wider !== undefined
          ? widened(wider, found)
          : beside === undefined
            ? found
            : dugVerdict(ancestry, beside, found);
      const alarms = cause.alarms.filter((alarm) => fresh.has(alarm)) as AlarmId[];
      const owners = cause.alarms
        .map((alarm) => owner.get(alarm as AlarmId))
        .filter((held) => held !== undefined);
      const dug = beside === undefined ? [] : [beside.held];
      const absorbs = [...new Set([...owners, ...dug, ...shadowed(scene, found, cause)])];
      const takes = cause.kind === 'collector' ? doubted(scene, cause, absorbs) : undefined;
      const { disproved = [] } = cause;
      const settled = disproved.length === 0 ? [] : scene.standing.transport();
      const ends = settled.filter((held) => !absorbs.includes(held) && isUp(ancestry, held, disproved));
      return { verdict, alarms, absorbs, takes, ends };
    });
  return { decisions, nextAt: undefined };
}

function asTransport(ancestry: Ancestry, pending: Pending | Member): TransportEvidence {
  const { alarm, resource, by, polled, at } = pending;
  const symptom = pending.symptom === 'link' ? 'link' : 'silent';
  return { alarm, place: ancestry.placeOf(resource), id: resource, symptom, by, polled, at };
}

/** Heads that were dead and start again; what is left is weighed on the trees. */
function lookAtStarts(
  { ancestry, timing, at, heads }: Scene,
  waiting: ReadonlyMap<ResourceId, Piece>,
): Look & { readonly taken: ReadonlySet<Evidence> } {
  const { bulks, unsettled, nextAt } = retoldBy(ancestry, waiting.values(), { at, timing, heads });
  if (bulks.length === 0 && unsettled.size === 0) return { decisions: [], nextAt, taken: unsettled };
  const taken = new Set<Evidence>(unsettled);
  const decisions = bulks.map((bulk): Decision => {
    for (const piece of bulk.pieces) taken.add(piece);
    const { held, retoldAt, pieces } = bulk;
    const alarms = pieces.flatMap(({ id }) =>
      waiting.get(id as ResourceId)!.pending.map(({ alarm }) => alarm),
    );
    return { verdict: lostWith(ancestry, bulk), alarms, absorbs: [held], retoldAt };
  });
  return { decisions, nextAt, taken };
}

const noPieces: ReadonlySet<Evidence> = new Set();

function lookAtTrees(scene: Scene, population: Population): Look {
  const { timing, at, sightingsOf } = scene;
  const groups = scene.undecided.groups(population);
  const pieces = scene.undecided.pieces(population);
  if (pieces.size === 0 && groups.isIdle()) {
    groups.recent.expire(at);
    return { decisions: [], nextAt: undefined };
  }
  const retold = population === 'down' ? lookAtStarts(scene, pieces) : undefined;
  const cards = population === 'down' ? failedCards(scene) : undefined;
  const [unlit, failed] = [retold?.taken ?? noPieces, cards?.taken ?? noPieces];
  groups.withhold(unlit.size + failed.size === 0 ? noPieces : new Set([...unlit, ...failed]));
  const ripe: { readonly group: Group; readonly found: Explanation }[] = [];
  let nextAt = retold?.nextAt;
  groups.explain({ at, timing, sightingsOf });
  if (groups.haveChanged()) {
    // Its turn comes at once, or in the next round: what grows all the time is not weighed all the time.
    const pause = groups.isMidRound ? 0 : timing.lookEveryMs + Math.floor(pieces.size / 200);
    nextAt = earliest(nextAt, after(at, pause as DurationMs));
  }
  for (const group of groups.due.take(at)) {
    lookAtGroup(scene, population, group);
    groups.due.looked(group);
    for (const found of group.found!) if (found.readyAt <= at) ripe.push({ group, found });
  }
  nextAt = earliest(nextAt, groups.due.nextAt);
  const id = ({ found }: { readonly found: Explanation }): string => scene.ancestry.idOf(found.root);
  ripe.sort((a, b) => (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0));
  // What stands beside a cut that is stated now is looked at again when it is.
  const causes = ripe.flatMap(({ found }) => (found.tally === undefined ? [] : [found]));
  const waits = (found: Explanation): boolean =>
    waitsFor(scene, found, causes) || waitsForTerminals(found, causes);
  const now = population === 'down' ? ripe.filter(({ found }) => !waits(found)) : ripe;
  const decided = now.map(({ group, found }) => decisionOn(scene, { population, group, found }));
  return { decisions: [...(retold?.decisions ?? []), ...(cards?.decisions ?? []), ...decided], nextAt };
}

/** When it was first told of, and how far from that it may have begun. */
interface Onset {
  readonly firstAt: number;
  readonly within: DurationMs;
}

/** What polls alone find in a trench was dug up when its links were, a round or two before. */
function onsetOf({ undecided, timing }: Scene, { evidence }: Explanation, firstAt: number): Onset {
  const pieces = undecided.pieces('down');
  let isFound = false;
  // One trap settles it: of very many no list is made.
  for (const { id } of evidence) {
    const piece = pieces.get(id as ResourceId);
    if (piece === undefined) continue;
    isFound = piece.pending.every(({ polled }) => polled);
    if (!isFound) break;
  }
  return { firstAt, within: isFound ? timing.slowRevisitMs : timing.misfitJoinMs };
}

/** The same, of a trench whose links failed at the same time. */
function dugUp(scene: Scene, found: Explanation, { firstAt, within }: Onset): Explanation {
  const { ancestry } = scene;
  const cutLinks = new Set(scene.undecided.transport.map(({ resource }) => ancestry.placeOf(resource)));
  for (const held of scene.standing.transport()) {
    if (Math.abs(held.startedAt - firstAt) > within) continue;
    for (const { symptom, resource } of held.members.values())
      if (symptom === 'link') cutLinks.add(ancestry.placeOf(resource));
  }
  const places = found.evidence.map(({ place }) => place);
  const root = trenchOf(ancestry, places, cutLinks);
  if (root === undefined || root === found.root) return found;
  const [first, ...rivals] = found.candidates;
  const gain = first?.gain ?? 0;
  const others = rivals.filter(({ place }) => place !== root).map((rival) => ({ ...rival, alike: false }));
  return {
    ...found,
    root,
    candidates: [{ place: root, gain: gain + 8_000 }, { place: found.root, gain }, ...others],
  };
}

/** When it is to be looked at again: once the evidence has settled, to ask for what would tell the causes apart, then when it is ripe. */
function lookAtGroup(scene: Scene, population: Population, group: Group): void {
  const { at, timing, asks } = scene;
  group.dueAt = undefined;
  group.hasQuestions = false;
  for (const found of group.found!) {
    const { readyAt, early } = found;
    if (readyAt <= at) continue;
    const askedAt = askAt(readyAt, timing);
    const isSettled = early || at >= askedAt;
    group.dueAt = earliest(group.dueAt, isSettled ? readyAt : (Math.min(askedAt, readyAt) as Instant));
    if (early || !isSettled || group.asked.has(found)) continue;
    if (asks.hasTime(at)) {
      if (mayAsk(population, found)) measured(scene, population, found);
      group.asked.add(found);
    } else group.hasQuestions = true;
  }
}

interface Ripe {
  readonly population: Population;
  readonly group: Group;
  readonly found: Explanation;
}

function decisionOn(scene: Scene, { population, group, found }: Ripe): Decision {
  const { ancestry, timing, at, heads } = scene;
  const fresh = scene.undecided.pieces(population);
  const alarms: AlarmId[] = [];
  const shares = new Map<string, number>();
  let [firstAt, all] = [at as number, 0];
  for (const { heldBy, id, firstAt: from, standsFor = 1 } of found.evidence) {
    firstAt = Math.min(firstAt, from);
    all += standsFor;
    if (heldBy !== undefined) shares.set(heldBy, (shares.get(heldBy) ?? 0) + standsFor);
    // What was weighed in several looks may have ended meanwhile.
    else for (const { alarm } of fresh.get(id as ResourceId)?.pending ?? []) alarms.push(alarm);
  }
  const touched = group.recent.filter(({ held }) => shares.has(held.id));
  const shareOf = ({ held }: Recent): number => shares.get(held.id)! * 2;
  // What came back counts as well: what explains only the rest that is still dark is not the cause of all.
  const parts = touched.filter((one) => shareOf(one) >= one.said).map(({ held }) => held);
  // Of a terminal that was dark before, too, only this darkness is of the cause.
  const before = found.tally === undefined ? [] : parts.filter(wasDarkBefore);
  const absorbs = parts.filter((held) => !before.includes(held));
  const takes = before.map((held) => ({
    held,
    members: [...held.members.values()].filter(({ raised }) => raised),
  }));
  const starting = population === 'down' ? unheardAtStart(scene, found) : undefined;
  if (starting !== undefined) return { verdict: restated(starting), alarms, absorbs: [starting] };
  const took = population === 'down' ? darkenedBefore(scene, found) : undefined;
  if (took !== undefined) return { verdict: restated(took), alarms, absorbs: [took] };
  const beside = population === 'down' ? cutBeside(scene, found) : undefined;
  if (beside !== undefined) {
    const dark = [...beside.dark, ancestry.idOf(found.root)];
    return { verdict: { ...restated(beside), dark }, alarms, absorbs: [beside] };
  }
  const service = population === 'session' ? failedService(scene, found) : undefined;
  if (service !== undefined) return { verdict: restated(service), alarms, absorbs: [...absorbs, service] };
  const atHead = population === 'down' ? causeAtHead(ancestry, found, { at, timing, heads }) : undefined;
  if (atHead !== undefined) {
    const { held: cut, retoldAt } = atHead;
    const young = absorbs.filter(({ startedAt }) => at - startedAt <= timing.misfitJoinMs);
    return { verdict: lostWith(ancestry, atHead), alarms, absorbs: [...young, cut], retoldAt };
  }
  const rest = touched.find((one) => shareOf(one) >= all && !absorbs.includes(one.held))?.held;
  if (rest !== undefined) absorbs.push(rest);
  const told = forewarned(scene, found, firstAt);
  const onset = onsetOf(scene, found, firstAt);
  const dug = population === 'down' && mayBeDugUp(found.evidence) ? dugUp(scene, told, onset) : told;
  const links = linksIn(ancestry, scene.standing, { root: dug.root, at: firstAt, within: onset.within });
  const verdict =
    rest !== undefined
      ? restated(rest)
      : isSilentStill(scene, found)
        ? stillDark(measured(scene, population, dug))
        : measured(scene, population, dug);
  const shared = settingsAbove(scene, verdict);
  if (shared !== undefined)
    return { verdict: shared.verdict, alarms, absorbs: [...new Set([...absorbs, ...shared.absorbs])], takes };
  const strays = population === 'down' ? straysOf(scene, found, firstAt) : [];
  const fallen = population === 'down' ? diedWith(scene, verdict, firstAt) : [];
  const below = [...links, ...fallen].flatMap(({ kind, root: at, dark }) =>
    kind === 'node-down' ? [at, ...dark] : dark,
  );
  const far = [...below, ...strays.map((held) => held.root)];
  const dark = [...new Set([...verdict.dark, ...far])];
  return {
    verdict: { ...verdict, dark },
    alarms,
    absorbs: [...absorbs, ...links, ...strays, ...fallen],
    takes,
  };
}

const wasDarkBefore = ({ kind, members, history }: HeldIncident): boolean =>
  kind === 'drop' && members.size <= 2 && history.some(({ event }) => event === 'reopen');

/** A collector sees who is alive, not who is degraded; one that speaks alone is nobody's outage. */
const mayAsk = (population: Population, { tally }: Explanation): boolean =>
  population === 'down' && tally !== undefined;

/** What is to be said, with the measurement that would make it surer. */
function measured(scene: Scene, population: Population, found: Explanation): Verdict {
  const { ancestry, asks, at } = scene;
  const verdict = {
    ...treeVerdict(ancestry, population, found, (id) => scene.incidents.get(id)?.parts),
    ...keptFromPeople(scene, population, found),
  };
  const { candidates, explanation, root } = verdict;
  const answered = asks.answeredAbout(root, at);
  if (!mayAsk(population, found) || isSure(candidates))
    return { ...verdict, explanation: { ...explanation, ...answered } };
  const tops = new Set(found.evidence.flatMap(({ place }) => ancestry.topsOf(place)));
  const sightings = scene.sightingsOf(tops);
  const measurement = asks.consider({ ancestry, candidates, evidence: found.evidence, sightings }, at);
  const told =
    measurement === undefined || answered?.measurement === measurement ? answered : { measurement };
  return { ...verdict, explanation: { ...explanation, ...told } };
}
