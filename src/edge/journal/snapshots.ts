/** Snapshots of the line's hot state: whole files by sequence, of which the newest sound one counts (design L13). */
import { crc32 } from 'node:zlib';
import type { Problem } from '../../base/problem.ts';
import { type FileSystem, readWhole, realFiles, writeWhole } from '../disk/file-system.ts';
import { diskProblem } from '../disk/segments.ts';

interface Snapshot {
  /** The last input it contains; replay goes on behind it. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface Snapshots {
  /** Resolves once the snapshot is durable; then only the newest two are kept. */
  writeSnapshot(snapshot: Snapshot): Promise<void>;
  /** The newest that verifies; each damaged one that is newer is a problem (`disk/damaged`). */
  latestSnapshot(): Promise<{
    readonly snapshot: Snapshot | undefined;
    readonly problems: readonly Problem[];
  }>;
}

const kept = 2;
const fileName = /^(\d{16})\.snapshot$/;
const magic = 'ACSNAP01';
/** Magic, sequence u64, length u64. The file ends with the CRC-32 of all before it. */
const headerBytes = 24;
const sliceBytes = 1024 * 1024;

export async function openSnapshots(options: {
  readonly folder: string;
  readonly files?: FileSystem | undefined;
}): Promise<Snapshots> {
  const { folder, files = realFiles } = options;
  await files.makeFolder(folder);
  /** Written or verified by this process: reading them again at each write would hold up the line. */
  const sound = new Set<number>();
  return {
    async writeSnapshot(snapshot) {
      await writeWhole(files, { folder, name: nameOf(snapshot.sequence) }, encode(snapshot));
      sound.add(snapshot.sequence);
      await removeOld(files, folder, sound);
    },
    async latestSnapshot() {
      const problems: Problem[] = [];
      for (const sequence of await sequencesIn(files, folder)) {
        const path = `${folder}/${nameOf(sequence)}`;
        const file = await readWhole(files, path);
        if (file === undefined) continue;
        const bytes = decode(file, sequence);
        if (bytes !== undefined) {
          sound.add(sequence);
          return { snapshot: { sequence, bytes }, problems };
        }
        sound.delete(sequence);
        problems.push(
          diskProblem('disk/damaged', path, `the snapshot at ${sequence} does not verify: left out`),
        );
      }
      return { snapshot: undefined, problems };
    },
  };
}

const nameOf = (sequence: number): string => `${String(sequence).padStart(16, '0')}.snapshot`;

/** Newest first. */
async function sequencesIn(files: FileSystem, folder: string): Promise<number[]> {
  const sequences: number[] = [];
  for (const name of await files.list(folder)) {
    const match = fileName.exec(name);
    if (match !== null) sequences.push(Number(match[1]));
  }
  return sequences.sort((a, b) => b - a);
}

/** Keeps the newest two sound ones: a damaged one never pushes a sound one out. */
async function removeOld(files: FileSystem, folder: string, sound: Set<number>): Promise<void> {
  let count = 0;
  for (const sequence of await sequencesIn(files, folder)) {
    const path = `${folder}/${nameOf(sequence)}`;
    if (count >= kept) {
      await files.remove(path);
      sound.delete(sequence);
      continue;
    }
    if (!sound.has(sequence)) {
      const file = await readWhole(files, path);
      if (file !== undefined && decode(file, sequence) !== undefined) sound.add(sequence);
    }
    if (sound.has(sequence)) count++;
  }
  await files.syncFolder(folder);
}

/** Slices, so that summing a large snapshot takes turns with the rest of the process while each slice is written. */
function* encode(snapshot: Snapshot): Generator<Uint8Array> {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeBigUInt64BE(BigInt(snapshot.sequence), 8);
  header.writeBigUInt64BE(BigInt(snapshot.bytes.length), 16);
  let sum = crc32(header);
  yield header;
  for (let at = 0; at < snapshot.bytes.length; at += sliceBytes) {
    const slice = snapshot.bytes.subarray(at, at + sliceBytes);
    sum = crc32(slice, sum);
    yield slice;
  }
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32BE(sum);
  yield trailer;
}

function decode(bytes: Uint8Array, sequence: number): Uint8Array | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = file.length - 4;
  if (end < headerBytes || file.toString('latin1', 0, magic.length) !== magic) return undefined;
  if (file.readBigUInt64BE(8) !== BigInt(sequence)) return undefined;
  if (file.readBigUInt64BE(16) !== BigInt(end - headerBytes)) return undefined;
  if (crc32(file.subarray(0, end)) !== file.readUInt32BE(end)) return undefined;
  return bytes.subarray(headerBytes, end);
}
