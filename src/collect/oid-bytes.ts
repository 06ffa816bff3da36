/** Object identifiers and their parts in BER content form: checked, compared and printed without leaving bytes. */

/** RFC 2578 section 3.5: at most 128 sub-identifiers, each at most 2^32 - 1. */
export const MOST_SUB_IDENTIFIERS = 128;
export const LARGEST_SUB_IDENTIFIER = 0xffff_ffff;

/** Part of a buffer. */
export interface Span {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
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

/** An index, that is what follows a column: `3` or `4194304256.1`. */
export function indexText(bytes: Uint8Array, from: number, end: number): string {
  let text = '';
  let value = 0;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    text += text === '' ? value : `.${value}`;
    value = 0;
  }
  return text;
}

/** Numeric order of two OIDs or indexes: negative, zero or positive. */
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
