/** Does a late alarm belong to an incident that is open already? */
import type { Instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { type HeldIncident, isActive, isEnding, type Member } from './held-incident.ts';
import type { Incidents, Joining } from './incidents.ts';
import type { RuleTable } from './rule-table.ts';
import { populationOf, type Symptom } from './symptoms.ts';
import type { CorrelationTiming } from './timing.ts';

/** Open incidents that reach further than their root's own trees. */
export interface OpenView {
  /** Out of reach in the transport graph, by the oldest incident that says so. */
  readonly dark: ReadonlyMap<string, HeldIncident>;
  readonly brokenService: HeldIncident | undefined;
}

export function viewOf(active: readonly HeldIncident[]): OpenView {
  const dark = new Map<string, HeldIncident>();
  for (const held of active) for (const id of held.dark) if (!dark.has(id)) dark.set(id, held);
  return { dark, brokenService: active.find((held) => held.scope === 'service') };
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
}

const graveSeverities: ReadonlySet<string> = new Set(['critical', 'major', 'indeterminate']);

/** An alarm as it is heard. */
export const pendingOf = (
  rules: RuleTable,
  { id, resource, cause, by, flapping, perceivedSeverity }: Alarm,
  said: Pick<Pending, 'polled' | 'at'> & { readonly record: string },
): Pending => ({
  alarm: id,
  resource,
  cause,
  symptom: rules.symptomOf(cause),
  by,
  polled: said.polled,
  flapping,
  grave: graveSeverities.has(perceivedSeverity),
  records: [said.record],
  at: said.at,
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
  };
};

/** An alarm of it that ended comes again; of what was dark, only soon: later it is weighed like any other. */
export function isRejoining(
  held: HeldIncident,
  { alarm }: Pending,
  { at, timing }: { readonly at: Instant; readonly timing: CorrelationTiming },
): boolean {
  if (!isActive(held)) return false;
  const endedAt = held.members.get(alarm)?.endedAt;
  return held.scope !== 'down' || endedAt === undefined || at - endedAt <= timing.rebootMs;
}

/** The open incident whose root lies nearest above and whose cause would show this symptom now. */
export function lateHome(
  ancestry: Ancestry,
  incidents: Incidents,
  pending: Pending,
  now: { readonly at: Instant; readonly timing: CorrelationTiming; readonly view: OpenView },
): HeldIncident | undefined {
  const place = ancestry.placeOf(pending.resource);
  if (place < 0) return undefined;
  // A poll finds still dark what is known to be dark.
  if (pending.polled && pending.symptom === 'silent' && ancestry.isLeaf(place)) {
    const held = incidents.darkening(pending.resource);
    if (held?.scope === 'down') return held;
  }
  for (const root of ancestry.above(place)) {
    for (const held of incidents.at(ancestry.idOf(root))) {
      const isOpen =
        isActive(held) || (held.state === 'resolved' && root !== place && isRebooting(held, now));
      if (isOpen && fits(held, { pending, place, ancestry, isRoot: root === place }, now)) return held;
    }
  }
  return (
    behindTransport(ancestry, incidents, { pending, place }, now) ??
    ofItsTerminals(ancestry, incidents, { pending, place })
  );
}

/** A port without light has no terminal to hear: it belongs to what took nearly all of them. */
function ofItsTerminals(
  ancestry: Ancestry,
  incidents: Incidents,
  { pending, place }: { readonly pending: Pending; readonly place: number },
): HeldIncident | undefined {
  if (pending.symptom !== 'port' || ancestry.isStranger(place)) return undefined;
  const shares = new Map<HeldIncident, number>();
  const most = ancestry.leavesOf(place);
  for (const leaf of ancestry.leavesBelow(place, mostTerminals)) {
    const held = incidents.darkening(ancestry.idOf(leaf));
    if (held?.scope === 'down') shares.set(held, (shares.get(held) ?? 0) + 1);
  }
  return [...shares].find(([, share]) => share >= nearlyAll * Math.min(most, mostTerminals))?.[0];
}

const mostTerminals = 256;
const nearlyAll = 0.7;

interface Newcomer {
  readonly pending: Pending;
  readonly place: number;
  readonly ancestry: Ancestry;
  /** It speaks for the root itself. */
  readonly isRoot: boolean;
}

function fits(
  held: HeldIncident,
  { pending, place, ancestry, isRoot }: Newcomer,
  { at, timing }: { readonly at: Instant; readonly timing: CorrelationTiming },
): boolean {
  const population = populationOf(pending.symptom);
  const isYoung = at - held.startedAt <= timing.misfitJoinMs;
  if (population === 'down' && isRebooting(held, { at, timing })) return true;
  if (population === 'down' && isFlatBattery(held, { pending, place, ancestry, isRoot })) return true;
  if (isEnding(held, at)) return isRoot && held.scope !== 'transport' && isYoung;
  if (held.backAt !== undefined && held.backAt < at) return false;
  switch (held.scope) {
    case 'transport':
      // What a dead device served is asked in vain.
      if (isRoot && pending.symptom === 'probe') return true;
      return population !== undefined && population !== 'degraded' && isHeardBehind(pending, isYoung);
    case 'service':
      return isRoot || population === 'session';
    case 'alone':
      // What follows from what is weighed (cascade.ts); a probe finds the same service failing in another way.
      return isRoot && pending.symptom === 'probe';
    case 'collector':
      return false;
    default:
      if (held.state === 'mitigated' || population !== held.scope) return false;
      if (!isYoung && !isOnCutFibre(held, place, ancestry)) return false;
      if (isRoot && held.members.size <= 2 && held.kind === 'drop')
        return at - held.startedAt <= (pending.polled ? timing.lateJoinMs : timing.singleRepeatMs);
      // What is dark cannot fall dark: who worked until now has a cause of its own, but for a battery that gave out.
      if (held.scope === 'down' && at - held.decidedAt > timing.lateJoinMs && !powerKinds.has(held.kind))
        return isRoot;
      return isYoung || suits(held.kind, pending.symptom);
  }
}

/**
 * What is cut off cannot speak: a terminal's word from behind belongs to the cut only while traps are still under way.
 * Later it proves that the region speaks again and has a fault of its own. Silence found by polling may come any time.
 */
const isHeardBehind = (pending: Pending, isYoung: boolean): boolean =>
  isYoung || pending.symptom === 'silent' || pending.symptom === 'link' || pending.symptom === 'session';

/** Who had a battery falls dark when that is empty: as long as the house around is dark, whatever is back elsewhere. */
function isFlatBattery(held: HeldIncident, { pending, place, ancestry }: Newcomer): boolean {
  if (!powerKinds.has(held.kind) || held.scope !== 'down' || !ancestry.isLeaf(place)) return false;
  const [house] = ancestry.powerAbove(place);
  if (house === undefined) return false;
  let dark = 0;
  let back = 0;
  let said = 0;
  let alike = 0;
  for (const { resource, raised, symptom } of held.members.values()) {
    const neighbour = ancestry.placeOf(resource);
    if (neighbour < 0 || ancestry.powerAbove(neighbour)[0] !== house) continue;
    if (raised) dark++;
    else back++;
    if (ancestry.kindOf(neighbour) !== ancestry.kindOf(place)) continue;
    said++;
    if (symptom === pending.symptom) alike++;
  }
  // Loss of light is how those tell of lost mains that have no dying gasp.
  const suitable = pending.symptom === 'gasp' || pending.symptom === 'silent' || alike * 2 > said;
  return dark > back && suitable;
}

/** Of a cable cut in part the other fibres work: what fails on them later has another cause. */
function isOnCutFibre(held: HeldIncident, place: number, ancestry: Ancestry): boolean {
  if (held.parts === undefined) return true;
  const above = new Set(ancestry.signalAbove(place).map((at) => ancestry.idOf(at)));
  return held.parts.some((part) => above.has(part));
}

/** The head itself was without power, not only out of reach. */
const lostItsSupply = (ancestry: Ancestry, held: HeldIncident, head: number): boolean =>
  held.scope === 'down' && ancestry.powerAbove(head).some((feed) => ancestry.idOf(feed) === held.root);

/** A head that was dead looks for all its terminals anew when it comes back, and tells of each it does not find at once. */
function isRebooting(
  held: HeldIncident,
  { at, timing }: { readonly at: Instant; readonly timing: CorrelationTiming },
): boolean {
  const wasDead = held.scope === 'transport' ? held.kind === 'node-down' : held.dark.length > 0;
  if (!wasDead) return false;
  return held.backAt === undefined || at - held.backAt <= timing.rebootMs;
}

const powerKinds: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);

