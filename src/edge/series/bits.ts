/** Reading and writing of varints and bit fields in a byte array: the ground the chunk codec stands on. */

const TWO_24 = 16_777_216;

/** Appends to a scratch array that its user grows beforehand (`reserve`), so that no write checks bounds. */
export class BitWriter {
  bytes = new Uint8Array(4_096);
  at = 0;
  #bits = 0;
  #held = 0;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, low ones first. */
  unsigned(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  /** A whole number from -2^53 to 2^53. The sign has its own bit: zigzag would lose bits above 2^52. */
  signed(value: number): void {
    const size = Math.abs(value);
    const low = ((size % 64) << 1) | (value < 0 ? 1 : 0);
    if (size < 64) {
      this.bytes[this.at++] = low;
      return;
    }
    this.bytes[this.at++] = low | 128;
    this.unsigned(Math.floor(size / 64));
  }

  /** `width` low bits of a whole number, 0 to 54 of them, high ones first. */
  put(value: number, width: number): void {
    let rest = value;
    let count = width;
    if (count > 24) {
      const high = Math.floor(rest / TWO_24);
      this.put(high, count - 24);
      rest -= high * TWO_24;
      count = 24;
    }
    let bits = (this.#bits << count) | rest;
    let held = this.#held + count;
    while (held >= 8) {
      held -= 8;
      this.bytes[this.at++] = bits >>> held;
    }
    bits &= (1 << held) - 1;
    this.#bits = bits;
    this.#held = held;
  }

  /** Fills the last byte with zero bits. */
  align(): void {
    if (this.#held > 0) this.bytes[this.at++] = this.#bits << (8 - this.#held);
    this.#bits = 0;
    this.#held = 0;
  }
}

/** Thrown inside the codec when bytes do not hold what their header promises; the reader counts the chunk as damaged. */
export class DamagedChunk extends Error {}

/** Reads what `BitWriter` wrote; running past the end throws `DamagedChunk`. */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #bits = 0;
  #held = 0;
  at = 0;

  open(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.at = from;
    this.#end = to;
    this.#bits = 0;
    this.#held = 0;
  }

  get spent(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    if (this.at >= this.#end) throw new DamagedChunk('the chunk ends too early');
    return this.#bytes[this.at++]!;
  }

  unsigned(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new DamagedChunk('a varint is longer than 8 bytes');
  }

  signed(): number {
    const low = this.byte();
    let size = (low & 127) >> 1;
    if (low >= 128) size += this.unsigned() * 64;
    return (low & 1) === 1 ? -size : size;
  }

  take(width: number): number {
    if (width > 24) return this.take(width - 24) * TWO_24 + this.take(24);
    let bits = this.#bits;
    let held = this.#held;
    while (held < width) {
      bits = (bits << 8) | this.byte();
      held += 8;
    }
    held -= width;
    const value = bits >>> held;
    this.#bits = bits & ((1 << held) - 1);
    this.#held = held;
    return value;
  }

  /** Drops the bits left of the current byte. */
  align(): void {
    this.#bits = 0;
    this.#held = 0;
  }
}
