/** A cause is stated: an incident opens, grows, takes others in, is corrected, or is open again. */
import type { Instant } from '../base/instant.ts';
import { alarmId, type IdSource, type ResourceId } from '../model/ids.ts';
import { lostItsSupply } from './aftermath.ts';
import type { Ancestry } from './ancestry.ts';
import { recallBriefs } from './briefs.ts';
import { isCutAnew } from './cut-anew.ts';
import { powerKinds } from './dark-house.ts';
import type { Decision } from './deciding.ts';
import type { Feedback } from './feedback.ts';
import {
  type HeldIncident,
  isActive,
  isUnsteady,
  type Joining,
  type Member,
  type Verdict,
} from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import { againPending, memberOf, type Pending } from './joining.ts';
import { cutAsWell } from './partial-cut.ts';
import { restated, unsteady } from './restating.ts';
import { dropLost, findSpared } from './spared.ts';
import type { Testimony } from './testimony.ts';
import type { CorrelationTiming } from './timing.ts';
import { isTransportEvidence } from './undecided.ts';
import type { Waiting } from './waiting.ts';
import { isWorkedAt, worksCovering } from './works.ts';

interface Desk {
  readonly incidents: Incidents;
  readonly waiting: Waiting;
  readonly ancestry: Ancestry;
  readonly timing: CorrelationTiming;
  readonly at: Instant;
  readonly ids: IdSource;
  readonly testimony: Testimony;
  readonly feedback: Feedback;
}

/** Answers what was over already when its cause was stated. */
export function commitAll(decisions: readonly Decision[], desk: Desk): readonly Pending[] {
  return decisions.flatMap((decision) => {
    const waiting = decision.alarms.flatMap((alarm) => desk.waiting.get(alarm) ?? []);
    const ended = waiting.filter(({ endedAt }) => endedAt !== undefined);
    // Nobody need look at what is over.
    const isOver = ended.length > 0 && ended.length === waiting.length;
    const actionable = decision.verdict.actionable && !isOver;
    const held = commit({ ...decision, verdict: { ...decision.verdict, actionable } }, desk);
    desk.incidents.standing.homes.add(held);
    recallBriefs(held, waiting, desk);
    findSpared(held, { ...desk, sightings: (tops) => desk.waiting.sightings(tops) });
    // Another decision of the same look may have ended it, or taken it in.
    for (const over of decision.ends ?? [])
      if (over !== held && isActive(over)) desk.incidents.resolve(over, over.lastClearAt ?? desk.at);
    return ended;
  });
}

/** These may be home to what still waits, or tell of it: most of single terminals are neither. */
export function isNews(
  decisions: readonly Decision[],
  { incidents, waiting }: Pick<Desk, 'incidents' | 'waiting'>,
): boolean {
  if (decisions.length === 0) return false;
  if (decisions.some(({ verdict: { scope } }) => scope !== 'down' && scope !== 'degraded')) return true;
  return waiting.isNear(incidents.standing.homes) || waiting.undecided.hasNews();
}