/** Loss of light does not follow from lost mains, nor a dying gasp from a cut fibre. */
function suits(kind: string, symptom: Symptom): boolean {
  if (powerKinds.has(kind)) return symptom !== 'los' && symptom !== 'port';
  return symptom !== 'gasp' && symptom !== 'power';
}

function behindTransport(
  ancestry: Ancestry,
  incidents: Incidents,
  { pending, place }: { readonly pending: Pending; readonly place: number },
  now: { readonly at: Instant; readonly timing: CorrelationTiming; readonly view: OpenView },
): HeldIncident | undefined {
  const { view } = now;
  const isYoung = (held: HeldIncident): boolean => now.at - held.decidedAt <= now.timing.misfitJoinMs;
  // What a collector asks itself is lost with it; what it finds behind a device shows that it sees again.
  const collector =
    pending.symptom === 'silent' && pending.polled ? ancestry.topology.parentOf('collector', place) : -1;
  if (collector >= 0) {
    const blind = incidents
      .at(ancestry.idOf(collector))
      .find((held) => isActive(held) && held.scope === 'collector' && isYoung(held));
    if (blind !== undefined) return blind;
  }
  const service = pending.symptom === 'session' ? view.brokenService : undefined;
  if (service !== undefined && now.at - service.startedAt <= now.timing.serviceJoinMs) return service;
  if (view.dark.size === 0 || pending.symptom === 'power') return undefined;
  for (const at of ancestry.above(place)) {
    const held = view.dark.get(ancestry.idOf(at));
    if (held === undefined || !isActive(held)) continue;
    if (
      populationOf(pending.symptom) === 'down' &&
      lostItsSupply(ancestry, held, at) &&
      isRebooting(held, now)
    )
      return held;
    if (isEnding(held, now.at) || (held.backAt ?? now.at) < now.at) continue;
    if (!isHeardBehind(pending, now.at - held.startedAt <= now.timing.misfitJoinMs)) {
      incidents.provedBack(held, now.at);
      continue;
    }
    return mayBeDead(ancestry, held, { pending, place }, now) ? undefined : held;
  }
  return undefined;
}

/** The device at the far end of its only link falls silent: is it the link, or the device? Both are weighed again. */
function mayBeDead(
  ancestry: Ancestry,
  held: HeldIncident,
  { pending, place }: { readonly pending: Pending; readonly place: number },
  { at, timing }: { readonly at: Instant; readonly timing: CorrelationTiming },
): boolean {
  if (held.kind !== 'link' || pending.symptom !== 'silent' || at - held.startedAt > timing.misfitJoinMs)
    return false;
  const [only, ...others] = ancestry.topology.linksAt(place);
  return only !== undefined && others.length === 0 && ancestry.idOf(only.index) === held.root;
}

/** Raised members as one piece a resource, in the order in which they joined. */
export function raisedByResource(held: HeldIncident): Map<ResourceId, Member[]> {
  const found = new Map<ResourceId, Member[]>();
  for (const member of held.members.values()) {
    if (!member.raised) continue;
    const same = found.get(member.resource);
    if (same === undefined) found.set(member.resource, [member]);
    else same.push(member);
  }
  return found;
}
