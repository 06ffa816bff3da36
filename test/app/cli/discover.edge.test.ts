/** `discover` refuses what it cannot do before it opens anything; it, `poll` and `record` may be broken off. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { discoverVerb } from '../../../src/app/cli/discover.ts';
import { pollVerb } from '../../../src/app/cli/poll.ts';
import { recordVerb } from '../../../src/app/cli/record.ts';

import { openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { recordingOf } from '../../../src/edge/snmp/snmprec.ts';
import { realWorld } from '../../support/real-world.ts';
import { folderOf, json, say } from './collecting-terminal.ts';

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

test('a topology that is there already is not written over, which is said before anybody is asked', async () => {
  const folder = await folderOf({ 'there.json': '{}' });
  try {
    const asked = say(discoverVerb, '127.0.0.1/32', '--topology', folder.file('there.json'));
    await expect(asked).rejects.toThrow(/there\.json exists and is not written over/);
  } finally {
    await folder.remove();
  }
});

test('a scan that is broken off says who answered until then and where it goes on', async () => {
  const name = { type: 'octets', bytes: new TextEncoder().encode('r-1') } as const;
  const rows = recordedRows(recordingOf([{ oid: '1.3.6.1.2.1.1.5.0', value: name }]));
  const agent = await openAgent(realWorld(), { host: '127.0.0.1', port: 0, rowsOf: () => rows });
  const silent = createSocket('udp4').bind(agent.port, '127.0.0.2');
  try {
    await once(silent, 'listening');
    const asked = ['--port', String(agent.port), '--rate', '2', '--timeout', '1m', '--json'];
    const going = say(discoverVerb, '127.0.0.0/28', ...asked);
    // The second is asked half a second after the first, which has answered by then.
    await once(silent, 'message');
    process.emit('SIGINT');
    const said = await going;
    expect(said.code).toBe(130);
    expect(json(said)).toMatchObject({ asked: 1, found: 1, silent: 0, next: '127.0.0.2' });
    expect(said.err.join('\n')).toMatch(/1 of 14 addresses were asked; --from 127\.0\.0\.2 goes on there/);
    expect(process.listeners('SIGINT').some((listener) => listener.name === 'begin')).toBe(false);
  } finally {
    silent.close();
    await agent.close();
  }
});

test('a recording that is broken off leaves no file', async () => {
  const folder = await folderOf({});
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  try {
    await once(silent, 'listening');
    const file = folder.file('device.snmprec');
    const going = say(recordVerb, `127.0.0.1:${silent.address().port}`, '--timeout', '1m', '--out', file);
    await once(silent, 'message');
    process.emit('SIGINT');
    expect(await going).toEqual({ code: 130, out: [], err: ['Broken off: nothing was written.'] });
    expect(existsSync(file)).toBe(false);
  } finally {
    silent.close();
    await folder.remove();
  }
});

test('a device that is asked no more has said nothing', async () => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  try {
    await once(silent, 'listening');
    const going = say(pollVerb, `127.0.0.1:${silent.address().port}`, '--timeout', '1m', '--lang', 'ru');
    await once(silent, 'message');
    process.emit('SIGINT');
    expect(await going).toEqual({ code: 130, out: [], err: ['Прервано.'] });
  } finally {
    silent.close();
  }
});

test.each([
  ['a/none/t.json', 'the folder .*none is not there'],
  ['a', 'is a folder, not a file'],
])('a recording to %s is refused before the device is asked', async (name, mistake) => {
  const folder = await folderOf({ 'a/b': '' });
  try {
    const asked = say(recordVerb, '127.0.0.1:1', '--out', folder.file(name));
    await expect(asked).rejects.toThrow(new RegExp(mistake));
  } finally {
    await folder.remove();
  }
});
