/**
 * A device that polls alone miss need not be dead: its agent may hang while it forwards, or the eye that asks is going blind.
 * Dead, it takes the light off the ports of its neighbours, who tell of that within seconds. So people count as cut off by
 * it once somebody else has said so, or once the polls of a whole round have missed it.
 */
import { minutes } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident, Member } from './held-incident.ts';
import type { Standing } from './standing.ts';
import type { KnownDown, TransportCause, TransportEvidence } from './transport.ts';

/** Polls that take longer to come round to a device have no right to be waited for. */
export const secondWordMs = minutes(5);

/**
 * Of a device with one link nobody is asked but the one neighbour, whose word may be lost; and where devices of its
 * neighbours' kinds were never heard to tell of a link by themselves, as in a network that is only polled, none is to come.
 */
export function lacksSecondWord(
  ancestry: Ancestry,
  { root, kind, dark }: TransportCause,
  { said, known }: { readonly said: readonly TransportEvidence[]; readonly known: KnownDown },
): boolean {
  if (kind !== 'node-down' || said.some(({ symptom, polled }) => symptom !== 'silent' || !polled))
    return false;
  const { topology, habits } = ancestry;
  const links = topology.linksAt(root);
  if (links.length < 2) return false;
  const behind = dark.filter((place) => topology.linkOf(place) === undefined);
  if (isEchoed(said.filter(({ place }) => place !== root).length, behind.length)) return false;
  return links.some(({ index, a, b }) => {
    const neighbour = a === root ? b : a;
    if (neighbour < 0 || known.places.has(index) || known.places.has(neighbour)) return false;
    return !dark.includes(neighbour) && habits.telling.has(ancestry.kindOf(neighbour));
  });
}

/** A collector that goes blind misses one here and one there; a dead device most of what lies behind it. */
const isEchoed = (silent: number, behind: number): boolean => silent * 2 > behind && silent > 0;

/** What came since may be that word. */
export function hearSecondWord(held: HeldIncident, { symptom, polled }: Member): void {
  if (held.unproven !== true) return;
  if (symptom === 'link' || (symptom === 'silent' && !polled)) held.unproven = undefined;
  const dark = new Set(held.dark);
  let silent = 0;
  for (const member of held.members.values())
    if (member.symptom === 'silent' && dark.has(member.resource)) silent++;
  if (isEchoed(silent, dark.size)) held.unproven = undefined;
}

/** A round of polls has missed it: answers whether that is news. */
export function isProvedByTime(held: HeldIncident, standing: Pick<Standing, 'note'>): boolean {
  if (held.unproven !== true || held.backAt !== undefined || held.raised === 0) return false;
  held.unproven = undefined;
  standing.note(held);
  return true;
}

/**
 * A device that polls alone missed, and of whose links nobody told, forwards what those behind it say: it is not dead, and
 * nobody lost service by it. Answers whether that is so.
 */
export function spare(held: HeldIncident): boolean {
  if (held.kind !== 'node-down' || held.scope !== 'transport' || held.dark.length === 0) return false;
  for (const { symptom, polled, resource } of held.members.values())
    if (symptom !== 'silent' || !polled || resource !== held.root) return false;
  held.dark = [];
  held.parts = [];
  return true;
}
