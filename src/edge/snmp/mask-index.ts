/** Masks the addresses, serial numbers and names that stand in the indexes of rows, so that rows still join each other. */
import type { Profile } from '../../collect/collect.ts';
import type { Mask } from './mask.ts';

export type IndexParts = Profile['tables'][number]['index'];

/** Addresses that values of the recording hold, as bytes in latin1. */
export interface SeenAddresses {
  readonly macs: ReadonlySet<string>;
  readonly ips: ReadonlySet<string>;
}

/** What stands from `from` on, in place. */
export class IndexMask {
  readonly #mask: Mask;
  readonly #seen: SeenAddresses;

  constructor(mask: Mask, seen: SeenAddresses) {
    this.#mask = mask;
    this.#seen = seen;
  }

  /** By the parts that the MIB names, else by what it looks like. */
  known(arcs: number[], from: number, parts: IndexParts): void {
    let at = from;
    for (const { form, length } of parts) {
      const first = arcs[at];
      if (first === undefined) return;
      switch (form) {
        case 'integer':
          at += 1;
          break;
        case 'mac':
          at = this.#bytes(arcs, at, 6);
          break;
        case 'ipv4':
          at = this.#bytes(arcs, at, 4);
          break;
        case 'inetAddress':
          at = this.#bytes(arcs, at + 2, arcs[at + 1] ?? 0);
          break;
        case 'address':
        case 'string':
          at = this.#bytes(arcs, at + 1, first);
          break;
        case 'impliedString':
          at = this.#bytes(arcs, at, arcs.length - at);
          break;
        case 'bytes':
          at = this.#bytes(arcs, at, length);
          break;
        case 'gponSerial':
          at = first === 12 || first === 8 ? this.#bytes(arcs, at + 1, first) : this.#bytes(arcs, at, 8);
          break;
        case 'oid':
        case 'rest':
          this.unknown(arcs, at);
          return;
      }
    }
    this.unknown(arcs, at);
  }

  /** A table that no profile reads: whatever looks like an address or a text is taken for one, the surest first. */
  unknown(arcs: number[], from: number): void {
    const original = [...arcs];
    const isTaken = new Uint8Array(arcs.length);
    for (const lengthAt of [this.#seenAt, this.#countedAt, this.#scatteredAt]) {
      for (let at = from; at < arcs.length; at++) {
        const length = lengthAt.call(this, original, at);
        if (length === 0 || at + length > arcs.length || isTaken.subarray(at, at + length).includes(1))
          continue;
        isTaken.fill(1, at, at + length);
        this.#bytes(arcs, at, length);
      }
    }
  }

  #seenAt(arcs: readonly number[], at: number): number {
    if (this.#seen.macs.has(latin1(arcs.slice(at, at + 6)) ?? '')) return 6;
    return this.#seen.ips.has(latin1(arcs.slice(at, at + 4)) ?? '') ? 4 : 0;
  }

  #countedAt(arcs: readonly number[], at: number): number {
    const count = arcs[at - 1] ?? 0;
    const counted = arcs.slice(at, at + count);
    if (counted.length !== count) return 0;
    if (count >= 3 && isText(counted)) return count;
    const four = count === 4 ? latin1(counted) : undefined;
    if (four !== undefined && counted[0]! > 0 && counted[0]! < 224) return 4;
    // The rest of a row's name, without its length.
    const rest = arcs.slice(at);
    return rest.length >= 4 && isText(rest) ? rest.length : 0;
  }

  /** Of overlapping places the one that looks most like an address. */
  #scatteredAt(arcs: readonly number[], at: number): number {
    const six = largeIn(arcs, at, 6);
    if (six >= 2 && six >= largeIn(arcs, at + 1, 6) && largeIn(arcs, at, 1) + largeIn(arcs, at + 5, 1) > 0)
      return 6;
    const four = latin1(arcs.slice(at, at + 4));
    const isLater = largeIn(arcs, at + 1, 4) > largeIn(arcs, at, 4);
    return four?.length === 4 && (isPrivate(four) || (largeIn(arcs, at, 4) >= 2 && !isLater)) ? 4 : 0;
  }

  /** Answers where to go on. */
  #bytes(arcs: number[], at: number, length: number): number {
    const taken = Uint8Array.from(arcs.slice(at, at + length));
    if (arcs.slice(at, at + length).some((arc) => arc > 255)) return at + length;
    const made = this.#masked(taken);
    for (let i = 0; i < made.length; i++) arcs[at + i] = made[i]!;
    return at + length;
  }

  #masked(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 6 && !isText([...bytes])) return this.#mask.mac(bytes);
    if (bytes.length === 4 && !isText([...bytes])) return this.#mask.ipv4(bytes);
    if (bytes.length === 8 && isText([...bytes.subarray(0, 4)])) return this.#mask.gponSerial(bytes);
    if (!isText([...bytes])) return this.#mask.bytes(bytes);
    const text = Buffer.from(bytes).toString('latin1');
    const made = Buffer.from(this.#mask.text(text), 'latin1');
    return made.length === bytes.length ? made : this.#mask.bytes(bytes);
  }
}

const latin1 = (arcs: readonly number[]): string | undefined =>
  arcs.every((arc) => arc <= 255) ? String.fromCharCode(...arcs) : undefined;

/** Numbers of MIBs are small, those of addresses lie anywhere. */
function largeIn(arcs: readonly number[], at: number, count: number): number {
  const window = arcs.slice(at, at + count);
  if (window.length < count || window.some((arc) => arc > 255)) return 0;
  return window.filter((arc) => arc >= 64).length;
}

/** RFC 1918; 10.x.y.z looks like a part of a MIB and is known by what values hold. */
function isPrivate(bytes: string): boolean {
  const [first, second] = [bytes.charCodeAt(0), bytes.charCodeAt(1)];
  return (first === 192 && second === 168) || (first === 172 && second >= 16 && second < 32);
}

/** Printable, and mostly letters and digits. */
function isText(arcs: readonly number[]): boolean {
  let plain = 0;
  for (const arc of arcs) {
    if (arc < 32 || arc > 126) return false;
    if ((arc >= 48 && arc <= 57) || (arc >= 65 && arc <= 90) || (arc >= 97 && arc <= 122)) plain++;
  }
  return plain * 2 >= arcs.length && arcs.some((arc) => arc >= 65);
}
