/** Secrets of the book: contact data under one key a subscriber, phone index, link tokens, all from one 32-byte key. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';

export interface Vault {
  /** Seals under a new data key, which comes wrapped; destroying it erases all that is sealed under it (design L18). */
  sealNew(text: string): { readonly dataKey: Uint8Array; readonly sealed: Uint8Array };
  seal(wrappedKey: Uint8Array, text: string): Uint8Array;
  /** The text; throws a Fault when key or data were changed. */
  open(wrappedKey: Uint8Array, sealed: Uint8Array): string;
  /** 128 bit, equal for equal text: finds a phone without storing it. */
  index(text: string): Uint8Array;
  /** 128 bit over a row's content: tells whether an import changes it. */
  digest(text: string): Uint8Array;
  /** Link token of a confirmation: 22 characters, or 11 where `short` (SMS). */
  token(confirmation: string, purpose: string, short: boolean): string;
  /** Proves that a book belongs to this key. */
  readonly proof: string;
}

const nonceBytes = 12;
const tagBytes = 16;

export function openVault(key: Uint8Array, world: World): Vault {
  const derive = (label: string): Buffer => Buffer.from(hkdfSync('sha256', key, 'allclear-book', label, 32));
  const wrapKey = derive('wrap');
  const indexKey = derive('index');
  const digestKey = derive('digest');
  const tokenKey = derive('token');
  const draw = chanceOf(world);
  const mac = (macKey: Buffer, text: string): Buffer => createHmac('sha256', macKey).update(text).digest();
  return {
    sealNew(text) {
      const key = draw(32);
      const dataKey = encrypt(wrapKey, key, draw(nonceBytes));
      return { dataKey, sealed: encrypt(key, Buffer.from(text), draw(nonceBytes)) };
    },
    seal: (wrapped, text) => encrypt(decrypt(wrapKey, wrapped), Buffer.from(text), draw(nonceBytes)),
    open: (wrapped, sealed) => decrypt(decrypt(wrapKey, wrapped), sealed).toString('utf8'),
    index: (text) => mac(indexKey, text).subarray(0, 16),
    digest: (text) => mac(digestKey, text).subarray(0, 16),
    token: (confirmation, purpose, short) =>
      mac(tokenKey, `${purpose}\n${confirmation}`)
        .subarray(0, short ? 8 : 16)
        .toString('base64url'),
    proof: mac(digestKey, 'proof').toString('hex'),
  };
}

/** Draws in large pieces, each byte handed out once: an import of millions asks three times a row. */
function chanceOf(world: World): (count: number) => Uint8Array {
  let pool: Uint8Array = new Uint8Array();
  let used = 0;
  return (count) => {
    if (used + count > pool.length) {
      pool = world.randomBytes(8_192);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
}

/** What of a token or credential is stored: it cannot be turned back. */
export const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest();

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b);

/** Reads the 32-byte key of a book, or makes the file (0600) on the first start. A key others may read is a failed start. */
export async function readOrMakeKey(path: string, world: World): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) await makeKey(path, world);
  const file = await open(path, 'r');
  try {
    if (((await file.stat()).mode & 0o077) !== 0)
      throw new Fault('book/key-readable', `${path} may be read by others; run chmod 600 ${path}`);
  } finally {
    await file.close();
  }
  const key = await readFile(path);
  if (key.length !== 32)
    throw new Fault(
      'book/key-damaged',
      `${path} holds ${key.length} bytes instead of 32; restore it from the backup`,
    );
  return new Uint8Array(key);
}

/** Whole and durable under its name before anything is sealed with it, and never in place of another. */
async function makeKey(path: string, world: World): Promise<void> {
  const unnamed = `${path}.new`;
  await rm(unnamed, { force: true });
  const file = await open(unnamed, 'wx', 0o600);
  try {
    await file.write(world.randomBytes(32));
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(unnamed, 0o600);
  try {
    await link(unnamed, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await rm(unnamed, { force: true });
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function encrypt(key: Uint8Array, plain: Uint8Array, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Uint8Array): Buffer {
  try {
    const end = sealed.length - tagBytes;
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
  } catch (cause) {
    throw new Fault('book/sealed-damaged', 'sealed data of the book cannot be opened with its key', cause);
  }
}
