/** A file that a verb is going to make: said before devices are asked for an hour, and in a dry run as well. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Why it cannot be made; nothing is written over. */
export function newFileMistake(file: string): string | undefined {
  const held = statSync(file, { throwIfNoEntry: false });
  if (held?.isDirectory() === true) return `${file} is a folder, not a file`;
  if (held !== undefined) return `${file} exists and is not written over`;
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `the folder ${folder} is not there`;
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `this user may not write into the folder ${folder}`;
  }
}
