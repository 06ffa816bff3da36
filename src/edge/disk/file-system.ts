/** The file operations that durable storage stands on, as one seam: tests put a disk that fails in its place. */

import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';

export interface DiskFile {
  /** Fills `into` from `position` on; answers how many bytes there were, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Appends all bytes; not durable before `datasync`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes over bytes that are there; for files opened with `update`. */
  writeAt(bytes: Uint8Array, position: number): Promise<void>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface FileSystem {
  /** `read`, `update`: must exist. `append`: is made when it does not. `replace`: is made, or emptied when it exists. */
  open(path: string, mode: 'read' | 'update' | 'append' | 'replace'): Promise<DiskFile>;
  /** Names in the folder, in no order; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Harmless when there is no such file. */
  remove(path: string): Promise<void>;
  /** Makes names created, renamed or removed in the folder durable (POSIX: fsync of the directory). */
  syncFolder(folder: string): Promise<void>;
}

const flags = { read: 'r', update: 'r+', append: 'a+', replace: 'w+' } as const;

export const realFiles: FileSystem = {
  async open(path, mode) {
    return diskFile(await open(path, flags[mode], 0o600));
  },
  async list(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  rename,
  async remove(path) {
    await rm(path, { force: true });
  },
  async syncFolder(folder) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** True for the error of opening a file that is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The whole file; undefined when there is none. */
export async function readWhole(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  let file: DiskFile;
  try {
    file = await files.open(path, 'read');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const bytes = new Uint8Array(await file.size());
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

/** A file that is there whole or not at all: written beside, synced, renamed, and the folder synced. */
export async function writeWhole(
  files: FileSystem,
  target: { readonly folder: string; readonly name: string },
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const path = `${target.folder}/${target.name}`;
  const file = await files.open(`${path}.tmp`, 'replace');
  try {
    for await (const part of parts) await file.write(part);
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.rename(`${path}.tmp`, path);
  await files.syncFolder(target.folder);
}

const settleBytes = 1024 * 1024;

/**
 * Cuts the file to `length` and makes sure that the rest is on disk, by writing it over itself: after a failed fsync the
 * kernel may hold pages for clean that never reached the disk, and would answer the next fsync with success.
 */
export async function settleFile(files: FileSystem, path: string, length: number): Promise<void> {
  const file = await files.open(path, 'update');
  try {
    if (length < (await file.size())) await file.truncate(length);
    const bytes = new Uint8Array(Math.min(length, settleBytes));
    for (let at = 0; at < length; at += bytes.length) {
      await file.writeAt(bytes.subarray(0, await file.read(bytes.subarray(0, length - at), at)), at);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

function diskFile(handle: FileHandle): DiskFile {
  return {
    async read(into, position) {
      let filled = 0;
      while (filled < into.length) {
        const { bytesRead } = await handle.read(into, filled, into.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    write: (bytes) => writeAll(handle, bytes, undefined),
    writeAt: (bytes, position) => writeAll(handle, bytes, position),
    datasync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}

/** write(2) may take less than it was given, e.g. when the disk is nearly full. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number | undefined): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const at = position === undefined ? null : position + written;
    written += (await handle.write(bytes, written, bytes.length - written, at)).bytesWritten;
  }
}
