/** Heads that are dead or out of reach: nobody can say what their terminals lost. */
import type { Instant } from '../base/instant.ts';
import { backSince, type LostHeads } from './aftermath.ts';
import type { Ancestry } from './ancestry.ts';
import { isActive } from './held-incident.ts';
import type { Sighting, SightingsOf } from './tally.ts';

/** Those that gave no sign since, by place. */
export function outOfSight(ancestry: Ancestry, lost: LostHeads): readonly number[] {
  const heads: number[] = [];
  for (const [id, held] of lost) {
    const place = ancestry.placeOf(id);
    if (
      isActive(held) &&
      backSince(held, ancestry.idOf(place)) === undefined &&
      ancestry.topology.isAccessHead(place)
    )
      heads.push(place);
  }
  return heads.sort((a, b) => a - b);
}

/** What is seen, and that of those of the heads nothing is that serve somebody who is fed from the same trees. */
export function withUnseen(
  ancestry: Ancestry,
  { heads, at }: { readonly heads: readonly number[]; readonly at: Instant },
  sightingsOf: SightingsOf,
): SightingsOf {
  if (heads.length === 0) return sightingsOf;
  return (tops) => {
    const fed = heads.filter((head) => [...tops].some((top) => ancestry.fedBy(top).has(head)));
    const unseen = fed.map((place): Sighting => ({ place, state: 'unknown', below: true, at }));
    return [...sightingsOf(tops), ...unseen];
  };
}
