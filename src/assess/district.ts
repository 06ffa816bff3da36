/** In which part of the network a fault lies: repairs take alike where the same crews drive. */
import { impliedParentIndex, type Topology } from '../topology/topology.ts';

/** Real plant is a dozen steps deep. */
const stepLimit = 64;
/** From what only feeds or carries others to those others. */
const downwards = ['power', 'cable', 'access'] as const;

/**
 * Where the head of the root's access tree stands: the outermost parent in a tree `district` where the topology has one,
 * else in `site`. What feeds or carries others stands where the first of them does; empty when nothing says where.
 */
export function districtOf(topology: Topology | undefined, root: string | undefined): string {
  if (topology === undefined || root === undefined) return '';
  const known = topology.indexOf(root);
  let at = startOf(topology, known >= 0 ? known : impliedParentIndex(topology, root));
  for (let step = 0; at >= 0 && step < stepLimit; step++) {
    const head = outermost(topology, 'access', at);
    for (const tree of ['district', 'site']) {
      for (const index of [head, at]) {
        const place = outermost(topology, tree, index);
        if (place !== index || topology.kindOf(place) === tree) return topology.idOf(place);
      }
    }
    at = firstBelow(topology, at);
  }
  return '';
}

/** A link lies where its first known end does, a duct where its first link does. */
function startOf(topology: Topology, index: number): number {
  if (index < 0) return -1;
  const link = topology.linkOf(index) ?? topology.linksOver(index)[0];
  if (link === undefined) return index;
  return link.a >= 0 ? link.a : link.b;
}

function outermost(topology: Topology, tree: string, index: number): number {
  let at = index;
  for (let step = 0; step < stepLimit; step++) {
    const parent = topology.parentOf(tree, at);
    if (parent < 0) return at;
    at = parent;
  }
  return at;
}

function firstBelow(topology: Topology, index: number): number {
  for (const tree of downwards) {
    const first = topology.childrenOf(tree, index)[0];
    if (first !== undefined) return first;
  }
  return -1;
}
