/** Two configurations that say the same. */
import { expect, test } from 'vitest';
import { saysSame } from '../../../src/app/config/same.ts';
import { Secret } from '../../../src/base/secret.ts';

const settings = (secret: string, more = {}) => ({
  sms: { secret: new Secret(secret), list: [1, 2] },
  ...more,
});

test('order of keys and keys without a value do not count, secrets count by what they hold', () => {
  expect(saysSame(settings('a', { x: 1, y: undefined }), { x: 1, ...settings('a') })).toBe(true);
  expect(saysSame(settings('a'), settings('b'))).toBe(false);
  expect(saysSame({ secret: new Secret('a') }, { secret: 'a' })).toBe(false);
});

test.each([
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: [1] }, { a: { 0: 1 } }],
  [{ a: 1 }, { b: 1 }],
  [{ a: null }, { a: {} }],
  [{ a: 1 }, { a: 1, b: 2 }],
])('%j and %j differ', (a, b) => {
  expect(saysSame(a, b)).toBe(false);
  expect(saysSame(b, a)).toBe(false);
});
