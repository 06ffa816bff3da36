/** Raised alarms that a proof of life ends, by resource. */
import { Sets } from '../base/sets.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';

export type EndingsSnapshot = readonly (readonly [ResourceId, readonly AlarmId[]])[];

export class Endings {
  readonly #alarms = new Sets<ResourceId, AlarmId>();
  /** Their resources by the head of their access tree. */
  readonly #byHead = new Sets<number, ResourceId>();
  #ancestry: Ancestry;

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
  }

  /** From now on resources are placed by this topology. */
  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    this.#byHead.clear();
    for (const resource of this.#alarms.keys()) this.#byHead.add(this.#headOf(resource), resource);
  }

  add(resource: ResourceId, alarm: AlarmId): void {
    if (this.#alarms.add(resource, alarm)) this.#byHead.add(this.#headOf(resource), resource);
  }

  drop(resource: ResourceId, alarm: AlarmId): void {
    if (this.#alarms.delete(resource, alarm)) this.#byHead.delete(this.#headOf(resource), resource);
  }

  /** Some of this resource stand. */
  has(resource: ResourceId): boolean {
    return this.#alarms.has(resource);
  }

  /** -1: too many unknown resources were seen to place this one. */
  #headOf(resource: ResourceId): number {
    const place = this.#ancestry.placeOf(resource);
    return place < 0 ? -1 : this.#ancestry.headOf(place);
  }

  /**
   * Those of the resource; with `below` also of all below it in `access`, but for those that outlive what is said of all,
   * or watched by that collector.
   */
  endedBy(
    resource: ResourceId,
    below: boolean,
    outlives: (alarm: AlarmId) => boolean,
  ): [ResourceId, AlarmId][] {
    const pairs = (of: ResourceId): [ResourceId, AlarmId][] =>
      Array.from(this.#alarms.at(of), (alarm) => [of, alarm]);
    const ancestry = this.#ancestry;
    const target = below ? ancestry.topology.indexOf(resource) : -1;
    if (target < 0) return pairs(resource);
    // What hangs on a cable is of any tree, and so is what a collector watches.
    const isCollector = ancestry.kindOf(target) === 'collector';
    const head = ancestry.headOf(target);
    const isAnywhere = isCollector || (head === target && ancestry.isCable(target));
    const others = isAnywhere ? this.#alarms.keys() : this.#byHead.at(head);
    return [...others]
      .filter((other) => {
        const place = ancestry.placeOf(other);
        if (place < 0 || other === resource) return other === resource;
        return ancestry.signalAbove(place).includes(target) || ancestry.collectorOf(place) === target;
      })
      .flatMap(pairs)
      .filter(([of, alarm]) => isCollector || of === resource || !outlives(alarm));
  }

  snapshot(): EndingsSnapshot {
    return Array.from(this.#alarms.keys(), (resource) => [resource, [...this.#alarms.at(resource)]] as const);
  }

  restore(snapshot: EndingsSnapshot): void {
    this.#alarms.clear();
    for (const [resource, alarms] of snapshot) for (const alarm of alarms) this.#alarms.add(resource, alarm);
    this.place(this.#ancestry);
  }
}
