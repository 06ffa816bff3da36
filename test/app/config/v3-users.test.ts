// SNMPv3 users that share a name: what a person is told of them.
import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/app/config/config.ts';
import { formatProblem } from '../../../src/base/problem.ts';

const device = (id: string, key: string, level = 'authNoPriv'): string =>
  `  - { id: ${id}, address: 192.0.2.1, port: ${id.length}, v3: { user: ops, level: ${level}, auth: sha, authKey: ${key} } }\n`;
const problems = (devices: string): string[] =>
  parseConfig('allclear.yaml', `devices:\n${devices}`).problems.map(formatProblem);

test('a user name with other keys at another device is said at its place, once a name, with what to do', () => {
  const written = `${device('a', 'key-of-all')}${device('bb', 'key-of-bb-alone')}${device('ccc', 'key-of-ccc-alone')}`;
  expect(problems(written)).toEqual([
    `allclear.yaml:3:56  warning  the SNMPv3 user "ops" has another level or keys at "bb" than at "a" in line 2, and so at 1 more
    where that is meant, informs and traps are tried with each of them, the keys of the device at the sender's address first; else give the user one key, or each device a user of its own`,
  ]);
});

test('another level alone is said as well; the same user everywhere is not', () => {
  expect(problems(`${device('a', 'key-of-all')}${device('bb', 'key-of-all', 'noAuthNoPriv')}`)).toHaveLength(
    1,
  );
  expect(problems(`${device('a', 'key-of-all')}${device('bb', 'key-of-all')}`)).toEqual([]);
});
