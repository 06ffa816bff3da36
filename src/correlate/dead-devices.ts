/** A device is dead when that explains its links and its silence better than cuts do. */
import { type DurationMs, seconds } from '../base/instant.ts';
import type { CompiledLink, Topology } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';
import { sharesTrench } from './dead-sites.ts';
import { limits } from './timing.ts';
import type { KnownDown, Said } from './transport.ts';

// Logarithms in thousandths of a nat.
export const deadDevice = -9_200;
export const cutLink = -9_000;
const cutTrench = -9_700;
/** An end that could have told of a link and did not: its word was lost. */
const missingWord = -1_900;

export interface DeadDevice {
  readonly device: number;
  /** Its links that others say are down. */
  readonly heard: readonly number[];
}

interface Suspect extends DeadDevice {
  /** Log-likelihood over that of cuts. */
  readonly gain: number;
}

interface Circumstances extends Said {
  readonly known: KnownDown;
}

/** A dead device says nothing itself, and every neighbour that still has a way to be heard tells of the link to it. */
export function deadDevices(ancestry: Ancestry, said: Circumstances): DeadDevice[] {
  const { topology } = ancestry;
  const { links, known } = said;
  const devices = new Set<number>();
  for (const place of links.keys()) {
    const link = topology.linkOf(place);
    for (const end of [link?.a ?? -1, link?.b ?? -1]) if (end >= 0) devices.add(end);
  }
  const outage = topology.outage(known.places);
  const silenced = new Set(outage.lostWith([...links.keys()]));
  const suspects = [...devices]
    .map((device) => wordsOf(ancestry, device, said))
    .filter((words) => isSuspect(words, said))
    .sort((a, b) => (ancestry.idOf(a.device) < ancestry.idOf(b.device) ? -1 : 1))
    .slice(0, limits.causesPerLook)
    .map((words) => suspicion(ancestry, words, { ...said, outage, silenced }))
    .filter((suspect) => suspect.gain > 0)
    .sort((a, b) => b.gain - a.gain || (ancestry.idOf(a.device) < ancestry.idOf(b.device) ? -1 : 1));
  const explained = new Set<number>();
  return suspects.filter(({ heard }) => {
    // A stronger suspect explained some of it already.
    if (heard.some((link) => explained.has(link))) return false;
    for (const link of heard) explained.add(link);
    return true;
  });
}

interface Words {
  readonly device: number;
  /** Its links that only others say are down, and that it could no longer tell of. */
  readonly heard: readonly CompiledLink[];
  /** Those it lived to see. */
  readonly seen: readonly CompiledLink[];
}

/** What neighbours tell of at one moment comes in within this time; an answer to a poll is of its own moment. */
export const jumbledMs: DurationMs = seconds(3);

/** Its own word, like the last of a neighbour that died with it, proves that it lived then, not that it lives since. */
function wordsOf(ancestry: Ancestry, device: number, { links }: Said): Words {
  const own = ancestry.idOf(device);
  const told = ancestry.topology.linksAt(device).filter(({ index }) => links.has(index));
  let livedAt = 0;
  for (const { index } of told)
    for (const { by, at, polled } of links.get(index)!)
      if (by === own) livedAt = Math.max(livedAt, polled ? at : at - jumbledMs);
  const isHeard = ({ index }: CompiledLink): boolean =>
    links.get(index)!.every(({ by, at }) => by !== own && at >= livedAt);
  return { device, heard: told.filter(isHeard), seen: told.filter((link) => !isHeard(link)) };
}

/** Others say that it cannot be reached, and it says nothing any more. */
const isSuspect = ({ device, heard, seen }: Words, { silent }: Said): boolean =>
  heard.length > 1 || (heard.length > 0 && seen.length === 0 && silent.has(device));

interface Reached extends Circumstances {
  readonly outage: ReturnType<Topology['outage']>;
  /** What would be out of reach if all links said to be down were cut. */
  readonly silenced: ReadonlySet<number>;
}

function suspicion(ancestry: Ancestry, { device, heard, seen }: Words, reached: Reached): Suspect {
  const { silent, links, known, outage } = reached;
  const attached = ancestry.topology.linksAt(device);
  const isSilent = silent.has(device);
  const unheard = attached.filter(({ index }) => !links.has(index) && !known.places.has(index));
  const lost = new Set(unheard.length === 0 ? [] : outage.lostWith([device]));
  const missing = unheard.filter(({ a, b }) => !lost.has(a === device ? b : a)).length;
  const dead = deadDevice + missing * missingWord;
  // Cut off from everywhere it could not speak either; else its ends of the cut links are silent by chance.
  const cut = heard.map(({ index }) => index);
  const unsaid = reached.silenced.has(device) ? 0 : cut.length * missingWord + (isSilent ? deadDevice : 0);
  // What a dig took that is told of by others anyway needs no cut of its own.
  const cuts =
    heard.filter((link) => !isDugElsewhere(ancestry, link, { device, links, known })).length * cutLink;
  const gain = dead - Math.max(trench(heard, seen), cuts) - unsaid;
  // Of two that look the same, the one that fell silent is the likelier.
  const isEven = heard.length === 1 && cuts < 0 && isSilent && outage.lostWith(cut).includes(device);
  return { device, heard: cut, gain: isEven ? 1 : gain };
}

/** One dig that took all that others tell of; where it took what the device saw fail as well, that is no fault of its own. */
function trench(heard: readonly CompiledLink[], seen: readonly CompiledLink[]): number {
  if (seen.length > 0 && sharesTrench([...heard, ...seen])) return cutTrench - cutLink;
  return heard.length > 1 && sharesTrench(heard) ? cutTrench : Number.NEGATIVE_INFINITY;
}

interface Down {
  readonly links: ReadonlyMap<number, unknown>;
  readonly known: KnownDown;
}

function isDugElsewhere(
  ancestry: Ancestry,
  link: CompiledLink,
  { device, ...down }: Down & { readonly device: number },
): boolean {
  const isElsewhere = ({ index, a, b }: CompiledLink): boolean =>
    down.links.has(index) && a !== device && b !== device;
  return link.segments.some(
    (segment) => isDug(ancestry, segment, down) && ancestry.topology.linksOver(segment).some(isElsewhere),
  );
}

/** Of the links in this trench two are told of, and most are down. */
export function isDug({ topology }: Ancestry, segment: number, { links, known }: Down): boolean {
  const over = topology.linksOver(segment);
  const told = over.filter(({ index }) => links.has(index)).length;
  const down = over.filter(({ index }) => links.has(index) || known.places.has(index)).length;
  return told >= 2 && down >= 0.6 * over.length;
}
