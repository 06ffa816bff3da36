/**
 * Digest and cipher of the User-based Security Model (RFC 3414 sections 6 to 8, RFC 3826, RFC 7860). A message
 * costs no object of the crypto library: making and collecting four of them is most of what security would cost.
 */
import { type Cipher, createCipheriv, createDecipheriv, hash, timingSafeEqual } from 'node:crypto';
import type { AuthProtocol, PrivProtocol } from './usm-keys.ts';

/** What goes into a message of this clock. */
interface Clock {
  readonly boots: number;
  readonly time: number;
}

const LARGEST_MESSAGE = 65_536;
const LONGEST_BLOCK = 128;
const AES_BLOCK = 16;
const SALT_BYTES = 8;
const DES_BLOCK = 8;

// One message is digested or deciphered at a time, so that all devices share these.
const inner = Buffer.alloc(LONGEST_BLOCK + LARGEST_MESSAGE);
const outer = Buffer.alloc(LONGEST_BLOCK + 64);
const made = Buffer.alloc(64);
const received = Buffer.alloc(64);
const blocks = Buffer.from(new ArrayBuffer(LARGEST_MESSAGE + 2 * AES_BLOCK));
const blockWords = new Uint32Array(blocks.buffer);

/** HMAC (RFC 2104) with its two pads made once, over the library's hash in one call each. */
export class Digest {
  readonly macBytes: number;
  readonly #hash: string;
  readonly #innerPad: Uint8Array;
  readonly #outerPad: Uint8Array;

  constructor({ hash: name, blockBytes, macBytes }: AuthProtocol, key: Uint8Array) {
    this.macBytes = macBytes;
    this.#hash = name;
    const padded = new Uint8Array(blockBytes);
    padded.set(key);
    this.#innerPad = padded.map((byte) => byte ^ 0x36);
    this.#outerPad = padded.map((byte) => byte ^ 0x5c);
  }

  /** Puts the digest of the whole message where zeros stand in it. */
  sign(message: Uint8Array, at: number): void {
    this.#make(message);
    for (let i = 0; i < this.macBytes; i++) message[at + i] = made[i]!;
  }

  /** True when the digest at `from` is that of the message with zeros there; compared in constant time. */
  isOf(message: Uint8Array, from: number): boolean {
    const { macBytes } = this;
    received.fill(0);
    for (let i = 0; i < macBytes; i++) received[i] = message[from + i]!;
    message.fill(0, from, from + macBytes);
    this.#make(message);
    for (let i = 0; i < macBytes; i++) message[from + i] = received[i]!;
    return timingSafeEqual(received, made);
  }

