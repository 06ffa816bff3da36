/**
 * SNMPv3 users and the keys the package makes of their passwords, one set for each engine that speaks. One name may stand for
 * several users: a user belongs to an engine (RFC 3414 section 3.2), and a network may have given each device keys of its own.
 * A key costs a MiB of hashing and the package keeps it for ever, so strangers may make it derive only so many a second, and
 * none stays.
 */
import { Fault } from '../../base/fault.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import type { Envelope } from './envelope.ts';
import { netSnmp } from './net-snmp-package.ts';

type UserEnvelope = Extract<Envelope, { version: 'v3' }>;

/** A user as one device has it. */
export interface TrapUser extends SnmpUser {
  readonly address?: string | undefined;
}

/** All devices that have the same user with the same level and keys. */
export interface KnownUser {
  readonly user: SnmpUser;
  /** In the package's own words. */
  readonly packaged: Readonly<Record<string, unknown>>;
}

const mostEngines = 20_000;
const newEngines = { perSecond: 50, burst: 500, mostSources: 1 };
/** Users of one name that one message is tried with: with keys at hand each costs a digest of the message. */
const mostTries = 32;

export class EngineKeys {
  #users: Users;
  /** Engines that proved users of ours, and which, oldest first. */
  readonly #engines = new Map<string, Set<KnownUser>>();
  readonly #newEngines = new SourceRates(newEngines);

  constructor(users: readonly TrapUser[]) {
    this.#users = usersOf(users);
  }

