/** What is still raised when the rest of an incident came back: a smaller fault of its own, or clears that were lost? */

import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { explain } from './explain.ts';
import type { HeldIncident, Member } from './held-incident.ts';
import { raisedByResource } from './joining.ts';
import { speakerOf } from './symptoms.ts';
import type { Evidence, Sighting, SightingsOf } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

/** How often a device forgets to say that something is over, in thousandths of a nat. */
const lostClear = -3_500;

/**
 * Members that have a narrower cause in common, as half a house that stays dark when the mains return. One terminal here
 * and there is what lost clears look like; whether it works its subscriber is asked.
 */
export function stillBroken(
  ancestry: Ancestry,
  held: HeldIncident,
  known: { readonly sightingsOf: SightingsOf; readonly timing: CorrelationTiming },
): Member[] {
  const { scope } = held;
  if (scope !== 'down' && scope !== 'degraded' && scope !== 'session') return [];
  const left = raisedByResource(held);
  const evidence = [...left].map(([id, members]): Evidence => {
    const { symptom, at } = speakerOf(members);
    return { place: ancestry.placeOf(id), id, symptom, weight: 1, firstAt: at, lastAt: at };
  });
  // Who came back shows that what lies above him works again.
  const back = [...held.members.values()].flatMap(({ resource, raised, endedAt }): Sighting[] => {
    const place = ancestry.placeOf(resource);
    if (raised || endedAt === undefined || place < 0 || left.has(resource)) return [];
    return [{ place, state: 'alive', below: false, at: endedAt }];
  });
  const sightings = [...known.sightingsOf(evidence), ...back];
  return explain(ancestry, scope, evidence, sightings, known.timing)
    .filter(({ tally }) => tally !== undefined && tally.score > lostClear * tally.pieces)
    .flatMap((found) => found.evidence.flatMap(({ id }) => left.get(id as ResourceId)!));
}
