import { expect, test } from 'vitest';
import { seriesOf } from '../../../src/app/config/series.ts';
import { Secret } from '../../../src/base/secret.ts';

function problemsOf(url: string): string[] {
  const found: string[] = [];
  const reader = {
    secret: () => new Secret('held'),
    problem: (_path: unknown, code: string, message: string) => void found.push(`${code}: ${message}`),
  };
  seriesOf({ kind: 'influx', url }, reader);
  return found;
}

test('a password of the series store does not stand in its address, where logs and problems would show it', () => {
  expect(problemsOf('http://user:held@192.0.2.1:8086')).toEqual([
    'config/not-valid: a password does not stand in an address: write "user" and "password"',
  ]);
  expect(problemsOf('http://192.0.2.1:8086')).toEqual([]);
  expect(problemsOf('ftp://192.0.2.1')).toHaveLength(1);
});
