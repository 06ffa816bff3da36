/** Resources by what they hang on, so that what concerns one tree is found without looking at all others. */
import { Sets } from '../base/sets.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';

export class ByTop {
  readonly #ancestry: Ancestry;
  readonly #resources = new Sets<number, ResourceId>();
  readonly #places = new Map<ResourceId, number>();

  constructor(ancestry: Ancestry, resources: Iterable<ResourceId> = []) {
    this.#ancestry = ancestry;
    for (const resource of resources) this.add(resource);
  }

  add(resource: ResourceId): void {
    this.#places.set(resource, this.#ancestry.placeOf(resource));
    for (const top of this.topsOf(resource)) this.#resources.add(top, resource);
  }

  delete(resource: ResourceId): void {
    this.#places.delete(resource);
    for (const top of this.topsOf(resource)) this.#resources.delete(top, resource);
  }

  /** Those that hang on this top, itself included. */
  of(top: number): Iterable<ResourceId> {
    return this.#resources.at(top);
  }

  /** Of one of those that were added. */
  placeOf(resource: ResourceId): number {
    return this.#places.get(resource) ?? -1;
  }

  /** -1: too many unknown resources were seen to place this one. */
  topsOf(resource: ResourceId): readonly number[] {
    const place = this.#ancestry.placeOf(resource);
    return place < 0 ? nowhere : this.#ancestry.topsOf(place);
  }
}

const nowhere: readonly number[] = [-1];
