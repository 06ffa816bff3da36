import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { supervise } from '../../../src/app/processes/supervisor.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

// Real processes under a clock of our own: whoever says nothing for a minute is taken for dead.

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervisor-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const messages = (world: ReturnType<typeof virtualWorld>): string[] =>
  world.lines.map(({ message }) => message);

async function hangingRole(): Promise<string> {
  const main = join(folder, 'hangs.mjs');
  await writeFile(
    main,
    `process.on('message', ({ kind }) => {
       if (kind === 'start') process.send({ kind: 'ready', facts: { pid: String(process.pid) } });
       else if (kind === 'stop') process.exit(0);
     });`,
  );
  return main;
}

test('a process that says nothing for a minute is killed and started again', async () => {
  const world = virtualWorld();
  const main = await hangingRole();
  const supervised = supervise({ main, roles: ['ingest'], start: { override: {} }, world });
  const first = await supervised.ready;
  world.advance(55_000);
  expect(messages(world)).toEqual([]);
  world.advance(15_000);
  expect(messages(world)).toEqual(['a process hangs and is killed']);
  await vi.waitFor(() => expect(messages(world)).toContain('a process ended and is started again'), 60_000);
  expect(() => process.kill(Number(first['pid']), 0)).toThrow();
  world.advance(1_000);
  supervised.stop();
  expect(await supervised.ended).toBe(0);
});
