/** One append-only file with group commit: what `append` acknowledged is on disk. */
import { dirname } from 'node:path';
import type { World } from '../../base/world.ts';
import { type FileSystem, realFiles, settleFile } from './file-system.ts';
import { GroupCommit } from './group-commit.ts';

export interface SyncFile {
  /** Durable length in bytes. */
  readonly size: number;
  /** Resolves once the bytes are durable; after the first failure all waiting and later appends reject (fail-stop). */
  append(bytes: Uint8Array): Promise<void>;
  /** Waits for appends under way. */
  close(): Promise<void>;
}

export async function openSyncFile(options: {
  readonly path: string;
  readonly world: World;
  readonly files?: FileSystem | undefined;
  readonly windowMs?: number | undefined;
  readonly flushBytes?: number | undefined;
}): Promise<SyncFile> {
  const files = options.files ?? realFiles;
  const file = await files.open(options.path, 'append');
  let size = await file.size();
  // What a killed process wrote may be in the page cache only: nothing counts as durable before this.
  await settleFile(files, options.path, size);
  await files.syncFolder(dirname(options.path));
  const group = new GroupCommit<{ readonly size: number; readonly bytes: Uint8Array }>({
    world: options.world,
    place: options.path,
    windowMs: options.windowMs,
    flushBytes: options.flushBytes,
    async commit(items) {
      const bytes = Buffer.concat(items.map((item) => item.bytes));
      await file.write(bytes);
      await file.datasync();
      size += bytes.length;
    },
  });
  return {
    get size() {
      return size;
    },
    append: (bytes) => group.append({ size: bytes.length, bytes }),
    async close() {
      await group.close();
      await file.close();
    },
  };
}
