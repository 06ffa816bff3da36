/** Raised alarms that a proof of life ends, by resource. */
import { Sets } from '../base/sets.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { ByTop } from './by-top.ts';

export type EndingsSnapshot = readonly (readonly [ResourceId, readonly AlarmId[]])[];

export class Endings {
  readonly #alarms = new Sets<ResourceId, AlarmId>();
  #ancestry: Ancestry;
  #byTop: ByTop;

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
    this.#byTop = new ByTop(ancestry);
  }

  /** From now on resources are placed by this topology. */
  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    this.#byTop = new ByTop(ancestry, this.#alarms.keys());
  }

  add(resource: ResourceId, alarm: AlarmId): void {
    if (this.#alarms.add(resource, alarm)) this.#byTop.add(resource);
  }

  drop(resource: ResourceId, alarm: AlarmId): void {
    if (this.#alarms.delete(resource, alarm)) this.#byTop.delete(resource);
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
    const isCollector = ancestry.kindOf(target) === 'collector';
    const others = isCollector ? this.#alarms.keys() : this.#byTop.of(ancestry.topsOf(target)[0] ?? -1);
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
