/** What is still raised when the rest of an incident came back: a smaller fault of its own, or clears that were lost? */

import { after, type Instant, instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { batteryLastsMs, hasMainsAgain } from './dark-house.ts';
import { explain } from './explain.ts';
import {
  type HeldIncident,
  isDarkness,
  isEnding,
  isLongAlone,
  type Member,
  raisedByResource,
} from './held-incident.ts';
import { unseenMs } from './in-sight.ts';
import type { Incidents } from './incidents.ts';
import { againPending } from './joining.ts';
import { speakerOf } from './symptoms.ts';
import { causesAbove, type Evidence, type Sighting, type SightingsOf } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';
import type { Waiting } from './waiting.ts';

interface Desk {
  readonly incidents: Incidents;
  readonly waiting: Waiting;
  readonly ancestry: Ancestry;
  readonly timing: CorrelationTiming;
  readonly sightingsOf: SightingsOf;
  readonly at: Instant;
}

/**
 * What stays down together when the rest came back has a cause of its own; of single ones the clear was lost. Answers
 * whether something waits for its cause again.
 */
export function splitLeftovers(held: HeldIncident, desk: Desk): boolean {
  const { incidents, waiting, at } = desk;
  const without = runsOnBattery(held, at);
  if (without !== undefined) {
    incidents.timers.set(`leftover ${held.id}`, without);
    return false;
  }
  const left = stillBroken(desk.ancestry, held, desk);
  // A whole part of it that is still dark waits for its repair; it is not another fault.
  if (held.state !== 'mitigated' && left.length > 0 && held.raised > 1) return false;
  left.push(...stillSilent(desk.ancestry, held).filter((member) => !left.includes(member)));
  if (left.length > 0) incidents.split(held, left, at);
  for (const member of left) waiting.put(againPending(member, held.id, at));
  incidents.resolve(held, held.lastClearAt ?? at);
  return left.length > 0;
}

/**
 * Until when the supply is believed that says itself that it has no mains, whoever else is back: batteries last for hours,
 * and what fails when they are empty is of this.
 */
function runsOnBattery({ kind, root, members }: HeldIncident, at: Instant): Instant | undefined {
  if (kind !== 'site-power') return undefined;
  for (const { raised, symptom, resource, at: since } of members.values()) {
    const until = after(since, batteryLastsMs);
    if (raised && symptom === 'power' && resource === root && until > at) return until;
  }
  return undefined;
}

/**
 * A head that was dead looks for all its terminals when it starts; those that are still without light long after that fell
 * dark while nobody could see it; rounds in which its collector was blind prove nothing. Answers whether something waits for its cause.
 */
export function splitUnlit(held: HeldIncident, desk: Desk): boolean {
  const { incidents, waiting, at } = desk;
  const since = held.retoldAt;
  if (since === undefined) return false;
  const left = new Set(
    held.scope === 'transport' ? stillBroken(desk.ancestry, held, { ...desk, since }) : [],
  );
  for (const member of stillSilent(desk.ancestry, held)) left.add(member);
  const [first] = left;
  if (first === undefined) return false;
  const place = desk.ancestry.placeOf(first.resource);
  const seenAt = after(
    instant(since + unseenMs({ ...desk, place }, { from: since, to: at })),
    desk.timing.leftoverMs,
  );
  if (seenAt > at) {
    incidents.timers.set(`retold ${held.id}`, seenAt);
    return false;
  }
  incidents.split(held, [...left], at);
  for (const member of left) waiting.put({ ...againPending(member, held.id, at), outlived: held.root });
  incidents.endIfOver(held, at);
  incidents.tell(held, 'shrank');
  return true;
}

/**
 * Terminals, and ports without light, that polls found dark after their head had started, and have not found lit since: no
 * word of theirs was lost.
 */
function stillSilent(ancestry: Ancestry, { members, retoldAt }: HeldIncident): Member[] {
  if (retoldAt === undefined) return [];
  return [...members.values()].filter(
    ({ symptom, polled, raised, at, resource }) =>
      raised &&
      polled &&
      at >= retoldAt &&
      (symptom === 'port' || (symptom === 'silent' && ancestry.isLeaf(ancestry.placeOf(resource)))),
  );
}

interface Said {
  readonly polled: boolean;
  /** Something is raised of its resource that a proof of life would end. */
  readonly isDark: boolean;
  /** It lost light, and its head does not tell of all anew that are without. */
  readonly tellsOfLight: () => boolean;
}

/**
 * What is dark cannot fall dark: a trap that says so again shows that the clear of the last time was lost; so does a poll
 * that finds dark now what the rounds since then have not. Answers whether it was so.
 */
export function endLostClear(
  { incidents, ancestry, timing, at }: Pick<Desk, 'incidents' | 'ancestry' | 'timing' | 'at'>,
  alarm: Alarm,
  { polled, isDark, tellsOfLight }: Said,
): boolean {
  const { leftoverMs, misfitJoinMs, lateJoinMs } = timing;
  const held = incidents.ofAlarm(alarm.id);
  // Asked with every raise: of most resources nothing is raised yet.
  const alone = !isDarkness(alarm) ? held : isDark ? incidents.darkening(alarm.resource) : undefined;
  const isGasp = !polled && alarm.cause === 'DYING_GASP';
  // Without light before it could not lose it, whatever polls confirmed: only a repeat of what it said may be one.
  const isLit = !polled && alone?.members.get(alarm.id)?.raised !== true && tellsOfLight();
  const before = at - (polled ? lateJoinMs : leftoverMs);
  if (alone !== undefined && isLongAlone(alone, before, isGasp || isLit)) {
    incidents.resolve(alone, alone.lastEvidenceAt);
    return true;
  }
  if (polled) return false;
  const member = held?.members.get(alarm.id);
  if (held === undefined || member?.raised !== true || member.polled) return false;
  // What a head that was dead told when it started is over when it tells of it anew much later.
  if (held.scope !== 'down' && (held.scope !== 'transport' || !tellsOfLight())) return false;
  // Houses come back one after the other: in one that is back nobody is dark still.
  const said = { alarm: alarm.id, resource: alarm.resource, symptom: member.symptom };
  const isBack =
    isEnding(held, (at - misfitJoinMs) as Instant) || hasMainsAgain(held, said, { ancestry, incidents });
  if (!isBack) return false;
  incidents.clear(alarm.id, at);
  return true;
}

/**
 * Members that have a narrower cause in common, as half a house that stays dark when the mains return. One terminal here
 * and there is what lost clears look like; whether it works its subscriber is asked.
 */
function stillBroken(
  ancestry: Ancestry,
  held: HeldIncident,
  known: {
    readonly sightingsOf: SightingsOf;
    readonly timing: CorrelationTiming;
    /** Only terminals of which was told from then on. */
    readonly since?: Instant | undefined;
  },
): Member[] {
  const { since } = known;
  const scope = since === undefined ? held.scope : 'down';
  if (scope !== 'down' && scope !== 'degraded' && scope !== 'session') return [];
  const left = raisedByResource(held);
  for (const [id, members] of since === undefined ? [] : left) {
    if (!ancestry.isLeaf(ancestry.placeOf(id)) || members.some(({ at }) => at < since!)) left.delete(id);
  }
  const tops = new Set<number>();
  const evidence = [...left].map(([id, members]): Evidence => {
    const { symptom, at } = speakerOf(members);
    const place = ancestry.placeOf(id);
    for (const top of ancestry.topsOf(place)) tops.add(top);
    const above = causesAbove(ancestry, scope, { place, symptom });
    return { place, above, id, symptom, weight: 1, firstAt: at, lastAt: at };
  });
  // Who came back shows that what lies above him works again.
  const back = [...held.members.values()].flatMap(({ resource, raised, endedAt }): Sighting[] => {
    const place = ancestry.placeOf(resource);
    if (raised || endedAt === undefined || place < 0 || left.has(resource)) return [];
    return [{ place, state: 'alive', below: false, at: endedAt }];
  });
  const sightings = [...known.sightingsOf(tops), ...back];
  return explain(ancestry, scope, evidence, () => sightings, known.timing)
    .filter(
      ({ tally }) => tally !== undefined && tally.score > ancestry.rules.silence.lostClear * tally.pieces,
    )
    .flatMap((found) => found.evidence.flatMap(({ id }) => left.get(id as ResourceId)!));
}
