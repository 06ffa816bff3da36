/** The lock of a data directory: one daemon at a time, freed by the kernel however the daemon dies. */
import { Fault } from '../../base/fault.ts';
import { readWhole, realFiles, writeWhole } from './file-system.ts';
import { openPlainSqlite, type Sqlite } from './sqlite.ts';

export type FolderLock =
  | { readonly kind: 'held'; release(): Promise<void> }
  /** `heldBy`: process id of the holder; undefined when it has not written it yet. */
  | { readonly kind: 'taken'; readonly heldBy: number | undefined };

/** A connection that nobody refers to would be collected, and the lock with it. */
const held = new Set<Sqlite>();

/**
 * Locks `NAME.lock` in the folder, an empty SQLite file in an exclusive transaction. That is a POSIX record lock, seen in
 * every network namespace and container that shares the folder; it is lost when this process opens and closes the file
 * by other means, so nothing else may touch it. `NAME.pid` beside it names the holder.
 */
export async function lockFolder(options: {
  readonly folder: string;
  readonly name: string;
  /** Id of this process, told to whoever comes second. */
  readonly pid: number;
}): Promise<FolderLock> {
  const { folder, name } = options;
  await realFiles.makeFolder(folder);
  const pidPath = `${folder}/${name}.pid`;
  const sqlite = openPlainSqlite({ file: `${folder}/${name}.lock`, busyTimeoutMs: 0 });
  try {
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite.close();
    if (!(error instanceof Fault) || error.code !== 'disk/sqlite-busy') throw error;
    return { kind: 'taken', heldBy: await readPid(pidPath) };
  }
  held.add(sqlite);
  await writeWhole(realFiles, { folder, name: `${name}.pid` }, [Buffer.from(`${options.pid}\n`)]);
  return {
    kind: 'held',
    async release() {
      await realFiles.remove(pidPath);
      sqlite.close();
      held.delete(sqlite);
    },
  };
}

async function readPid(path: string): Promise<number | undefined> {
  const bytes = await readWhole(realFiles, path);
  const pid = bytes === undefined ? Number.NaN : Number.parseInt(Buffer.from(bytes).toString('latin1'), 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}
