/** What is still raised when the rest of an incident came back: a smaller fault of its own, or clears that were lost? */

import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { explain } from './explain.ts';
import type { HeldIncident, Member } from './held-incident.ts';
import { raisedByResource } from './joining.ts';
import { symptomRank } from './symptoms.ts';
import type { Evidence, Sighting } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

/**
 * Members that have a narrower cause in common, as half a house that stays dark when the mains return, and single ones
 * that polls found: polls would have seen them come back. Of single ones that only traps told of the clear was lost;
 * whether they work their subscribers are asked.
 */
export function stillBroken(
  ancestry: Ancestry,
  held: HeldIncident,
  known: { readonly sightings: readonly Sighting[]; readonly timing: CorrelationTiming },
): Member[] {
  const { scope } = held;
  if (scope !== 'down' && scope !== 'degraded' && scope !== 'session') return [];
  const left = raisedByResource(held);
  const evidence = [...left].map(([id, members]): Evidence => {
    const { symptom, at } = members.reduce((best, one) =>
      symptomRank[one.symptom] < symptomRank[best.symptom] ? one : best,
    );
    return { place: ancestry.placeOf(id), id, symptom, weight: 1, firstAt: at, lastAt: at };
  });
  return explain(ancestry, scope, evidence, known.sightings, known.timing).flatMap((found) => {
    const members = found.evidence.flatMap(({ id }) => left.get(id as ResourceId)!);
    return found.tally === undefined ? members.filter(({ polled }) => polled) : members;
  });
}
