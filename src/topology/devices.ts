/** Which device a part of the network belongs to, as far as its alarms are concerned. */
import { impliedParentIndex, type Topology } from './graph.ts';

/** Parts of a device, which have no links of their own. */
const parts: ReadonlySet<string> = new Set(['port', 'card', 'pon-port', 'line']);

/** The index of the device of a port or card; anything else stands for itself. -1 where the topology knows nothing of it. */
export function deviceIndexOf(topology: Topology, id: string): number {
  const known = topology.indexOf(id);
  let index = known >= 0 ? known : impliedParentIndex(topology, id);
  while (index >= 0 && parts.has(topology.kindOf(index))) {
    const above = topology.parentOf('access', index);
    if (above < 0) break;
    index = above;
  }
  return index;
}

/** The indexes of those joined to it by a link, each once. */
export function neighboursOf(topology: Topology, index: number): readonly number[] {
  const ends = new Set<number>();
  for (const { a, b } of topology.linksAt(index)) {
    for (const end of [a, b]) if (end >= 0 && end !== index) ends.add(end);
  }
  return [...ends];
}
