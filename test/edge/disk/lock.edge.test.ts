import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../../src/edge/disk/lock.ts';
import { type BuiltSources, buildSources } from '../../support/built-sources.ts';

const holder = `
const { lockFolder } = await import(process.argv[1] + '/edge/disk/lock.js');
const lock = await lockFolder({ folder: process.argv[2], name: 'daemon', pid: process.pid });
console.log(lock.kind);
setInterval(() => {}, 1_000);
`;

let folder: string;
let built: BuiltSources;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-lock-'));
  built = buildSources(['src/edge/disk/lock.ts']);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  built.remove();
  rmSync(folder, { recursive: true });
});

test('a second daemon is refused with the pid of the first, until that one is killed', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, built.folder, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  expect(line).toBe('held');
  expect(await lockFolder({ folder, name: 'daemon', pid: 1 })).toEqual({ kind: 'taken', heldBy: child.pid });

  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const mine = await lockFolder({ folder, name: 'daemon', pid: process.pid });
  expect(mine.kind).toBe('held');
  if (mine.kind === 'held') await mine.release();
});

test('a folder that was released can be locked again, another name beside it at any time', async () => {
  const first = await lockFolder({ folder, name: 'daemon', pid: process.pid });
  const other = await lockFolder({ folder, name: 'import', pid: process.pid });
  expect([first.kind, other.kind]).toEqual(['held', 'held']);
  expect(await lockFolder({ folder, name: 'daemon', pid: process.pid })).toEqual({
    kind: 'taken',
    heldBy: process.pid,
  });
  if (first.kind === 'held') await first.release();
  const again = await lockFolder({ folder, name: 'daemon', pid: process.pid });
  expect(again.kind).toBe('held');
  if (again.kind === 'held') await again.release();
  if (other.kind === 'held') await other.release();
});
