/** From what an incident affects, as resource ids, to subscriber ranges and counts. */
import type { Instant } from '../base/instant.ts';
import { tidied, without } from '../base/ranges.ts';
import type { SubscriberRange } from '../model/ids.ts';
import type { Affected, LostRanges } from '../model/incident.ts';
import { type Bound, impliedParentIndex, type Subscribers, type Topology } from '../topology/topology.ts';

/** Whom something touches, and how many of each service; in the order of the services of the subscribers. */
export interface Touched {
  readonly ranges: SubscriberRange[];
  readonly services: readonly number[];
  /** The same people by what they have lost. */
  readonly lost: readonly LostRanges[];
}

/**
 * Everybody who had, at `since`, a service at or below `under`, and whoever is `carried`, less those at or below `except`.
 * Ranges are ascending.
 */
export function touchedBy(
  topology: Topology,
  subscribers: Subscribers,
  asked: {
    readonly affected: Affected;
    readonly carried: readonly SubscriberRange[];
    readonly since: Instant;
  },
): Touched {
  const { under, except } = asked.affected;
  const { bindings } = subscribers;
  const minute = Math.floor(asked.since / 60_000);
  const places = under.flatMap((id) => rangesOf(topology, subscribers, { id, minute }));
  const left = tidied(except.flatMap((id) => subscribers.rangesUnderId(id)));
  const attached = without(without(tidied([...asked.carried, ...places]), left), bindings.unbound);
  const spared = new Set(except.flatMap((id) => bindings.under(id, minute)).map(({ place }) => place));
  const bound = new Map<number, Bound>();
  for (const id of under) {
    for (const one of bindings.under(id, minute)) if (!spared.has(one.place)) bound.set(one.place, one);
  }
  const services = bindings.services.map(() => 0);
  for (const range of attached) {
    for (const [service, count] of bindings.countOwn(range).entries()) services[service]! += count;
  }
  for (const { service } of bound.values()) services[service]!++;
  const single = [...bound.values()].map(({ number }) => ({ from: number, to: number + 1 }));
  const ranges = single.length === 0 ? attached : tidied([...attached, ...single]);
  return {
    ranges,
    services,
    lost: [{ ranges: attached }, ...lostElsewhere(bound.values(), bindings.services)],
  };
}

function lostElsewhere(bound: Iterable<Bound>, names: readonly string[]): LostRanges[] {
  const found = names.map((): SubscriberRange[] => []);
  for (const { service, number } of bound) found[service]!.push({ from: number, to: number + 1 });
  return found.flatMap((single, service) =>
    single.length === 0 ? [] : [{ service: names[service]!, ranges: tidied(single) }],
  );
}

function rangesOf(
  topology: Topology,
  subscribers: Subscribers,
  { id, minute }: { readonly id: string; readonly minute: number },
): SubscriberRange[] {
  const index = topology.indexOf(id);
  if (index >= 0) {
    const attached = subscribers.rangesUnder(index);
    if (!topology.isServiceWide(index)) return attached;
    // Who uses a platform is known once services are bound to it; without a list everybody does.
    const isListed =
      topology.kindOf(index) === 'service-platform' &&
      (attached.length > 0 || subscribers.bindings.under(id, minute).length > 0);
    return isListed ? attached : subscribers.everybody();
  }
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
