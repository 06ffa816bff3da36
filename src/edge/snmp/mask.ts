/**
 * Replaces what tells people and places from each other in a recording: the same input always becomes the same
 * replacement under one salt, of the same length and form; without the salt nothing leads back.
 */
import { createHmac } from 'node:crypto';
import { isKnownWord } from './mask-words.ts';

const macPattern =
  /\b[0-9a-fA-F]{2}(?:([:-])[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){4}\b|\b[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\b/g;
const ipv4Pattern = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
const ipv6Pattern = /(?<![0-9a-zA-Z:])(?=[0-9a-fA-F:]*:[0-9a-fA-F:]*:)[0-9a-fA-F:]{3,39}(?![0-9a-zA-Z:])/g;
/** ITU-T G.984.3 clause 9.2.4.1 as text. */
const gponPattern = /\b[A-Z]{4}[0-9A-F]{8}\b/g;
const emailPattern = /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/gu;
/** ITU-T E.164 behind its `+`, in whatever groups. */
const phonePattern = /\+\d(?:[ ()-]{0,2}\d){7,14}(?!\d)/g;
/** A time of day or the number of a port: part of an IPv6 address in form alone. */
const threeNumbers = /^[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}:?$/;

const found = new RegExp(
  [emailPattern, phonePattern, macPattern, ipv4Pattern, ipv6Pattern, gponPattern]
    .map(({ source }) => `(?:${source})`)
    .join('|'),
  'gu',
);

export class Mask {
  readonly #salt: Uint8Array;
  readonly #versions: ReadonlySet<string>;

  /** `versions` look like IPv4 addresses and are none. */
  constructor(salt: Uint8Array, versions: ReadonlySet<string> = new Set()) {
    this.#salt = salt;
    this.#versions = versions;
  }

  /** Locally administered, so that it is no maker's; zeros, ones and multicast groups stay what they are. */
  mac(bytes: Uint8Array): Uint8Array {
    if (bytes.every((byte) => byte === 0) || (bytes[0]! & 1) === 1) return bytes;
    const drawn = this.#draw('mac', Buffer.from(bytes).toString('hex'), 6);
    drawn[0] = 2;
    return drawn;
  }

  /** Networks stay networks: each byte is moved within those of as many digits, by what stands before it. */
  ipv4(bytes: Uint8Array): Uint8Array {
    const [first = 0] = bytes;
    if (first === 0 || first === 127 || first >= 224) return bytes;
    return bytes.map((byte, place) => {
      const least = byte < 10 ? 0 : byte < 100 ? 10 : 100;
      const most = byte < 10 ? 9 : byte < 100 ? 99 : place === 0 ? 223 : 255;
      const [from, size] = place === 0 && least === 0 ? [1, 9] : [least, most - least + 1];
      const [high, low] = this.#draw('ipv4', bytes.subarray(0, place).join('.'), 2);
      return from + ((byte - from + 1 + ((high! * 256 + low!) % (size - 1))) % size);
    });
  }

  /** Zeros stay, so that the form does. */
  bytes(bytes: Uint8Array): Uint8Array {
    const drawn = this.#draw('bytes', Buffer.from(bytes).toString('hex'), bytes.length);
    return bytes.map((byte, place) => (byte === 0 ? 0 : 1 + (drawn[place]! % 255)));
  }

  /** Of as many digits; 0 says that there is none. */
  number(value: number): number {
    if (value === 0) return 0;
    const digits = String(Math.abs(value)).length;
    const least = digits === 1 ? 1 : 10 ** (digits - 1);
    const size = 9 * 10 ** (digits - 1);
    const drawn = Buffer.from(this.#draw('number', String(value), 6)).readUIntBE(0, 6);
    const moved = least + ((Math.abs(value) - least + 1 + (drawn % (size - 1))) % size);
    // A signed or unsigned 32-bit number stays one.
    const made = value <= 0xffffffff && moved > 0x7fffffff ? least + (moved % (0x7fffffff - least)) : moved;
    return Math.sign(value) * made;
  }

  /** Four letters of a vendor and four bytes; as eight bytes. */
  gponSerial(bytes: Uint8Array): Uint8Array {
    const written = this.#gponText(
      Buffer.from(bytes.subarray(0, 4)).toString('latin1') +
        Buffer.from(bytes.subarray(4)).toString('hex').toUpperCase(),
    );
    return Uint8Array.from([...bytes.subarray(0, 4), ...Buffer.from(written.slice(4), 'hex')]);
  }

  /** Every letter and digit becomes another of its kind; addresses become what they become elsewhere. */
  text(text: string): string {
    return this.#around(text, (part) => this.#letters(part, text));
  }

  /** Words of the trade and short numbers stay: `GigabitEthernet0/1` is needed to tell ports apart. */
  words(text: string): string {
    return this.#around(text, (part) => this.#chunks(part, isPlain));
  }

  /** As `words`, with the caller's judgement of which chunk at which place stays. */
  wordsBut(text: string, isKept: (chunk: string, from: number) => boolean): string {
    return this.#around(text, (part, at) => this.#chunks(part, (chunk, from) => isKept(chunk, at + from)));
  }

  /** Models and versions: addresses alone are replaced. */
  model(text: string): string {
    return this.#around(text, (part) => part);
  }

  #around(text: string, masked: (part: string, at: number) => string): string {
    let at = 0;
    let made = '';
    for (const match of text.matchAll(found)) {
      const [told] = match;
      const isOther = threeNumbers.test(told) || this.#versions.has(told);
      made += masked(text.slice(at, match.index), at);
      made += isOther ? masked(told, match.index) : this.#address(told);
      at = match.index + told.length;
    }
    return made + masked(text.slice(at), at);
  }

  #chunks(part: string, isKept: (chunk: string, from: number) => boolean): string {
    return part.replace(/[\p{L}\p{N}]+/gu, (chunk, from: number) =>
      isKept(chunk, from) ? chunk : this.#letters(chunk, chunk),
    );
  }

  #address(text: string): string {
    if (text.includes('@') || text.startsWith('+')) return this.#letters(text, text);
    const hex = text.replace(/[:.-]/g, '');
    if (gponPattern.test(text)) {
      gponPattern.lastIndex = 0;
      return this.#gponText(text);
    }
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
      const bytes = text.split('.').map(Number);
      return bytes.some((byte) => byte > 255) ? text : this.ipv4(Uint8Array.from(bytes)).join('.');
    }
    if (!/^[0-9a-fA-F]{12}$/.test(hex) || /:.*::|::/.test(text)) return this.#hexDigits(text);
    const made = Buffer.from(this.mac(Buffer.from(hex, 'hex'))).toString('hex');
    let place = 0;
    const isUpper = /[A-F]/.test(text);
    return text.replace(/[0-9a-fA-F]/g, () => {
      const digit = made[place++]!;
      return isUpper ? digit.toUpperCase() : digit;
    });
  }

  #gponText(text: string): string {
    const drawn = this.#draw('gpon', text, 4);
    return text.slice(0, 4) + Buffer.from(drawn).toString('hex').toUpperCase();
  }

  #hexDigits(text: string): string {
    const drawn = this.#draw('hex', text.toLowerCase(), text.length);
    return text.replace(/[0-9a-fA-F]/g, (_, place: number) => (1 + (drawn[place]! % 15)).toString(16));
  }

  /** `whole` decides, so that a text becomes the same wherever it stands alone. */
  #letters(part: string, whole: string): string {
    const drawn = this.#draw('text', whole === part ? part : `${whole}\n${part}`, 2 * part.length);
    let place = 0;
    const other = (kind: string, letter: string): string => {
      const index = kind.indexOf(letter);
      const step = 1 + (drawn[place++ % drawn.length]! % (kind.length - 1));
      return kind[(Math.max(0, index) + step) % kind.length]!;
    };
    return part.replace(/[\p{L}\p{N}]/gu, (letter) => {
      if (/[0-9]/.test(letter)) return other('0123456789', letter);
      if (/[a-z]/.test(letter)) return other('abcdefghijklmnopqrstuvwxyz', letter);
      if (/[A-Z]/.test(letter)) return other('ABCDEFGHIJKLMNOPQRSTUVWXYZ', letter);
      // As many bytes in UTF-8 as it had.
      const length = Buffer.byteLength(letter);
      return other(
        length === 2 ? 'абвгдежзийклмноп' : length === 3 ? 'あいうえおかきく' : '𠀀𠀁'.slice(0, 2),
        letter,
      );
    });
  }

  #draw(kind: string, input: string, count: number): Uint8Array {
    const made = Buffer.alloc(count);
    for (let block = 0; block * 32 < count; block++) {
      const hmac = createHmac('sha256', this.#salt).update(`${kind}\0${block}\0${input}`, 'utf8');
      hmac.digest().copy(made, block * 32);
    }
    return made;
  }
}

/** A word of the trade or up to three letters, with at most four digits before or behind. */
function isPlain(chunk: string): boolean {
  const [, letters] = /^\d{0,4}([A-Za-z]*)\d{0,4}[A-Za-z]?$/.exec(chunk) ?? [];
  return letters !== undefined && (letters.length <= 3 || isKnownWord(letters));
}
