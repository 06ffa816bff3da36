/**
 * A trench that is cut once more. Polls find late who is back, so that its last alarms do not say when it was mended; its
 * links do, each of whose ends says at once that it is up. One that was up for long and falls again with the trench was not
 * what had never been mended.
 */
import type { Instant } from '../base/instant.ts';
import type { HeldIncident, Member } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { CorrelationTiming } from './timing.ts';
import type { Waiting } from './waiting.ts';

interface Desk {
  readonly incidents: Pick<Incidents, 'ofAlarm'>;
  readonly waiting: Pick<Waiting, 'get'>;
  readonly timing: CorrelationTiming;
  readonly at: Instant;
}

/** All its links were up for so long that what fails again is no relapse, and one of them is down now. */
export function isCutAnew({ startedAt, members }: HeldIncident, desk: Desk): boolean {
  const { at, timing } = desk;
  if (at - startedAt <= timing.reopenWithinMs) return false;
  const links = [...members.values()].filter(({ symptom }) => symptom === 'link');
  const since = upSince(links);
  if (since === undefined || at - since <= timing.reopenWithinMs) return false;
  return links.some(({ alarm }) => isDown(alarm, desk));
}

const isDown = (alarm: Member['alarm'], { waiting, incidents }: Desk): boolean =>
  waiting.get(alarm) !== undefined || incidents.ofAlarm(alarm)?.members.get(alarm)?.raised === true;

/** Since when the last of them was up, by whichever end said so first; undefined where none said so of one. */
function upSince(links: readonly Member[]): Instant | undefined {
  const upAt = new Map<string, Instant>();
  for (const { resource, raised, endedAt } of links) {
    if (raised || endedAt === undefined) continue;
    const known = upAt.get(resource);
    if (known === undefined || endedAt < known) upAt.set(resource, endedAt);
  }
  if (links.some(({ resource, at }) => at > (upAt.get(resource) ?? 0))) return undefined;
  return [...upAt.values()].reduce<Instant | undefined>(
    (last, one) => (last === undefined || one > last ? one : last),
    undefined,
  );
}