/** Answers the incident that holds it now. */
function commit({ verdict, alarms, absorbs, takes, retoldAt }: Decision, desk: Desk): HeldIncident {
  const { incidents, timing, at } = desk;
  const taken = takes?.flatMap(({ held, members }) => takeOut(desk, held, members)) ?? [];
  const waiting = desk.waiting.takeAll(alarms);
  const joining = waiting
    .sort((a, b) => a.at - b.at || (a.records[0]! < b.records[0]! ? -1 : 1))
    .map(memberOf)
    .concat(taken);
  if (retoldAt !== undefined) {
    for (const held of absorbs.filter(({ state }) => state === 'resolved')) {
      held.retoldAt = retoldAt;
      incidents.reopen(held, at);
      incidents.tell(held, 'reopened');
    }
  }
  // A device says of itself that it comes and goes, before or after it is told what does.
  const same = sameLine(verdict)
    .flatMap((root) => incidents.at(root))
    .filter(
      (held) =>
        held.scope === verdict.scope ||
        (held.scope === 'alone' && held.kind === 'flapping') ||
        areOneDeath(held, verdict),
    )
    .filter((held) => !isSwitchedOff(desk.ancestry, verdict) || !held.actionable)
    .filter((held) => !restartsByWorks(desk, waiting, held) && !isCutAnew(held, desk));
  const group = [...new Set([...absorbs, ...same, ...desk.testimony.explainedBy(verdict)])]
    .filter(isActive)
    .sort((a, b) => a.order - b.order);
  const [survivor, others] = allowed(desk.feedback, group, alarms);
  if (verdict.scope === 'collector') for (const held of [survivor, ...others]) letGo(desk, held, verdict);
  endStale(incidents, waiting, new Set([survivor, ...others]));
  if (survivor !== undefined) {
    const grown = grow(desk, { survivor, others, verdict, joining });
    if (retoldAt !== undefined) incidents.retell(grown, retoldAt);
    return grown;
  }
  const before = failedBefore(desk, waiting, verdict);
  if (before !== undefined) {
    if (!isActive(before)) incidents.reopen(before, at);
    incidents.join(before, joining, at);
    if (isUnsteady(before, at)) incidents.move(before, unsteady(restated(before)), at);
    incidents.tell(before, 'reopened');
    return before;
  }
  const startedAt = waiting.reduce((least, pending) => Math.min(least, pending.at), at as number) as Instant;
  const again = same.findLast(
    (held) =>
      !isActive(held) &&
      at - (held.resolvedAt ?? at) <= timing.reopenWithinMs &&
      desk.feedback.allows(held, alarms),
  );
  if (again !== undefined && waiting.every((pending) => pending.parent === undefined)) {
    incidents.reopen(again, at);
    incidents.join(again, joining, at);
    settle(desk, again, isUnsteady(again, at) ? unsteady(verdict) : verdict);
    incidents.tell(again, 'reopened');
    return again;
  }
  const parent = waiting.find((pending) => pending.parent !== undefined)?.parent;
  const opened = incidents.open(verdict, { startedAt, at, parent }, desk.ids);
  incidents.join(opened, joining, at);
  incidents.plan(opened, worksCovering(desk.ancestry, opened));
  incidents.tell(opened, 'opened');
  return opened;
}

/** The root with what nothing tells apart from it: a port and its only splitter fail and relapse as one. */
const sameLine = ({ root, scope, candidates: [first] }: Verdict): readonly ResourceId[] =>
  scope === 'down' ? [root, ...(first?.indistinguishable ?? []).map((alike) => alike.root)] : [root];

/** The neighbours of a device and the terminals behind it speak of the same death. */
const areOneDeath = (held: HeldIncident, { kind, scope }: Verdict): boolean =>
  held.kind === 'node-down' && kind === 'node-down' && held.scope === 'transport' && scope === 'down';

/** All that is said lies under works, which the cause of before does not. */
const restartsByWorks = (
  { ancestry, at, timing }: Desk,
  waiting: readonly Pending[],
  held: HeldIncident,
): boolean =>
  waiting.length > 0 &&
  at - held.startedAt > timing.misfitJoinMs &&
  waiting.every(({ resource }) => isWorkedAt(ancestry, held, { place: ancestry.placeOf(resource), at }));

/** A terminal that gasps had light and power until now: what was said of it before is no part of this, and no reason to look. */
const isSwitchedOff = (ancestry: Ancestry, { root, scope, actionable }: Verdict): boolean =>
  !actionable && scope === 'down' && ancestry.isLeaf(ancestry.placeOf(root));

/** What a poll finds dark anew was lit in between: where it is of another cause now, the last one is over. */
function endStale(
  incidents: Incidents,
  waiting: readonly Pending[],
  group: ReadonlySet<HeldIncident | undefined>,
): void {
  for (const { alarm } of waiting) {
    const held = incidents.ofAlarm(alarm);
    if (held === undefined || group.has(held) || !isActive(held)) continue;
    if (held.members.get(alarm)?.raised === true) incidents.resolve(held, held.lastEvidenceAt);
  }
}

/** The first of the group that may take these alarms, and the others that may be taken into it. */
function allowed(
  feedback: Feedback,
  group: readonly HeldIncident[],
  alarms: Decision['alarms'],
): [HeldIncident | undefined, readonly HeldIncident[]] {
  const [survivor, ...others] = group.filter((held) => feedback.allows(held, alarms));
  if (survivor === undefined) return [undefined, []];
  return [survivor, others.filter((held) => feedback.allows(survivor, [], held))];
}

/**
 * What was dark with others and falls dark again soon after it came back relapses, though not all of them may: a mend
 * that does not hold is far likelier than a new fault at just the same terminals.
 */
