/** One daemon a data directory, one process a part of it. */
import { mkdir } from 'node:fs/promises';
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { lockFolder } from '../../edge/disk/lock.ts';
import { machine } from '../world.ts';

export interface HeldLock {
  release(): Promise<void>;
}

/** After a SIGKILL of the supervisor its processes need up to 5 s to notice; their locks are waited for. */
export const orphanPatienceMs = 6_000;

/** Rejects with `start/locked` that names the holder when the lock is not free within the patience. */
export async function lockData(
  folder: string,
  options: { readonly name: string; readonly world: World; readonly patienceMs: number },
): Promise<HeldLock> {
  const { name, world, patienceMs } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const until = world.monotonicMs() + patienceMs;
  for (;;) {
    const lock = await lockFolder({ folder, name, pid: machine.pid });
    if (lock.kind === 'held') return lock;
    if (world.monotonicMs() >= until) {
      const holder = lock.heldBy === undefined ? 'another process' : `process ${lock.heldBy}`;
      throw new Fault('start/locked', `${folder} is in use by ${holder}`);
    }
    await new Promise<void>((resolve) => world.after(milliseconds(200), resolve));
  }
}
