/** A device that dies while its site runs on battery has no fault of its own: the site's supply took it. */
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Verdict } from './incidents.ts';
import type { TransportCause } from './transport.ts';

const supplyKinds: ReadonlySet<string> = new Set(['site-power', 'area-power', 'house-power']);

/** The open loss of mains that feeds the device, or one end of the link, that this cause names. */
export function lostSupplyOf(
  ancestry: Ancestry,
  active: readonly HeldIncident[],
  { root, kind }: TransportCause,
): HeldIncident | undefined {
  if (kind === 'collector' || kind === 'duct') return undefined;
  const link = ancestry.topology.linkOf(root);
  const devices = link === undefined ? [root] : [link.a, link.b].filter((end) => end >= 0);
  const feeds = new Set(
    devices.flatMap((device) => ancestry.powerAbove(device).map((at) => ancestry.idOf(at))),
  );
  return active.find(
    (held) =>
      supplyKinds.has(held.kind) &&
      feeds.has(held.root) &&
      [...held.members.values()].some(({ raised, symptom }) => raised && symptom === 'power'),
  );
}

/** The same incident, which now took this device and what lies behind it. */
export function supplyVerdict(held: HeldIncident, verdict: Verdict): Verdict {
  const { scope, kind, root, candidates, actionable, explanation } = held;
  return { scope, kind, root, candidates, actionable, explanation, dark: [verdict.root, ...verdict.dark] };
}
