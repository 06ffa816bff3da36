import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareOids, isOid, oidText } from '../../../src/collect/session.ts';
import { encodeOid, wholeOf } from '../../../src/edge/snmp/oid.ts';

const subIdentifier = fc.oneof(fc.nat(200), fc.integer({ min: 0, max: 0xffff_ffff }));
const oid = fc
  .tuple(fc.nat(2), fc.nat(39), fc.array(subIdentifier, { maxLength: 20 }))
  .map(([first, second, rest]) => [first, second, ...rest]);
const text = (numbers: readonly number[]): string => numbers.join('.');

describe('an object identifier', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(oid, (numbers) => {
        const bytes = encodeOid(text(numbers))!;
        expect(isOid(bytes, 0, bytes.length)).toBe(true);
        expect(oidText(bytes, 0, bytes.length)).toBe(text(numbers));
      }),
    );
  });

  it('is ordered by its numbers, whatever their length in bytes', () => {
    const byNumbers = (a: readonly number[], b: readonly number[]): number => {
      for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
      return a.length - b.length;
    };
    fc.assert(
      fc.property(oid, oid, fc.nat(20), (a, b, shared) => {
        const c = [...a.slice(0, Math.max(2, shared)), ...b.slice(2)];
        const [left, right] = [encodeOid(text(a))!, encodeOid(text(c))!];
        expect(Math.sign(compareOids(wholeOf(left), wholeOf(right)))).toBe(Math.sign(byNumbers(a, c)));
      }),
    );
  });

  it.each([
    '',
    '1',
    '1.',
    '3.1',
    '1.40',
    '0.40.1',
    '1.3.4294967296',
    '1.3.x',
    '1.3.-1',
    `1.3${'.1'.repeat(127)}`,
  ])('is none when written "%s"', (written) => expect(encodeOid(written)).toBeUndefined());

  it.each([
    ['nothing', []],
    ['an unfinished sub-identifier', [0x2b, 0x86]],
    ['a padded sub-identifier', [0x2b, 0x80, 0x01]],
    ['a sub-identifier above 32 bits', [0x2b, 0x90, 0x80, 0x80, 0x80, 0x00]],
    ['too many sub-identifiers', new Array(129).fill(1)],
  ])('is none when its bytes are %s', (_what, bytes) => {
    expect(isOid(Uint8Array.from(bytes), 0, bytes.length)).toBe(false);
  });

  it('may hold the largest sub-identifier', () => {
    const bytes = encodeOid('1.3.4294967295')!;
    expect([...bytes]).toEqual([0x2b, 0x8f, 0xff, 0xff, 0xff, 0x7f]);
  });
});
