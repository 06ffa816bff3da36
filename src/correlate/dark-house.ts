/** A house without mains: whether it is still dark, and who in it lives on a battery. */
import type { Ancestry } from './ancestry.ts';
import { type HeldIncident, isActive } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { Symptom } from './symptoms.ts';
import type { Evidence } from './tally.ts';

export const powerKinds: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);

export interface Known {
  readonly ancestry: Ancestry;
  readonly incidents: Incidents;
}

const noHouse = { isDark: false, isBack: false, isMute: false };

/**
 * How the house around stands to lost mains: whether it is still dark, whether it was and is not any more, and whether such
 * terminals there have no last word.
 */
function houseOf(
  held: HeldIncident,
  place: number,
  { ancestry, incidents }: Known,
): Readonly<Record<'isDark' | 'isBack' | 'isMute', boolean>> {
  if (!powerKinds.has(held.kind) || held.scope !== 'down' || !ancestry.isLeaf(place)) return noHouse;
  const [house] = ancestry.powerAbove(place);
  if (house === undefined) return noHouse;
  const head = ancestry.headOf(place);
  const kind = ancestry.kindOf(place);
  let [dark, lit, said, gasped] = [0, 0, 0, 0];
  for (const { resource, raised, symptom } of incidents.houses.in(held, house, ancestry)) {
    const neighbour = ancestry.placeOf(resource);
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
  { symptom, ...known }: Known & { readonly symptom: Symptom },
): boolean {
  const { isDark, isMute } = houseOf(held, place, known);
  return isDark && (symptom === 'gasp' || symptom === 'silent' || isMute);
}

/** One who gasps there now switched off: should the mains fail once more, all of the house is dark. */
export const hasMainsAgain = (held: HeldIncident, place: number, known: Known): boolean =>
  houseOf(held, place, known).isBack;

/**
 * The loss of mains in whose dark house this terminal, alone, lost its light: it was on battery, which is empty soon, and
 * some have no last word; that just its fibre broke meanwhile is far rarer.
 */
export function ranEmpty(
  { ancestry, incidents }: Known,
  { evidence: [piece] }: { readonly evidence: readonly Evidence[] },
): HeldIncident | undefined {
  if (piece === undefined || piece.symptom !== 'los' || piece.heldBy !== undefined) return undefined;
  const { place } = piece;
  for (const up of ancestry.powerAbove(place)) {
    const dark = incidents
      .at(ancestry.idOf(up))
      .find((held) => isActive(held) && houseOf(held, place, { ancestry, incidents }).isDark);
    if (dark !== undefined) return dark;
  }
  return undefined;
}
