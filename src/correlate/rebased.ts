/**
 * Open incidents after an import of topology: each stands as it was judged. One whose root has another name now is found by
 * that as well, and one whose root is gone says so.
 */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import { replan } from './works.ts';

interface Versions {
  readonly before: Ancestry;
  readonly now: Ancestry;
}

/** What changes of them is told from the next instant on. */
export function rebase(incidents: Incidents, before: Ancestry, now: Ancestry): void {
  replan(incidents, before, now);
  for (const held of incidents.standing.inOrder()) {
    const { root, gone } = held;
    const isThere = now.topology.indexOf(root) >= 0;
    // It never was there: an alarm spoke of a stranger.
    if (gone === undefined && (isThere || before.topology.indexOf(root) < 0)) continue;
    const nowCalled = isThere ? undefined : nameNow(gone?.nowCalled ?? root, held, { before, now });
    const isSame = !isThere && gone !== undefined && gone.nowCalled === nowCalled;
    if (isSame) continue;
    incidents.byRoot.delete(held);
    held.gone = isThere ? undefined : { nowCalled };
    incidents.byRoot.add(held);
    incidents.timers.set(`grow ${held.id}`, held.startedAt);
  }
}

/** The same thing under another name: of its kind, not known before, and above all that spoke or between the same ends. */
function nameNow(name: ResourceId, held: HeldIncident, { before, now }: Versions): ResourceId | undefined {
  if (now.topology.indexOf(name) >= 0) return name;
  const place = before.topology.indexOf(name);
  if (place < 0) return undefined;
  const isNew = (other: number): boolean =>
    !now.isStranger(other) && before.topology.indexOf(now.idOf(other)) < 0;
  const link = before.topology.linkOf(place);
  if (link !== undefined) {
    const [a, b] = [link.a, link.b].map((end) => (end < 0 ? -1 : now.topology.indexOf(before.idOf(end))));
    const between = a === undefined || a < 0 ? [] : now.topology.linksAt(a);
    const again = only(between.filter((one) => (one.a === b || one.b === b) && isNew(one.index)));
    return again === undefined ? undefined : now.idOf(again.index);
  }
  const [first, ...others] = [...held.members.values()]
    .slice(0, mostLooked)
    .map(({ resource }) => now.topology.indexOf(resource))
    .filter((at) => at >= 0)
    .map((at) => now.above(at));
  const shared = first?.filter((one) => others.every((above) => above.includes(one))) ?? [];
  const alike = shared.filter((one) => isNew(one) && now.kindOf(one) === before.kindOf(place));
  const terminals = before.terminalsOf(place);
  const found = only(alike.filter((one) => now.terminalsOf(one) === terminals)) ?? only(alike);
  return found === undefined ? undefined : now.idOf(found);
}

const mostLooked = 64;

const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);
