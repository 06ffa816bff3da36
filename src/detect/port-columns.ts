/** What is remembered of a device's interfaces, in columns by port: a device of thousands costs no object each. */
import type { Instant } from '../base/instant.ts';
import type { LevelState } from './levels.ts';

export const portFlags = {
  /** Never raised from birth: it must have been up, or a trap must have spoken of it. */
  wasUp: 1,
  /** Polls raised it: the alarm has this source until a poll ends it. */
  isRaised: 2,
  /** A trap said that it is down, and none that it is up since. */
  isTold: 4,
} as const;

type PortFlag = (typeof portFlags)[keyof typeof portFlags];

/** Plain data. */
export interface PortSnapshot {
  readonly key: string;
  readonly ifIndex: number;
  readonly descr: string;
  readonly flags: number;
  readonly count: number;
  readonly toldAt?: Instant | undefined;
  readonly ratios?: Readonly<Record<string, LevelState>> | undefined;
}

export class PortColumns {
  readonly #most: number;
  readonly #byKey = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #free: number[] = [];
  readonly descr: string[] = [];
  ifIndex = new Uint32Array(0);
  #flags = new Uint8Array(0);
  /** Readings in a row that found it down, or up while it is raised. */
  count = new Uint8Array(0);
  /** When a trap last said what it is: a reading begun before that is older news. */
  readonly toldAt = new Map<number, Instant>();
  /** By the rule's id; only ports that have shown something. */
  readonly ratios = new Map<number, Record<string, LevelState>>();

  constructor(most: number, snapshot: readonly PortSnapshot[]) {
    this.#most = most;
    for (const { key, ifIndex, descr, flags, count, toldAt, ratios } of snapshot) {
      const port = this.findOrAdd(key, ifIndex);
      if (port === undefined) continue;
      this.descr[port] = descr;
      this.#flags[port] = flags;
      this.count[port] = count;
      if (toldAt !== undefined) this.toldAt.set(port, toldAt);
      if (ratios !== undefined) this.ratios.set(port, copied(ratios));
    }
  }

  /** Ports are numbered below this. */
  get slots(): number {
    return this.#keys.length;
  }

  find(key: string): number | undefined {
    return this.#byKey.get(key);
  }

  /** Undefined when there are too many ports to watch this one. */
  findOrAdd(key: string, ifIndex: number): number | undefined {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= this.#most) return undefined;
    const port = this.#free.pop() ?? this.#keys.length;
    if (port >= this.ifIndex.length) this.#widen(port + 1);
    this.#byKey.set(key, port);
    this.#keys[port] = key;
    this.descr[port] = '';
    this.ifIndex[port] = ifIndex;
    this.#flags[port] = 0;
    this.count[port] = 0;
    return port;
  }

  remove(port: number): void {
    const key = this.#keys[port];
    if (key === undefined) return;
    this.#byKey.delete(key);
    this.#keys[port] = undefined;
    this.#free.push(port);
    this.toldAt.delete(port);
    this.ratios.delete(port);
  }

  ports(): IterableIterator<number> {
    return this.#byKey.values();
  }

  portOf(ifIndex: number): number | undefined {
    for (const port of this.ports()) if (this.ifIndex[port] === ifIndex) return port;
    return undefined;
  }

  keyOf(port: number): string | undefined {
    return this.#keys[port];
  }

  indexOfName(name: string): number | undefined {
    const known = this.#byKey.get(name);
    if (known !== undefined) return this.ifIndex[known];
    for (const port of this.ports()) if (this.descr[port] === name) return this.ifIndex[port];
    return undefined;
  }

  has(port: number, flag: PortFlag): boolean {
    return (this.#flags[port]! & flag) !== 0;
  }

  set(port: number, flag: PortFlag, isSet: boolean): void {
    const others = this.#flags[port]! & ~flag;
    this.#flags[port] = isSet ? others | flag : others;
  }

  /** One more reading in a row; answers how many. */
  countOne(port: number): number {
    const count = Math.min(255, this.count[port]! + 1);
    this.count[port] = count;
    return count;
  }

  snapshot(): readonly PortSnapshot[] {
    return Array.from(this.#byKey, ([key, port]) => ({
      key,
      ifIndex: this.ifIndex[port]!,
      descr: this.descr[port]!,
      flags: this.#flags[port]!,
      count: this.count[port]!,
      toldAt: this.toldAt.get(port),
      ratios: this.ratios.has(port) ? copied(this.ratios.get(port)!) : undefined,
    }));
  }

  #widen(least: number): void {
    const size = Math.min(this.#most, Math.max(least, this.ifIndex.length * 2, 8));
    const ifIndex = new Uint32Array(size);
    ifIndex.set(this.ifIndex);
    this.ifIndex = ifIndex;
    const flags = new Uint8Array(size);
    flags.set(this.#flags);
    this.#flags = flags;
    const count = new Uint8Array(size);
    count.set(this.count);
    this.count = count;
  }
}

const copied = (ratios: Readonly<Record<string, LevelState>>): Record<string, LevelState> =>
  Object.fromEntries(Object.entries(ratios).map(([rule, level]) => [rule, { ...level }]));
