/** From what an incident affects, as resource ids, to subscriber ranges and counts. */
import { tidied, without } from '../base/ranges.ts';
import type { SubscriberRange } from '../model/ids.ts';
import type { Affected } from '../model/incident.ts';
import { impliedParentIndex, type Subscribers, type Topology } from '../topology/topology.ts';

/** Everybody at or below `under` and whoever is `carried`, less those at or below `except`; ascending. */
export function affectedRanges(
  topology: Topology,
  subscribers: Subscribers,
  { affected, carried }: { readonly affected: Affected; readonly carried: readonly SubscriberRange[] },
): SubscriberRange[] {
  const under = [...carried, ...affected.under.flatMap((id) => rangesOf(topology, subscribers, id))];
  const except = affected.except.flatMap((id) => subscribers.rangesUnderId(id));
  return without(tidied(under), tidied(except));
}

function rangesOf(topology: Topology, subscribers: Subscribers, id: string): SubscriberRange[] {
  const index = topology.indexOf(id);
  if (index >= 0)
    return topology.isServiceWide(index) ? subscribers.everybody() : subscribers.rangesUnder(index);
  const mapped = subscribers.rangesUnderId(id);
  const device = impliedParentIndex(topology, id);
  // A device nothing is mapped below: a list that names only the device means its interfaces too.
  if (device < 0 || topology.hasChildren(device)) return mapped;
  return [...mapped, ...subscribers.rangesAt(device)];
}

/** The topology's own counts, for an operator who imported no list. */
export function affectedSubscribers(topology: Topology, affected: Affected): number {
  const known = (ids: readonly string[]): number[] =>
    ids.map((id) => topology.indexOf(id)).filter((index) => index >= 0);
  const implied = affected.under
    .filter((id) => topology.indexOf(id) < 0)
    .map((id) => impliedParentIndex(topology, id))
    .filter((device) => device >= 0 && !topology.hasChildren(device))
    .reduce((sum, device) => sum + topology.ownSubscribersOf(device), 0);
  return topology.subscribersUnder(known(affected.under), known(affected.except)) + implied;
}
