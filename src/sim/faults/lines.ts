/** Lines of the alarm stream in columns while they are made, in order of arrival when they are read. */
import type { Plant } from './plant/plant.ts';

const causes = [
  'LOS',
  'DYING_GASP',
  'UNREACHABLE',
  'LINK_DOWN',
  'PORT_LOS',
  'DEGRADED',
  'MAINS_FAIL',
  'BATTERY_LOW',
  'CARD_FAIL',
  'FAN_FAIL',
  'BGP_DOWN',
  'DNS_FAIL',
  'NO_SERVICE',
  'NO_IP',
  'SESSIONS_DROP',
  'CRC_ERRORS',
  'OPTICS_BIAS',
  'HIGH_TEMP',
  'FLAPPING',
] as const;
export type Cause = (typeof causes)[number];

const events = ['raise', 'clear', 'alive', 'unknown'] as const;
const sources = ['trap', 'poll', 'syslog', 'reply', 'collector'] as const;
const severities = ['critical', 'major', 'minor', 'warning', 'indeterminate'] as const;
export type LineEvent = (typeof events)[number];
export type Source = (typeof sources)[number];

/** One line of `alarms.ndjson`. */
export interface AlarmLine {
  readonly id: string;
  readonly at: number;
  readonly deviceAt?: number;
  readonly event: LineEvent;
  readonly resource: string;
  readonly by?: string;
  readonly below?: true;
  readonly cause?: Cause;
  readonly severity?: string;
  readonly source: Source;
}

export interface NewLine {
  /** Arrival, ms after the beginning. */
  readonly at: number;
  /** What the device's clock showed, ms after the beginning; undefined where it says nothing. */
  readonly deviceAt?: number | undefined;
  readonly event: LineEvent;
  readonly resource: number;
  readonly by?: number | undefined;
  readonly below?: boolean | undefined;
  readonly cause?: Cause | undefined;
  readonly severity?: number | undefined;
  readonly source: Source;
  /** The fault it belongs to, or -1 - the number of the noise. */
  readonly owner: number;
  readonly isOptional?: boolean | undefined;
}

const codeOf = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, code) => [name, code]));
const causeCodes = codeOf(causes);
const eventCodes = codeOf(events);
const sourceCodes = codeOf(sources);
const absent = -0x80000000;
const none = 255;

/** 36 bytes a line; the iterator makes objects one at a time. */
export class Lines {
  #capacity = 1 << 14;
  #count = 0;
  #at = new Uint32Array(this.#capacity);
  #offset = new Int32Array(this.#capacity);
  #resource = new Int32Array(this.#capacity);
  #by = new Int32Array(this.#capacity);
  #owner = new Int32Array(this.#capacity);
  #event = new Uint8Array(this.#capacity);
  #cause = new Uint8Array(this.#capacity);
  #severity = new Uint8Array(this.#capacity);
  #source = new Uint8Array(this.#capacity);
  /** Bit 0: for all below. Bit 1: membership not judged. */
  #flags = new Uint8Array(this.#capacity);
  #order: Uint32Array | undefined;

  get count(): number {
    return this.#count;
  }

  add(line: NewLine): void {
    if (this.#count === this.#capacity) this.#grow();
    const i = this.#count++;
    const at = Math.max(0, Math.round(line.at));
    this.#at[i] = at;
    this.#offset[i] =
      line.deviceAt === undefined
        ? absent
        : Math.max(absent + 1, Math.min(-absent - 1, Math.round(line.deviceAt - at)));
    this.#resource[i] = line.resource;
    this.#by[i] = line.by ?? -1;
    this.#owner[i] = line.owner;
    this.#event[i] = eventCodes.get(line.event)!;
    this.#cause[i] = line.cause === undefined ? none : causeCodes.get(line.cause)!;
    this.#severity[i] = line.severity ?? none;
    this.#source[i] = sourceCodes.get(line.source)!;
    this.#flags[i] = (line.below === true ? 1 : 0) | (line.isOptional === true ? 2 : 0);
  }

  #grow(): void {
    this.#capacity *= 2;
    const wider = <T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#at = wider(this.#at, new Uint32Array(this.#capacity));
    this.#offset = wider(this.#offset, new Int32Array(this.#capacity));
    this.#resource = wider(this.#resource, new Int32Array(this.#capacity));
    this.#by = wider(this.#by, new Int32Array(this.#capacity));
    this.#owner = wider(this.#owner, new Int32Array(this.#capacity));
    this.#event = wider(this.#event, new Uint8Array(this.#capacity));
    this.#cause = wider(this.#cause, new Uint8Array(this.#capacity));
    this.#severity = wider(this.#severity, new Uint8Array(this.#capacity));
    this.#source = wider(this.#source, new Uint8Array(this.#capacity));
    this.#flags = wider(this.#flags, new Uint8Array(this.#capacity));
  }

  /** Every raise in order of arrival: its id, the thing, its fault or noise. */
  *raises(): Generator<Raise> {
    const order = this.#sorted();
    for (let rank = 0; rank < order.length; rank++) {
      const i = order[rank]!;
      if (this.#event[i] !== 0) continue;
      yield {
        id: idAt(rank),
        at: this.#at[i]!,
        resource: this.#resource[i]!,
        cause: causes[this.#cause[i]!]!,
        owner: this.#owner[i]!,
        isOptional: (this.#flags[i]! & 2) !== 0,
      };
    }
  }

  /** The stream; `from` is the instant of the beginning. */
  *read(plant: Plant, from: number): Generator<AlarmLine> {
    const order = this.#sorted();
    for (let rank = 0; rank < order.length; rank++) {
      const i = order[rank]!;
      const at = from + this.#at[i]!;
      yield {
        id: idAt(rank),
        at,
        ...(this.#offset[i] !== absent && { deviceAt: at + this.#offset[i]! }),
        event: events[this.#event[i]!]!,
        resource: plant.idOf(this.#resource[i]!),
        ...(this.#by[i]! >= 0 && { by: plant.idOf(this.#by[i]!) }),
        ...((this.#flags[i]! & 1) !== 0 && { below: true as const }),
        ...(this.#cause[i] !== none && { cause: causes[this.#cause[i]!]! }),
        ...(this.#severity[i] !== none && { severity: severities[this.#severity[i]!]! }),
        source: sources[this.#source[i]!]!,
      };
    }
  }

  /** By arrival, ties as they were made: two stable counting passes over 16 bits each. */
  #sorted(): Uint32Array {
    if (this.#order?.length === this.#count) return this.#order;
    let order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    for (const shift of [0, 16]) {
      const starts = new Uint32Array(0x10001);
      for (const i of order) starts[((this.#at[i]! >>> shift) & 0xffff) + 1]!++;
      for (let digit = 0; digit < 0x10000; digit++) starts[digit + 1]! += starts[digit]!;
      const next = new Uint32Array(this.#count);
      for (const i of order) next[starts[(this.#at[i]! >>> shift) & 0xffff]!++] = i;
      order = next;
    }
    this.#order = order;
    return order;
  }
}

interface Raise {
  readonly id: string;
  readonly at: number;
  readonly resource: number;
  readonly cause: Cause;
  readonly owner: number;
  readonly isOptional: boolean;
}

const idAt = (rank: number): string => `e${rank + 1}`;
