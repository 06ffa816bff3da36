import { expect, test } from 'vitest';
import { jsonPieces } from '../../../src/edge/http/json-pieces.ts';

const items = Array.from({ length: 1_201 }, (_, n) => ({ n, text: `\u2028"${n}`, none: undefined }));

test.each<[string, unknown]>([
  ['a plain answer', { a: 1, b: [1, null, 'x'], c: undefined }],
  ['a long list', items],
  ['a list of the length of a piece', items.slice(0, 1_000)],
  [
    'long lists deep in a group',
    { id: 'd', none: undefined, reading: { at: 'x', items, links: [], more: { items } } },
  ],
  ['nothing', null],
])('%s in pieces is what it is at once', (_what, value) => {
  expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
});

test('no piece holds more than 500 items', () => {
  const pieces = [...jsonPieces({ items })];
  expect(Math.max(...pieces.map((piece) => piece.split('"n":').length - 1))).toBe(500);
});