  /**
   * From now on these; keys made of what is no longer anybody's are thrown away, engines that proved a user stay known.
   * Changes nothing and throws `trap/user` where one lacks a protocol or key for its level.
   */
  use(users: readonly TrapUser[]): void {
    const next = usersOf(users);
    const kept = new Set([...next.byIdentity.values()].map(({ user }) => keysOf(user)));
    const gone = [...this.#users.byIdentity.values()].filter(({ user }) => !kept.has(keysOf(user)));
    for (const [engine, proved] of this.#engines) {
      forgetKeys(Buffer.from(engine, 'hex'), gone);
      const successors = [...proved].flatMap(({ user }) => next.byIdentity.get(identityOf(user)) ?? []);
      this.#engines.set(engine, new Set(successors));
    }
    this.#users = next;
  }

  get names(): readonly string[] {
    return [...this.#users.byName.keys()];
  }

  /** May the package look at it at all? The empty user name is engine discovery (RFC 3414 section 4). */
  admits(envelope: UserEnvelope): boolean {
    if (this.#users.byName.size === 0) return false;
    if (envelope.user === '') return !envelope.isAuthenticated;
    return this.#users.byName.has(envelope.user);
  }

  /**
   * The users that it may be of: those that its engine has proved, the one at this address first; then those of devices at
   * the address it came from, the others.
   * A message without proof is of a user without keys, unless its engine proved one with keys.
   * Thousands may share a name, and strangers know it: no more of them are looked at than are tried.
   */
  candidates({ engineId, user, isAuthenticated }: UserEnvelope, address: string): readonly KnownUser[] {
    const named = this.#users.byName.get(user);
    if (named === undefined) return [];
    // With one user of the name there is nothing to choose, and the package says itself what is missing.
    if (named.all.length === 1) return named.all;
    const proved = this.#engines.get(engineId.toString('hex')) ?? new Set<KnownUser>();
    const needsProof = some(proved, (known) => known.user.user === user && hasKeys(known));
    // Of our own engine, which informs carry, every user is proved in time: there the address tells more.
    const manyProved = proved.size >= mostTries;
    const near = named.at.get(address) ?? [];
    const chosen = new Set<KnownUser>();
    const choose = (from: Iterable<KnownUser>, isMeant: (known: KnownUser) => boolean = () => true): void => {
      for (const known of from) {
        if (chosen.size >= mostTries) return;
        if (known.user.user !== user || hasKeys(known) !== (isAuthenticated || needsProof)) continue;
        if (isMeant(known)) chosen.add(known);
      }
    };
    choose(near, (known) => manyProved || proved.has(known));
    choose(proved);
    choose(near);
    choose(named.all);
    return [...chosen];
  }

  /** False: too many strangers came in this second for the keys of one more to be made. */
  mayTry({ engineId, isAuthenticated }: UserEnvelope, known: KnownUser, nowMs: number): boolean {
    if (!isAuthenticated || this.#engines.get(engineId.toString('hex'))?.has(known) === true) return true;
    return this.#newEngines.take('new', nowMs);
  }

  /** After the package looked: keys of an engine that did not prove this user are thrown away. */
  settle({ engineId, isAuthenticated }: UserEnvelope, known: KnownUser, isProved: boolean): void {
    if (!isAuthenticated) return;
    const engine = engineId.toString('hex');
    const proved = this.#engines.get(engine);
    if (!isProved) {
      const isShared = [...(proved ?? [])].some(({ user }) => sharesKey(user, known.user));
      if (!isShared) forgetKeys(engineId, [known]);
      return;
    }
    if (proved === undefined) this.#engines.set(engine, new Set([known]));
    else proved.add(known);
    if (this.#engines.size <= mostEngines) return;
    for (const oldest of this.#engines.keys()) {
      this.#engines.delete(oldest);
      forgetKeys(Buffer.from(oldest, 'hex'), [...this.#users.byIdentity.values()]);
      break;
    }
  }
}

interface Named {
  readonly all: KnownUser[];
  /** By address of a device that has it. */
  readonly at: Map<string, Set<KnownUser>>;
}

interface Users {
  readonly byName: ReadonlyMap<string, Named>;
  readonly byIdentity: ReadonlyMap<string, KnownUser>;
}

/** Throws `trap/user` where one lacks a protocol or key for its level. */
function usersOf(users: readonly TrapUser[]): Users {
  const byIdentity = new Map<string, KnownUser>();
  const byName = new Map<string, Named>();
  for (const user of users) {
    const named: Named = byName.get(user.user) ?? { all: [], at: new Map() };
    byName.set(user.user, named);
    const identity = identityOf(user);
    let known = byIdentity.get(identity);
    if (known === undefined) {
      known = { user, packaged: packageUser(user) };
      byIdentity.set(identity, known);
      named.all.push(known);
    }
    if (user.address === undefined) continue;
    const there = named.at.get(user.address);
    if (there === undefined) named.at.set(user.address, new Set([known]));
    else there.add(known);
  }
  return { byName, byIdentity };
}

const keysOf = ({ auth, authKey, priv, privKey }: SnmpUser): string =>
  JSON.stringify([auth, authKey?.reveal(), priv, privKey?.reveal()]);

const identityOf = (user: SnmpUser): string => JSON.stringify([user.user, user.level, keysOf(user)]);

const hasKeys = ({ user: { level } }: KnownUser): boolean => level !== 'noAuthNoPriv';

function some<T>(all: Iterable<T>, isMeant: (one: T) => boolean): boolean {
  for (const one of all) if (isMeant(one)) return true;
  return false;
}

function packageUser(user: SnmpUser): Readonly<Record<string, unknown>> {
  const authProtocol = netSnmp.AuthProtocols[user.auth ?? ''];
  const privProtocol = netSnmp.PrivProtocols[user.priv ?? ''];
  const lacksAuth =
    user.level !== 'noAuthNoPriv' && (authProtocol === undefined || user.authKey === undefined);
  const lacksPriv = user.level === 'authPriv' && (privProtocol === undefined || user.privKey === undefined);
  if (lacksAuth || lacksPriv || user.user === '') {
    throw new Fault('trap/user', `SNMPv3 user "${user.user}" lacks a protocol or a key for ${user.level}`);
  }
  return {
    name: user.user,
    level: netSnmp.SecurityLevel[user.level],
    authProtocol,
    privProtocol,
    authKey: user.authKey?.reveal(),
    privKey: user.privKey?.reveal(),
  };
}

/** The package's cache may hold one key for both. */
const sharesKey = (a: SnmpUser, b: SnmpUser): boolean =>
  a.auth === b.auth &&
  [a.authKey, a.privKey].some(
    (key) => key !== undefined && [b.authKey, b.privKey].some((other) => other?.reveal() === key.reveal()),
  );

/** The cache's keys are protocol, password and engine id in base64; Reeder's extension puts digests for passwords. */
function forgetKeys(engineId: Buffer, users: readonly KnownUser[]): void {
  const { authToKeyCache, computeCacheKey } = netSnmp.Authentication;
  for (const { user } of users) {
    const authProtocol = netSnmp.AuthProtocols[user.auth ?? ''];
    for (const password of [user.authKey, user.privKey]) {
      if (authProtocol === undefined || password === undefined) continue;
      delete authToKeyCache[computeCacheKey(authProtocol, password.reveal(), engineId)];
    }
  }
  if (!users.some(({ user }) => user.priv === 'aes256r')) return;
  const ending = engineId.toString('base64');
  for (const key of Object.keys(authToKeyCache)) if (key.endsWith(ending)) delete authToKeyCache[key];
}
