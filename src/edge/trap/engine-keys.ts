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
  readonly addresses: ReadonlySet<string>;
}

const mostEngines = 20_000;
const newEngines = { perSecond: 50, burst: 500, mostSources: 1 };
/** Users of one name that one message is tried with: with keys at hand each costs a digest of the message. */
const mostTries = 32;

export class EngineKeys {
  #users: ReadonlyMap<string, readonly KnownUser[]> = new Map();
  /** Engines that proved users of ours, and which, oldest first. */
  readonly #engines = new Map<string, Set<KnownUser>>();
  readonly #newEngines = new SourceRates(newEngines);

  constructor(users: readonly TrapUser[]) {
    this.#users = byName(users);
  }

  /**
   * From now on these; keys made of what is no longer anybody's are thrown away, engines that proved a user stay known.
   * Changes nothing and throws `trap/user` where one lacks a protocol or key for its level.
   */
  use(users: readonly TrapUser[]): void {
    const next = byName(users);
    const all = [...next.values()].flat();
    const successor = (known: KnownUser): KnownUser | undefined =>
      next.get(known.user.user)?.find(({ user }) => isSame(user, known.user));
    const gone = [...this.#users.values()]
      .flat()
      .filter(({ user }) => !all.some((one) => hasSameKeys(one.user, user)));
    for (const [engine, proved] of this.#engines) {
      forgetKeys(Buffer.from(engine, 'hex'), gone);
      this.#engines.set(engine, new Set([...proved].flatMap((known) => successor(known) ?? [])));
    }
    this.#users = next;
  }

  get names(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** May the package look at it at all? The empty user name is engine discovery (RFC 3414 section 4). */
  admits(envelope: UserEnvelope): boolean {
    if (this.#users.size === 0) return false;
    if (envelope.user === '') return !envelope.isAuthenticated;
    return this.#users.has(envelope.user);
  }

  /**
   * The users that it may be of: those that its engine has proved, the one at this address first; then those of devices at
   * the address it came from, the others.
   * A message without proof is of a user without keys, unless its engine proved one with keys.
   */
  candidates({ engineId, user, isAuthenticated }: UserEnvelope, address: string): readonly KnownUser[] {
    const named = this.#users.get(user) ?? [];
    const proved = this.#engines.get(engineId.toString('hex'));
    // Of our own engine, which informs carry, every user is proved in time: there the address tells more.
    const rank = (known: KnownUser): number => {
      const isNear = known.addresses.has(address);
      const isProved = proved?.has(known) === true;
      if (isNear) return isProved || (proved?.size ?? 0) >= mostTries ? 0 : 2;
      return isProved ? 1 : 3;
    };
    const needsProof = named.some(
      (known) => proved?.has(known) === true && known.user.level !== 'noAuthNoPriv',
    );
    // With one user of the name there is nothing to choose, and the package says itself what is missing.
    const fitting =
      named.length === 1
        ? named
        : named.filter(
            ({ user: { level } }) => (isAuthenticated || needsProof) === (level !== 'noAuthNoPriv'),
          );
    return [...fitting].sort((a, b) => rank(a) - rank(b)).slice(0, mostTries);
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
      forgetKeys(Buffer.from(oldest, 'hex'), [...this.#users.values()].flat());
      break;
    }
  }
}

/** Throws `trap/user` where one lacks a protocol or key for its level. */
function byName(users: readonly TrapUser[]): ReadonlyMap<string, readonly KnownUser[]> {
  const byKeys = new Map<string, KnownUser & { readonly addresses: Set<string> }>();
  const named = new Map<string, KnownUser[]>();
  for (const user of users) {
    const { level, auth, authKey, priv, privKey, address } = user;
    const key = JSON.stringify([user.user, level, auth, authKey?.reveal(), priv, privKey?.reveal()]);
    let known = byKeys.get(key);
    if (known === undefined) {
      known = { user, packaged: packageUser(user), addresses: new Set() };
      byKeys.set(key, known);
      named.set(user.user, [...(named.get(user.user) ?? []), known]);
    }
    if (address !== undefined) known.addresses.add(address);
  }
  return named;
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

const hasSameKeys = (a: SnmpUser, b: SnmpUser): boolean =>
  a.auth === b.auth &&
  a.priv === b.priv &&
  a.authKey?.reveal() === b.authKey?.reveal() &&
  a.privKey?.reveal() === b.privKey?.reveal();

const isSame = (a: SnmpUser, b: SnmpUser): boolean => a.level === b.level && hasSameKeys(a, b);

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
