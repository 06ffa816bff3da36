/** Links and devices that fell to something wider: the site's supply, or the trench that also carries subscribers' fibres. */
import type { DurationMs } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident, Verdict } from './held-incident.ts';
import { restated } from './restating.ts';
import type { TransportCause } from './transport.ts';

const supplyKinds: ReadonlySet<string> = new Set(['site-power', 'area-power', 'house-power']);

/** The open loss of mains that feeds the device, or one end of the link, that this cause names; else the cut trench. */
export function widerCauseOf(
  ancestry: Ancestry,
  active: readonly HeldIncident[],
  { cause, within }: { readonly cause: TransportCause; readonly within: DurationMs },
): HeldIncident | undefined {
  const { root, kind, at } = cause;
  if (kind === 'collector' || kind === 'duct') return undefined;
  const link = ancestry.topology.linkOf(root);
  const devices = link === undefined ? [root] : [link.a, link.b].filter((end) => end >= 0);
  const feeds = new Set(
    devices.flatMap((device) => ancestry.powerAbove(device).map((up) => ancestry.idOf(up))),
  );
  const trenches = new Set((link?.segments ?? []).map((segment) => ancestry.idOf(segment)));
  return active.find(
    (held) =>
      (supplyKinds.has(held.kind) && feeds.has(held.root) && mayBeEmpty(ancestry, held, devices)) ||
      (held.scope === 'down' && trenches.has(held.root) && Math.abs(held.startedAt - at) <= within),
  );
}

/** A battery says that it is low before it is empty; without one the device died with the mains. */
function mayBeEmpty(ancestry: Ancestry, held: HeldIncident, devices: readonly number[]): boolean {
  const said = [...held.members.values()].filter(({ symptom }) => symptom === 'power');
  const kinds = said.map(({ resource }) => ancestry.kindOf(ancestry.placeOf(resource)));
  if (said.length > 1 || kinds.includes('battery')) return true;
  const hasBattery = devices.some((device) =>
    ancestry.powerAbove(device).some((up) => ancestry.kindOf(up) === 'battery'),
  );
  return !hasBattery || held.dark.length > 0;
}

/** The same incident, which now took this device, or this link, and what lies behind it. */
export function widened(held: HeldIncident, verdict: Verdict): Verdict {
  const dark = verdict.kind === 'link' ? verdict.dark : [verdict.root, ...verdict.dark];
  return { ...restated(held), dark, parts: undefined };
}

/** Links that the cut of this trench took with it, told of as links first. */
export function linksIn(
  ancestry: Ancestry,
  active: readonly HeldIncident[],
  { root, at, within }: { readonly root: number; readonly at: number; readonly within: DurationMs },
): HeldIncident[] {
  const links = new Set(ancestry.topology.linksOver(root).map(({ index }) => ancestry.idOf(index)));
  if (links.size === 0) return [];
  return active.filter(
    (held) => held.scope === 'transport' && links.has(held.root) && Math.abs(held.startedAt - at) <= within,
  );
}
