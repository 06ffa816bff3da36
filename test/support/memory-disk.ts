/**
 * A disk in memory that fails at the n-th step and loses power: what was not synced is gone, or torn, or kept, by chance.
 * Names are durable after `syncFolder` only, bytes after `datasync` only.
 */
import { seededRandom } from '../../src/base/random.ts';
import type { DiskFile, FileSystem } from '../../src/edge/disk/file-system.ts';

const nothingDropped = { droppedFrom: 0, droppedTo: 0 };

interface Stored {
  bytes: Uint8Array;
  /** What a power loss leaves for certain. */
  synced: Uint8Array;
  /** Bytes from here to `droppedTo` are taken for clean since a failed sync, and reach the disk only when written again. */
  droppedFrom: number;
  droppedTo: number;
}

export interface MemoryDisk extends FileSystem {
  /** Steps so far that change the disk. */
  readonly steps: number;
  /** This step and all behind it fail; 0 = none does. A failing write writes a part. */
  failAt: number;
  failCode: 'EIO' | 'ENOSPC';
  /** Bytes of a file as they are now. */
  bytesOf(path: string): Uint8Array;
  /** Replaces the bytes of a file, durably. */
  setBytes(path: string, bytes: Uint8Array): void;
  /** The disk as it comes up after a power loss. */
  afterPowerLoss(seed: number): MemoryDisk;
}

export function memoryDisk(start: ReadonlyMap<string, Uint8Array> = new Map()): MemoryDisk {
  const files = new Map<string, Stored>();
  for (const [path, bytes] of start) files.set(path, { bytes, synced: bytes, ...nothingDropped });
  const durableNames = new Map(files);
  let steps = 0;

  const disk: MemoryDisk = {
    get steps() {
      return steps;
    },
    failAt: 0,
    failCode: 'EIO',
    bytesOf: (path) => stored(files, path).bytes,
    setBytes(path, bytes) {
      const file = { bytes, synced: bytes, ...nothingDropped };
      files.set(path, file);
      durableNames.set(path, file);
    },
    afterPowerLoss: (seed) => memoryDisk(survivors(durableNames, files, seed)),
    async open(path, mode) {
      let file = files.get(path);
      if (file === undefined && mode === 'read') throw systemError('ENOENT', path);
      if (file === undefined || mode === 'replace') {
        step(path);
        file = { bytes: new Uint8Array(0), synced: new Uint8Array(0), ...nothingDropped };
        files.set(path, file);
      }
      return memoryFile(file, () => step(path));
    },
    async list(folder) {
      return [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1));
    },
    async makeFolder() {},
    async rename(from, to) {
      step(to);
      files.set(to, stored(files, from));
      files.delete(from);
    },
    async remove(path) {
      step(path);
      files.delete(path);
    },
    async syncFolder(folder) {
      step(folder);
      for (const path of durableNames.keys()) {
        if (path.startsWith(`${folder}/`) && !files.has(path)) durableNames.delete(path);
      }
      for (const [path, file] of files) if (path.startsWith(`${folder}/`)) durableNames.set(path, file);
    },
  };
  const step = (path: string): void => {
    steps++;
    if (disk.failAt > 0 && steps >= disk.failAt) throw systemError(disk.failCode, path);
  };
  return disk;
}

function memoryFile(file: Stored, step: () => void): DiskFile {
  return {
    async read(into, position) {
      const part = file.bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
    async write(bytes) {
      try {
        step();
      } catch (error) {
        file.bytes = joined(file.bytes, bytes.subarray(0, bytes.length >> 1));
        throw error;
      }
      file.bytes = joined(file.bytes, bytes);
    },
    async writeAt(bytes, position) {
      step();
      const whole = file.bytes.slice();
      whole.set(bytes, position);
      file.bytes = whole;
      if (position <= file.droppedFrom && position + bytes.length >= file.droppedTo)
        Object.assign(file, nothingDropped);
    },
    async datasync() {
      try {
        step();
      } catch (error) {
        // Linux marks the pages clean although they were not written.
        Object.assign(file, { droppedFrom: file.synced.length, droppedTo: file.bytes.length });
        throw error;
      }
      file.synced = file.bytes.map((byte, at) => (at >= file.droppedFrom && at < file.droppedTo ? 0 : byte));
    },
    async truncate(length) {
      step();
      file.bytes = file.bytes.slice(0, length);
    },
    size: async () => file.bytes.length,
    async close() {},
  };
}

const sectorBytes = 512;

/** Each name that was not synced is there or not; each file keeps a part of what was not synced, or sectors of zeros for it. */
function survivors(
  durableNames: ReadonlyMap<string, Stored>,
  files: ReadonlyMap<string, Stored>,
  seed: number,
): Map<string, Uint8Array> {
  const random = seededRandom(seed);
  const out = new Map<string, Uint8Array>();
  for (const [path, file] of new Map([...files, ...durableNames])) {
    if (!durableNames.has(path) && random.below(2) === 0) continue;
    const { synced } = file;
    const bytes = file.bytes.slice();
    if (bytes.length < synced.length) {
      out.set(path, random.below(2) === 0 ? synced : bytes);
      continue;
    }
    const kept = synced.length + random.below(bytes.length - synced.length + 1);
    bytes.set(synced);
    if (random.below(3) > 0) out.set(path, bytes.slice(0, kept));
    else
      out.set(
        path,
        bytes.map((byte, at) => (at < Math.ceil(kept / sectorBytes) * sectorBytes ? byte : 0)),
      );
  }
  return out;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function stored(files: ReadonlyMap<string, Stored>, path: string): Stored {
  const file = files.get(path);
  if (file === undefined) throw systemError('ENOENT', path);
  return file;
}

const systemError = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${path}`), { code });
