/** Raised alarms that a proof of life ends, by resource. */
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';

export type EndingsSnapshot = readonly (readonly [ResourceId, readonly AlarmId[]])[];

export class Endings {
  readonly #alarms = new Map<ResourceId, AlarmId[]>();

  add(resource: ResourceId, alarm: AlarmId): void {
    const known = this.#alarms.get(resource);
    if (known === undefined) this.#alarms.set(resource, [alarm]);
    else if (!known.includes(alarm)) known.push(alarm);
  }

  drop(resource: ResourceId, alarm: AlarmId): void {
    const known = this.#alarms.get(resource);
    if (known === undefined || !known.includes(alarm)) return;
    if (known.length === 1) this.#alarms.delete(resource);
    else known.splice(known.indexOf(alarm), 1);
  }

  /** Those of the resource; with `below` also of all below it in `access`, or watched by that collector. */
  endedBy(ancestry: Ancestry, resource: ResourceId, below: boolean): [ResourceId, AlarmId][] {
    const pairs = (of: ResourceId): [ResourceId, AlarmId][] =>
      [...(this.#alarms.get(of) ?? [])].map((alarm) => [of, alarm]);
    const target = below ? ancestry.topology.indexOf(resource) : -1;
    if (target < 0) return pairs(resource);
    return [...this.#alarms.keys()]
      .filter((other) => {
        const place = ancestry.placeOf(other);
        if (place < 0 || other === resource) return other === resource;
        return ancestry.collectorOf(place) === target || ancestry.signalAbove(place).includes(target);
      })
      .flatMap(pairs);
  }

  snapshot(): EndingsSnapshot {
    return [...this.#alarms].map(([resource, alarms]) => [resource, [...alarms]] as const);
  }

  restore(snapshot: EndingsSnapshot): void {
    this.#alarms.clear();
    for (const [resource, alarms] of snapshot) this.#alarms.set(resource, [...alarms]);
  }
}
