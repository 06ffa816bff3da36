/** The topology in force as the fronts list it. */
import type { NetworkPort, ResourceView } from '../../edge/http/outside-port.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PlacedPeople } from './levels.ts';
import type { LineHost } from './line-host.ts';

/** Undefined until the line has one. */
export function networkInForce({ line, contents }: LineHost): Topology | undefined {
  const { topology } = line.named;
  return topology === undefined ? undefined : contents.topology(topology);
}

/** The same with its subscribers. */
export function peopleInForce(host: LineHost): PlacedPeople | undefined {
  const topology = networkInForce(host);
  const { subscribers, topologyVersion: version } = host.line;
  return topology === undefined || subscribers === undefined ? undefined : { version, topology, subscribers };
}

/** `topology` answers undefined until the line has one. */
export const networkPort = (topology: () => Topology | undefined): NetworkPort => ({
  resources({ limit, offset }) {
    const network = topology();
    const total = network?.count ?? 0;
    const count = Math.max(0, Math.min(limit, total - offset));
    return { items: Array.from({ length: count }, (_, n) => viewOf(network!, offset + n)), total };
  },
  resource(id) {
    const network = topology();
    const index = network?.indexOf(id) ?? -1;
    return index < 0 ? undefined : viewOf(network!, index);
  },
});

function viewOf(network: Topology, index: number): ResourceView {
  const parents = network.trees.flatMap((tree) => {
    const parent = network.parentOf(tree, index);
    return parent < 0 ? [] : [[tree, network.idOf(parent)]];
  });
  return {
    id: network.idOf(index),
    kind: network.kindOf(index),
    name: network.nameOf(index),
    parents: Object.fromEntries(parents) as Record<string, string>,
    isLink: index >= network.resourceCount,
  };
}
