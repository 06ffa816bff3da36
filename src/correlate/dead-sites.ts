/** A site whose devices all fell silent within seconds has lost its supply: not every site says so itself. */
import { type DurationMs, type Instant, minutes, seconds } from '../base/instant.ts';
import type { CompiledLink } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';
import type { Said, TransportEvidence } from './transport.ts';

export interface DeadSite {
  readonly site: number;
  readonly devices: readonly number[];
  /** All links of theirs that somebody said are down. */
  readonly down: readonly number[];
}

/** Neighbours tell of their links within a moment. */
const togetherMs: DurationMs = seconds(10);
/** Two rounds of polling. */
const foundMs: DurationMs = minutes(11);

/**
 * Of two devices or more neighbours elsewhere say that they are gone, and none of the site's says anything: that they died
 * apart in the same moment is far rarer than that their supply failed.
 */
export function deadSites(ancestry: Ancestry, said: Said): DeadSite[] {
  const { topology } = ancestry;
  const sites = new Set<number>();
  for (const place of said.links.keys()) {
    const link = topology.linkOf(place);
    for (const end of [link?.a ?? -1, link?.b ?? -1]) {
      const site = end < 0 ? -1 : topology.parentOf('site', end);
      if (site >= 0) sites.add(site);
    }
  }
  return [...sites]
    .sort((a, b) => (ancestry.idOf(a) < ancestry.idOf(b) ? -1 : 1))
    .map((site) => deadSite(ancestry, site, said))
    .filter((dead) => dead !== undefined);
}

function deadSite(ancestry: Ancestry, site: number, { silent, links }: Said): DeadSite | undefined {
  const { topology } = ancestry;
  const devices = [...topology.childrenOf('site', site)].filter((at) => topology.linksAt(at).length > 0);
  if (devices.length < 2) return undefined;
  const own = new Set(devices);
  const isHere = ({ a, b }: CompiledLink): boolean => own.has(a) && own.has(b);
  const down = new Set<number>();
  const outside: CompiledLink[] = [];
  const firsts: TransportEvidence[] = [];
  for (const device of devices) {
    const attached = topology.linksAt(device);
    const told = attached.filter(({ index }) => links.has(index));
    const spoke = told.some(({ index }) => links.get(index)!.some(({ by }) => by === ancestry.idOf(device)));
    const away = attached.filter((link) => !isHere(link));
    const heard = told.filter((link) => !isHere(link));
    // One that nobody misses though it has neighbours, or that speaks, lives.
    if (spoke || (away.length > 0 && heard.length * 2 < away.length && !silent.has(device))) return undefined;
    for (const { index } of told) down.add(index);
    if (heard.length === 0) continue;
    outside.push(...heard);
    const pieces = heard.flatMap(({ index }) => links.get(index)!);
    firsts.push(pieces.find(({ at }) => at === firstOf(pieces))!);
  }
  if (firsts.length < 2 || sharesTrench(outside)) return undefined;
  const from = firstOf(firsts);
  const isTogether = firsts.every(({ at, polled }) => at - from <= (polled ? foundMs : togetherMs));
  return isTogether ? { site, devices, down: [...down] } : undefined;
}

/** When it was first said. */
export const firstOf = (pieces: readonly TransportEvidence[]): Instant =>
  pieces.reduce((first, { at }) => (at < first ? at : first), pieces[0]!.at);

/** One cut would take all of them. */
export const sharesTrench = ([first, ...others]: readonly CompiledLink[]): boolean =>
  (first?.segments ?? []).some((segment) => others.every(({ segments }) => segments.includes(segment)));
