/** Resources by the head that serves them, so that what concerns one head is found without looking at all others. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';

export class ByHead {
  readonly #ancestry: Ancestry;
  readonly #resources = new Map<number, Set<ResourceId>>();

  constructor(ancestry: Ancestry, resources: Iterable<ResourceId> = []) {
    this.#ancestry = ancestry;
    for (const resource of resources) this.add(resource);
  }

  add(resource: ResourceId): void {
    const head = this.#headOf(resource);
    const known = this.#resources.get(head);
    if (known === undefined) this.#resources.set(head, new Set([resource]));
    else known.add(resource);
  }

  delete(resource: ResourceId): void {
    const head = this.#headOf(resource);
    const known = this.#resources.get(head);
    known?.delete(resource);
    if (known?.size === 0) this.#resources.delete(head);
  }

  /** Those that this head serves, itself included. */
  of(head: number): ReadonlySet<ResourceId> {
    return this.#resources.get(head) ?? nothing;
  }

  /** -1: too many unknown resources were seen to place this one. */
  #headOf(resource: ResourceId): number {
    const place = this.#ancestry.placeOf(resource);
    return place < 0 ? place : this.#ancestry.headOf(place);
  }
}

const nothing: ReadonlySet<ResourceId> = new Set();
