/** Links and devices that fell to something wider: the site's supply, or the trench that also carries subscribers' fibres. */
import { type DurationMs, hours } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { batteryLastsMs, powerKinds } from './dark-house.ts';
import type { Decision, Scene } from './deciding.ts';
import type { HeldIncident, Verdict } from './held-incident.ts';
import { restated } from './restating.ts';
import type { Standing } from './standing.ts';
import type { TransportCause } from './transport.ts';
import { mayBeDugUp, trenchOf } from './trench.ts';

/** The open loss of mains that feeds the device, or one end of the link, that this cause names; else the cut trench. */
export function widerCauseOf(
  ancestry: Ancestry,
  active: readonly HeldIncident[],
  { cause, within }: { readonly cause: TransportCause; readonly within: DurationMs },
): HeldIncident | undefined {
  const { root, kind, at } = cause;
  if (kind === 'collector') return undefined;
  const link = ancestry.topology.linkOf(root);
  const devices = link === undefined ? [root] : [link.a, link.b].filter((end) => end >= 0);
  const isNear = ({ startedAt, againAt = startedAt }: HeldIncident): boolean =>
    [startedAt, againAt].some((since) => Math.abs(since - at) <= within);
  if (kind === 'duct')
    return active.find((held) => held.scope === 'down' && held.root === ancestry.idOf(root) && isNear(held));
  const feeds = new Set(
    devices.flatMap((device) => ancestry.powerAbove(device).map((up) => ancestry.idOf(up))),
  );
  const isSite = kind === 'site-power';
  if (isSite) feeds.add(ancestry.idOf(root));
  const trenches = new Set((link?.segments ?? []).map((segment) => ancestry.idOf(segment)));
  return active.find(
    (held) =>
      (powerKinds.has(held.kind) &&
        feeds.has(held.root) &&
        (isSite || mayBeEmpty(ancestry, held, { cause, devices }))) ||
      (held.scope === 'down' && trenches.has(held.root) && isNear(held)),
  );
}

/** Batteries of sites that are watched are made to last at least so long. */
const shortestHold = hours(1);

/**
 * A battery says that it is low before it is empty; without one the device died with the mains. That word may be lost, and
 * huts that nobody watches have none: what falls silent wholly once the battery may be empty, while the site still has no
 * mains, ran empty; nothing else is so likely.
 */
function mayBeEmpty(
  ancestry: Ancestry,
  held: HeldIncident,
  { cause, devices }: { readonly cause: TransportCause; readonly devices: readonly number[] },
): boolean {
  const isBack = held.backAt !== undefined && held.backAt < cause.at;
  if (isBack || cause.at - held.lastEvidenceAt > batteryLastsMs) return false;
  const isWhole =
    cause.kind === 'node-down' ||
    devices.some(
      (device) => ancestry.topology.linksAt(device).length === 1 && isFedBy(ancestry, device, held),
    );
  const said = [...held.members.values()].filter(({ symptom }) => symptom === 'power');
  const supplies = new Set(
    devices.flatMap((device) => [device, ...ancestry.powerAbove(device)]).map((up) => ancestry.idOf(up)),
  );
  const isWatched = said.some(({ resource }) => supplies.has(resource));
  if (isWhole && held.raised > 0 && (!isWatched || cause.at - held.startedAt >= shortestHold)) return true;
  const kinds = said.map(({ resource }) => ancestry.kindOf(ancestry.placeOf(resource)));
  if (said.length > 1 || kinds.includes('battery')) return true;
  const hasBattery = devices.some((device) =>
    ancestry.powerAbove(device).some((up) => ancestry.kindOf(up) === 'battery'),
  );
  return !hasBattery || devices.some((device) => held.dark.includes(ancestry.idOf(device)));
}

const isFedBy = (ancestry: Ancestry, device: number, { root }: Pick<HeldIncident, 'root'>): boolean =>
  ancestry.powerAbove(device).some((up) => ancestry.idOf(up) === root);

/** The same incident, which now took this device, or this link, and what lies behind it. */
export function widened(held: HeldIncident, verdict: Verdict): Verdict {
  const dark = verdict.kind === 'node-down' ? [verdict.root, ...verdict.dark] : verdict.dark;
  return { ...restated(held), dark, parts: powerKinds.has(held.kind) ? held.parts : undefined };
}

