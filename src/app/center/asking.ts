/** Which devices can answer a question of the line: those that a place hangs on, and what of each is meant. */
import type { WatchedDevice } from '../../detect/detect.ts';
import type { Topology } from '../../topology/topology.ts';

/** Places looked at for one question: of a larger subtree the nearest. */
const mostPlaces = 8_192;

/** Resources at or below these, and what holds them on their device, by id of the device that is nearest above or equal. */
export function placesByDevice(
  topology: Topology,
  devices: readonly Pick<WatchedDevice, 'id' | 'resource'>[],
  resources: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const deviceAt = new Map(devices.map(({ id, resource }) => [resource, id]));
  const found = new Map<string, Set<string>>();
  for (const place of atOrBelow(topology, resources)) {
    const path: string[] = [];
    for (let at = place; at >= 0; at = topology.parentOf('access', at)) {
      const resource = topology.idOf(at);
      const device = deviceAt.get(resource);
      if (device === undefined || at === place) path.push(resource);
      if (device === undefined) continue;
      const places = found.get(device) ?? new Set<string>();
      for (const one of path) places.add(one);
      found.set(device, places);
      break;
    }
  }
  return found;
}

function atOrBelow(topology: Topology, resources: readonly string[]): Iterable<number> {
  const seen = new Set(resources.map((id) => topology.indexOf(id)).filter((index) => index >= 0));
  for (const place of seen) {
    for (const child of topology.childrenOf('access', place)) if (seen.size < mostPlaces) seen.add(child);
  }
  return seen;
}