function failedBefore(desk: Desk, waiting: readonly Pending[], verdict: Verdict): HeldIncident | undefined {
  if (verdict.scope !== 'down') return undefined;
  const { ancestry, at } = desk;
  const owners = new Map<HeldIncident, Set<string>>();
  for (const pending of waiting) {
    const held = cameBackFrom(desk, pending);
    if (held !== undefined) owners.set(held, (owners.get(held) ?? new Set()).add(pending.resource));
  }
  if (owners.size === 0) return undefined;
  const all = new Set(waiting.map(({ resource }) => resource));
  // A trunk that fails again takes several with it; customers switch off one by one, whoever was dark before.
  if (all.size < 2) return undefined;
  const isBelow = (resource: string, held: HeldIncident): boolean => {
    const [place, of] = [ancestry.placeOf(resource), ancestry.placeOf(held.root)];
    // A port and the splitter that hangs on it alone are one line.
    const isSameLine = ancestry.leavesOf(place) === ancestry.leavesOf(of);
    if (isWorkedAt(ancestry, held, { place, at })) return false;
    return ancestry.above(place).includes(of) || (isSameLine && ancestry.signalAbove(of).includes(place));
  };
  return [...owners].find(
    ([held, resources]) =>
      held.scope === 'down' &&
      held.state !== 'merged' &&
      held.state !== 'closed' &&
      held.kind !== 'drop' &&
      !isCutAnew(held, desk) &&
      resources.size >= relapsedShare * all.size &&
      (!wholeKinds.has(held.kind) || resources.size >= wholeShare * resourcesOf(held)) &&
      [...all].every((resource) => isBelow(resource, held)),
  )?.[0];
}

/**
 * What it came back from last and lately, whoever told of it: of a relapse polls may find what traps told of before. Who
 * gasps had light.
 */
function cameBackFrom(
  { incidents, timing, at }: Desk,
  { alarm, resource, symptom }: Pending,
): HeldIncident | undefined {
  let found: HeldIncident | undefined;
  let last = at - timing.reopenWithinMs;
  const others = (toldBefore[symptom] ?? []).map((cause) => alarmId(resource, cause, undefined));
  for (const one of [alarm, ...others]) {
    const held = incidents.ofAlarm(one);
    const endedAt = held?.members.get(one)?.endedAt ?? 0;
    if (endedAt < last) continue;
    found = held;
    last = endedAt;
  }
  return found;
}

/** Causes that may have told of the same darkness before. */
const toldBefore: Readonly<Partial<Record<Pending['symptom'], readonly string[]>>> = {
  los: ['UNREACHABLE'],
  silent: ['LOS', 'DYING_GASP'],
};

const relapsedShare = 0.8;

/** What fails as a whole relapses as a whole; a cable may fail again at some of its splices. */
const wholeKinds: ReadonlySet<string> = new Set([...powerKinds, 'node-down', 'card']);
const wholeShare = 0.6;

const resourcesOf = ({ members }: HeldIncident): number =>
  new Set([...members.values()].map(({ resource }) => resource)).size;

/**
 * Alarms that prove to be of another cause leave their incident, which goes on without them. Where nothing ever told
 * of its device or link beside them, what was taken to follow from that waits for its cause again.
 */
function takeOut(
  { incidents, ancestry, waiting, at }: Desk,
  held: HeldIncident,
  members: readonly Member[],
): Joining[] {
  incidents.split(held, members, at);
  const told = [...held.members.values()];
  const left = told.filter(({ raised }) => raised);
  const isGroundless =
    held.scope === 'transport' && !told.some((member) => isTransportEvidence(ancestry, member));
  if (isGroundless && left.length > 0) {
    incidents.split(held, left, at);
    for (const member of left) waiting.put(againPending(member, undefined, member.at));
  }
  if (held.raised === 0) incidents.resolve(held, held.lastClearAt ?? at);
  else incidents.tell(held, 'shrank');
  return members.map((member) => ({ member, records: [member.record] }));
}

