/** What a collector could not see happened all the same: its blindness counts for no round of polling. */
import { type Instant, minutes } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { Pending } from './joining.ts';

interface Seeing {
  readonly ancestry: Ancestry;
  readonly incidents: Incidents;
  readonly place: number;
}

/** For how long of this time the head of this place was asked in vain, or not at all. */
export function unseenMs(
  { ancestry, incidents, place }: Seeing,
  { from, to }: { readonly from: Instant; readonly to: Instant },
): number {
  const collector = ancestry.collectorOf(place);
  if (collector < 0) return 0;
  let unseen = 0;
  for (const held of incidents.at(ancestry.idOf(collector))) {
    if (held.scope !== 'collector') continue;
    const until = Math.min(to, seesSince(held) ?? to);
    unseen += Math.max(0, until - Math.max(from, held.startedAt));
  }
  return unseen;
}

function seesSince({ members, root, resolvedAt }: HeldIncident): Instant | undefined {
  for (const { resource, raised, endedAt } of members.values()) {
    if (resource === root) return raised ? undefined : (endedAt ?? resolvedAt);
  }
  return resolvedAt;
}

/** Of two causes the first took what is below both, when nobody can have found it alive in between. */
export function tookFirst(seeing: Seeing, held: HeldIncident, other: HeldIncident): boolean {
  const [from, to] = [held.startedAt, other.startedAt];
  return from < to && to - from - unseenMs(seeing, { from, to }) <= roundMs;
}

/** Between two polls of a head. */
const roundMs = minutes(5);

/** The collector that had missed it sees again and finds it silent: that is no silence of the collector's. */
export const isFoundSilent = (
  { scope, root, backAt }: HeldIncident,
  { polled, symptom, resource, at }: Pick<Pending, 'polled' | 'symptom' | 'resource' | 'at'>,
): boolean =>
  scope === 'collector' && polled && symptom === 'silent' && resource !== root && (backAt ?? at) < at;
