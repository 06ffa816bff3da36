/** Alarms that found no room among those that wait: offered again, the oldest first, as soon as there is some. */
import type { AlarmId } from '../model/ids.ts';
import type { Topology } from '../topology/topology.ts';
import type { Pending } from './joining.ts';
import { limits } from './timing.ts';

/** More are not tried at once: among them may be many that find no room yet. */
const mostTried = 1_000;

export class TurnedAway {
  readonly #all = new Map<AlarmId, Pending>();

  get size(): number {
    return this.#all.size;
  }

  /** As many as there are alarms at all; beyond that the latest is lost, and counted as refused like the others. */
  put(pending: Pending): void {
    const known = this.#all.get(pending.alarm);
    if (known !== undefined && known.records.length < limits.briefRecords)
      known.records.push(...pending.records);
    else if (this.#all.size < limits.turnedAway) this.#all.set(pending.alarm, pending);
  }

  take(alarm: AlarmId): Pending | undefined {
    const known = this.#all.get(alarm);
    this.#all.delete(alarm);
    return known;
  }

  /** Takes out those that find room now. */
  admit(topology: Topology, { room, openIncidents }: Record<'room' | 'openIncidents', number>): Pending[] {
    const admitted: Pending[] = [];
    let left = Math.min(mostTried, this.#all.size);
    for (const [alarm, pending] of this.#all) {
      if (left-- === 0 || admitted.length >= room) break;
      this.#all.delete(alarm);
      const isStranger = topology.indexOf(pending.resource) < 0;
      if (isStranger && openIncidents >= limits.strange) this.#all.set(alarm, pending);
      else admitted.push(pending);
    }
    return admitted;
  }

  snapshot(): readonly Pending[] {
    return [...this.#all.values()];
  }

  restore(all: readonly Pending[]): void {
    this.#all.clear();
    for (const pending of all)
      this.#all.set(pending.alarm, { ...pending, by: pending.by, parent: pending.parent });
  }
}