  /** Leaves what travels of the digest in `made`, and zeros behind it. */
  #make(message: Uint8Array): void {
    const block = this.#innerPad.length;
    inner.set(this.#innerPad);
    inner.set(message, block);
    const digest = hash(this.#hash, inner.subarray(0, block + message.length), 'binary');
    outer.set(this.#outerPad);
    const end = block + outer.write(digest, block, 'binary');
    made.write(hash(this.#hash, outer.subarray(0, end), 'binary'), 'binary');
    made.fill(0, this.macBytes);
  }
}

/** Privacy with one key. */
export interface Privacy {
  /** The cipher text, and the salt as it travels with it; `salt` is eight bytes never given before, and may change. */
  seal(plain: Uint8Array, clock: Clock, salt: Uint8Array): Uint8Array;
  /** Undefined when it can be no cipher text; whether it was one is seen by what it spells. */
  open(cipherText: Uint8Array, clock: Clock, salt: Uint8Array): Uint8Array | undefined;
}

export function privacyOf(protocol: PrivProtocol, key: Uint8Array): Privacy {
  return protocol.kind === 'aes' ? new AesPrivacy(protocol, key) : new DesPrivacy(protocol, key);
}

/**
 * CFB with 128 bits of feedback (RFC 3826 section 3.1) over two contexts that live as long as the key. Deciphering needs
 * only the block cipher over what arrived. Enciphering goes on in one stream: its register, the last block it gave, is
 * led to the vector of the next message by a block in front that enciphers to just that vector.
 */
class AesPrivacy implements Privacy {
  readonly #block: Cipher;
  readonly #stream: Cipher;
  readonly #register = new Uint8Array(AES_BLOCK);

  constructor({ cipher, blockCipher }: PrivProtocol, key: Uint8Array) {
    this.#block = createCipheriv(blockCipher, key, null).setAutoPadding(false);
    this.#stream = createCipheriv(cipher, key, this.#register);
  }

  seal(plain: Uint8Array, clock: Clock, salt: Uint8Array): Uint8Array {
    const feedback = this.#block.update(this.#register);
    writeVector(clock, salt);
    for (let i = 0; i < AES_BLOCK; i++) blocks[i]! ^= feedback[i]!;
    blocks.set(plain, AES_BLOCK);
    const end = AES_BLOCK + plain.length;
    // Whole blocks only, so that the register is the last of them.
    const whole = wholeBlocks(end);
    blocks.fill(0, end, whole);
    const sealed = this.#stream.update(blocks.subarray(0, whole));
    this.#register.set(sealed.subarray(whole - AES_BLOCK));
    return sealed.subarray(AES_BLOCK, end);
  }

  open(cipherText: Uint8Array, clock: Clock, salt: Uint8Array): Uint8Array | undefined {
    if (salt.length !== SALT_BYTES || cipherText.length > LARGEST_MESSAGE) return undefined;
    writeVector(clock, salt);
    blocks.set(cipherText, AES_BLOCK);
    const length = wholeBlocks(cipherText.length);
    const stream = aligned(this.#block.update(blocks.subarray(0, length)));
    const words = new Uint32Array(stream.buffer, stream.byteOffset, length >> 2);
    for (let i = 0; i < words.length; i++) words[i]! ^= blockWords[i + AES_BLOCK / 4]!;
    return stream.subarray(0, cipherText.length);
  }
}

const wholeBlocks = (length: number): number => Math.ceil(length / AES_BLOCK) * AES_BLOCK;

/** RFC 3826 section 3.1.2.1, in front of what is deciphered. */
function writeVector({ boots, time }: Clock, salt: Uint8Array): void {
  blocks.writeUInt32BE(boots, 0);
  blocks.writeUInt32BE(time, 4);
  blocks.set(salt, 8);
}

const aligned = (bytes: Uint8Array): Uint8Array =>
  bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);

/** RFC 3414 section 8.1.1: half of the key enciphers, the other half hides the salt; DES is triple DES with one key. */
class DesPrivacy implements Privacy {
  readonly #cipher: string;
  readonly #key: Uint8Array;
  readonly #hidden: Uint8Array;

  constructor({ cipher }: PrivProtocol, key: Uint8Array) {
    const half = key.subarray(0, DES_BLOCK);
    this.#cipher = cipher;
    this.#key = Buffer.concat([half, half, half]);
    this.#hidden = key.subarray(DES_BLOCK, 2 * DES_BLOCK);
  }

  seal(plain: Uint8Array, { boots }: Clock, salt: Uint8Array): Uint8Array {
    // RFC 3414 section 8.1.1.1: the engine's boots, then a number of our own.
    new DataView(salt.buffer, salt.byteOffset).setUint32(0, boots);
    const padded = new Uint8Array(Math.ceil(plain.length / DES_BLOCK) * DES_BLOCK);
    padded.set(plain);
    return createCipheriv(this.#cipher, this.#key, this.#vector(salt)).setAutoPadding(false).update(padded);
  }

  open(cipherText: Uint8Array, _clock: Clock, salt: Uint8Array): Uint8Array | undefined {
    if (salt.length !== SALT_BYTES || cipherText.length % DES_BLOCK !== 0) return undefined;
    const cipher = createDecipheriv(this.#cipher, this.#key, this.#vector(salt));
    return cipher.setAutoPadding(false).update(cipherText);
  }

  #vector(salt: Uint8Array): Uint8Array {
    return this.#hidden.map((byte, i) => byte ^ salt[i]!);
  }
}
