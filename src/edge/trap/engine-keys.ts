/**
 * SNMPv3 users and the keys the package makes of their passwords, one set for each engine that speaks. A key costs a MiB
 * of hashing and the package keeps it for ever, so strangers may make it derive only so many a second, and none stays.
 */
import { Fault } from '../../base/fault.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import type { Envelope } from './envelope.ts';
import { netSnmp } from './net-snmp-package.ts';

type UserEnvelope = Extract<Envelope, { version: 'v3' }>;

const mostEngines = 20_000;
const newEngines = { perSecond: 50, burst: 500, mostSources: 1 };

export class EngineKeys {
  #users: ReadonlyMap<string, SnmpUser>;
  /** Engines that proved a user of ours, oldest first. */
  readonly #engines = new Set<string>();
  readonly #newEngines = new SourceRates(newEngines);

  constructor(users: readonly SnmpUser[]) {
    this.#users = new Map(users.map((user) => [user.user, user]));
  }

  /**
   * From now on these; keys made of what is no longer anybody's are thrown away, engines that proved a user stay known.
   * Changes nothing and throws `trap/user` where one lacks a protocol or key for its level.
   */
  use(users: readonly SnmpUser[]): void {
    for (const user of users) packageUser(user);
    const next = new Map(users.map((user) => [user.user, user]));
    const gone = [...this.#users.values()].filter((user) => !hasSameKeys(next.get(user.user), user));
    for (const engine of this.#engines) forgetKeys(Buffer.from(engine, 'hex'), gone);
    this.#users = next;
  }

  /** The users in the package's own words; throws `trap/user` where one lacks a protocol or key for its level. */
  packageUsers(): Readonly<Record<string, unknown>>[] {
    return [...this.#users.values()].map(packageUser);
  }

  get names(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** May the package look at it? The empty user name is engine discovery (RFC 3414 section 4). */
  admits(envelope: UserEnvelope, nowMs: number): boolean {
    if (this.#users.size === 0) return false;
    if (envelope.user === '') return !envelope.isAuthenticated;
    if (!this.#users.has(envelope.user)) return false;
    if (!envelope.isAuthenticated || this.#engines.has(envelope.engineId.toString('hex'))) return true;
    return this.#newEngines.take('new', nowMs);
  }

  /** After the package looked: keys of an engine that proved nothing are thrown away. */
  settle(envelope: UserEnvelope, isProved: boolean): void {
    if (envelope.user === '' || !envelope.isAuthenticated) return;
    const engine = envelope.engineId.toString('hex');
    if (!isProved) {
      if (!this.#engines.has(engine)) forgetKeys(envelope.engineId, [...this.#users.values()]);
      return;
    }
    this.#engines.add(engine);
    if (this.#engines.size <= mostEngines) return;
    for (const oldest of this.#engines) {
      this.#engines.delete(oldest);
      forgetKeys(Buffer.from(oldest, 'hex'), [...this.#users.values()]);
      break;
    }
  }
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

const hasSameKeys = (a: SnmpUser | undefined, b: SnmpUser): boolean =>
  a?.auth === b.auth &&
  a?.priv === b.priv &&
  a?.authKey?.reveal() === b.authKey?.reveal() &&
  a?.privKey?.reveal() === b.privKey?.reveal();

/** The cache's keys are protocol, password and engine id in base64; Reeder's extension puts digests for passwords. */
function forgetKeys(engineId: Buffer, users: readonly SnmpUser[]): void {
  const { authToKeyCache, computeCacheKey } = netSnmp.Authentication;
  for (const { auth, authKey, privKey } of users) {
    const authProtocol = netSnmp.AuthProtocols[auth ?? ''];
    for (const password of [authKey, privKey]) {
      if (authProtocol === undefined || password === undefined) continue;
      delete authToKeyCache[computeCacheKey(authProtocol, password.reveal(), engineId)];
    }
  }
  if (!users.some(({ priv }) => priv === 'aes256r')) return;
  const ending = engineId.toString('base64');
  for (const key of Object.keys(authToKeyCache)) if (key.endsWith(ending)) delete authToKeyCache[key];
}
