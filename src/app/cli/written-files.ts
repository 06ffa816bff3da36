/** Files that belong together, written so that none of them is ever there by half. */
import { createWriteStream } from 'node:fs';
import { access, constants, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface NewFile {
  readonly file: string;
  readonly pieces: () => Iterable<string>;
}

/** Makes the folder where it is not there, and throws where it cannot be written. */
export async function readyFolder(folder: string): Promise<void> {
  await made(folder);
  await access(folder, constants.W_OK);
}

/** One level after the other: Node's own `recursive` never ends where a file system refuses new folders (`/proc`). */
async function made(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const held = await stat(folder).catch(() => undefined);
    if (held?.isDirectory() === true) return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    const above = await stat(dirname(folder)).catch(() => undefined);
    if (above !== undefined) throw error;
    await made(dirname(folder));
    await mkdir(folder);
  }
}

/** All under names of their own first; what was begun is taken away again when one of them fails. */
export async function writeTogether(files: readonly NewFile[]): Promise<void> {
  const unfinished = (file: string): string => `${file}.part`;
  try {
    for (const { file, pieces } of files) {
      await pipeline(Readable.from(gathered(pieces())), createWriteStream(unfinished(file)));
    }
    for (const { file } of files) await rename(unfinished(file), file);
  } catch (error) {
    for (const { file } of files) await rm(unfinished(file), { force: true }).catch(() => {});
    throw error;
  }
}

/** Why it could not be written, behind its name. */
export function unwritableBecause(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return Object.hasOwn(reasons, code ?? '')
    ? reasons[code as keyof typeof reasons]
    : `cannot be written: ${code ?? String(error)}`;
}

const reasons = {
  EEXIST: 'cannot be a folder: a file of that name is there',
  ENOTDIR: 'cannot be made: a part of its path is a file',
  ENOENT: 'cannot be made there',
  EACCES: 'may not be written by this user',
  EPERM: 'may not be written by this user',
  EROFS: 'is on a disk that is only read',
  ENOSPC: 'does not have room: the disk is full',
} as const;

/** In pieces of a few hundred kilobytes. */
function* gathered(pieces: Iterable<string>): Generator<string> {
  let held: string[] = [];
  let size = 0;
  for (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < 1 << 18) continue;
    yield held.join('');
    held = [];
    size = 0;
  }
  yield held.join('');
}
