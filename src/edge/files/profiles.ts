/** Loads device profiles from folders of YAML files; what is wrong in one is reported and the others load. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parsed, Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { compileProfiles, type Profiles, profileSchema } from '../../collect/collect.ts';
import { documentCheck, parseYaml } from './yaml-document.ts';

const checkProfile = documentCheck(profileSchema);

/** `folders` in the order shipped first; a folder that cannot be read is a problem, not an error. */
export async function loadProfiles(folders: readonly string[]): Promise<Parsed<Profiles>> {
  const problems: Problem[] = [];
  const sound: SourceDocument[] = [];
  for (const folder of folders) {
    for (const file of await yamlFiles(folder, problems)) {
      const text = await readText(file, problems);
      if (text === undefined) continue;
      const parsed = parseYaml(file, text);
      const found = [...parsed.problems];
      if (parsed.value.value !== undefined) found.push(...checkProfile(parsed.value));
      problems.push(...found);
      if (found.length === 0) sound.push(parsed.value);
    }
  }
  const compiled = compileProfiles(sound);
  return { value: compiled.value, problems: [...problems, ...compiled.problems] };
}

/** In order of path, so that which of two equal ids is the first does not depend on the disk. */
async function yamlFiles(folder: string, problems: Problem[]): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    problems.push(unreadable(folder, 'the folder cannot be read'));
    return [];
  }
}

async function readText(file: string, problems: Problem[]): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    problems.push(unreadable(file, 'the file cannot be read'));
    return undefined;
  }
}

const unreadable = (file: string, message: string): Problem => ({
  file,
  line: 0,
  column: 0,
  severity: 'error',
  code: 'file/unreadable',
  message,
});