/** That a collector does not see explains what it asked in vain, and nothing that was heard: that is weighed anew. */
function letGo(
  { ancestry, incidents, waiting, at }: Desk,
  held: HeldIncident | undefined,
  { root }: Verdict,
): void {
  const collector = ancestry.placeOf(root);
  const heard = [...(held?.members.values() ?? [])].filter(({ resource, symptom, polled, raised }) => {
    const place = ancestry.placeOf(resource);
    const isAskedInVain = polled && symptom === 'silent' && !ancestry.isLeaf(place);
    return raised && place !== collector && !(isAskedInVain && ancestry.collectorOf(place) === collector);
  });
  if (held === undefined || heard.length === 0) return;
  incidents.split(held, heard, at);
  for (const member of heard) waiting.put(againPending(member, undefined, at));
}

/** One alarm that came after the cause was stated; what says of itself that it comes and goes is unsteady. */
export function joinLate(
  { incidents, ancestry, waiting, at }: Pick<Desk, 'incidents' | 'ancestry' | 'waiting' | 'at'>,
  { home, pending }: { readonly home: HeldIncident; readonly pending: Pending },
): void {
  endStale(incidents, [pending], new Set([home]));
  incidents.joinLate(home, memberOf(pending), at);
  recallBriefs(home, [pending], { incidents, waiting, at });
  const place = ancestry.placeOf(pending.resource);
  // Its battery is empty, or it never had one: the device went dark with its site.
  if (pending.symptom === 'silent' && !ancestry.isLeaf(place)) {
    if (lostItsSupply(ancestry, home, place))
      incidents.widen(home, { dark: [pending.resource], parts: home.parts });
    dropLost(home, { ancestry });
  }
  const part = cutAsWell(ancestry, home, place);
  if (part !== undefined) incidents.widen(home, { dark: home.dark, parts: [part] });
  if (pending.cause === 'FLAPPING' && home.kind !== 'flapping')
    incidents.move(home, unsteady(restated(home)), at);
}

/** What waits joins the causes that were stated since it came, the oldest first. */
export function joinNewHomes(
  desk: Pick<Desk, 'incidents' | 'ancestry' | 'at' | 'waiting'>,
  homeOf: (pending: Pending) => HeldIncident | undefined,
): void {
  const { incidents, waiting } = desk;
  const { homes } = incidents.standing;
  const found: { readonly home: HeldIncident; readonly pending: Pending }[] = [];
  for (const pending of waiting.near(homes)) {
    const home = homeOf(pending);
    if (home !== undefined) found.push({ home, pending });
  }
  found.sort((a, b) => a.pending.at - b.pending.at || (a.pending.alarm < b.pending.alarm ? -1 : 1));
  homes.clear();
  for (const { home, pending } of found) {
    waiting.take(pending.alarm);
    joinLate(desk, { home, pending });
    if (pending.endedAt !== undefined) incidents.clear(pending.alarm, desk.at);
  }
}

interface Growth {
  readonly survivor: HeldIncident;
  readonly others: readonly HeldIncident[];
  readonly verdict: Verdict;
  readonly joining: readonly Joining[];
}

/** More evidence of an open incident: the same cause, or a better one that takes others in. */
function grow(desk: Desk, { survivor, others, verdict, joining }: Growth): HeldIncident {
  const { incidents, at } = desk;
  const moved = survivor.root !== verdict.root || survivor.kind !== verdict.kind;
  for (const other of others) incidents.merge(other, survivor, at);
  incidents.join(survivor, joining, at);
  settle(desk, survivor, verdict);
  incidents.tell(survivor, moved ? 'rerooted' : 'grew');
  return survivor;
}

/** The same root keeps what was said of it and only reaches further; a new root is stated anew. */
function settle({ incidents, ancestry, at }: Desk, held: HeldIncident, said: Verdict): void {
  const isUnsteadyRoot = held.kind === 'flapping' && sameLine(said).includes(held.root);
  const verdict = isUnsteadyRoot && said.kind !== 'flapping' ? unsteady(said) : said;
  const isSame = held.root === verdict.root && held.kind === verdict.kind && held.scope === verdict.scope;
  // What its neighbours say of a device says more than those behind it do.
  if (held.root === verdict.root && areOneDeath(held, verdict)) return;
  // What its device said alone, or what a failed service may explain, was kept from people; what others say as well is not.
  const isNews = held.scope !== 'down' && verdict.actionable && !held.actionable;
  if (isSame && !isNews) {
    if (verdict.unproven !== true) held.unproven = undefined;
    incidents.widen(held, verdict);
  } else incidents.move(held, verdict, at);
  incidents.plan(held, worksCovering(ancestry, held));
}
