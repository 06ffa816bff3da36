import { expect, test } from 'vitest';
import { credentialsFrom, timeoutFrom } from '../../../src/app/cli/snmp-options.ts';

type Values = Parameters<typeof credentialsFrom>[0];

test.each<[string, Values, string]>([
  ['a level without a user', { 'v3-level': 'authPriv' }, '--v3-level needs --v3-user'],
  ['a key without a user', { 'v3-auth-key': 'long enough' }, '--v3-auth-key needs --v3-user'],
  ['a user beside a community', { 'v3-user': 'u', community: 'c' }, 'is SNMPv3 and --community is'],
  ['a user beside version 1', { 'v3-user': 'u', version: '1' }, 'is SNMPv3 and --version is'],
  ['an empty user', { 'v3-user': '' }, '--v3-user is empty'],
  ['version 3 without a user', { version: '3' }, 'version 3 is asked for with --v3-user'],
  ['a protocol without its key', { 'v3-user': 'u', 'v3-auth': 'sha' }, '--v3-auth needs --v3-auth-key'],
  [
    'a key that the level does not use',
    { 'v3-user': 'u', 'v3-level': 'noAuthNoPriv', 'v3-auth-key': 'long enough' },
    'level noAuthNoPriv uses no --v3-auth-key',
  ],
  ['a level without its key', { 'v3-user': 'u', 'v3-level': 'authPriv' }, 'needs --v3-auth-key'],
])('of contradicting SNMP options none is guessed: %s', async (_what, values, sentence) => {
  await expect(credentialsFrom(values)).rejects.toThrow(sentence);
  await expect(credentialsFrom(values)).rejects.toMatchObject({ code: expect.stringMatching(/^usage\//) });
});

test('a user with keys, a community with a version, and nothing at all are each one way to ask', async () => {
  const keys = { 'v3-auth-key': 'authentication', 'v3-priv-key': 'privacy phrase' };
  await expect(credentialsFrom({ 'v3-user': 'u', version: '3', ...keys })).resolves.toMatchObject({
    version: 'v3',
    v3: { level: 'authPriv', auth: 'sha', priv: 'aes' },
  });
  await expect(credentialsFrom({ community: 'c', version: '1' })).resolves.toMatchObject({ version: 'v1' });
  await expect(credentialsFrom({})).resolves.toMatchObject({ version: 'v2c' });
});

test('a request waits for some time, and not for ever', () => {
  expect(timeoutFrom(undefined, 2_000)).toBe(2_000);
  expect(timeoutFrom('500ms', 2_000)).toBe(500);
  for (const written of ['0s', '1ms', '2h', '-1s', 'soon'])
    expect(() => timeoutFrom(written, 2_000)).toThrow(/--timeout is/);
});
