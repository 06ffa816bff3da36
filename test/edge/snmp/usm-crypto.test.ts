import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { Digest, privacyOf } from '../../../src/edge/snmp/usm-crypto.ts';
import { KeyRing } from '../../../src/edge/snmp/usm-keys.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';

const engine = Buffer.from('80001f8880aabbccdd', 'hex');
const ring = new KeyRing();
const keysOf = (auth: SnmpUser['auth'], priv: SnmpUser['priv']) =>
  ring.localKeys(
    {
      ...{ user: 'u', level: 'authPriv', auth, priv },
      authKey: new Secret('an auth password'),
      privKey: new Secret('a priv password'),
    },
    engine,
  )!;
const bytes = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });
const number = fc.nat(0x7fff_ffff);
const salt = fc.uint8Array({ minLength: 8, maxLength: 8 });

describe('a digest', () => {
  it.each(['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const)(
    'with %s is the HMAC of the library',
    (auth) => {
      const { protocol, key } = keysOf(auth, 'aes').auth!;
      const digest = new Digest(protocol, key);
      fc.assert(
        fc.property(bytes(3_000), fc.nat(200), (content, at) => {
          const message = new Uint8Array(at + protocol.macBytes + content.length);
          message.set(content, at + protocol.macBytes);
          const expected = createHmac(protocol.hash, key)
            .update(message)
            .digest()
            .subarray(0, protocol.macBytes);
          digest.sign(message, at);
          expect(Buffer.from(message.subarray(at, at + protocol.macBytes)).equals(expected)).toBe(true);
          const before = Buffer.from(message);
          expect(digest.isOf(message, at)).toBe(true);
          expect(before.equals(message)).toBe(true);
          message[message.length - 1]! ^= 1;
          expect(digest.isOf(message, at)).toBe(false);
        }),
        { numRuns: 40, seed: 5 },
      );
    },
  );
});

/** RFC 3826 section 3.1.2.1. */
function vectorOf(boots: number, time: number, saltBytes: Uint8Array): Buffer {
  const vector = Buffer.alloc(16);
  vector.writeUInt32BE(boots, 0);
  vector.writeUInt32BE(time, 4);
  vector.set(saltBytes, 8);
  return vector;
}

describe('privacy', () => {
  it.each(['aes', 'aes192b', 'aes192r', 'aes256b', 'aes256r'] as const)(
    'with %s is the CFB mode of the library, message after message with one key',
    (priv) => {
      const { protocol, key } = keysOf('sha', priv).priv!;
      const privacy = privacyOf(protocol, key);
      fc.assert(
        fc.property(bytes(3_000), number, number, salt, (plain, boots, time, saltBytes) => {
          const vector = vectorOf(boots, time, saltBytes);
          const sealed = privacy.seal(plain, { boots, time }, saltBytes);
          expect(createCipheriv(protocol.cipher, key, vector).update(plain).equals(sealed)).toBe(true);
          const opened = privacy.open(sealed, { boots, time }, saltBytes);
          expect(Buffer.from(opened!).equals(plain)).toBe(true);
        }),
        { numRuns: 60, seed: 6 },
      );
    },
  );

  it('with des is what RFC 3414 section 8.1.1 makes of triple DES with one key', () => {
    const { key, protocol } = keysOf('sha', 'des').priv!;
    const privacy = privacyOf(protocol, key);
    const saltBytes = Buffer.from('0000000000000009', 'hex');
    const plain = Buffer.from('eleven byte');
    const sealed = privacy.seal(plain, { boots: 5, time: 0 }, saltBytes);
    expect(saltBytes.toString('hex')).toBe('0000000500000009');
    const half = key.subarray(0, 8);
    const vector = key.subarray(8, 16).map((byte, i) => byte ^ saltBytes[i]!);
    const cipher = createDecipheriv('des-ede3-cbc', Buffer.concat([half, half, half]), vector);
    const expected = Buffer.concat([plain, Buffer.alloc(5)]);
    expect(cipher.setAutoPadding(false).update(sealed)).toEqual(expected);
    expect(privacy.open(sealed, { boots: 0, time: 0 }, saltBytes)).toEqual(expected);
  });

  it('opens nothing without a salt of eight bytes, and no part of a block of DES', () => {
    const clock = { boots: 1, time: 1 };
    for (const priv of ['aes', 'des'] as const) {
      const { key, protocol } = keysOf('sha', priv).priv!;
      const privacy = privacyOf(protocol, key);
      expect(privacy.open(new Uint8Array(16), clock, new Uint8Array(7))).toBeUndefined();
      expect(privacy.open(new Uint8Array(0), clock, new Uint8Array(8))).toHaveLength(0);
      if (priv === 'des') expect(privacy.open(new Uint8Array(15), clock, new Uint8Array(8))).toBeUndefined();
    }
  });
});
