/** A house without mains: whether it is still dark, and who in it lives on a battery. */
import { type DurationMs, hours } from '../base/instant.ts';
import { endsWithProofOfLife } from '../model/alarm.ts';
import { type AlarmId, alarmId, type ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { type HeldIncident, isActive, type Member } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { Symptom } from './symptoms.ts';
import type { Evidence } from './tally.ts';

export const powerKinds: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);

export interface Known {
  readonly ancestry: Ancestry;
  readonly incidents: Incidents;
}

const noHouse = { isDark: false, isBack: false, isReturning: false, isMute: false };

/**
 * How the house around stands to lost mains: whether it is still dark, whether it was and is not any more, or more come back
 * than switch on again on battery, and whether such terminals there have no last word.
 */
function houseOf(
  held: HeldIncident,
  place: number,
  { ancestry, incidents }: Known,
): Readonly<Record<keyof typeof noHouse, boolean>> {
  if (!powerKinds.has(held.kind) || held.scope !== 'down' || !ancestry.isLeaf(place)) return noHouse;
  const [house] = ancestry.powerAbove(place);
  if (house === undefined) return noHouse;
  const head = ancestry.headOf(place);
  const kind = ancestry.kindOf(place);
  const { dark = 0, lit = 0, words } = incidents.houses.at(held, house, ancestry) ?? {};
  const { said = 0, gasped = 0 } = words?.(head, kind) ?? {};
  // Loss of light is how those tell of lost mains that have no dying gasp.
  const isMute = ancestry.rules.isMute(kind) || (said > 0 && gasped === 0);
  const isReturning = (lit - 1) * 5 > dark;
  return { isDark: dark > lit, isBack: lit > 0 && dark <= lit, isReturning, isMute };
}

/** Supplies of sites are built for some hours, mostly four to eight; what dies later has a cause of its own. */
export const batteryLastsMs: DurationMs = hours(8);

/** Who had a battery falls dark when that is empty: as long as the house around is dark, whatever is back elsewhere. */
export function isFlatBattery(
  held: HeldIncident,
  place: number,
  { symptom, ...known }: Known & { readonly symptom: Symptom },
): boolean {
  const { isDark, isMute } = houseOf(held, place, known);
  return isDark && (symptom === 'gasp' || symptom === 'silent' || isMute);
}

/**
 * One who falls dark there now switched off: should the mains fail once more, all of the house is dark. Who gasps once the
 * house comes back, and was dark with it, has had power since, whoever in it has not yet started.
 */
export function hasMainsAgain(
  held: HeldIncident,
  { alarm, resource, symptom }: Pick<Member, 'alarm' | 'resource' | 'symptom'>,
  known: Known,
): boolean {
  if (!powerKinds.has(held.kind) || held.scope !== 'down') return false;
  const wasBack = [alarm, ...darknessOf(resource)].some(
    (one) => held.members.get(one)?.endedAt !== undefined,
  );
  if (symptom !== 'gasp' && !wasBack) return false;
  const { isBack, isReturning } = houseOf(held, known.ancestry.placeOf(resource), known);
  return isBack || (symptom === 'gasp' && wasBack && isReturning);
}

/** All that may be said of it being dark. */
export const darknessOf = (resource: ResourceId): AlarmId[] =>
  [...endsWithProofOfLife].map((cause) => alarmId(resource, cause, undefined));

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
