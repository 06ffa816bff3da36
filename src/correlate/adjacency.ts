/** Which device an alarm speaks of, and which devices stand next to it over a link. */
import type { ResourceId } from '../model/ids.ts';
import { impliedParentIndex } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';

/** Parts of a device, which have no links of their own. */
const parts: ReadonlySet<string> = new Set(['port', 'card', 'pon-port', 'line']);
/** What heats a device heats all of it; a hub of thousands of links is no neighbourhood. */
const mostNeighbours = 256;
const mostRemembered = 20_000;

export class Adjacency {
  readonly #ancestry: Ancestry;
  readonly #around = new Map<ResourceId, readonly ResourceId[]>();

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
  }

  /** The device of a port or card; anything else stands for itself. */
  deviceOf(resource: ResourceId): ResourceId {
    const ancestry = this.#ancestry;
    const { topology } = ancestry;
    let place = topology.indexOf(resource);
    if (place < 0) {
      place = impliedParentIndex(topology, resource);
      if (place < 0) return resource;
    }
    while (parts.has(ancestry.kindOf(place))) {
      const above = topology.parentOf('access', place);
      if (above < 0) break;
      place = above;
    }
    return ancestry.idOf(place);
  }

  /** The device itself, then its neighbours in order of name; of a link its ends. */
  around(device: ResourceId): readonly ResourceId[] {
    const known = this.#around.get(device);
    if (known !== undefined) return known;
    const { topology } = this.#ancestry;
    const place = topology.indexOf(device);
    const next = new Set<ResourceId>();
    const link = place < 0 ? undefined : topology.linkOf(place);
    const links = link === undefined ? (place < 0 ? [] : topology.linksAt(place)) : [link];
    for (const { a, b } of links) {
      for (const end of [a, b]) if (end >= 0 && end !== place) next.add(this.#ancestry.idOf(end));
    }
    const found = [device, ...[...next].sort().slice(0, mostNeighbours)];
    if (this.#around.size >= mostRemembered) this.#around.clear();
    this.#around.set(device, found);
    return found;
  }
}
