/** `demo play` on a running demo, and where there is none. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  dist,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  token,
  until,
} from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const play = (...args: readonly string[]): Promise<{ code: number; said: string; complained: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, ALLCLEAR_BOOTSTRAP_TOKEN: token };
    const argv = [join(dist, 'app', 'main.js'), 'demo', 'play', ...args];
    execFile(process.execPath, argv, { env }, (error, said, complained) =>
      resolve({ code: error === null ? 0 : Number(error.code), said, complained }),
    );
  });

const anyPort = ['--http', '--public', '--traps', '--syslog'].flatMap((flag) => [flag, '127.0.0.1:0']);

test('a scenario is played on a running demo; one that is not known is told with those there are', async () => {
  const daemon = startDaemon({
    folder: await folderWith(),
    args: ['demo', '--play', 'none', '--households', '200', ...anyPort],
  });
  const { http } = await daemon.ready;
  expect(await daemon.api.get('/alarms')).toMatchObject({ total: 0 });
  const unknown = await play('meteor', '--url', http);
  expect(unknown.code).toBe(2);
  expect(unknown.complained).toContain('fibre-cut, house-mains, false-alarm');
  expect((await play('--url', http)).code).toBe(2);
  expect(await play('house-mains', '--url', http)).toMatchObject({ code: 0 });
  await until('the scenario shows', async () => {
    const { total } = await daemon.api.get<{ total: number }>('/alarms');
    return total > 0;
  });
});

test('a daemon over a real network plays nothing', async () => {
  const daemon = startDaemon({ folder: await folderWith({ 'allclear.yaml': freePorts }) });
  const { http } = await daemon.ready;
  const refused = await play('fibre-cut', '--url', http);
  expect(refused.code).toBe(1);
  expect(refused.complained).toContain('This is no demo.');
});
