/** The doctor's look at the data directory: may it be written, how fast does it sync, how long does its disk last. */
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import { openPlainSqlite } from '../../edge/disk/sqlite.ts';
import { lockData } from '../roles/data-lock.ts';
import type { Finding } from './doctor.ts';

/** A day of a busy installation: 500 inputs a second of 120 bytes and as much again for the book (design L14). */
const bytesADay = 500 * 86_400 * 120 * 2;
const syncs = 20;
const slowSyncMs = 20;

export async function dataChecks(data: string, world: World): Promise<Finding[]> {
  const findings: Finding[] = [sqliteDriver()];
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    findings.push(await syncSpeed(data, world));
  } catch (error) {
    const meaning = `${data} cannot be written: ${(error as Error).message}`;
    const repair = `chown and chmod 700 ${data} for the user of the daemon`;
    return [...findings, { check: 'data directory', state: 'failed', meaning, repair }];
  }
  findings.push(await inUse(data, world), await space(data));
  return findings;
}

async function syncSpeed(data: string, world: World): Promise<Finding> {
  const path = join(data, '.doctor');
  const file = await open(path, 'w', 0o600);
  const lengths: number[] = [];
  try {
    for (let i = 0; i < syncs; i++) {
      await file.write(Buffer.alloc(4_096, i));
      const startedMs = world.monotonicMs();
      await file.datasync();
      lengths.push(world.monotonicMs() - startedMs);
    }
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
  const median = lengths.sort((a, b) => a - b)[syncs >> 1]!;
  const meaning = `${data}: writable, a sync to disk takes ${median.toFixed(1)} ms`;
  if (median <= slowSyncMs) return { check: 'data directory', state: 'ok', meaning };
  const repair = 'put data: on a local SSD; each input waits for one such sync';
  return { check: 'data directory', state: 'warning', meaning, repair };
}

async function inUse(data: string, world: World): Promise<Finding> {
  try {
    const lock = await lockData(data, { name: 'daemon', world, patienceMs: 0 });
    await lock.release();
    return { check: 'daemon', state: 'ok', meaning: 'none runs on this data directory' };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'start/locked') throw error;
    return { check: 'daemon', state: 'ok', meaning: error.message };
  }
}

async function space(data: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(data);
  const free = bavail * bsize;
  const days = free / bytesADay;
  const meaning = `${(free / 1e9).toFixed(1)} GB free: ${days.toFixed(0)} days of journal at 500 inputs a second`;
  if (days >= 7) return { check: 'disk space', state: 'ok', meaning };
  const repair = 'free space or move data: to a larger disk';
  return { check: 'disk space', state: days < 1 ? 'failed' : 'warning', meaning, repair };
}

function sqliteDriver(): Finding {
  try {
    const sqlite = openPlainSqlite({ file: ':memory:' });
    sqlite.close();
    return { check: 'sqlite', state: 'ok', meaning: `driver ${sqlite.driver}` };
  } catch (error) {
    const meaning = `no driver works: ${(error as Error).message}`;
    return { check: 'sqlite', state: 'failed', meaning, repair: 'npm ci, or a Node of 22.13 or newer' };
  }
}
