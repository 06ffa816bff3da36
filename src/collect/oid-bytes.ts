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

/** Numeric text of BER content that passed `isOid`: the first sub-identifier holds two numbers (X.690 clause 8.19.4). */
export function oidText(bytes: Uint8Array, from: number, end: number): string {
  const text = indexText(bytes, from, end);
  if (text === '') return '';
  const first = Number.parseInt(text, 10);
  const pair = first < 40 ? `0.${first}` : first < 80 ? `1.${first - 40}` : `2.${first - 80}`;
  return pair + text.slice(String(first).length);
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
