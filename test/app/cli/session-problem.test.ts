import { expect, test } from 'vitest';
import { tableProblemText } from '../../../src/app/cli/session-problem.ts';

test('a table that is too long is told with what can be done about it, in both languages', () => {
  const said = (budget: 'rows' | 'requests' | 'time', language: 'en' | 'ru') =>
    tableProblemText({ kind: 'overBudget', budget }, language);
  expect(said('rows', 'en')).toBe(
    'it has more rows than one reading takes; the daemon takes up to eight times as much, from reading to reading; a profile of your own that extends this one leaves the table out with "tables: { NAME: null }"',
  );
  expect(said('time', 'en')).toContain('a longer "snmp: { interval }" gives it time');
  for (const budget of ['rows', 'requests', 'time'] as const)
    expect(said(budget, 'ru')).toMatch(/[а-я]; .*tables/);
});

test('another problem of a table is told as that of a device', () => {
  expect(tableProblemText({ kind: 'badAnswer', reason: 'tooBig' }, 'en')).toBe(
    'it calls every answer too big',
  );
});
