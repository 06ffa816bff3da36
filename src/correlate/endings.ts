/** Raised alarms that a proof of life ends, by resource. */
import { Sets } from '../base/sets.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';

export type EndingsSnapshot = readonly (readonly [ResourceId, readonly AlarmId[]])[];

export class Endings {
  readonly #alarms = new Sets<ResourceId, AlarmId>();
  /** Where they are, by the head of their access tree. */
  readonly #byHead = new Sets<number, number>();
  #ancestry: Ancestry;

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
  }

  /** From now on resources are placed by this topology. */
  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    this.#byHead.clear();
    for (const resource of this.#alarms.keys()) this.#note(resource, true);
  }

  add(resource: ResourceId, alarm: AlarmId): void {
    if (this.#alarms.add(resource, alarm)) this.#note(resource, true);
  }

  drop(resource: ResourceId, alarm: AlarmId): void {
    if (this.#alarms.delete(resource, alarm)) this.#note(resource, false);
  }

  /** Some of this resource stand. */
  has(resource: ResourceId): boolean {
    return this.#alarms.has(resource);
  }

  #note(resource: ResourceId, isThere: boolean): void {
    const place = this.#ancestry.placeOf(resource);
    // Too many unknown resources were seen to place this one: it is below nothing.
    if (place < 0) return;
    const head = this.#ancestry.headOf(place);
    if (isThere) this.#byHead.add(head, place);
    else this.#byHead.delete(head, place);
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
    const ancestry = this.#ancestry;
    const target = below ? ancestry.topology.indexOf(resource) : -1;
    if (target < 0) return Array.from(this.#alarms.at(resource), (alarm) => [resource, alarm]);
    // What hangs on a cable is of any tree, and so is what a collector watches.
    const isCollector = ancestry.kindOf(target) === 'collector';
    const head = ancestry.headOf(target);
    const isAnywhere = isCollector || (head === target && ancestry.isCable(target));
    const watches = ancestry.topology.hasChildrenIn('collector', target);
    const isBelow = (place: number): boolean =>
      ancestry.signalAbove(place).includes(target) || (watches && ancestry.collectorOf(place) === target);
    const places = isAnywhere
      ? Array.from(this.#alarms.keys(), (one) => ancestry.placeOf(one))
      : this.#byHead.at(head);
    const found: [ResourceId, AlarmId][] = [];
    for (const place of places) {
      if (place < 0 || !isBelow(place)) continue;
      const of = ancestry.idOf(place);
      for (const alarm of this.#alarms.at(of))
        if (isCollector || of === resource || !outlives(alarm)) found.push([of, alarm]);
    }
    return found;
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
