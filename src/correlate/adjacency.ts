/** Which device an alarm speaks of, and which devices stand next to it over a link. */
import type { ResourceId } from '../model/ids.ts';
import { deviceIndexOf, neighboursOf } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';

/** What heats a device heats all of it; a hub of thousands of links is no neighbourhood. */
const mostNeighbours = 256;
const mostRemembered = 20_000;

export class Adjacency {
  readonly #ancestry: Ancestry;
  readonly #next = new Map<ResourceId, readonly ResourceId[]>();

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
  }

  /** The device of a port or card, or the ends of a link; anything else stands for itself. */
  devicesOf(resource: ResourceId): readonly ResourceId[] {
    const ancestry = this.#ancestry;
    const link = ancestry.topology.linkOf(ancestry.topology.indexOf(resource));
    const ends = link === undefined ? [] : [link.a, link.b].filter((end) => end >= 0);
    if (ends.length > 0) return ends.map((end) => ancestry.idOf(end));
    const device = deviceIndexOf(ancestry.topology, resource);
    return [device < 0 ? resource : ancestry.idOf(device)];
  }

  /** The devices next to this one over a link, in order of name. */
  next(device: ResourceId): readonly ResourceId[] {
    const known = this.#next.get(device);
    if (known !== undefined) return known;
    const { topology } = this.#ancestry;
    const place = topology.indexOf(device);
    const ends = place < 0 ? [] : neighboursOf(topology, place).map((end) => this.#ancestry.idOf(end));
    const found = ends.sort().slice(0, mostNeighbours);
    if (this.#next.size >= mostRemembered) this.#next.clear();
    this.#next.set(device, found);
    return found;
  }
}
