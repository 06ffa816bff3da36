/** The YAML files of a folder and its subfolders; what cannot be read is a problem, not an error. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../base/problem.ts';
import { sourceText } from './source-text.ts';
import { unreadableBecause } from './unreadable-because.ts';
import { unreadable } from './yaml-document.ts';

/** In order of path, so that which of two that say the same comes first does not depend on the disk. */
export async function yamlFiles(folder: string, problems: Problem[]): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    problems.push(unreadable(folder, `the folder ${unreadableBecause(error)}`));
    return [];
  }
}

/** Of one rule or profile file, in bytes: what takes long to parse holds up whoever reads it. The largest shipped has 52 kB. */
const largestOfFolder = 2 ** 20;

export async function readText(file: string, problems: Problem[]): Promise<string | undefined> {
  const read = await sourceText(file, { largest: largestOfFolder });
  problems.push(...read.problems);
  return read.value;
}
