import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { hasPasswords, KeyRing, localised } from '../../../src/edge/snmp/usm-keys.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const maple = Buffer.from('maplesyrup');
/** RFC 3414 section A.3. */
const engine = Buffer.from('000000000000000000000002', 'hex');

describe('the key of a password', () => {
  it.each([
    ['md5', '9faf3283884e92834ebc9847d8edd963', '526f5eed9fcce26f8964c2930787d82b'],
    ['sha1', '9fb5cc0381497b3793528939ff788d5d79145211', '6695febc9288e36282235fc7151f128497b38f3f'],
  ])(
    'is for %s as RFC 3414 sections A.3.1 and A.3.2 have it, and so is the localised one',
    (hash, key, local) => {
      const made = new KeyRing().passwordKey(hash, maple);
      expect(hex(made)).toBe(key);
      expect(hex(localised(hash, made, engine))).toBe(local);
    },
  );

  it('is hashed once, however many engines are asked with it', () => {
    const ring = new KeyRing();
    for (let i = 5; i < 200; i++) ring.localKeys(userWith({}), Buffer.alloc(12, i));
    expect(ring.computed).toBe(2);
  });

  it('gives way when too many others came after it', () => {
    const ring = new KeyRing(2);
    for (const password of ['one', 'two', 'one', 'three', 'one', 'two'])
      ring.passwordKey('md5', Buffer.from(password));
    expect(ring.computed).toBe(4);
  });
});

function userWith(fields: Partial<SnmpUser>): SnmpUser {
  const authKey = new Secret('an auth password');
  const privKey = new Secret('a priv password');
  return { user: 'u', level: 'authPriv', auth: 'sha', authKey, priv: 'aes', privKey, ...fields };
}

/** The package under test elsewhere; here it is the second opinion. */
const { Authentication, Encryption, AuthProtocols, PrivProtocols } = createRequire(import.meta.url)(
  'net-snmp',
) as {
  Authentication: { passwordToKey(protocol: number, password: string, engine: Buffer): Buffer };
  Encryption: {
    algorithms: Record<number, { localizationAlgorithm?: unknown }>;
    generateLocalizedKey(algorithm: unknown, auth: number, password: string, engine: Buffer): Buffer;
    generateLocalizedKeyBlumenthal(
      algorithm: unknown,
      auth: number,
      password: string,
      engine: Buffer,
    ): Buffer;
    generateLocalizedKeyReeder(algorithm: unknown, auth: number, password: string, engine: Buffer): Buffer;
  };
  AuthProtocols: Record<string, number>;
  PrivProtocols: Record<string, number>;
};

describe('the keys of a user at an engine', () => {
  const auths = ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
  const ring = new KeyRing();

  it.each(auths)('are for %s those of the net-snmp package, with every way to make them longer', (auth) => {
    const protocol = AuthProtocols[auth]!;
    for (const priv of ['aes', 'aes256b', 'aes256r'] as const) {
      const keys = ring.localKeys(userWith({ auth, priv }), engine);
      const expected = Authentication.passwordToKey(protocol, 'an auth password', engine);
      expect(hex(keys?.auth?.key)).toBe(hex(expected).slice(0, hex(keys?.auth?.key).length));
      const algorithm = Encryption.algorithms[PrivProtocols[priv]!];
      const make =
        priv === 'aes256b'
          ? Encryption.generateLocalizedKeyBlumenthal
          : priv === 'aes256r'
            ? Encryption.generateLocalizedKeyReeder
            : Encryption.generateLocalizedKey;
      expect(hex(keys?.priv?.key)).toBe(
        hex(make.call(Encryption, algorithm, protocol, 'a priv password', engine)),
      );
    }
  });

  it('of 192 bits are the first of those of 256 bits', () => {
    for (const [short, long] of [
      ['aes192b', 'aes256b'],
      ['aes192r', 'aes256r'],
    ] as const) {
      const key = (priv: SnmpUser['priv']) =>
        hex(ring.localKeys(userWith({ auth: 'md5', priv }), engine)?.priv?.key);
      expect(key(short)).toBe(key(long).slice(0, 48));
    }
  });

  it('are missing when the level needs a password or a protocol that is not there', () => {
    const lacking: Partial<SnmpUser>[] = [
      { authKey: undefined },
      { auth: undefined },
      { authKey: new Secret('') },
      { priv: undefined },
      { privKey: undefined },
      { level: 'authNoPriv', auth: undefined },
    ];
    for (const fields of lacking) {
      expect(ring.localKeys(userWith(fields), engine)).toBeUndefined();
      expect(hasPasswords(userWith(fields))).toBe(false);
    }
    const open: SnmpUser = { user: 'u', level: 'noAuthNoPriv' };
    expect(ring.localKeys(open, engine)).toEqual({});
    expect(hasPasswords(open)).toBe(true);
    expect(hasPasswords(userWith({ level: 'authNoPriv', privKey: undefined }))).toBe(true);
  });
});
