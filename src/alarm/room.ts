/** How much of alarms is held: of all, of each resource, of their attributes; what was cleared makes room for what is raised. */
import type { Alarm } from '../model/alarm.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import { bounded } from './record.ts';
import type { AlarmTable } from './table.ts';

export interface MostHeld {
  /** Alarms, cleared ones included. */
  readonly alarms: number;
  /** Of one resource: a head of an access network may name by the thousand terminals that the topology does not hold. */
  readonly ofResource: number;
  /** Characters of the attributes of all of them. */
  readonly attributes: number;
}

export interface RoomCounters {
  /** Raises that found no room, or whose names are too long. */
  readonly refused: number;
  /** Cleared alarms that made room before their time. */
  readonly forgottenEarly: number;
  /** Raises whose attributes found no room. */
  readonly attributesCut: number;
}

const mostHeld: MostHeld = { alarms: 1_000_000, ofResource: 10_000, attributes: 100_000_000 };
const longestName = 512;

export class Room {
  readonly #table: AlarmTable;
  readonly #most: MostHeld;
  #counters = { refused: 0, forgottenEarly: 0, attributesCut: 0 };

  constructor(table: AlarmTable, most: Partial<MostHeld>) {
    this.#table = table;
    this.#most = { ...mostHeld, ...most };
  }

  get counters(): RoomCounters {
    return { ...this.#counters };
  }

  restore(counters: RoomCounters): void {
    this.#counters = { ...counters };
  }

  /** For an alarm that is not held yet; a refusal is counted. */
  takes({ resource, cause = '', by = '' as ResourceId }: Observation): boolean {
    const isLong = [resource, cause, by].some((name) => name.length > longestName);
    const isTaken = !isLong && this.#isFor(resource);
    if (!isTaken) this.#counters.refused++;
    return isTaken;
  }

  /** Undefined where there are none, or no room for any. */
  attributesOf({ attributes }: Observation): Alarm['attributes'] | undefined {
    if (attributes === undefined) return undefined;
    if (this.#table.attributeCharacters < this.#most.attributes) return bounded(attributes);
    this.#counters.attributesCut++;
    return undefined;
  }

  #isFor(resource: ResourceId): boolean {
    const { ofResource, alarms } = this.#most;
    if (this.#table.countOf(resource) >= ofResource) {
      if (!this.#table.forgetClearedOf(resource)) return false;
      this.#counters.forgottenEarly++;
    }
    if (this.#table.size >= alarms) this.#counters.forgottenEarly += this.#table.forgetFirstCleared();
    return this.#table.size < alarms;
  }
}
