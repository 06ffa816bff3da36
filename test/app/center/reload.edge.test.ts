/** Many reloads at once, and one that fails half-way. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Reload } from '../../../src/app/center/reload.ts';
import { loadWhole } from '../../../src/app/config/load.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-reload-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function reloading(apply: () => Promise<readonly never[]>) {
  const config = join(folder, 'allclear.yaml');
  await writeFile(config, 'http: 127.0.0.1:0\n');
  const start = { config, override: {} };
  const { inForce } = await loadWhole(start);
  const world = virtualWorld();
  const reload = new Reload({ start: { ...start, inForce }, places: inForce.places, apply, log: world.log });
  return { config, reload, world };
}

test('a hundred at once are two: the one under way and one that sees the files as they are after it', async () => {
  let applied = 0;
  let underWay = 0;
  const { config, reload } = await reloading(async () => {
    expect(++underWay).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    applied++;
    return [];
  });
  const first = reload.ask();
  await writeFile(config, 'http: 127.0.0.1:1\n');
  const others = await Promise.all(Array.from({ length: 99 }, () => reload.ask()));
  expect((await first).kind).toBe('applied');
  for (const other of others) expect(other).toMatchObject({ kind: 'applied', needsRestart: ['http'] });
  expect(applied).toBe(2);
  expect(reload.counters).toMatchObject({ reloads: 2, reloadsRefused: 0 });
});

test('one that fails half-way says so, and the next is not held up by it', async () => {
  let fails = true;
  const { reload, world } = await reloading(async () => {
    if (fails) throw new Error('the line is full');
    return [];
  });
  expect(await reload.ask()).toEqual({ kind: 'unfinished', reason: 'the line is full' });
  expect(world.lines.at(-1)?.level).toBe('error');
  fails = false;
  expect((await reload.ask()).kind).toBe('applied');
});

test('a configuration that is gone is a problem with its name, and nothing is applied', async () => {
  const { config, reload } = await reloading(async () => {
    throw new Error('never');
  });
  await rm(config);
  expect(await reload.ask()).toMatchObject({
    kind: 'refused',
    problems: [{ file: config, severity: 'error', code: 'config/file-unreadable' }],
  });
  expect(reload.counters).toMatchObject({ reloadsRefused: 1, reloadsUnfinished: 0 });
});
