/** Object identifiers in their BER content form: making, printing, comparing without leaving bytes. */

/** RFC 2578 section 3.5: at most 128 sub-identifiers, each at most 2^32 - 1. */
const MOST_SUB_IDENTIFIERS = 128;
const LARGEST_SUB_IDENTIFIER = 0xffff_ffff;

/** BER content of a numeric OID (a leading dot is allowed); undefined when the text is none. */
export function encodeOid(text: string): Uint8Array | undefined {
  const parts = (text.startsWith('.') ? text.slice(1) : text).split('.');
  if (parts.length < 2 || parts.length > MOST_SUB_IDENTIFIERS) return undefined;
  const numbers: number[] = [];
  for (const part of parts) {
    if (!/^\d{1,10}$/.test(part)) return undefined;
    const number = Number(part);
    if (number > LARGEST_SUB_IDENTIFIER) return undefined;
    numbers.push(number);
  }
  const first = numbers[0]!;
  const second = numbers[1]!;
  // X.690 section 8.19.4: the first two arcs share one sub-identifier.
  if (first > 2 || (first < 2 && second > 39) || first * 40 + second > LARGEST_SUB_IDENTIFIER)
    return undefined;
  const bytes: number[] = [];
  pushSubIdentifier(bytes, first * 40 + second);
  for (let i = 2; i < numbers.length; i++) pushSubIdentifier(bytes, numbers[i]!);
  return Uint8Array.from(bytes);
}

function pushSubIdentifier(bytes: number[], value: number): void {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  for (let shift = size - 1; shift >= 0; shift--) {
    bytes.push((Math.floor(value / 128 ** shift) % 128) | (shift > 0 ? 0x80 : 0));
  }
}

/** True when the bytes are whole sub-identifiers of at most 32 bits in their shortest form. */
export function isOid(bytes: Uint8Array, from: number, end: number): boolean {
  if (from >= end) return false;
  let value = 0;
  let count = 0;
  let isStart = true;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    if (isStart && byte === 0x80) return false;
    value = value * 128 + (byte & 0x7f);
    if (value > LARGEST_SUB_IDENTIFIER) return false;
    isStart = byte < 0x80;
    if (isStart) {
      value = 0;
      if (++count > MOST_SUB_IDENTIFIERS) return false;
    }
  }
  return isStart;
}

/** Numeric text of BER content that passed `isOid`. */
export function oidText(bytes: Uint8Array, from: number, end: number): string {
  let text = '';
  let value = 0;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (text !== '') text += `.${value}`;
    else if (value < 80) text = value < 40 ? `0.${value}` : `1.${value - 40}`;
    else text = `2.${value - 80}`;
    value = 0;
  }
  return text;
}

/** What follows a prefix, each number with a dot before it: `.3` or `.4194304256.1`. */
export function indexText(bytes: Uint8Array, from: number, end: number): string {
  // Most tables are indexed by one number below 128.
  if (end - from === 1) return shortIndexes[bytes[from]!]!;
  let text = '';
  let value = 0;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    text += `.${value}`;
    value = 0;
  }
  return text;
}

const shortIndexes = Array.from({ length: 128 }, (_, number) => `.${number}`);

/** True when the OID in `bytes` lies below `prefix` or equals it; sub-identifiers end on the same bytes. */
export function isBelow(prefix: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  if (end - from < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[from + i] !== prefix[i]) return false;
  return true;
}

/** Part of a buffer. */
export interface Span {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** Numeric order of two OIDs in BER content form: negative, zero or positive. */
export function compareOids(a: Span, b: Span): number {
  const shared = Math.min(a.end - a.from, b.end - b.from);
  let start = 0;
  for (let i = 0; i < shared; i++) {
    const left = a.bytes[a.from + i]!;
    const right = b.bytes[b.from + i]!;
    if (left !== right) {
      const sizes = sizeAt(a, start) - sizeAt(b, start);
      return sizes !== 0 ? sizes : left - right;
    }
    if (left < 0x80) start = i + 1;
  }
  return a.end - a.from - (b.end - b.from);
}

/** Length of the sub-identifier that begins `offset` bytes into the OID: the longer one is the larger number. */
function sizeAt(oid: Span, offset: number): number {
  let i = oid.from + offset;
  while (i < oid.end && oid.bytes[i]! >= 0x80) i++;
  return i - oid.from - offset;
}

export const wholeOf = (bytes: Uint8Array): Span => ({ bytes, from: 0, end: bytes.length });