/** Fibres found cut a moment before, beside this link or in this trench: both are one dig. */
export function fibresBeside(
  ancestry: Ancestry,
  active: readonly HeldIncident[],
  { cause, within }: { readonly cause: TransportCause; readonly within: DurationMs },
): { readonly held: HeldIncident; readonly trench: number } | undefined {
  if (cause.kind !== 'link' && cause.kind !== 'duct') return undefined;
  const { topology } = ancestry;
  const isDuct = cause.kind === 'duct';
  const cut = new Set(isDuct ? topology.linksOver(cause.root).map(({ index }) => index) : [cause.root]);
  for (const held of active) {
    if (held.scope !== 'down' || held.raised === 0 || Math.abs(held.startedAt - cause.at) > within) continue;
    const members = [...held.members.values()];
    if (!mayBeDugUp(members)) continue;
    const places = members.map(({ resource }) => ancestry.placeOf(resource));
    const trench = trenchOf(ancestry, places, cut);
    if (trench !== undefined && (!isDuct || trench === cause.root)) return { held, trench };
  }
  return undefined;
}

/** What is said of a trench whose links and fibres were told of one after the other. */
export function dugVerdict(
  ancestry: Ancestry,
  { held, trench }: { held: HeldIncident; trench: number },
  found: Verdict,
): Verdict {
  const root = ancestry.idOf(trench);
  const dark = [...new Set([...held.dark, ...found.dark])];
  const candidates = [
    { root, kind: 'duct' as const, probability: 0.9 },
    { root: held.root, kind: held.kind, probability: 0.05 },
  ];
  return { ...restated(held), kind: 'duct', root, candidates, actionable: true, dark, parts: undefined };
}

/** Links that the cut of this trench took with it, told of as links first. */
export function linksIn(
  ancestry: Ancestry,
  standing: Standing,
  { root, at, within }: { readonly root: number; readonly at: number; readonly within: DurationMs },
): HeldIncident[] {
  const links = new Set(ancestry.topology.linksOver(root).map(({ index }) => ancestry.idOf(index)));
  if (links.size === 0) return [];
  links.add(ancestry.idOf(root));
  return standing
    .transport()
    .filter(({ root: of, startedAt }) => links.has(of) && Math.abs(startedAt - at) <= within);
}

/** What is decided in one look: a trench that fibres show to be cut takes the links in it that are told of just now. */
export function asOneDig(ancestry: Ancestry, decisions: readonly Decision[]): readonly Decision[] {
  const dug = decisions.filter(({ verdict: { scope, kind } }) => scope === 'down' && kind === 'duct');
  if (dug.length === 0) return decisions;
  const folded = new Map<Decision, Decision>();
  for (const dig of dug) {
    const links = new Set(
      ancestry.topology
        .linksOver(ancestry.placeOf(dig.verdict.root))
        .map(({ index }) => ancestry.idOf(index)),
    );
    links.add(dig.verdict.root);
    for (const one of decisions) {
      const { scope, kind, root } = one.verdict;
      const isCut = scope === 'transport' && (kind === 'link' || kind === 'duct');
      if (isCut && links.has(root) && !folded.has(one)) folded.set(one, dig);
    }
  }
  if (folded.size === 0) return decisions;
  return decisions.flatMap((one) => {
    const parts = [...folded].flatMap(([part, dig]) => (dig === one ? [part] : []));
    if (parts.length === 0) return folded.has(one) ? [] : [one];
    const dark = new Set([...one.verdict.dark, ...parts.flatMap(({ verdict }) => verdict.dark)]);
    return {
      ...one,
      verdict: { ...one.verdict, dark: [...dark] },
      alarms: [...one.alarms, ...parts.flatMap(({ alarms }) => alarms)],
      absorbs: [...new Set([...one.absorbs, ...parts.flatMap(({ absorbs }) => absorbs)])],
    };
  });
}

/** Devices told of as dead, or as out of reach, in the moment in which this supply of theirs failed. */
export function diedWith(
  { ancestry, standing, timing }: Pick<Scene, 'ancestry' | 'standing' | 'timing'>,
  { root, kind }: Pick<Verdict, 'root' | 'kind'>,
  firstAt: number,
): HeldIncident[] {
  if (!powerKinds.has(kind)) return [];
  return standing.transport().filter((held) => {
    if (Math.abs(held.startedAt - firstAt) > timing.misfitJoinMs) return false;
    const link = ancestry.topology.linkOf(ancestry.placeOf(held.root));
    const ends = link === undefined ? [] : [link.a, link.b].filter((end) => end >= 0);
    const lost = held.kind === 'node-down' ? [held.root] : ends.map((end) => ancestry.idOf(end));
    const isGone = (id: ResourceId): boolean => held.kind === 'node-down' || held.dark.includes(id);
    return lost.some((id) => isGone(id) && isFedBy(ancestry, ancestry.placeOf(id), { root }));
  });
}
