/** A port that hears no terminal: what took its terminals took its light. */
import { type Known, ranEmpty } from './dark-house.ts';
import type { Explanation } from './explain.ts';
import { actsSince, type HeldIncident } from './held-incident.ts';
import type { Now } from './joining.ts';
import type { Evidence } from './tally.ts';
import { isWorkedAt } from './works.ts';

/**
 * A port without light has no terminal to hear, whoever of them could not say so: it belongs to what took most of them. So
 * many words may be lost at once that less than half are not heard.
 */
export function darkOf(
  { ancestry, incidents }: Known,
  place: number,
  { at, timing }: Pick<Now, 'at' | 'timing'>,
): HeldIncident | undefined {
  if (ancestry.isStranger(place)) return undefined;
  const shares = new Map<HeldIncident, number>();
  const most = ancestry.leavesOf(place);
  for (const leaf of ancestry.leavesBelow(place, mostTerminals)) {
    const held = incidents.darkening(ancestry.idOf(leaf));
    if (held?.scope === 'down') shares.set(held, (shares.get(held) ?? 0) + 1);
  }
  return [...shares].find(
    ([held, share]) =>
      share * 2 > Math.min(most, mostTerminals) &&
      (at - actsSince(held) <= timing.misfitJoinMs || !isWorkedAt(ancestry, held, { place, at })),
  )?.[0];
}

const mostTerminals = 256;

/**
 * What took this lone word already: a terminal whose battery ran empty in a dark house, or a port that a poll named before
 * the terminals on it.
 */
export function darkenedBefore(
  scene: Known & Pick<Now, 'at' | 'timing'>,
  found: Pick<Explanation, 'evidence' | 'tally'>,
): HeldIncident | undefined {
  const empty = found.tally === undefined ? ranEmpty(scene, found) : undefined;
  const port = lonePort(found);
  return empty ?? (port === undefined ? undefined : darkOf(scene, port.place, scene));
}

/** Is one of these, which are stated now, what took terminals of this port? */
export function waitsForTerminals(
  found: { readonly evidence: readonly Evidence[] },
  others: readonly { readonly evidence: readonly Evidence[] }[],
): boolean {
  const port = lonePort(found);
  if (port === undefined) return false;
  return others.some(
    ({ evidence }) => evidence.length > 1 && evidence.some(({ above }) => above.includes(port.place)),
  );
}

function lonePort({ evidence }: { readonly evidence: readonly Evidence[] }): Evidence | undefined {
  const [only] = evidence;
  return evidence.length === 1 && only?.symptom === 'port' && only.heldBy === undefined ? only : undefined;
}
