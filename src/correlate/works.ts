/** Is this incident covered by announced works? */
import type { Instant } from '../base/instant.ts';
import type { PlannedWorks } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Incidents } from './incidents.ts';

/** A crew that starts a little early is still the crew that was announced. */
const earlyStartMs = 5 * 60_000;
/** So long after it began to start, a head has told of all its terminals. */
const startingMs = 20 * 60_000;

/**
 * The works that hold the root, or all that speaks, when it began: whatever cause is seen in terminals that restart one
 * after the other while their head is worked at, it is the works. A head that starts when its outage is over tells of that
 * one: works that have begun meanwhile did not cause it.
 */
export function worksCovering(ancestry: Ancestry, held: HeldIncident): PlannedWorks | undefined {
  const { startedAt, retoldAt, history } = held;
  const isStart = (at: Instant): boolean =>
    retoldAt !== undefined && at >= retoldAt && at - retoldAt <= startingMs;
  const at = history.findLast((past) => past.event === 'reopen' && !isStart(past.at))?.at ?? startedAt;
  const running = ancestry.topology.planned.filter(
    (works) => at >= works.from - earlyStartMs && at <= works.to,
  );
  if (running.length === 0) return undefined;
  const ofRoot = worksAt(ancestry, running, held.root);
  if (ofRoot !== undefined || held.members.size === 0) return ofRoot;
  const resources = new Set([...held.members.values()].map(({ resource }) => resource));
  let common: PlannedWorks | undefined;
  for (const resource of resources) {
    const works = worksAt(ancestry, common === undefined ? running : [common], resource);
    if (works === undefined) return undefined;
    common = works;
  }
  return common;
}

/** Works are going on here, and not at its root: what restarts with them is no late effect of it. */
export function isWorkedAt(
  ancestry: Ancestry,
  { root }: HeldIncident,
  { place, at }: { readonly place: number; readonly at: Instant },
): boolean {
  const running = ancestry.topology.planned.filter(({ from, to }) => at >= from && at <= to);
  const works = running.length === 0 ? undefined : worksAt(ancestry, running, ancestry.idOf(place));
  return works !== undefined && worksAt(ancestry, [works], root) === undefined;
}

/**
 * Works that were announced, moved or withdrawn while an incident is open count for it from the next instant on; those that
 * did not change do not, or what outlived its works would be planned again.
 */
export function replan(incidents: Incidents, before: Ancestry, now: Ancestry): void {
  if (before.topology.planned.length === 0 && now.topology.planned.length === 0) return;
  for (const held of incidents.standing.inOrder()) {
    const [then, works] = [worksCovering(before, held), worksCovering(now, held)];
    const isSame = then?.id === works?.id && then?.from === works?.from && then?.to === works?.to;
    if (!isSame) incidents.timers.set(`replan ${held.id}`, held.startedAt);
  }
}

/** By any tree, or as a segment of the link. */
function worksAt(
  ancestry: Ancestry,
  running: readonly PlannedWorks[],
  root: string,
): PlannedWorks | undefined {
  const place = ancestry.placeOf(root);
  if (place < 0) return undefined;
  const covering = [...ancestry.above(place)];
  if (!ancestry.isStranger(place)) {
    covering.push(...(ancestry.topology.linkOf(place)?.segments ?? []));
    let site = ancestry.topology.parentOf('site', place);
    for (; site >= 0; site = ancestry.topology.parentOf('site', site)) covering.push(site);
  }
  return running.find((works) => {
    const at = placesOf(ancestry, works);
    return covering.some((up) =>
      ancestry.isStranger(up) ? works.resources.includes(ancestry.idOf(up)) : at.has(up),
    );
  });
}

/** Where works are done, of what the topology lists. */
function placesOf({ topology }: Ancestry, works: PlannedWorks): ReadonlySet<number> {
  const known = places.get(works);
  if (known?.topology === topology) return known.places;
  const found = new Set(works.resources.map((id) => topology.indexOf(id)));
  found.delete(-1);
  places.set(works, { topology, places: found });
  return found;
}

const places = new WeakMap<
  PlannedWorks,
  { readonly topology: Ancestry['topology']; readonly places: ReadonlySet<number> }
>();
