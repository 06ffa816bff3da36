/** Octets of SMPP fields in both directions (SMPP 3.4 section 3.1): a reader that never goes past its end, a writer that grows. */

/** Thrown inside the codec only; its callers answer a value. */
export class Damage extends Error {}

export class OctetReader {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(octets: Uint8Array, from: number) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    this.#at = from;
  }

  get left(): number {
    return this.#octets.length - this.#at;
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  short(): number {
    return this.#view.getUint16(this.#take(2));
  }

  octets(count: number): Uint8Array {
    const from = this.#take(count);
    return this.#octets.subarray(from, from + count);
  }

  /** C-octet string of at most 255 characters; peers overstep the smaller sizes of section 5.2, none needs more. */
  text(): string {
    const end = this.#octets.indexOf(0, this.#at);
    if (end < 0 || end - this.#at > 255) throw new Damage('a string without an end');
    let text = '';
    for (let at = this.#at; at < end; at++) text += String.fromCharCode(this.#octets[at]!);
    this.#at = end + 1;
    return text;
  }

  #take(count: number): number {
    const from = this.#at;
    if (count > this.left) throw new Damage('a field goes past the end');
    this.#at = from + count;
    return from;
  }
}

export class OctetWriter {
  #octets = new Uint8Array(256);
  #view = new DataView(this.#octets.buffer);
  #length = 0;

  byte(value: number): void {
    this.#view.setUint8(this.#room(1), value);
  }

  short(value: number): void {
    this.#view.setUint16(this.#room(2), value);
  }

  word(value: number): void {
    this.#view.setUint32(this.#room(4), value);
  }

  octets(value: Uint8Array): void {
    this.#octets.set(value, this.#room(value.length));
  }

  /** Latin letters only, cut before the first zero: nothing of ours may end a field early and begin the next one. */
  text(value: string, most: number): void {
    const zero = value.indexOf('\0');
    const length = Math.min(zero < 0 ? value.length : zero, most);
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      this.byte(code > 0xff ? 0x3f : code);
    }
    this.byte(0);
  }

  /** Sets the length at the front (section 3.2), answers the whole, and begins anew. */
  finished(): Uint8Array {
    this.#view.setUint32(0, this.#length);
    const whole = this.#octets.slice(0, this.#length);
    this.#length = 0;
    return whole;
  }

  #room(count: number): number {
    const from = this.#length;
    this.#length += count;
    if (this.#length > this.#octets.length) {
      const larger = new Uint8Array(Math.max(this.#octets.length * 2, this.#length));
      larger.set(this.#octets);
      this.#octets = larger;
      this.#view = new DataView(larger.buffer);
    }
    return from;
  }
}
