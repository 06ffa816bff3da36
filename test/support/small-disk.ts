/** A file system of a few megabytes that can be filled and freed again. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Mounting is the administrator's right: root has it, others by sudo where it asks no password. */
const asRoot = (command: string, ...args: readonly string[]): Promise<unknown> =>
  process.getuid?.() === 0 ? run(command, args) : run('sudo', ['-n', command, ...args]);

export interface SmallDisk {
  readonly folder: string;
  /** Until not a byte more can be written. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-small-disk-'));
  const options = `size=${megabytes}m,mode=0777`;
  await asRoot('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder);
  const filler = join(folder, 'filler');
  return {
    folder,
    async fill() {
      for (const chunk of [1 << 20, 4_096, 1]) {
        try {
          for (;;) await writeFile(filler, Buffer.alloc(chunk), { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    },
    free: () => rm(filler),
    async remove() {
      await asRoot('umount', folder);
      await rmdir(folder);
    },
  };
}
