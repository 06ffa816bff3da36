/** `doctor` on a healthy folder and on ones with something wrong. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { doctorVerb, type Finding } from '../../../src/app/cli/doctor.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let folder: Folder;
afterEach(async () => {
  delete process.env['ALLCLEAR_BOOTSTRAP_TOKEN'];
  await folder.remove();
});

const ports = 'http: 127.0.0.1:0\npublic: 127.0.0.1:0\ntraps: 127.0.0.1:0\nsyslog: 127.0.0.1:0\n';

async function examine(yaml: string): Promise<{ code: number; checks: ReadonlyMap<string, Finding> }> {
  folder = await folderOf({ 'allclear.yaml': yaml });
  const said = await say(doctorVerb, '--config', folder.file('allclear.yaml'), '--json');
  const { checks } = json<{ checks: Finding[] }>(said);
  return { code: said.code, checks: new Map(checks.map((finding) => [finding.check, finding])) };
}

test('a usual folder is in order, and each check says what it means', async () => {
  const { checks } = await examine(`format: allclear/1\n${ports}`);
  for (const name of ['node', 'sqlite', 'data directory', 'port http', 'port traps', 'clock', 'daemon']) {
    expect(checks.get(name)?.meaning, name).toBeTruthy();
    expect(checks.get(name)?.state, name).not.toBe('failed');
  }
  expect(checks.get('disk space')?.meaning).toContain('days of journal');
  expect(checks.get('receive buffer')?.meaning).toContain('KiB');
});

test('what is wrong names the command that repairs it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env['ALLCLEAR_BOOTSTRAP_TOKEN'] = 'b'.repeat(40);
  const taken = ports.replace('http: 127.0.0.1:0', `http: 127.0.0.1:${port}`);
  const { code, checks } = await examine(
    `format: allclear/1\n${taken}topology: ./none.json\ndata: /dev/null/x\n`,
  );
  await new Promise((resolve) => server.close(resolve));
  expect(code).toBe(1);
  expect(checks.get('port http')).toMatchObject({
    state: 'warning',
    repair: expect.stringContaining('--http'),
  });
  expect(checks.get('configuration')).toMatchObject({
    state: 'failed',
    repair: expect.stringContaining('check'),
  });
  expect(checks.get('data directory')).toMatchObject({ state: 'failed', repair: expect.any(String) });
  expect(checks.get('bootstrap token')).toMatchObject({
    state: 'warning',
    repair: expect.stringContaining('unset'),
  });
});
