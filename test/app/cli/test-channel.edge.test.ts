/** `test channel` through a real webhook gateway on loopback. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testVerb } from '../../../src/app/cli/test-channel.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let gateway: Server;
let folder: Folder;
let status = 200;
const bodies: Record<string, unknown>[] = [];

beforeEach(async () => {
  bodies.length = 0;
  status = 200;
  gateway = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString('utf8');
    });
    request.on('end', () => {
      bodies.push(JSON.parse(body) as Record<string, unknown>);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":"g-1"}');
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`;
  folder = await folderOf({
    'shut.yaml': `format: allclear/1\nchannels: { shut: { kind: webhook, url: "${url}", secret: s3cret } }`,
    'allclear.yaml': [
      'format: allclear/1',
      'channels:',
      `  sms: { kind: webhook, url: "${url}", secret: s3cret, allowPrivate: true }`,
    ].join('\n'),
  });
});
afterEach(async () => {
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
  await folder.remove();
});

const run = (...argv: readonly string[]) => say(testVerb, ...argv, '--config', folder.file('allclear.yaml'));

test('one notice goes out and its acceptance is told', async () => {
  const said = await run('channel', 'sms', '--to', '+79990000001', '--json', '--lang', 'ru');
  expect(said.code).toBe(0);
  expect(json(said)).toMatchObject({ channel: 'sms', outcome: { kind: 'sent', externalId: 'g-1' } });
  expect(bodies).toMatchObject([{ to: '+79990000001', language: 'ru', incident: 'test' }]);
});

test('a refusal of the gateway is a problem and says what was answered', async () => {
  status = 422;
  const said = await run('channel', 'sms', '--to', '+79990000001');
  expect(said.code).toBe(1);
  expect(said.out[0]).toContain('HTTP 422');
});

test('nothing is sent to a wrong address, over an unknown channel, into a private network, or on a dry run', async () => {
  await expect(run('channel', 'sms', '--to', 'nobody')).rejects.toMatchObject({ code: 'usage/to' });
  await expect(run('channel', 'sns', '--to', '+79990000001')).rejects.toThrow('did you mean "sms"?');
  const shut = await say(
    testVerb,
    'channel',
    'shut',
    '--to',
    '+79990000001',
    '--config',
    folder.file('shut.yaml'),
  );
  expect(shut.code).toBe(1);
  expect(shut.err[0]).toContain('private network');
  expect((await run('channel', 'sms', '--to', '+79990000001', '--dry-run')).code).toBe(0);
  await expect(run('channel', 'sms')).rejects.toMatchObject({ code: 'usage/to' });
  expect(bodies).toEqual([]);
});
