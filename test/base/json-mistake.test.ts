import { expect, test } from 'vitest';
import { jsonMistake } from '../../src/base/json-mistake.ts';

test.each([
  ['not json', 1, '"n" where a value should stand'],
  ['{"id": "a" "at": 1}', 12, '"\\"" where "," or the closing bracket should stand'],
  ['{"id": "a",}', 12, '"}" where a key in double quotes should stand'],
  ['{id: 1}', 2, '"i" where a key in double quotes or "}" should stand'],
  ['{"at": 01}', 9, '"1" where "," or the closing bracket should stand'],
  ['{"at": [1, 2}', 13, '"}" where "," or the closing bracket should stand'],
  ['{"at": 1', 9, 'it ends where "," or the closing bracket should follow'],
  ['{"at":', 7, 'it ends where a value should follow'],
  ['{"a": 1} x', 10, '"x" where the end should stand'],
  ["{'a': 1}", 2, '"\'" where a key in double quotes or "}" should stand'],
  ['{"a": "tab\there"}', 7, 'a text that is written wrongly'],
  ['{"a": "\\x"}', 7, 'a text that is written wrongly'],
  ['{"a": "half of i', 7, 'a text that has no end'],
  ['{"a": "half of \\u00', 7, 'a text that has no end'],
  ['{"a": 1, "ha', 10, 'a text that has no end'],
])('%s stops being JSON in column %d', (text, column, reason) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonMistake(text)).toEqual({ line: 1, column, reason });
});

test('whatever the engine refuses has a place inside the text or at its end, however deeply it is nested', () => {
  const texts = [
    '[',
    '[[',
    '{"a"',
    '"\\u00g0"',
    '-',
    '1.',
    'nul',
    `${'['.repeat(200_000)}`,
    `[1,${'[]'.repeat(3)}]`,
  ];
  for (const text of texts) {
    expect(() => JSON.parse(text)).toThrow();
    const { column } = jsonMistake(text);
    expect(column >= 1 && column <= text.length + 1).toBe(true);
  }
  expect(jsonMistake('').reason).toBe('nothing is there');
});
