// Strangers that name a user of ours: how much work they can make us do, and what of it stays.
import { beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { EngineKeys } from '../../../src/edge/trap/engine-keys.ts';
import { netSnmp } from '../../../src/edge/trap/net-snmp-package.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';

const { authToKeyCache, computeCacheKey } = netSnmp.Authentication;
const password = 'authkeyauthkey';
const sha = netSnmp.AuthProtocols['sha']!;
const keys = (priv?: string): EngineKeys =>
  new EngineKeys([
    {
      user: 'u',
      level: priv === undefined ? 'authNoPriv' : 'authPriv',
      auth: 'sha',
      authKey: new Secret(password),
      priv: priv as SnmpUser['priv'],
      privKey: new Secret('privkeyprivkey'),
    },
  ]);
const from = (n: number, more = {}) =>
  ({
    version: 'v3',
    engineId: Buffer.from([0x80, 0, 0, 1, n >> 8, n & 0xff]),
    user: 'u',
    isAuthenticated: true,
    ...more,
  }) as const;

beforeEach(() => {
  for (const key of Object.keys(authToKeyCache)) delete authToKeyCache[key];
});

test('engines that prove nothing are let in at a bounded rate, proved ones always', () => {
  const known = keys();
  expect(known.admits(from(1), 0)).toBe(true);
  known.settle(from(1), true);
  let admitted = 0;
  for (let n = 2; n < 2_000; n++) if (known.admits(from(n), 0)) admitted++;
  expect(admitted).toBe(499);
  expect(known.admits(from(1), 0)).toBe(true);
  expect(known.admits(from(5_000), 1_000)).toBe(true);
});

test('a stranger leaves no key behind, the keys of a proved engine stay', () => {
  for (const priv of [undefined, 'aes256r']) {
    const known = keys(priv);
    const put = (n: number): void => {
      authToKeyCache[computeCacheKey(sha, password, from(n).engineId)] = Buffer.alloc(20);
    };
    put(1);
    known.settle(from(1), true);
    put(2);
    known.settle(from(2), false);
    known.settle(from(1), false);
    expect(Object.keys(authToKeyCache)).toEqual([computeCacheKey(sha, password, from(1).engineId)]);
  }
});

test('an unknown user and a nameless message with proof are not looked at', () => {
  expect(keys().admits(from(1, { user: 'x' }), 0)).toBe(false);
  expect(keys().admits(from(1, { user: '' }), 0)).toBe(false);
  expect(keys().admits(from(1, { user: '', isAuthenticated: false }), 0)).toBe(true);
  expect(new EngineKeys([]).admits(from(1, { user: '', isAuthenticated: false }), 0)).toBe(false);
});

test('users are handed over in the words of the package, one without its keys is a failed start', () => {
  expect(keys('aes').packageUsers()).toMatchObject([
    { name: 'u', level: 3, authProtocol: sha, authKey: password },
  ]);
  expect(() => keys('rot13').packageUsers()).toThrow(expect.objectContaining({ code: 'trap/user' }));
});

test('a change of users throws away the keys of those who are gone; engines that proved themselves stay known', () => {
  const known = keys();
  known.settle(from(1), true);
  const kept = computeCacheKey(sha, 'another-password', from(1).engineId);
  for (const word of [password, 'another-password']) {
    authToKeyCache[computeCacheKey(sha, word, from(1).engineId)] = Buffer.alloc(20);
  }
  const lacking = { user: 'x', level: 'authNoPriv' } as const;
  expect(() => known.use([lacking])).toThrow('"x" lacks');
  expect(known.names).toEqual(['u']);
  known.use([{ user: 'w', level: 'authNoPriv', auth: 'sha', authKey: new Secret('another-password') }]);
  expect(known.names).toEqual(['w']);
  expect(Object.keys(authToKeyCache)).toEqual([kept]);
  expect(known.admits(from(1), 0)).toBe(false);
  for (let n = 2; n < 2_000; n++) known.admits(from(n, { user: 'w' }), 0);
  expect(known.admits(from(1, { user: 'w' }), 0)).toBe(true);
});
