/** What is still raised when the rest of an incident came back: a smaller fault of its own, or clears that were lost? */

import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { explain } from './explain.ts';
import type { HeldIncident, Member } from './held-incident.ts';
import { raisedByResource } from './joining.ts';
import { speakerOf } from './symptoms.ts';
import type { Evidence, SightingsOf } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

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
  return explain(ancestry, scope, evidence, known.sightingsOf(evidence), known.timing)
    .filter(({ tally }) => tally !== undefined)
    .flatMap((found) => found.evidence.flatMap(({ id }) => left.get(id as ResourceId)!));
}
