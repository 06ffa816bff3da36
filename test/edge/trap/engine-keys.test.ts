// Strangers that name a user of ours: how much work they can make us do, and what of it stays.
import { beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { EngineKeys, type KnownUser, type TrapUser } from '../../../src/edge/trap/engine-keys.ts';
import { netSnmp } from '../../../src/edge/trap/net-snmp-package.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';

const { authToKeyCache, computeCacheKey } = netSnmp.Authentication;
const password = 'authkeyauthkey';
const sha = netSnmp.AuthProtocols['sha']!;
const user = (more: Partial<TrapUser> = {}): TrapUser => ({
  user: 'u',
  level: 'authNoPriv',
  auth: 'sha',
  authKey: new Secret(password),
  ...more,
});
const withPrivacy = (priv: string) =>
  user({ level: 'authPriv', priv: priv as SnmpUser['priv'], privKey: new Secret('privkeyprivkey') });
const from = (n: number, more = {}) =>
  ({
    version: 'v3',
    engineId: Buffer.from([0x80, 0, 0, 1, n >> 8, n & 0xff]),
    user: 'u',
    isAuthenticated: true,
    ...more,
  }) as const;
const put = (n: number, word = password): void => {
  authToKeyCache[computeCacheKey(sha, word, from(n).engineId)] = Buffer.alloc(20);
};
const cached = (n: number, word = password) => computeCacheKey(sha, word, from(n).engineId);
const only = (known: EngineKeys): KnownUser => known.candidates(from(0), '')[0]!;

beforeEach(() => {
  for (const key of Object.keys(authToKeyCache)) delete authToKeyCache[key];
});

test('engines that prove nothing are let in at a bounded rate, proved ones always', () => {
  const known = new EngineKeys([user()]);
  const u = only(known);
  expect(known.mayTry(from(1), u, 0)).toBe(true);
  known.settle(from(1), u, true);
  let admitted = 0;
  for (let n = 2; n < 2_000; n++) if (known.mayTry(from(n), u, 0)) admitted++;
  expect(admitted).toBe(499);
  expect(known.mayTry(from(1), u, 0)).toBe(true);
  expect(known.mayTry(from(5_000), u, 1_000)).toBe(true);
});

test('a stranger leaves no key behind, the keys of a proved engine stay', () => {
  for (const one of [user(), withPrivacy('aes256r')]) {
    const known = new EngineKeys([one]);
    const u = only(known);
    put(1);
    known.settle(from(1), u, true);
    put(2);
    known.settle(from(2), u, false);
    known.settle(from(1), u, false);
    expect(Object.keys(authToKeyCache)).toEqual([cached(1)]);
  }
});

test('an unknown user and a nameless message with proof are not looked at', () => {
  const known = new EngineKeys([user()]);
  expect(known.admits(from(1, { user: 'x' }))).toBe(false);
  expect(known.admits(from(1, { user: '' }))).toBe(false);
  expect(known.admits(from(1, { user: '', isAuthenticated: false }))).toBe(true);
  expect(new EngineKeys([]).admits(from(1, { user: '', isAuthenticated: false }))).toBe(false);
});

test('users are handed over in the words of the package, one without its keys is a failed start', () => {
  expect(only(new EngineKeys([withPrivacy('aes')])).packaged).toMatchObject({
    ...{ name: 'u', level: 3, authProtocol: sha, authKey: password },
  });
  expect(() => new EngineKeys([withPrivacy('rot13')])).toThrow(
    expect.objectContaining({ code: 'trap/user' }),
  );
});

test('a change of users throws away the keys of those who are gone; engines that proved one who stays are known', () => {
  const known = new EngineKeys([user(), user({ user: 'w', authKey: new Secret('another-password') })]);
  known.settle(from(1), only(known), true);
  known.settle(from(1), known.candidates(from(1, { user: 'w' }), '')[0]!, true);
  for (const word of [password, 'another-password']) put(1, word);
  const lacking = { user: 'x', level: 'authNoPriv' } as const;
  expect(() => known.use([lacking])).toThrow('"x" lacks');
  expect(known.names).toEqual(['u', 'w']);
  known.use([user({ user: 'w', authKey: new Secret('another-password') })]);
  expect(known.names).toEqual(['w']);
  expect(Object.keys(authToKeyCache)).toEqual([cached(1, 'another-password')]);
  expect(known.admits(from(1))).toBe(false);
  const [w] = known.candidates(from(1, { user: 'w' }), '');
  for (let n = 2; n < 2_000; n++) known.mayTry(from(n, { user: 'w' }), w!, 0);
  expect(known.mayTry(from(1, { user: 'w' }), w!, 0)).toBe(true);
});

test('of users of one name those are tried first that the engine proved, then those at the address', () => {
  const keyed = (word: string, address: string) => user({ authKey: new Secret(word), address });
  const known = new EngineKeys([
    ...[keyed('first-password', '192.0.2.1'), keyed('second-password', '192.0.2.2')],
    ...[keyed('third-password', '192.0.2.3'), keyed('second-password', '192.0.2.4')],
  ]);
  const order = (n: number, address: string) =>
    known.candidates(from(n), address).map((one) => one.user.authKey?.reveal().split('-')[0]);
  expect(order(1, '198.51.100.1')).toEqual(['first', 'second', 'third']);
  expect(order(1, '192.0.2.3')).toEqual(['third', 'first', 'second']);
  expect(order(1, '192.0.2.4')).toEqual(['second', 'first', 'third']);
  const [, , third] = known.candidates(from(1), '');
  known.settle(from(1), third!, true);
  expect(order(1, '192.0.2.4')).toEqual(['third', 'second', 'first']);
  put(1, 'third-password');
  put(1, 'first-password');
  known.settle(from(1), known.candidates(from(1), '')[1]!, false);
  expect(Object.keys(authToKeyCache)).toEqual([cached(1, 'third-password')]);
});

test('a message without proof is of a user without keys, and of nobody where the engine proved one with keys', () => {
  const known = new EngineKeys([
    user(),
    user({ level: 'noAuthNoPriv', auth: undefined, authKey: undefined }),
  ]);
  const levels = (n: number, isAuthenticated: boolean) =>
    known.candidates(from(n, { isAuthenticated }), '').map((one) => one.user.level);
  expect(levels(1, true)).toEqual(['authNoPriv']);
  expect(levels(1, false)).toEqual(['noAuthNoPriv']);
  known.settle(from(1), known.candidates(from(1), '')[0]!, true);
  expect(levels(1, false)).toEqual(['authNoPriv']);
  expect(levels(2, false)).toEqual(['noAuthNoPriv']);
});

test('one message is tried with so many users of its name and no more', () => {
  const many = Array.from({ length: 100 }, (_, n) => user({ authKey: new Secret(`password-${n}`) }));
  expect(new EngineKeys(many).candidates(from(1), '')).toHaveLength(32);
});

test('informs carry our own engine, which proves everybody: the address finds the user of the fortieth device too', () => {
  const known = new EngineKeys(
    Array.from({ length: 40 }, (_, n) =>
      user({ authKey: new Secret(`password-of-${n + 100}`), address: `192.0.2.${n}` }),
    ),
  );
  for (let n = 0; n < 40; n++) {
    const tried = known.candidates(from(1), `192.0.2.${n}`);
    const own = tried.find((one) => one.user.authKey?.reveal() === `password-of-${n + 100}`);
    expect(own).toBeDefined();
    known.settle(from(1), own!, true);
  }
  expect(known.candidates(from(1), '192.0.2.39')[0]?.user.authKey?.reveal()).toBe('password-of-139');
  expect(known.candidates(from(1), '192.0.2.3')[0]?.user.authKey?.reveal()).toBe('password-of-103');
});

test('of thousands who share a name a message looks at some only, those of its address among them', () => {
  let looked = 0;
  const users = Array.from({ length: 5_000 }, (_, i) => {
    const one = user({ authKey: new Secret(`${password}${i}`), address: `10.0.${i >> 8}.${i & 255}` });
    return Object.defineProperty(one, 'level', {
      enumerable: true,
      get: () => {
        looked++;
        return 'authNoPriv';
      },
    });
  });
  const known = new EngineKeys(users);
  looked = 0;
  const tried = known.candidates(from(1), '10.0.15.7');
  expect(tried).toHaveLength(32);
  expect(tried[0]!.user).toBe(users[15 * 256 + 7]);
  expect(looked).toBeLessThan(100);
});
