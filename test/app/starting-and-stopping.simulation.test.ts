// The daemon as a process: how it starts, what ends it, and what survives of it when something else does.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  type Daemon,
  dist,
  endAllDaemons,
  folderWith,
  freePorts,
  isAlive,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const start = async (config = freePorts): Promise<Daemon> =>
  startDaemon({ folder: await folderWith({ 'allclear.yaml': config }) });

const statusOf = async (url: string): Promise<number> =>
  (await fetch(url, { signal: AbortSignal.timeout(60_000) })).status;

/** Rejects when it does not end at all. */
async function endOf(daemon: Daemon): Promise<Awaited<Daemon['ended']>> {
  let end: Awaited<Daemon['ended']> | undefined;
  void daemon.ended.then((ended) => {
    end = ended;
  });
  return until('it ends', () => end);
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends every process of the daemon with code 0',
  async (signal) => {
    const daemon = await start();
    const { http } = await daemon.ready;
    expect(await statusOf(`${http}/readyz`)).toBe(200);
    const pids = [...daemon.roles().values()];
    expect([...daemon.roles().keys()].sort()).toEqual(['center', 'ingest']);
    daemon.signal(signal);
    expect(await endOf(daemon)).toEqual({ code: 0, signal: null });
    expect(pids.filter(isAlive)).toEqual([]);
  },
);

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  '%s to npm start ends everything below it',
  async (signal) => {
    const folder = await folderWith({ 'allclear.yaml': freePorts });
    const daemon = startDaemon({
      command: ['npm', '--prefix', dirname(dist), 'start', '--silent', '--'],
      args: ['--config', `${folder}/allclear.yaml`],
      folder,
    });
    const { pid } = await daemon.ready;
    const pids = [pid, ...daemon.roles().values()];
    expect(pids).toHaveLength(3);
    daemon.signal(signal);
    await endOf(daemon);
    await until('its processes are gone', () => !pids.some(isAlive));
  },
);

test('a stop while it is still starting ends it with code 0', async () => {
  const daemon = await start();
  await until('a first process of it runs', () => daemon.roles().size > 0);
  const pids = [...daemon.roles().values()];
  daemon.signal('SIGTERM');
  expect(await endOf(daemon)).toEqual({ code: 0, signal: null });
  expect(pids.filter(isAlive)).toEqual([]);
});

test('when the main process is killed its children end and the data can be opened again', async () => {
  const daemon = await start();
  await daemon.ready;
  const pids = [...daemon.roles().values()];
  expect(pids).toHaveLength(2);
  await daemon.kill('main');
  await until('its children are gone', () => !pids.some(isAlive));
  const again = startDaemon({ folder: daemon.folder });
  expect(await statusOf(`${(await again.ready).http}/readyz`)).toBe(200);
});

test('a second daemon on one data directory exits 3 and names the process that holds it', async () => {
  const first = await start();
  const { pid } = await first.ready;
  const second = startDaemon({ folder: first.folder });
  expect(await endOf(second)).toEqual({ code: 3, signal: null });
  expect(second.errors()).toContain(`process ${pid}`);
  expect(second.errors()).toContain(`${first.folder}/data`);
});

test('a taken port ends the start with code 3 and names the address', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  try {
    const { port } = other.address() as AddressInfo;
    const daemon = await start(freePorts.replace('http: 127.0.0.1:0', `http: 127.0.0.1:${port}`));
    expect(await endOf(daemon)).toEqual({ code: 3, signal: null });
    expect(daemon.errors()).toContain(`127.0.0.1:${port}`);
  } finally {
    other.close();
  }
});

test('a taken trap port ends the start with code 3 and names the address', async () => {
  const first = await start();
  const { traps } = await first.ready;
  const second = await start(freePorts.replace('traps: 127.0.0.1:0', `traps: ${traps}`));
  expect(await endOf(second)).toEqual({ code: 3, signal: null });
  expect(second.errors()).toContain(traps);
});

test.each(['center', 'ingest'] as const)(
  'a killed %s is started again on the same ports while the other lives on',
  async (role) => {
    const daemon = await start();
    const { http, public: publicUrl } = await daemon.ready;
    const before = daemon.roles();
    await daemon.kill(role);
    const after = await until('another process has its role', () => {
      const roles = daemon.roles();
      return roles.get(role) !== undefined && roles.get(role) !== before.get(role) ? roles : undefined;
    });
    const other = role === 'center' ? 'ingest' : 'center';
    expect(after.get(other)).toBe(before.get(other));
    await until('the console answers again', async () => (await statusOf(`${http}/readyz`)) === 200);
    expect(await statusOf(`${http}/healthz`)).toBe(200);
    expect(await statusOf(`${publicUrl}/s/unknown-token`)).toBe(404);
    expect(await daemon.api.get('/status')).toMatchObject({ version: expect.any(String) });
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  },
);
