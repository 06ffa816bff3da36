/** `test desk` through a real webhook on loopback: made once, found again by its key, spoken on, closed; typos are named. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testVerb } from '../../../src/app/cli/test-channel.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let system: Server;
let folder: Folder;
/** Ids that it gives, one after the other; the last one stays. */
let ids: string[];
const bodies: Record<string, unknown>[] = [];

beforeEach(async () => {
  bodies.length = 0;
  ids = ['7'];
  system = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString('utf8');
    });
    request.on('end', () => {
      bodies.push(JSON.parse(body) as Record<string, unknown>);
      const id = ids.length > 1 ? ids.shift() : ids[0];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
    });
  });
  await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(system.address() as AddressInfo).port}/tickets`;
  folder = await folderOf({
    'allclear.yaml': `format: allclear/1\ndesk: { kind: webhook, url: "${url}", secret: s3cret, allowPrivate: true }`,
    'typo.yaml': `format: allclear/1\ndesk:\n  kind: webhook\n  urll: "${url}"\n  secret: s3cret\n`,
    'none.yaml': 'format: allclear/1\n',
  });
});
afterEach(async () => {
  system.closeAllConnections();
  await new Promise((resolve) => system.close(resolve));
  await folder.remove();
});

const run = (file: string, ...argv: readonly string[]) =>
  say(testVerb, 'desk', ...argv, '--config', folder.file(file));

test('a ticket is made, found again, spoken on and closed under the id that the system gave', async () => {
  const said = await run('allclear.yaml', '--json');
  expect(said.code).toBe(0);
  const { desk, steps } = json<{ desk: string; steps: { step: string; outcome: { kind: string } }[] }>(said);
  expect(desk).toBe('webhook');
  expect(steps.map(({ step, outcome }) => [step, outcome.kind])).toEqual([
    ['made', 'stored'],
    ['found', 'stored'],
    ['said', 'stored'],
    ['closed', 'stored'],
  ]);
  expect(bodies).toMatchObject([
    { ticket: {} },
    { ticket: {} },
    { note: { external: '7' } },
    { external: '7' },
  ]);
});

test('a system that makes a second ticket for the same key is found out', async () => {
  ids = ['7', '8'];
  const said = await run('allclear.yaml', '--json');
  expect(said.code).toBe(1);
  const { steps } = json<{ steps: { step: string; outcome: { kind: string } }[] }>(said);
  expect(steps.find(({ step }) => step === 'found')?.outcome.kind).toBe('refused');
});

test('nothing is sent for a trial, without a desk, or with a key that does not exist', async () => {
  expect((await run('allclear.yaml', '--dry-run')).code).toBe(0);
  await expect(run('none.yaml')).rejects.toThrow(/no "desk"/);
  const typo = await run('typo.yaml');
  expect(typo.code).toBe(1);
  expect(typo.err.join('\n')).toMatch(/typo\.yaml:4:3.*urll[\s\S]*"?url"?/);
  expect(bodies).toEqual([]);
});
