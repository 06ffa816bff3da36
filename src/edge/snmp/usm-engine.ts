/** What is known of the SNMP engines of devices: id, boots and time (RFC 3414 sections 2.2 and 2.3), one a device. */
import { createHash } from 'node:crypto';
import { type Instant, instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import { Digest, type Privacy, privacyOf } from './usm-crypto.ts';
import { KeyRing } from './usm-keys.ts';

/** Plain data that spares the discovery after a restart; holds no secret. */
export interface EngineRecord {
  readonly address: string;
  readonly port: number;
  /** Hexadecimal. */
  readonly engineId: string;
  readonly boots: number;
  /** Seconds since that boot, at `at`. */
  readonly time: number;
  readonly at: Instant;
}

/** RFC 3414 section 2.2.3. */
const TIME_WINDOW_S = 150;
/** RFC 3414 section 2.2.2: an engine that counted so far is never in the window again. */
export const MOST_BOOTS = 0x7fff_ffff;
const MOST_TIME = 0x7fff_ffff;
const MOST_DEVICES = 65_536;
const NO_BYTES = new Uint8Array(0);

/** What a user's level needs at one engine; each is absent where the level has none. */
export interface Security {
  readonly digest?: Digest | undefined;
  readonly privacy?: Privacy | undefined;
}

/**
 * Kept by device, not by engine id: devices cloned with one configuration share an id and still have clocks of
 * their own. What was not authenticated is only what we ask with, never what we judge answers by.
 */
export class RemoteEngine {
  id: Uint8Array = NO_BYTES;
  readonly #world: World;
  #isAuthentic = false;
  #boots = 0;
  #time = 0;
  #atMs = 0;
  /** RFC 3414 section 2.3: latestReceivedEngineTime. */
  #latest = 0;
  #securityOf = '';
  #security: Security | undefined;
  readonly #onProof: () => void;

  /** `onProof` is told when it has proved to be who it says, and when that is void. */
  constructor(world: World, onProof: () => void = () => {}) {
    this.#world = world;
    this.#onProof = onProof;
  }

  get isKnown(): boolean {
    return this.id.length > 0;
  }

  get boots(): number {
    return this.#boots;
  }

  /** Said in an authentic message. */
  get provedBoots(): number | undefined {
    return this.#isAuthentic ? this.#boots : undefined;
  }

  /** Our notion of the engine's time at this moment, in seconds. */
  get time(): number {
    const passed = Math.max(0, Math.floor((this.#world.monotonicMs() - this.#atMs) / 1000));
    return Math.min(MOST_TIME, this.#time + passed);
  }

  /** An id from a discovery, with a first idea of its clock; whatever was known of another id is void. */
  learn(id: Uint8Array, boots: number, time: number): void {
    this.id = id;
    this.#latest = 0;
    this.#security = undefined;
    this.#set(boots, time);
    this.#proved(false);
  }

  /** The clock of an authentic report that answers our own fresh message, even when it went back. */
  relearn(boots: number, time: number): void {
    this.#latest = time;
    this.#set(boots, time);
    this.#proved(true);
  }

  /** RFC 3414 section 3.2 step 7b on an authentic message: follows a clock that went on; false outside the window. */
  follow(boots: number, time: number): boolean {
    const isFirst = !this.#isAuthentic;
    if (isFirst || boots > this.#boots || (boots === this.#boots && time > this.#latest)) {
      this.#latest = time;
      this.#set(boots, time);
      this.#proved(true);
    }
    if (this.#boots === MOST_BOOTS || boots < this.#boots) return false;
    return time >= this.time - TIME_WINDOW_S;
  }

  /** With the user's keys here, undefined when a password is missing; `fingerprint` says when they are others. */
  security(ring: KeyRing, user: SnmpUser, fingerprint: string): Security | undefined {
    if (this.#security !== undefined && this.#securityOf === fingerprint) return this.#security;
    const keys = ring.localKeys(user, this.id);
    if (keys === undefined) return undefined;
    const { auth, priv } = keys;
    this.#securityOf = fingerprint;
    this.#security = {
      digest: auth && new Digest(auth.protocol, auth.key),
      privacy: priv && privacyOf(priv.protocol, priv.key),
    };
    return this.#security;
  }

  #proved(isAuthentic: boolean): void {
    if (this.#isAuthentic === isAuthentic) return;
    this.#isAuthentic = isAuthentic;
    this.#onProof();
  }

  #set(boots: number, time: number): void {
    this.#boots = boots;
    this.#time = time;
    this.#atMs = this.#world.monotonicMs();
  }
}

/** Counts and names of the security model's own events; `usmStats…` of RFC 3414 section 5 are what agents report. */
export interface UsmCounters {
  readonly discoveries: number;
  readonly resynchronised: number;
  /** Clocks that went back: agents that forgot their boots, or were replaced. */
  readonly wentBack: number;
  readonly wrongDigest: number;
  readonly outsideWindow: number;
  readonly undecipherable: number;
  /** Answers below the level asked for; never believed. */
  readonly downgraded: number;
  readonly refused: number;
  readonly malformed: number;
  readonly forgotten: number;
}

/** All engines of one process; bounded, the one unused for longest gives way. */
export class Engines {
  readonly ring = new KeyRing();
  readonly world: World;
  readonly count = {
    discoveries: 0,
    resynchronised: 0,
    wentBack: 0,
    wrongDigest: 0,
    outsideWindow: 0,
    undecipherable: 0,
    downgraded: 0,
    refused: 0,
    malformed: 0,
    forgotten: 0,
  };
  readonly #engines = new Map<string, RemoteEngine>();
  /** Places by the engine id proved there: devices cloned with one configuration share one. */
  readonly #places = new PlacesById();
  readonly #most: number;
  #salt: bigint;

  constructor(world: World, { most = MOST_DEVICES }: { readonly most?: number | undefined } = {}) {
    this.world = world;
    this.#most = most;
    // RFC 3826 section 3.1.2.1: a start that nobody can tell, so that no two runs share an initialisation vector.
    this.#salt = Buffer.from(world.randomBytes(8)).readBigUInt64BE();
  }

  counters(): UsmCounters {
    return { ...this.count };
  }

  of(address: string, port: number): RemoteEngine {
    const name = placeOf(address, port);
    const engine = this.#engines.get(name) ?? this.#made(name);
    this.#engines.delete(name);
    this.#engines.set(name, engine);
    for (const oldest of this.#engines.keys()) {
      if (this.#engines.size <= this.#most) break;
      this.#engines.delete(oldest);
      this.#places.set(oldest, undefined);
      this.count.forgotten++;
    }
    return engine;
  }

  /** Where an engine of this id (hexadecimal) proved to be, each as `port address`. */
  placesOf(engineId: string): Iterable<string> {
    return this.#places.of(engineId);
  }

  /** All that is proved, by place: what a next start goes by until it has asked itself. */
  proved(): Readonly<Record<string, string>> {
    return this.#places.all();
  }

  #made(name: string): RemoteEngine {
    const engine: RemoteEngine = new RemoteEngine(this.world, () => {
      const id = engine.provedBoots === undefined ? undefined : Buffer.from(engine.id).toString('hex');
      this.#places.set(name, id);
    });
    return engine;
  }

  /** Eight bytes that no message of this process had before. */
  nextSalt(): Uint8Array {
    this.#salt = BigInt.asUintN(64, this.#salt + 1n);
    const salt = Buffer.allocUnsafe(8);
    salt.writeBigUInt64BE(this.#salt);
    return salt;
  }

  records(): EngineRecord[] {
    const at = this.world.now();
    const records: EngineRecord[] = [];
    for (const [name, engine] of this.#engines) {
      if (!engine.isKnown) continue;
      const [port = '', address = ''] = name.split(' ');
      const { boots, time } = engine;
      const engineId = Buffer.from(engine.id).toString('hex');
      records.push({ address, port: Number(port), engineId, boots, time, at });
    }
    return records;
  }

  /** Takes back what `records` gave; anything else in it is left out. Clocks are a first idea until authenticated. */
  restore(records: readonly EngineRecord[]): void {
    const now = this.world.now();
    for (const { address, port, engineId, boots, time, at } of records) {
      const id = /^([0-9a-f]{2}){5,32}$/i.test(engineId) ? Buffer.from(engineId, 'hex') : undefined;
      const passed = Math.floor((now - instant(at)) / 1000);
      const sum = time + passed;
      const isSound = [boots, time, sum].every((n) => Number.isInteger(n) && n >= 0 && n <= MOST_TIME);
      if (id !== undefined && isSound && passed >= 0) this.of(address, port).learn(id, boots, sum);
    }
  }
}

/** The name of a device's place: `port address`. */
export const placeOf = (address: string, port: number): string => `${port} ${address}`;

class PlacesById {
  readonly #ids = new Map<string, string>();
  readonly #places = new Map<string, Set<string>>();

  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#ids);
  }

  /** `id` undefined: nothing is proved there. */
  set(place: string, id: string | undefined): void {
    const before = this.#ids.get(place);
    if (before !== undefined) {
      const others = this.#places.get(before);
      others?.delete(place);
      if (others?.size === 0) this.#places.delete(before);
      this.#ids.delete(place);
    }
    if (id === undefined) return;
    this.#ids.set(place, id);
    const same = this.#places.get(id);
    if (same === undefined) this.#places.set(id, new Set([place]));
    else same.add(place);
  }

  of(id: string): Iterable<string> {
    return this.#places.get(id) ?? [];
  }
}

/** Tells users with other keys or protocols apart without keeping what is secret. */
export function fingerprintOf({ user, level, auth, authKey, priv, privKey }: SnmpUser): string {
  const digest = createHash('sha256');
  for (const part of [user, level, auth, authKey?.reveal(), priv, privKey?.reveal()]) {
    const bytes = Buffer.from(part ?? '', 'utf8');
    digest.update(`${bytes.length}:`).update(bytes);
  }
  return digest.digest('base64');
}
