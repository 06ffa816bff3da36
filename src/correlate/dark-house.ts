/** A house without mains: whether it is still dark, and who in it lives on a battery. */
import type { Ancestry } from './ancestry.ts';
import { type HeldIncident, isActive } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { Symptom } from './symptoms.ts';
import type { Evidence } from './tally.ts';

export const powerKinds: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);

/**
 * How the house around stands to lost mains: whether it is still dark, whether it was and is not any more, and whether such
 * terminals there have no last word.
 */
function houseOf(
  held: HeldIncident,
  place: number,
  ancestry: Ancestry,
): Readonly<Record<'isDark' | 'isBack' | 'isMute', boolean>> {
  const [house] = ancestry.powerAbove(place);
  if (!powerKinds.has(held.kind) || held.scope !== 'down' || !ancestry.isLeaf(place) || house === undefined)
    return { isDark: false, isBack: false, isMute: false };
  const head = ancestry.headOf(place);
  const kind = ancestry.kindOf(place);
  let [dark, lit, said, gasped] = [0, 0, 0, 0];
  for (const { resource, raised, symptom } of held.members.values()) {
    const neighbour = ancestry.placeOf(resource);
    if (neighbour < 0 || ancestry.powerAbove(neighbour)[0] !== house) continue;
    if (raised) dark++;
    else lit++;
    if (ancestry.kindOf(neighbour) !== kind || ancestry.headOf(neighbour) !== head) continue;
    said++;
    if (symptom === 'gasp') gasped++;
  }
  // Loss of light is how those tell of lost mains that have no dying gasp.
  const isMute = ancestry.rules.isMute(kind) || (said > 0 && gasped === 0);
  return { isDark: dark > lit, isBack: lit > 0 && dark <= lit, isMute };
}

/** Who had a battery falls dark when that is empty: as long as the house around is dark, whatever is back elsewhere. */
export function isFlatBattery(
  held: HeldIncident,
  place: number,
  { symptom, ancestry }: { readonly symptom: Symptom; readonly ancestry: Ancestry },
): boolean {
  const { isDark, isMute } = houseOf(held, place, ancestry);
  return isDark && (symptom === 'gasp' || symptom === 'silent' || isMute);
}

/** One who gasps there now switched off: should the mains fail once more, all of the house is dark. */
export const hasMainsAgain = (held: HeldIncident, place: number, ancestry: Ancestry): boolean =>
  houseOf(held, place, ancestry).isBack;

/**
 * The loss of mains in whose dark house this terminal, alone, lost its light: it was on battery, which is empty soon, and
 * some have no last word; that just its fibre broke meanwhile is far rarer.
 */
export function ranEmpty(
  { ancestry, incidents }: { readonly ancestry: Ancestry; readonly incidents: Incidents },
  { evidence: [piece] }: { readonly evidence: readonly Evidence[] },
): HeldIncident | undefined {
  if (piece === undefined || piece.symptom !== 'los' || piece.heldBy !== undefined) return undefined;
  const { place } = piece;
  for (const up of ancestry.powerAbove(place)) {
    const dark = incidents
      .at(ancestry.idOf(up))
      .find((held) => isActive(held) && houseOf(held, place, ancestry).isDark);
    if (dark !== undefined) return dark;
  }
  return undefined;
}
