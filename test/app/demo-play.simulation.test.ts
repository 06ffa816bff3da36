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

test('an outage of the demo that nobody acknowledges becomes a task, and its draft leaves when a person sends it', async () => {
  const daemon = startDaemon({
    folder: await folderWith(),
    args: ['demo', '--play', 'fibre-cut', '--households', '300', ...anyPort],
  });
  await daemon.ready;
  interface Row {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly automation: string | null;
    readonly words: { readonly ru: string } | null;
  }
  const asked = async (automation: string): Promise<Row | undefined> =>
    (await daemon.api.get<{ items: Row[] }>('/tasks?limit=500')).items.find(
      (task) => task.automation === automation,
    );
  await until('the task is there', async () => (await asked('nobody-looks')) !== undefined);
  expect((await asked('nobody-looks'))!.words!.ru).toMatch(
    /^Двадцать секунд никто не подтвердил: .+абонентов: \d+/,
  );
  await until('the draft is there', async () => (await asked('long-outage')) !== undefined);
  const draft = (await asked('long-outage'))!;
  expect(draft).toMatchObject({ kind: 'draft', state: 'accepted' });
  const announced = async () =>
    (await daemon.api.get<{ items: { type: string; state: string }[] }>('/notices?limit=1000')).items.filter(
      ({ type }) => type === 'announcement',
    );
  expect(await announced()).toEqual([]);
  expect(await daemon.api.post(`/tasks/${draft.id}/send`, {})).toMatchObject({
    state: 'done',
    outcome: 'sent',
  });
  await until('everybody who was told has it', async () => {
    const notices = await announced();
    return notices.length > 20 && notices.every(({ state }) => state === 'sent' || state === 'delivered');
  });
  const { items } = await daemon.api.get<{ items: { id: string; acted: number }[] }>('/automations');
  expect(items.filter(({ acted }) => acted > 0).map(({ id }) => id)).toEqual(['nobody-looks', 'long-outage']);
});
