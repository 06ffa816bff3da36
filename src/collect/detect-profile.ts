/** Which profile fits a device: the longest sysObjectID prefix, then the longest part of sysDescr, then the id. */
import type { Profile, Profiles } from './profile.ts';
import type { Oid } from './session.ts';

/** RFC 3418 section 2: the scalars that tell what a device is. */
export const detectionOids: { readonly sysDescr: Oid; readonly sysObjectID: Oid } = {
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectID: '1.3.6.1.2.1.1.2.0',
};

/** Taken where nothing fits: standard tables only. */
const FALLBACK = 'generic';

export function detectProfile(
  profiles: Profiles,
  device: { readonly sysObjectID: Oid | undefined; readonly sysDescr: string | undefined },
): Profile | undefined {
  let best = profiles.byId.get(FALLBACK);
  let bestFit: readonly [number, number] = [0, 0];
  for (const profile of profiles.byId.values()) {
    const fit = fitOf(profile, device.sysObjectID ?? '', (device.sysDescr ?? '').toLowerCase());
    if (fit === undefined) continue;
    const difference = fit[0] - bestFit[0] || fit[1] - bestFit[1];
    if (difference > 0 || (difference === 0 && best !== undefined && profile.id < best.id)) {
      best = profile;
      bestFit = fit;
    }
  }
  return best;
}

/** Lengths of what fitted; undefined when the profile does not fit or does not say what it fits. */
function fitOf({ match }: Profile, oid: Oid, descr: string): readonly [number, number] | undefined {
  const prefixes = match.sysObjectID.filter((prefix) => oid === prefix || oid.startsWith(`${prefix}.`));
  const texts = match.sysDescr.filter((text) => descr.includes(text));
  if (match.sysObjectID.length > 0 && prefixes.length === 0) return undefined;
  if (match.sysDescr.length > 0 && texts.length === 0) return undefined;
  if (prefixes.length + texts.length === 0) return undefined;
  const longest = (found: readonly string[]): number => Math.max(0, ...found.map((text) => text.length));
  return [longest(prefixes), longest(texts)];
}
