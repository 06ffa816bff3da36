// A TCP stream is cut into the same messages however its octets arrive (RFC 6587).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyslogFrames } from '../../../src/edge/syslog/frames.ts';

function cut(chunks: readonly (string | Uint8Array)[], largest = 20): string[] {
  const found: string[] = [];
  const frames = new SyslogFrames({
    largest,
    found: (message) => found.push(message.toString()),
    oversized: () => found.push('oversized'),
  });
  for (const chunk of chunks) frames.take(Buffer.from(chunk));
  frames.end();
  return found;
}

const counted = (message: string): string => `${Buffer.byteLength(message)} ${message}`;

test.each([
  ['octets are counted', [counted('<1>a\nb'), counted('<2>')], ['<1>a\nb', '<2>']],
  [
    'lines end with a line feed, a return before it, or a zero',
    ['<1>a\n<2>b\r\n<3>c\0<4>d\n'],
    ['<1>a', '<2>b\r', '<3>c', '<4>d'],
  ],
  ['both ways take turns in one stream', [`<1>a\n${counted('<2>b')}<3>c\n`], ['<1>a', '<2>b', '<3>c']],
  [
    'a line feed behind a counted message is no message',
    [`${counted('<1>a')}\n${counted('<2>b')}`],
    ['<1>a', '<2>b'],
  ],
  ['a last line needs no end', ['<1>a\n<2>b'], ['<1>a', '<2>b']],
  ['a counted message that breaks off is none', ['9 <1>a'], []],
  [
    'a line that begins with a number is a line',
    ['2020 Jul\n0 <1>\n1234567 <1>a\n'],
    ['2020 Jul', '0 <1>', '1234567 <1>a'],
  ],
  [
    'what is too large is left out once and the next is found',
    [counted(`<1>${'a'.repeat(30)}`), '<2>b\n'],
    ['oversized', '<2>b'],
  ],
  [
    'a line that is too long too',
    [`<1>${'a'.repeat(30)}`, `${'a'.repeat(30)}\n<2>b\n`],
    ['oversized', '<2>b'],
  ],
  [
    'the largest passes',
    [counted(`<1>${'a'.repeat(17)}`), `<1>${'a'.repeat(17)}\n`],
    [`<1>${'a'.repeat(17)}`, `<1>${'a'.repeat(17)}`],
  ],
])('%s', (_title, chunks, expected) => {
  expect(cut(chunks)).toEqual(expected);
  expect(cut([...chunks.join('')])).toEqual(expected);
});

test('hostile streams are cut the same in one piece and octet by octet, and nothing too large comes out', () => {
  const pieces = fc.constantFrom(
    '<1>',
    '9 <',
    '20 <2>',
    '999999 <',
    '1 ',
    '\n',
    '\0',
    '\r',
    'aaaaaaaaaaaa',
    '0',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const whole = cut([parts.join('')]);
      expect(cut(parts)).toEqual(whole);
      expect(cut([...parts.join('')])).toEqual(whole);
      for (const message of whole) expect(message.length).toBeLessThanOrEqual(20);
    }),
  );
});
