/** SNMPv3 keys: from a password to the keys of one engine (RFC 3414 sections 2.6 and A.2, RFC 3826, RFC 7860). */
import { createHash } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';

export interface AuthProtocol {
  readonly hash: string;
  /** Of the hash (RFC 2104). */
  readonly blockBytes: number;
  /** Octets of the digest that travel (RFC 3414 sections 6.3.1 and 7.3.1, RFC 7860 section 4.1). */
  readonly macBytes: number;
}

export interface PrivProtocol {
  readonly kind: 'aes' | 'des';
  readonly cipher: string;
  /** The block cipher alone. */
  readonly blockCipher: string;
  readonly keyBytes: number;
  readonly extension: 'blumenthal' | 'reeder' | undefined;
}

const authProtocols: Readonly<Record<NonNullable<SnmpUser['auth']>, AuthProtocol>> = {
  md5: { hash: 'md5', blockBytes: 64, macBytes: 12 },
  sha: { hash: 'sha1', blockBytes: 64, macBytes: 12 },
  sha224: { hash: 'sha224', blockBytes: 64, macBytes: 16 },
  sha256: { hash: 'sha256', blockBytes: 64, macBytes: 24 },
  sha384: { hash: 'sha384', blockBytes: 128, macBytes: 32 },
  sha512: { hash: 'sha512', blockBytes: 128, macBytes: 48 },
};

/** Triple DES whose three keys are one is DES, which OpenSSL 3 itself no longer offers. */
const DES_CIPHER = 'des-ede3-cbc';

const privProtocols: Readonly<Record<NonNullable<SnmpUser['priv']>, PrivProtocol>> = {
  des: { kind: 'des', cipher: DES_CIPHER, blockCipher: 'des-ede3', keyBytes: 16, extension: undefined },
  aes: { kind: 'aes', cipher: 'aes-128-cfb', blockCipher: 'aes-128-ecb', keyBytes: 16, extension: undefined },
  aes192b: {
    kind: 'aes',
    cipher: 'aes-192-cfb',
    blockCipher: 'aes-192-ecb',
    keyBytes: 24,
    extension: 'blumenthal',
  },
  aes192r: {
    kind: 'aes',
    cipher: 'aes-192-cfb',
    blockCipher: 'aes-192-ecb',
    keyBytes: 24,
    extension: 'reeder',
  },
  aes256b: {
    kind: 'aes',
    cipher: 'aes-256-cfb',
    blockCipher: 'aes-256-ecb',
    keyBytes: 32,
    extension: 'blumenthal',
  },
  aes256r: {
    kind: 'aes',
    cipher: 'aes-256-cfb',
    blockCipher: 'aes-256-ecb',
    keyBytes: 32,
    extension: 'reeder',
  },
};

/** What a level needs of keys; `auth` and `priv` are absent where the level has none. */
export interface LocalKeys {
  readonly auth?: { readonly protocol: AuthProtocol; readonly key: Uint8Array } | undefined;
  readonly priv?: { readonly protocol: PrivProtocol; readonly key: Uint8Array } | undefined;
}

const HASHED_BYTES = 1 << 20;
const PIECE_BYTES = 1 << 14;
const KEPT_KEYS = 512;
/** RFC 3414 section 11.2 wants eight characters; shorter ones exist in the field, none at all does not. */
const LEAST_PASSWORD_BYTES = 1;

/**
 * Keys of passwords, each computed once: hashing a mebibyte takes milliseconds, localising a key microseconds. The
 * passwords themselves are not kept, and the longest unused key gives way.
 */
export class KeyRing {
  readonly #keys = new Map<string, Uint8Array>();
  readonly #most: number;
  #computed = 0;

  constructor(most = KEPT_KEYS) {
    this.#most = most;
  }

  /** How often a whole password was hashed. */
  get computed(): number {
    return this.#computed;
  }

