/** Who is touched by something that the topology in force holds no more: who was before it went, in the numbers of today. */
import type { SubscriberRange } from '../model/ids.ts';
import type { Affected } from '../model/incident.ts';
import { impliedParentIndex, type Subscribers, type Topology } from '../topology/topology.ts';

/** Some of what is affected is known neither as a resource, nor as a part of one, nor as a place of subscribers. */
export function isGone(
  topology: Topology,
  subscribers: Subscribers | undefined,
  { under }: Affected,
): boolean {
  return under.some(
    (id) =>
      topology.indexOf(id) < 0 &&
      impliedParentIndex(topology, id) < 0 &&
      (subscribers === undefined || subscribers.rangesUnderId(id).length === 0),
  );
}

/** By stable key; who left, or has no place any more, is left out. What stood together mostly still does. */
export function renumbered(
  ranges: readonly SubscriberRange[],
  before: Subscribers,
  now: Subscribers,
): SubscriberRange[] {
  const placed = now.count - now.orphans;
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    for (let number = from; number < to; number++) {
      const key = before.keyOf(number);
      const last = found.at(-1);
      const isNext = last !== undefined && last.to < placed && now.keyOf(last.to) === key;
      const place = isNext ? last.to : now.numberOf(key);
      if (place < 0 || place >= placed) continue;
      if (last?.to === place) last.to++;
      else found.push({ from: place, to: place + 1 });
    }
  }
  return found;
}
