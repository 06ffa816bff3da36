/** Which incidents of links and devices are still in question when more is told, and what is down by all others. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { Scene } from './deciding.ts';
import type { HeldIncident, Member } from './held-incident.ts';
import type { Pending } from './joining.ts';

export function lookedAtAgain(scene: Scene, pending: readonly Pending[]): HeldIncident[] {
  const { ancestry, timing, at } = scene;
  const trenches = new Set(
    pending.filter(({ polled }) => polled).flatMap((one) => trenchesOf(ancestry, one.resource)),
  );
  // A poll finds a device silent, or a link down, long after its neighbours told of it.
  const silenced = new Set<string>(pending.flatMap((one) => neighboursOf(ancestry, one)));
  const near = scene.standing
    .transport()
    .filter(
      (held) =>
        at - held.startedAt <= timing.misfitJoinMs ||
        (at - held.startedAt <= timing.collectorLookBackMs && silenced.has(held.root)) ||
        (at - held.startedAt <= timing.sharedCutMs &&
          trenchesOf(ancestry, held.root).some((trench) => trenches.has(trench))),
    );
  return [...near, ...cutOff(scene, pending, near)];
}

/** The links of a silent device, and those beside a link that a poll found down. */
function neighboursOf(ancestry: Ancestry, { resource, symptom, polled }: Pending): ResourceId[] {
  const place = ancestry.placeOf(resource);
  const { topology } = ancestry;
  const link = symptom === 'link' && polled ? topology.linkOf(place) : undefined;
  const devices = symptom === 'silent' ? [place] : link === undefined ? [] : [link.a, link.b];
  return devices.flatMap((device) => topology.linksAt(device).map(({ index }) => ancestry.idOf(index)));
}

/** Devices called dead for their silence alone that these links, with what failed just before, reach or cut off. */
function cutOff(scene: Scene, pending: readonly Pending[], near: readonly HeldIncident[]): HeldIncident[] {
  const { ancestry, standing, timing, at } = scene;
  if (!pending.some(({ symptom }) => symptom === 'link')) return [];
  const mute = standing
    .transport()
    .filter((held) => !near.includes(held) && isOnlySilent(held, { at, timing }));
  if (mute.length === 0) return [];
  const told = [
    ...pending,
    ...near.flatMap((held) => [...held.members.values()].filter(({ raised }) => raised)),
  ];
  const links = told.flatMap(({ symptom, resource }) =>
    symptom === 'link' ? [ancestry.placeOf(resource)] : [],
  );
  const known = knownDown(scene, [...near, ...mute]);
  const lost = new Set(ancestry.topology.outage(known).lostWith(links));
  for (const link of links) {
    const ends = ancestry.topology.linkOf(link);
    if (ends !== undefined) lost.add(ends.a).add(ends.b);
  }
  return mute.filter(({ root }) => lost.has(ancestry.placeOf(root)));
}

/** A device called dead lately, and for silence alone: what is told of its links may show that it is only cut off. */
export function isOnlySilent(held: HeldIncident, { at, timing }: Pick<Scene, 'at' | 'timing'>): boolean {
  if (held.kind !== 'node-down' || held.raised === 0 || held.backAt !== undefined) return false;
  if (at - held.startedAt > timing.collectorLookBackMs) return false;
  return [...held.members.values()].every(({ symptom, raised }) => !raised || symptom === 'silent');
}

/** The segments that carry this link, or the segment itself. */
function trenchesOf(ancestry: Ancestry, id: ResourceId): readonly number[] {
  const place = ancestry.placeOf(id);
  return ancestry.topology.linkOf(place)?.segments ?? [place];
}

/** What is down by incidents that are settled: their links and devices are no longer in question. */
export function knownDown({ ancestry, standing }: Scene, recent: readonly HeldIncident[]): Set<number> {
  const places = new Set<number>();
  for (const held of standing.transport()) {
    // Nobody counts as cut off by a device that polls alone miss while its neighbours, who would tell, say nothing.
    if (recent.includes(held) || held.raised === 0 || held.unproven === true) continue;
    const said = new Map<ResourceId, Member[]>();
    for (const member of held.members.values()) {
      if (member.symptom !== 'link' && member.resource !== held.root) continue;
      said.set(member.resource, [...(said.get(member.resource) ?? []), member]);
    }
    // A device that is back has all its links again, whoever forgot to say so.
    if (held.kind === 'node-down' && !isDownStill(said.get(held.root) ?? [...said.values()].flat())) continue;
    const down = [...said].filter(([, members]) => isDownStill(members)).map(([resource]) => resource);
    // Of a trench, as of a device that says nothing, its links tell.
    if (down.includes(held.root) || (!said.has(held.root) && down.length === said.size))
      places.add(ancestry.placeOf(held.root));
    for (const resource of down) places.add(ancestry.placeOf(resource));
  }
  return places;
}

/** What it still holds to be down is among these, which are up. */
export function isUp(ancestry: Ancestry, { root, members }: HeldIncident, up: readonly number[]): boolean {
  if (up.includes(ancestry.placeOf(root))) return true;
  const raised = [...members.values()].filter((member) => member.raised);
  return (
    raised.length > 0 &&
    raised.every(({ symptom, resource }) => symptom === 'link' && up.includes(ancestry.placeOf(resource)))
  );
}

/** Of a link one end may forget to say that it is up again: that the other says so is enough. */
function isDownStill(members: readonly Member[]): boolean {
  let [down, up] = [0, 0];
  for (const { raised, at, endedAt = 0 } of members) {
    if (raised) down = Math.max(down, at);
    else up = Math.max(up, endedAt);
  }
  return down > up;
}
