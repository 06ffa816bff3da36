/** Loads device profiles from folders of YAML files; what is wrong in one is reported and the others load. */
import { createHash } from 'node:crypto';
import type { Parsed, Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { compileProfiles, type Profiles } from '../../collect/collect.ts';
import { type ParsedProfiles, parsedBefore } from './parsed-profiles.ts';
import { checkedProfile } from './profile-document.ts';
import { re2Pattern } from './re2-pattern.ts';
import { readText, yamlFiles } from './yaml-folder.ts';

export interface LoadedProfiles extends Parsed<Profiles> {
  /** The same for the same texts in the same order: compiled profiles hold functions, which nobody can compare. */
  readonly digest: string;
}

/**
 * `paths` of folders and of single files, shipped ones first; one that cannot be read is a problem, not an error. `parsed` is
 * what the build made of some of them: these, where they extend no others, are compiled when their devices are met.
 */
export async function loadProfiles(
  paths: readonly string[],
  parsed: ParsedProfiles = new Map(),
): Promise<LoadedProfiles> {
  const digest = createHash('sha256');
  const problems: Problem[] = [];
  const sound: SourceDocument[] = [];
  const judged = new Set<SourceDocument>();
  for (const path of paths) {
    const files = /\.ya?ml$/.test(path) ? [path] : await yamlFiles(path, problems);
    for (const file of files) {
      const text = await readText(file, problems);
      if (text === undefined) continue;
      digest.update(`${file} ${text.length}\n${text}`);
      const known = parsedBefore(file, text, parsed);
      if (known !== undefined) {
        sound.push(known);
        judged.add(known);
        continue;
      }
      const checked = checkedProfile(file, text);
      problems.push(...checked.problems);
      if (checked.problems.length === 0) sound.push(checked.value);
    }
  }
  const compiled = compileProfiles(sound, re2Pattern, judged);
  return {
    value: compiled.value,
    problems: [...problems, ...compiled.problems],
    digest: digest.digest('base64'),
  };
}
