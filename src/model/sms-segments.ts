/** How a text travels as short messages: its alphabet, its parts, and what of the room they take. */
import { septetsOf } from './sms-alphabet.ts';

export interface SmsSegments {
  /** `gsm7` where every character is in the default alphabet of TS 23.038, else `ucs2`. */
  readonly encoding: 'gsm7' | 'ucs2';
  /** The text, cut; one part where it fits, and an empty text is one empty part. */
  readonly parts: readonly string[];
  /** Septets (two for a character of the extension table) or UTF-16 units (two for a surrogate pair) of the whole text. */
  readonly characters: number;
}

// One message carries 140 octets; the header that joins parts takes 6 of each (TS 23.040 section 9.2.3.24.1).
const room = { gsm7: { alone: 160, joined: 153 }, ucs2: { alone: 70, joined: 67 } } as const;

/** With `least` as `ucs2` the default alphabet is never taken. A pair or an escape sequence is never cut in two. */
export function segmentsOf(text: string, least: 'gsm7' | 'ucs2' = 'gsm7'): SmsSegments {
  const encoding = least === 'gsm7' && isBasic(text) ? 'gsm7' : 'ucs2';
  const sizeOf = (character: string): number =>
    encoding === 'gsm7' ? (septetsOf(character)?.length ?? 0) : character.length;
  let characters = 0;
  for (const character of text) characters += sizeOf(character);
  if (characters <= room[encoding].alone) return { encoding, parts: [text], characters };
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  let filled = 0;
  for (const character of text) {
    const size = sizeOf(character);
    if (filled + size > room[encoding].joined) {
      parts.push(text.slice(from, at));
      from = at;
      filled = 0;
    }
    filled += size;
    at += character.length;
  }
  parts.push(text.slice(from));
  return { encoding, parts, characters };
}

function isBasic(text: string): boolean {
  for (const character of text) if (septetsOf(character) === undefined) return false;
  return true;
}
