/** What a cause in the transport graph takes from incidents that were opened without knowing of it. */
import type { ResourceId } from '../model/ids.ts';
import type { Decision, Scene } from './deciding.ts';
import { isFoundBefore } from './found-before.ts';
import type { HeldIncident, Member, Verdict } from './held-incident.ts';
import type { TransportCause } from './transport.ts';

/** What the polls of a lost collector called unreachable before, though other incidents explained it. */
export function doubted(
  { ancestry, standing, timing }: Scene,
  { root, at }: TransportCause,
  absorbs: readonly HeldIncident[],
): NonNullable<Decision['takes']> {
  const isDoubted = ({ symptom, polled, resource, at: saidAt }: Member): boolean => {
    if (symptom !== 'silent' || !polled || Math.abs(at - saidAt) > timing.collectorLookBackMs) return false;
    const place = ancestry.placeOf(resource);
    return !ancestry.isLeaf(place) && ancestry.collectorOf(place) === root;
  };
  return standing
    .inOrder()
    .filter((held) => !absorbs.includes(held) && (held.scope === 'transport' || held.scope === 'down'))
    .map((held) => ({ held, members: [...held.members.values()].filter(isDoubted) }))
    .filter(({ held, members }) => {
      // Neighbours that tell of its links show that a device is dead indeed, unless it tells of them, too, or they are back.
      const links = [...held.members.values()].filter(({ symptom, raised }) => symptom === 'link' && raised);
      const speaks = members.some(({ resource }) => links.some(({ by }) => by === resource));
      return members.length > 0 && (links.length === 0 || speaks);
    });
}

/** Young incidents that were only the shadow of this cause. */
export function shadowed(
  { ancestry, standing, timing, at }: Scene,
  verdict: Verdict,
  { at: firstAt, since }: Pick<TransportCause, 'at' | 'since'>,
): HeldIncident[] {
  if (verdict.scope === 'collector') {
    const collector = ancestry.placeOf(verdict.root);
    return standing
      .inOrder()
      .filter(
        (held) =>
          held.scope === 'transport' &&
          at - held.startedAt <= timing.collectorLookBackMs &&
          [...held.members.values()].every((member) => member.polled && member.symptom === 'silent') &&
          ancestry.collectorOf(ancestry.placeOf(held.root)) === collector,
      );
  }
  const dark = new Set<string>(verdict.kind === 'node-down' ? [verdict.root, ...verdict.dark] : verdict.dark);
  if (dark.size === 0) return [];
  return standing.inOrder().filter((held) => {
    if (at - held.startedAt > timing.revisitMs || held.scope === 'alone' || held.scope === 'service')
      return false;
    // What is noisy works: no dead device makes it so.
    if (held.scope === 'degraded' || held.kind === 'link' || held.scope === 'collector') return false;
    if (held.kind === 'duct' && held.scope === 'transport') return false;
    // One terminal that was silent before its head was is found by asking the head.
    if (held.kind === 'drop' && held.startedAt < firstAt - timing.misfitJoinMs) return false;
    if ([...held.members.values()].every((member) => isFoundBefore(member, since))) return false;
    // What is cut off cannot speak: what its terminals said has causes of their own, but for silence and lost sessions.
    if (held.scope === 'down' && !dark.has(held.root)) {
      for (const { symptom } of held.members.values()) if (symptom !== 'silent') return false;
    }
    const isDark = (id: ResourceId): boolean =>
      ancestry.signalAbove(ancestry.placeOf(id)).some((place) => dark.has(ancestry.idOf(place)));
    // A cable stands beside the access tree: whom it took says which head it belongs to.
    if (!ancestry.isCable(ancestry.placeOf(held.root))) return isDark(held.root);
    return [...held.members.values()].every(({ resource }) => isDark(resource));
  });
}
