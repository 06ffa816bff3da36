/** Basic Encoding Rules as SNMP uses them (X.690, RFC 3417 section 8): definite lengths, low tag numbers only. */

/**
 * Writes backwards from the end of its buffer, so that each length is known when it is written. What does not
 * fit sets `isFull` and is left out; the caller looks once at the end.
 */
export class BerWriter {
  readonly #buffer: Uint8Array;
  #at: number;
  #isFull = false;

  constructor(capacity: number) {
    this.#buffer = new Uint8Array(capacity);
    this.#at = capacity;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Bytes written so far; what is written later stands before them. */
  get size(): number {
    return this.#buffer.length - this.#at;
  }

  reset(): void {
    this.#at = this.#buffer.length;
    this.#isFull = false;
  }

  content(bytes: Uint8Array): void {
    if (bytes.length > this.#at) {
      this.#isFull = true;
      return;
    }
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  /** Tag and length before everything written since `size` was `sizeBefore`. */
  header(tag: number, sizeBefore: number): void {
    const length = this.size - sizeBefore;
    if (length < 0x80) this.#byte(length);
    else {
      let rest = length;
      let count = 0;
      for (; rest > 0; rest >>>= 8, count++) this.#byte(rest & 0xff);
      this.#byte(0x80 | count);
    }
    this.#byte(tag);
  }

  /** A whole number of at most 53 bits, signed, in its shortest form. */
  integer(tag: number, value: number): void {
    const before = this.size;
    let rest = value;
    for (;;) {
      const low = ((rest % 256) + 256) % 256;
      this.#byte(low);
      rest = Math.floor(rest / 256);
      if ((rest === 0 && low < 0x80) || (rest === -1 && low >= 0x80)) break;
    }
    this.header(tag, before);
  }

  /** A non-negative number of at most 64 bits; a leading zero byte keeps it positive. */
  unsigned64(tag: number, value: bigint): void {
    const before = this.size;
    let rest = BigInt.asUintN(64, value);
    let low = 0;
    do {
      low = Number(rest & 0xffn);
      this.#byte(low);
      rest >>= 8n;
    } while (rest > 0n);
    if (low >= 0x80) this.#byte(0);
    this.header(tag, before);
  }

  bytes(tag: number, content: Uint8Array): void {
    const before = this.size;
    this.content(content);
    this.header(tag, before);
  }

  /** A copy of what was written. */
  written(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.subarray(this.#at));
  }

  #byte(value: number): void {
    if (this.#at === 0) this.#isFull = true;
    else this.#buffer[--this.#at] = value;
  }
}

/**
 * Reads one element after the other. Anything wrong sets `isBroken` and moves to the end: no method throws and
 * none reads outside `end`.
 */
export class BerReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  isBroken = false;
  /** Of the element whose header was read last. */
  tag = 0;
  contentEnd = 0;

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    this.isBroken = false;
  }

  /** Reads tag and length; `at` is then the first content byte and `contentEnd` the byte after the last. */
  header(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    if (at + 2 > end) return this.#broken();
    const tag = bytes[at++]!;
    let length = bytes[at++]!;
    if (length >= 0x80) {
      const count = length & 0x7f;
      // 0x80 is the indefinite form, which RFC 3417 section 8 (1) forbids; no datagram needs more than 4 bytes.
      if (count === 0 || count > 4 || at + count > end) return this.#broken();
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[at++]!;
    }
    if ((tag & 0x1f) === 0x1f || length > end - at) return this.#broken();
    this.tag = tag;
    this.at = at;
    this.contentEnd = at + length;
    return true;
  }

  /** Enters an element of this tag: what follows is read inside it. */
  enter(tag: number): boolean {
    if (!this.header() || this.tag !== tag) return this.#broken();
    this.end = this.contentEnd;
    return true;
  }

  /** A signed INTEGER of at most 32 bits; NaN when it is none. */
  integer(): number {
    if (!this.header() || this.tag !== 0x02) return this.#brokenNumber();
    const value = signedNumber(this.bytes, this.at, this.contentEnd);
    if (!(value >= -0x8000_0000 && value <= 0x7fff_ffff)) return this.#brokenNumber();
    this.at = this.contentEnd;
    return value;
  }

  #broken(): false {
    this.isBroken = true;
    this.at = this.end;
    return false;
  }

  #brokenNumber(): number {
    this.#broken();
    return Number.NaN;
  }
}

/** Where the content of an element begins whose header was found sound. */
export function contentFrom(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1]!;
  return length < 0x80 ? at + 2 : at + 2 + (length & 0x7f);
}

/** Where an element ends whose header was found sound. */
export function contentEnd(bytes: Uint8Array, at: number): number {
  const from = contentFrom(bytes, at);
  if (from === at + 2) return from + bytes[at + 1]!;
  let length = 0;
  for (let i = at + 2; i < from; i++) length = length * 256 + bytes[i]!;
  return from + length;
}

/** Two's complement of up to 48 significant bits, exact; NaN for nothing or for more. Padding bytes are tolerated. */
export function signedNumber(bytes: Uint8Array, from: number, end: number): number {
  if (from >= end) return Number.NaN;
  const isNegative = bytes[from]! >= 0x80;
  const padding = isNegative ? 0xff : 0;
  let at = from;
  while (at < end - 1 && bytes[at] === padding && bytes[at + 1]! >= 0x80 === isNegative) at++;
  if (end - at > 6) return Number.NaN;
  let value = isNegative ? -1 : 0;
  for (; at < end; at++) value = value * 256 + bytes[at]!;
  return value;
}

/**
 * Unsigned 32 bits. Agents exist that leave out the leading zero byte of values from 2^31 up, so four bytes are
 * taken as they stand. NaN for nothing or for more.
 */
export function unsignedNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end - 1 && bytes[at] === 0) at++;
  if (from >= end || end - at > 4) return Number.NaN;
  let value = 0;
  for (; at < end; at++) value = value * 256 + bytes[at]!;
  return value;
}

/** Unsigned 64 bits in up to 9 bytes, as Counter64 arrives; undefined for nothing or for more. */
export function unsigned64(bytes: Uint8Array, from: number, end: number): bigint | undefined {
  let at = from;
  while (at < end - 1 && bytes[at] === 0) at++;
  if (from >= end || end - at > 8) return undefined;
  let high = 0;
  let low = 0;
  for (; end - at > 4; at++) high = high * 256 + bytes[at]!;
  for (; at < end; at++) low = low * 256 + bytes[at]!;
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
}
