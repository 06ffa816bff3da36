/** Object identifiers in their BER content form: made from text; the rest of what is done to their bytes is in collect. */

import { LARGEST_SUB_IDENTIFIER, MOST_SUB_IDENTIFIERS, type Span } from '../../collect/session.ts';

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

export const wholeOf = (bytes: Uint8Array): Span => ({ bytes, from: 0, end: bytes.length });
