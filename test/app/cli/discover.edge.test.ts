/** `discover` refuses what it cannot do before it opens anything. */
import { expect, test } from 'vitest';
import { discoverVerb } from '../../../src/app/cli/discover.ts';
import { say } from './collecting-terminal.ts';

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'UDPWrap' || resource === 'UDPSocket')
    .length;

test.each([
  ['--rate', '0'],
  ['--port', '99999'],
  ['--timeout', '1x'],
  ['--community', '@/none'],
])('%s %s is refused, and no socket keeps the process alive', async (option, value) => {
  const before = openSockets();
  await expect(say(discoverVerb, '127.0.0.1/32', option, value)).rejects.toThrow();
  expect(openSockets()).toBe(before);
});