  /** RFC 3414 section A.2. */
  passwordKey(hash: string, password: Uint8Array): Uint8Array {
    const name = createHash('sha256').update(`${hash}:`).update(password).digest('base64');
    const known = this.#keys.get(name);
    const key = known ?? hashedPassword(hash, password);
    this.#keys.delete(name);
    this.#keys.set(name, key);
    if (known === undefined) this.#computed++;
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= this.#most) break;
      this.#keys.delete(oldest);
    }
    return key;
  }

  /** The keys of a user at one engine; undefined when a key that the level needs is missing. */
  localKeys(user: SnmpUser, engineId: Uint8Array): LocalKeys | undefined {
    if (user.level === 'noAuthNoPriv') return {};
    const auth = user.auth === undefined ? undefined : authProtocols[user.auth];
    const authPassword = passwordOf(user.authKey);
    if (auth === undefined || authPassword === undefined) return undefined;
    const authKey = localised(auth.hash, this.passwordKey(auth.hash, authPassword), engineId);
    if (user.level === 'authNoPriv') return { auth: { protocol: auth, key: authKey } };
    const priv = user.priv === undefined ? undefined : privProtocols[user.priv];
    const privPassword = passwordOf(user.privKey);
    if (priv === undefined || privPassword === undefined) return undefined;
    const short = localised(auth.hash, this.passwordKey(auth.hash, privPassword), engineId);
    const key = extended(short, priv, { hash: auth.hash, engineId });
    return { auth: { protocol: auth, key: authKey }, priv: { protocol: priv, key } };
  }
}

/** True when `localKeys` will have an answer. */
export function hasPasswords({ level, auth, authKey, priv, privKey }: SnmpUser): boolean {
  const hasAuth = auth !== undefined && passwordOf(authKey) !== undefined;
  const hasPriv = priv !== undefined && passwordOf(privKey) !== undefined;
  return level === 'noAuthNoPriv' || (hasAuth && (level === 'authNoPriv' || hasPriv));
}

/** RFC 3414 section 2.6: what an agent gives away of its key opens no other agent. */
export function localised(hash: string, passwordKey: Uint8Array, engineId: Uint8Array): Uint8Array {
  return createHash(hash).update(passwordKey).update(engineId).update(passwordKey).digest();
}

/**
 * Longer keys than the digest never became a standard: Blumenthal's draft (draft-blumenthal-aes-usm-04 section
 * 3.1.2.1) appends digests of all so far, Reeder's (draft-reeder-snmpv3-usm-3desede-00 section 2.1, what Cisco
 * does) takes the key as a password again, which costs its mebibyte for every engine.
 */
function extended(
  localKey: Uint8Array,
  { keyBytes, extension }: PrivProtocol,
  { hash, engineId }: { readonly hash: string; readonly engineId: Uint8Array },
): Uint8Array {
  let key = localKey;
  let last = localKey;
  while (key.length < keyBytes) {
    last =
      extension === 'reeder'
        ? localised(hash, hashedPassword(hash, last), engineId)
        : createHash(hash).update(key).digest();
    key = Buffer.concat([key, last]);
  }
  return key.subarray(0, keyBytes);
}

function passwordOf(secret: Secret | undefined): Uint8Array | undefined {
  const bytes = secret === undefined ? undefined : Buffer.from(secret.reveal(), 'utf8');
  return bytes === undefined || bytes.length < LEAST_PASSWORD_BYTES ? undefined : bytes;
}

function hashedPassword(hash: string, password: Uint8Array): Uint8Array {
  const repeats = Math.max(1, Math.floor(PIECE_BYTES / password.length));
  const piece = Buffer.concat(Array.from({ length: repeats }, () => password));
  const digest = createHash(hash);
  let left = HASHED_BYTES;
  for (; left >= piece.length; left -= piece.length) digest.update(piece);
  return digest.update(piece.subarray(0, left)).digest();
}
