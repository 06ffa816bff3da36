/** What becomes of files of the series that could not be read. */
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SetAside } from '../../../src/edge/series/set-aside.ts';
import { realWorld } from '../../support/real-world.ts';
import { DAY_MS, day, embedded } from './harness.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folderWith(files: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'set-aside-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  for (const [name, writtenAt] of Object.entries(files)) put(folder, name, writtenAt);
  return folder;
}

function put(folder: string, name: string, writtenAt: number): void {
  writeFileSync(join(folder, name), 'ten bytes.');
  utimesSync(join(folder, name), writtenAt / 1_000, writtenAt / 1_000);
}

const part = (n: number) => `series-2026-03-0${n}.000001.part.damaged`;

test('damaged files go when their samples would have gone; sound ones and files of others are not touched', async () => {
  const sound = { 'series-2026-03-01.000001.part': day, 'other.damaged': day, 'names.sqlite': day };
  const folder = folderWith({
    ...sound,
    [part(1)]: day,
    'hours-2026-03.sqlite.damaged-wal': day,
    'names.sqlite.damaged': day + DAY_MS,
  });
  const held = new SetAside(folder, realWorld().log);
  await held.prune(day);
  expect([held.files, held.bytes, held.removed]).toEqual([3, 30, 0]);
  await held.prune(day + 1);
  expect([held.files, held.bytes, held.removed]).toEqual([1, 10, 2]);
  expect(readdirSync(folder).sort()).toEqual([...Object.keys(sound), 'names.sqlite.damaged'].sort());
});

test('of more than there may be, or larger ones, the oldest go', async () => {
  const folder = folderWith({ [part(1)]: day + 3, [part(2)]: day + 1, [part(3)]: day + 2 });
  await new SetAside(folder, realWorld().log, { files: 2, bytes: 1_000 }).prune(0);
  expect(readdirSync(folder).sort()).toEqual([part(1), part(3)]);
  await new SetAside(folder, realWorld().log, { files: 2, bytes: 19 }).prune(0);
  expect(readdirSync(folder)).toEqual([part(1)]);
});

test('the store counts them, and removes them with the days of their time', async () => {
  const harness = await embedded();
  ends.push(() => harness.end());
  put(harness.folder, part(1), day);
  await harness.restart();
  expect(await harness.store.stats()).toMatchObject({
    damaged_files: 1,
    damaged_bytes: 10,
    damaged_removed: 0,
  });
  await harness.store.dropBefore(day + DAY_MS);
  expect(await harness.store.stats()).toMatchObject({ damaged_files: 0, damaged_removed: 1 });
  expect(existsSync(join(harness.folder, part(1)))).toBe(false);
});
