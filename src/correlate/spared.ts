/**
 * Who works on while the house around him has no mains: on a battery at home, which is in no papers, or in another house
 * than the papers say. He lost nothing and is told nothing, until he falls dark himself.
 */
import type { ResourceId } from '../model/ids.ts';
import { silenceOf } from './aftermath.ts';
import { darknessOf, type Known } from './dark-house.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Now } from './joining.ts';
import type { Sighting } from './tally.ts';
import { limits } from './timing.ts';

type Seeing = Known & Pick<Now, 'at' | 'timing'>;

/** A proof of life; with `below` of all below it, as far as one word can be of so many. */
export function hearSpared(resource: ResourceId, below: boolean, seeing: Seeing): void {
  const { incidents, ancestry, at } = seeing;
  const mains = incidents.standing.mains();
  const place = mains.size === 0 ? -1 : ancestry.topology.indexOf(resource);
  if (place < 0) return;
  const head = ancestry.headOf(place);
  for (const held of mains) {
    if (!ancestry.fedBy(ancestry.placeOf(held.root)).has(head)) continue;
    if (note(held, { place, below, at }, seeing)) incidents.tellLater(held, at);
  }
}

/** A loss of mains is stated, or reaches further: who was heard of since all of his house fell dark? */
export function findSpared(
  held: HeldIncident,
  seeing: Seeing & { readonly sightings: (tops: ReadonlySet<number>) => readonly Sighting[] },
): void {
  const { incidents, ancestry } = seeing;
  if (!incidents.standing.mains().has(held)) return held.spared.clear();
  dropLost(held, seeing);
  const heads = new Set(ancestry.fedBy(ancestry.placeOf(held.root)).keys());
  for (const { state, count, place, below, at } of seeing.sightings(heads))
    if (state === 'alive' && count === undefined) note(held, { place, below, at }, seeing);
}

/** Whose head is dead as well lost his service with it, whatever battery he has. */
export function dropLost(held: HeldIncident, { ancestry }: Pick<Known, 'ancestry'>): void {
  for (const id of held.spared.keys())
    if (isHeadLost(held, ancestry.idOf(ancestry.headOf(ancestry.placeOf(id))))) held.spared.delete(id);
}

const isHeadLost = ({ dark, members }: HeldIncident, head: ResourceId): boolean =>
  dark.includes(head) || members.has(silenceOf(head));

/** Answers whether somebody is spared who was not known to be. */
function note(
  held: HeldIncident,
  { place, below, at }: Pick<Sighting, 'place' | 'below' | 'at'>,
  { ancestry, incidents, timing }: Seeing,
): boolean {
  const before = held.spared.size;
  if (isHeadLost(held, ancestry.idOf(ancestry.headOf(place)))) return false;
  const root = ancestry.placeOf(held.root);
  for (const leaf of below ? ancestry.leavesBelow(place, mostTerminals) : [place]) {
    if (held.spared.size >= limits.sparedNamed) break;
    const supply = ancestry.isLeaf(leaf) ? ancestry.powerAbove(leaf) : [];
    const [house] = supply;
    if (house === undefined || !supply.includes(root)) continue;
    const { dark = 0, lit = 0, newest = 0 } = incidents.houses.at(held, house, ancestry) ?? {};
    // Once some of the house are back, who works may be back as well.
    if (dark === 0 || lit > 0 || at < Math.max(held.startedAt, newest + timing.quietMs)) continue;
    const id = ancestry.idOf(leaf);
    if (!hasFallen(held, id) && !held.spared.has(id)) held.spared.set(id, at);
  }
  return held.spared.size > before;
}

const hasFallen = ({ members }: HeldIncident, id: ResourceId): boolean =>
  darknessOf(id).some((alarm) => members.has(alarm));

/** Of one word: a branch of a fibre or a line of amplifiers has fewer. */
const mostTerminals = 256;
