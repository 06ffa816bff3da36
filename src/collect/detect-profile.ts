/** Which profile fits a device: the longest sysObjectID prefix, then a scalar it answers, the longest part of sysDescr, the id. */
import type { Profile, Profiles } from './profile.ts';
import type { Oid } from './session.ts';

/** RFC 3418 section 2: the scalars that tell what a device is. */
export const detectionOids: { readonly sysDescr: Oid; readonly sysObjectID: Oid } = {
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectID: '1.3.6.1.2.1.1.2.0',
};

/** Taken where nothing fits: standard tables only. */
const FALLBACK = 'generic';

/** What a device says of itself. */
export interface DetectedDevice {
  readonly sysObjectID: Oid | undefined;
  readonly sysDescr: string | undefined;
  /** Which of the scalars that `detectionScalars` names it answered; none when nobody asked. */
  readonly answered?: ReadonlySet<Oid> | undefined;
}

export function detectProfile(profiles: Profiles, device: DetectedDevice): Profile | undefined {
  let best = profiles.byId.get(FALLBACK);
  let bestFit: Fit = [0, 0, 0];
  for (const profile of profiles.byId.values()) {
    const fit = fitOf(profile, device);
    if (fit === undefined || !isAnswered(profile, device.answered)) continue;
    const difference = fit[0] - bestFit[0] || fit[1] - bestFit[1] || fit[2] - bestFit[2];
    if (difference > 0 || (difference === 0 && best !== undefined && profile.id < best.id)) {
      best = profile;
      bestFit = fit;
    }
  }
  return best;
}

/** Scalars to ask such a device before it is known which profile fits: as a rule none. */
export function detectionScalars(profiles: Profiles, device: DetectedDevice): readonly Oid[] {
  const asking = [...profiles.byId.values()].filter(
    (profile) => profile.match.answers.length > 0 && fitOf(profile, device) !== undefined,
  );
  return [...new Set(asking.flatMap(({ match }) => match.answers))];
}

/** Zero dot zero is how agents say that they have none (RFC 3418, sysObjectID). */
export const isNameless = ({ sysObjectID }: DetectedDevice): boolean =>
  sysObjectID === undefined || sysObjectID === '' || sysObjectID === '0.0';

/** Length of the prefix, 1 when a scalar decides, length of the text. */
type Fit = readonly [number, number, number];

/** Undefined when the profile does not fit or does not say what it fits. */
function fitOf({ match }: Profile, device: DetectedDevice): Fit | undefined {
  const oid = device.sysObjectID ?? '';
  const descr = (device.sysDescr ?? '').toLowerCase();
  const prefixes = match.sysObjectID.filter((prefix) => oid === prefix || oid.startsWith(`${prefix}.`));
  const texts = match.sysDescr.filter((text) => descr.includes(text));
  if (match.sysObjectID.length > 0 && prefixes.length === 0) return undefined;
  if (match.sysDescr.length > 0 && texts.length === 0) return undefined;
  // An appliance that tells no sysObjectID at all is told by what it answers alone.
  const isTold = match.answers.length > 0 && isNameless(device);
  if (prefixes.length + texts.length === 0 && !isTold) return undefined;
  const longest = (found: readonly string[]): number => Math.max(0, ...found.map((text) => text.length));
  return [longest(prefixes), Math.min(match.answers.length, 1), longest(texts)];
}

const isAnswered = ({ match }: Profile, answered: ReadonlySet<Oid> | undefined): boolean =>
  match.answers.length === 0 || match.answers.some((oid) => answered?.has(oid) === true);
