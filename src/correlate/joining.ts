/** Does a late alarm belong to an incident that is open already? */
import type { Instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import { type AlarmId, alarmId, type ResourceId } from '../model/ids.ts';
import { behindHead, isHeardAnew, lostItsSupply } from './aftermath.ts';
import type { Ancestry } from './ancestry.ts';
import { batteryLastsMs, hasMainsAgain, isFlatBattery, type Known, powerKinds } from './dark-house.ts';
import { darkOf } from './dark-port.ts';
import {
  actsSince,
  type HeldIncident,
  isActive,
  isEnding,
  isStale,
  type Joining,
  type Member,
} from './held-incident.ts';
import { isOnlySilent } from './in-question.ts';
import { isFoundSilent, tookFirst, unseenMs } from './in-sight.ts';
import type { Incidents } from './incidents.ts';
import { isOnCutFibre } from './partial-cut.ts';
import type { RuleTable } from './rule-table.ts';
import type { OpenView } from './standing.ts';
import { populationOf, type Symptom } from './symptoms.ts';
import type { CorrelationTiming } from './timing.ts';
import { isTransportEvidence } from './undecided.ts';
import { isWorkedAt } from './works.ts';

/** What is known when an alarm looks for its incident. */
export interface Now {
  readonly at: Instant;
  readonly timing: CorrelationTiming;
  readonly view: OpenView;
}

/** An alarm no incident has yet. */
export interface Pending {
  readonly alarm: AlarmId;
  readonly resource: ResourceId;
  readonly cause: string;
  readonly symptom: Symptom;
  readonly by: ResourceId | undefined;
  readonly polled: boolean;
  readonly flapping: boolean;
  /** Its source calls it critical or major, or does not say. */
  readonly grave?: boolean | undefined;
  /** Ids of its raise lines; grows with every repeat. */
  readonly records: string[];
  readonly at: Instant;
  /** It is over already, and is kept all the same until its incident is known. */
  readonly endedAt?: Instant | undefined;
  /** The incident it was split off from. */
  readonly parent: HeldIncident['parent'];
  /** Its head, which was dead and is back for long: that is no cause of it. */
  readonly outlived?: ResourceId | undefined;
}

const graveSeverities: ReadonlySet<string> = new Set(['critical', 'major', 'indeterminate']);

/** An alarm as it is heard. */
export const pendingOf = (
  rules: RuleTable,
  { id, resource, cause, by, flapping, perceivedSeverity }: Alarm,
  { records, polled, at }: Pick<Pending, 'polled' | 'at' | 'records'>,
): Pending => ({
  alarm: id,
  resource,
  cause,
  symptom: rules.symptomOf(cause),
  by,
  polled,
  flapping,
  grave: graveSeverities.has(perceivedSeverity),
  records,
  at,
  parent: undefined,
});

/** A member whose incident is over without it. */
export const againPending = (
  { record, raised: _, ...member }: Member,
  parent: Pending['parent'],
  at: Instant,
): Pending => ({ ...member, cause: member.symptom, flapping: false, records: [record], at, parent });

export const memberOf = (pending: Pending): Joining => {
  const { alarm, resource, symptom, by, polled, at } = pending;
  const record = pending.records[0] ?? alarm;
  return {
    member: { alarm, resource, symptom, by, polled, at, record, raised: true },
    records: pending.records,
    flaps: pending.cause === 'FLAPPING',
  };
};

/** An alarm of it that ended comes again; of what was dark, only soon: later it is weighed like any other. */
export function isRejoining(
  held: HeldIncident,
  pending: Pending,
  { at, timing, ...known }: Pick<Now, 'at' | 'timing'> & Known,
): boolean {
  if (!isActive(held) || hasMainsAgain(held, pending, known)) return false;
  const { alarm, resource, symptom } = pending;
  // That it ended shows that the collector sees again: what it misses from then on is missing.
  if (held.scope === 'collector') return held.root === resource;
  const endedAt = held.members.get(alarm)?.endedAt;
  // A terminal that came back with the lost head fails for a reason of its own.
  if (held.scope === 'transport')
    return (held.root === resource || symptom === 'link') && at - (endedAt ?? at) <= timing.reopenWithinMs;
  if (held.scope !== 'down' || endedAt === undefined) return true;
  return (
    at - endedAt <= timing.rebootMs &&
    !isWorkedAt(known.ancestry, held, { place: known.ancestry.placeOf(resource), at })
  );
}

/** A head that was dead has forgotten what it told before: what it says now is weighed anew. */
export function isSaidAnew(
  ancestry: Ancestry,
  { resource, symptom, polled }: Pending,
  { at, timing, view: { heads } }: Now,
): boolean {
  if (polled || heads.size === 0) return false;
  return isHeardAnew(ancestry, { place: ancestry.placeOf(resource), symptom }, { at, timing, heads });
}

/** The open incident whose root lies nearest above and whose cause would show this symptom now. */
export function lateHome(
  ancestry: Ancestry,
  incidents: Incidents,
  pending: Pending,
  now: Now,
): HeldIncident | undefined {
  const place = ancestry.placeOf(pending.resource);
  if (place < 0) return undefined;
  // A poll finds still dark what is known to be dark.
  if (pending.polled && pending.symptom === 'silent' && ancestry.isLeaf(place)) {
    const held = incidents.darkening(pending.resource);
    const isOld = held !== undefined && isStale(held, now.at - now.timing.lateJoinMs);
    const isOver = held !== undefined && isEnding(held, (now.at - now.timing.misfitJoinMs) as Instant);
    const isRestart = held?.retoldAt !== undefined;
    if ((held?.scope === 'down' || isRestart) && !isOld && !isOver) return held;
  }
  if (pending.cause === 'FLAPPING') return unsteadyAt(ancestry, incidents, { place, ...now });
  // A poll finds what the first of several causes took.
  const isFound = pending.polled && pending.symptom === 'silent' && ancestry.isLeaf(place);
  let home: HeldIncident | undefined;
  for (const root of isSaidAnew(ancestry, pending, now) ? [] : ancestry.above(place)) {
    for (const held of incidents.at(ancestry.idOf(root))) {
      if (!isActive(held)) continue;
      if (!fits(held, { pending, place, ancestry, incidents, isRoot: root === place }, now)) continue;
      if (!isFound) return held;
      if (home === undefined || tookFirst({ ancestry, incidents, place }, held, home)) home = held;
    }
  }
  return (
    home ??
    behindTransport(ancestry, incidents, { pending, place }, now) ??
    (pending.symptom === 'port' ? darkOf({ ancestry, incidents }, place, now) : undefined)
  );
}

/** It is open, or ended so lately that its cause may fail again. */
const isLately = (held: HeldIncident, { at, timing }: Pick<Now, 'at' | 'timing'>): boolean =>
  isActive(held) || (held.state === 'resolved' && at - (held.resolvedAt ?? at) <= timing.reopenWithinMs);

/** The device says that this comes and goes: it speaks of what was told of its downs, here or on the same line. */
function unsteadyAt(
  ancestry: Ancestry,
  incidents: Incidents,
  { place, at, timing }: Now & { readonly place: number },
): HeldIncident | undefined {
  const leaves = ancestry.leavesOf(place);
  const line = new Set(oneLine(ancestry, place));
  if (!ancestry.isStranger(place)) {
    for (const above of ancestry.signalAbove(place)) if (ancestry.leavesOf(above) === leaves) line.add(above);
    for (const on of line) {
      const below = [
        ...ancestry.topology.childrenOf('access', on),
        ...ancestry.topology.childrenOf('cable', on),
      ];
      for (const child of below) if (ancestry.leavesOf(child) === leaves) line.add(child);
    }
  }
  for (const on of line) {
    const held = incidents.at(ancestry.idOf(on)).findLast((one) => {
      if (one.scope !== 'down' && one.scope !== 'transport') return false;
      return isLately(one, { at, timing });
    });
    if (held !== undefined) return held;
  }
  return undefined;
}

/** A device with one link and that link fail as one, whichever of them is told of. */
function oneLine({ topology }: Ancestry, place: number): readonly number[] {
  const hangsOn = (device: number): boolean => device >= 0 && topology.linksAt(device).length === 1;
  const link = topology.linkOf(place);
  if (link !== undefined) return [place, ...[link.a, link.b].filter(hangsOn)];
  return hangsOn(place) ? [place, topology.linksAt(place)[0]!.index] : [place];
}

interface Newcomer {
  readonly pending: Pending;
  readonly place: number;
  readonly ancestry: Ancestry;
  readonly incidents: Incidents;
  /** It speaks for the root itself. */
  readonly isRoot: boolean;
}

function fits(held: HeldIncident, newcomer: Newcomer, now: Now): boolean {
  const { pending, place, ancestry, incidents } = newcomer;
  if (isOfTerminal(ancestry, pending) && reachesThroughHead(ancestry, held, place)) return false;
  if (hasMainsAgain(held, pending, { ancestry, incidents })) return false;
  // Whether the house is dark is asked last: all of it is looked at.
  if (suitsNow(held, newcomer, now)) return true;
  const { symptom } = pending;
  return populationOf(symptom) === 'down' && isFlatBattery(held, place, { symptom, ancestry, incidents });
}

/** Its cause would show this symptom now, batteries apart. */
function suitsNow(
  held: HeldIncident,
  { pending, place, ancestry, incidents, isRoot }: Newcomer,
  { at, timing }: Now,
): boolean {
  const population = populationOf(pending.symptom);
  const isYoung = at - actsSince(held) <= timing.misfitJoinMs;
  if (!isYoung && !pending.polled && isWorkedAt(ancestry, held, { place, at })) return false;
  if (isEnding(held, at)) return isRoot && held.scope !== 'transport' && isYoung;
  if (held.backAt !== undefined && held.backAt < at) return false;
  if (held.kind === 'site-power' && !isRoot && at - held.lastEvidenceAt > batteryLastsMs) return false;
  switch (held.scope) {
    case 'transport':
      // What a dead device served is asked in vain.
      if (isRoot && pending.symptom === 'probe') return true;
      return population !== undefined && population !== 'degraded';
    case 'service':
      return isRoot || population === 'session';
    case 'alone':
      // What follows from what is weighed (cascade.ts); a probe finds the same service failing in another way.
      return isRoot && (held.kind === 'flapping' || pending.symptom === 'probe');
    case 'collector':
      return false;
    default:
      if (held.state === 'mitigated' || population !== held.scope) return false;
      if (held.scope === 'degraded' && !isRoot && isOfRootAlone(held)) return false;
      if (held.scope !== 'down' && !isRoot && !isInPace(held, pending.polled, { at, timing })) return false;
      if (!isYoung && !isOnCutFibre(held, place, ancestry)) return false;
      if (isRoot && held.members.size <= 2 && held.kind === 'drop')
        return at - held.startedAt <= (pending.polled ? timing.lateJoinMs : timing.singleRepeatMs);
      // What is dark cannot fall dark: who worked until now has a cause of its own, but for a battery that gave out.
      if (held.scope === 'down' && at - actsSince(held) > timing.lateJoinMs && !powerKinds.has(held.kind)) {
        const unseen = pending.polled
          ? unseenMs({ ancestry, incidents, place }, { from: actsSince(held), to: at })
          : 0;
        return isRoot || at - actsSince(held) - unseen <= timing.lateJoinMs;
      }
      return isYoung || suits(held.kind, pending.symptom);
  }
}

/**
 * What creeps goes on at its own pace: long after the last of it something else is the cause. Polls find late what began
 * with the rest.
 */
function isInPace(held: HeldIncident, polled: boolean, { at, timing }: Pick<Now, 'at' | 'timing'>): boolean {
  const { startedAt, lastEvidenceAt, members } = held;
  if (polled || members.size < fewMembers) return at - lastEvidenceAt <= timing.slowRevisitMs;
  const pace = (lastEvidenceAt - startedAt) / (members.size - 1);
  return at - lastEvidenceAt <= Math.max(timing.maxWaitMs, longestGap * pace);
}

const fewMembers = 4;
/** Of events that come at a steady pace hardly one in ten thousand is so many times as long in coming. */
const longestGap = 10;

/** Errors that a device counts of itself are no cause of what its terminals suffer later. */
function isOfRootAlone({ members, root }: HeldIncident): boolean {
  for (const { resource } of members.values()) if (resource !== root) return false;
  return true;
}

/** A word of what hangs on a head in its trees, not of a device or link whose reach is computed. */
const isOfTerminal = (ancestry: Ancestry, pending: Pending): boolean =>
  populationOf(pending.symptom) === 'down' && !isTransportEvidence(ancestry, pending);

/** What the incident took of this only with the head that serves it: whether that is so, many of them must say. */
function reachesThroughHead(ancestry: Ancestry, held: HeldIncident, place: number): boolean {
  const head = ancestry.headOf(place);
  if (head === place) return false;
  if (held.scope === 'transport') return true;
  const feeds = (of: number): boolean =>
    ancestry.powerAbove(of).some((up) => ancestry.idOf(up) === held.root);
  return held.scope === 'down' && feeds(head) && !feeds(place);
}

/** Loss of light does not follow from lost mains, nor a dying gasp from a cut fibre. */
function suits(kind: string, symptom: Symptom): boolean {
  if (powerKinds.has(kind)) return symptom !== 'los' && symptom !== 'port';
  return symptom !== 'gasp' && symptom !== 'power';
}

function behindTransport(
  ancestry: Ancestry,
  incidents: Incidents,
  { pending, place }: { readonly pending: Pending; readonly place: number },
  now: Now,
): HeldIncident | undefined {
  const { view } = now;
  const isYoung = (held: HeldIncident): boolean => now.at - held.decidedAt <= now.timing.misfitJoinMs;
  // What a collector asks itself is lost with it; what it finds behind a device shows that it sees again.
  const collector =
    pending.symptom === 'silent' && pending.polled ? ancestry.topology.parentOf('collector', place) : -1;
  if (collector >= 0) {
    const blind = incidents
      .at(ancestry.idOf(collector))
      .find(
        (held) =>
          isActive(held) && held.scope === 'collector' && isYoung(held) && !isFoundSilent(held, pending),
      );
    if (blind !== undefined) return blind;
  }
  if (isOfTerminal(ancestry, pending)) {
    const { timing } = now;
    const { symptom } = pending;
    const { home, provesBack } = behindHead(
      ancestry,
      { place, symptom, at: pending.at },
      { at: now.at, timing, heads: view.heads },
    );
    if (provesBack !== undefined) incidents.provedBack(provesBack, now.at);
    return home;
  }
  const dead = ofItsEnds(ancestry, incidents, { pending, place }, now);
  if (dead !== undefined) return dead;
  // No lost path makes a device hot or its lines noisy.
  if (view.dark.size === 0 || pending.symptom === 'degraded' || pending.symptom === 'other') return undefined;
  for (const at of ancestry.above(place)) {
    const held = view.dark.get(ancestry.idOf(at));
    if (held === undefined || !isActive(held)) continue;
    if (isEnding(held, now.at) || (held.backAt ?? now.at) < now.at) continue;
    return held;
  }
  return undefined;
}

/** What comes and goes on this line; of a link, what its other end told of before, or whose end is a device that is dead, or that finds it down while it starts. */
function ofItsEnds(
  ancestry: Ancestry,
  incidents: Incidents,
  { pending, place }: { readonly pending: Pending; readonly place: number },
  { at, timing, view }: Now,
): HeldIncident | undefined {
  if (!isTransportEvidence(ancestry, pending)) return undefined;
  for (const on of oneLine(ancestry, place)) {
    const unsteady = incidents.at(ancestry.idOf(on)).findLast(({ kind }) => kind === 'flapping');
    if (unsteady !== undefined && isLately(unsteady, { at, timing })) return unsteady;
  }
  const link = pending.symptom === 'link' ? ancestry.topology.linkOf(place) : undefined;
  if (link === undefined) return undefined;
  for (const end of [link.a, link.b]) {
    const by = end < 0 ? undefined : ancestry.idOf(end);
    const other = alarmId(pending.resource, pending.cause, by);
    const held = other === pending.alarm ? undefined : incidents.ofAlarm(other);
    if (held !== undefined && isActive(held) && held.members.get(other)?.raised === true) return held;
  }
  for (const end of [link.a, link.b]) {
    const id = end < 0 ? undefined : ancestry.idOf(end);
    const held = id === undefined ? undefined : view.heads.get(id);
    if (held === undefined || (held.root !== id && !lostItsSupply(ancestry, held, end))) continue;
    if (isOnlySilent(held, { at, timing })) continue;
    const backAt = held.backAt ?? held.resolvedAt;
    if (backAt === undefined ? pending.by !== id : at - backAt <= timing.rebootMs) return held;
  }
  return undefined;
}
