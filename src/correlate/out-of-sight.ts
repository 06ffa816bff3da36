/** Heads that are dead or out of reach: nobody can say what their terminals lost. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId } from '../model/ids.ts';
import { backSinceWord, type LostHeads, silenceOf } from './aftermath.ts';
import type { Ancestry } from './ancestry.ts';
import { type HeldIncident, isActive } from './held-incident.ts';
import type { Sighting, SightingsOf } from './tally.ts';

interface Lost {
  readonly place: number;
  readonly silence: AlarmId;
  readonly held: HeldIncident;
}

export class OutOfSight {
  /** As it was asked for last: another one when something took or gave back a head. */
  #lost: LostHeads | undefined;
  #ancestry: Ancestry | undefined;
  #heads: readonly Lost[] = [];

  /** Those that gave no sign since, by place. */
  heads(ancestry: Ancestry, lost: LostHeads): readonly number[] {
    if (this.#lost !== lost || this.#ancestry !== ancestry) {
      this.#heads = headsOf(ancestry, lost);
      this.#lost = lost;
      this.#ancestry = ancestry;
    }
    if (this.#heads.length === 0) return none;
    const silent: number[] = [];
    for (const { place, silence, held } of this.#heads)
      if (isActive(held) && backSinceWord(held, silence) === undefined) silent.push(place);
    return silent.length === 0 ? none : silent;
  }
}

const none: readonly never[] = [];

function headsOf(ancestry: Ancestry, lost: LostHeads): Lost[] {
  const heads: Lost[] = [];
  for (const [id, held] of lost) {
    const place = ancestry.placeOf(id);
    if (ancestry.topology.isAccessHead(place))
      heads.push({ place, silence: silenceOf(ancestry.idOf(place)), held });
  }
  return heads.sort((a, b) => a.place - b.place);
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
