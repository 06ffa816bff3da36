import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { septetsOf, textOfSeptets } from '../../src/model/sms-alphabet.ts';
import { segmentsOf } from '../../src/model/sms-segments.ts';

it.each([
  ['', 'gsm7', 1, 0],
  ['a'.repeat(160), 'gsm7', 1, 160],
  ['a'.repeat(161), 'gsm7', 2, 161],
  ['a'.repeat(306), 'gsm7', 2, 306],
  ['a'.repeat(307), 'gsm7', 3, 307],
  ['€'.repeat(80), 'gsm7', 1, 160],
  ['€'.repeat(81), 'gsm7', 2, 162],
  ['я'.repeat(70), 'ucs2', 1, 70],
  ['я'.repeat(71), 'ucs2', 2, 71],
  ['я'.repeat(134), 'ucs2', 2, 134],
  ['я'.repeat(135), 'ucs2', 3, 135],
  [`${'a'.repeat(69)}я`, 'ucs2', 1, 70],
  ['😀'.repeat(36), 'ucs2', 2, 72],
] as const)('counts the SMS parts of a text %#', (text, encoding, count, characters) => {
  const { parts, ...found } = segmentsOf(text);
  expect(found).toEqual({ encoding, characters });
  expect(parts).toHaveLength(count);
});

test('neither an escape sequence nor a surrogate pair is cut in two', () => {
  const escapes = segmentsOf(`${'a'.repeat(152)}€${'b'.repeat(10)}`);
  expect(escapes.parts).toEqual(['a'.repeat(152), `€${'b'.repeat(10)}`]);
  const pairs = segmentsOf(`${'я'.repeat(66)}😀${'я'.repeat(10)}`);
  expect(pairs.parts).toEqual(['я'.repeat(66), `😀${'я'.repeat(10)}`]);
});

test('whatever the text, its parts are the text, fit, and hold whole characters', () => {
  const character = fc.constantFrom('a', 'Z', '€', '[', 'я', '😀', '\n', 'ё', 'é', '\ud800');
  fc.assert(
    fc.property(fc.array(character, { maxLength: 500 }), fc.boolean(), (characters, isPlain) => {
      const text = (isPlain ? characters.filter((one) => septetsOf(one) !== undefined) : characters).join('');
      const { encoding, parts } = segmentsOf(text);
      expect(parts.join('')).toBe(text);
      const most = encoding === 'gsm7' ? [160, 153] : [70, 67];
      for (const part of parts) {
        const size =
          encoding === 'gsm7' ? [...part].reduce((sum, one) => sum + septetsOf(one)!.length, 0) : part.length;
        expect(size).toBeLessThanOrEqual(most[parts.length === 1 ? 0 : 1]!);
        expect([...part].join('').length).toBe(part.length);
      }
      for (const [at, part] of parts.entries()) {
        const next = parts[at + 1];
        const cutsPair = next !== undefined && /[\ud800-\udbff]$/.test(part) && /^[\udc00-\udfff]/.test(next);
        expect(cutsPair).toBe(false);
      }
    }),
  );
});

test('every septet is read as the character it was made from', () => {
  const all = [...Array(0x3000).keys()]
    .map((code) => String.fromCodePoint(code))
    .filter((one) => septetsOf(one) !== undefined);
  // 127 characters and the escape make 128 codes; ten more stand behind the escape.
  expect(all).toHaveLength(137);
  const septets = Uint8Array.from(all.flatMap((one) => septetsOf(one)!));
  expect(textOfSeptets(septets)).toBe(all.join(''));
});

test('foreign septets are read as the standard says', () => {
  expect(textOfSeptets(Uint8Array.of(0x1b, 0x41, 0x1b, 0x1b, 0x62, 0x1b))).toBe('A b');
  expect(textOfSeptets(Uint8Array.of(0x80, 0xff))).toBe('\ufffd\ufffd');
});
