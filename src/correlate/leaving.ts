/** Alarms leave an incident: with them goes what they alone said. */
import type { HeldIncident, Member } from './held-incident.ts';

/** The incident goes on without these members. */
export function leave(held: HeldIncident, members: readonly Member[]): void {
  const records = new Set(members.map(({ record }) => record));
  // In place, one by one: there may be more of them than arguments of a call.
  let kept = 0;
  for (const record of held.records) if (!records.has(record)) held.records[kept++] = record;
  held.records.length = kept;
  for (const { alarm, raised } of members) {
    held.members.delete(alarm);
    if (raised) held.raised--;
  }
  if (held.scope === 'down' && held.dark.length > 0) narrow(held, members);
}

/** A device that nobody calls dark any more was not dark with its site: its life says nothing of the mains. */
function narrow(held: HeldIncident, gone: readonly Member[]): void {
  const told = new Set([...held.members.values()].map(({ resource }) => resource));
  const freed = new Set(gone.flatMap(({ resource }) => (told.has(resource) ? [] : [resource])));
  held.dark = held.dark.filter((device) => !freed.has(device));
  if (held.dark.length === 0) held.backAt = undefined;
}
