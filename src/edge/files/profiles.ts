/** Loads device profiles from folders of YAML files; what is wrong in one is reported and the others load. */
import { createHash } from 'node:crypto';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { Parsed, Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { compileProfiles, type PatternCompiler, type Profiles } from '../../collect/collect.ts';
import { type ParsedProfiles, parsedBefore } from './parsed-profiles.ts';
import { checkedProfile } from './profile-document.ts';
import { readText, yamlFiles } from './yaml-folder.ts';

export interface LoadedProfiles extends Parsed<Profiles> {
  /** The same for the same texts in the same order: compiled profiles hold functions, which nobody can compare. */
  readonly digest: string;
}

/** `paths` of folders and of single files, shipped ones first, `parsed` what the build made of some of them; one that cannot be read is a problem, not an error. */
export async function loadProfiles(
  paths: readonly string[],
  parsed: ParsedProfiles = new Map(),
): Promise<LoadedProfiles> {
  const digest = createHash('sha256');
  const problems: Problem[] = [];
  const sound: SourceDocument[] = [];
  for (const path of paths) {
    const files = /\.ya?ml$/.test(path) ? [path] : await yamlFiles(path, problems);
    for (const file of files) {
      const text = await readText(file, problems);
      if (text === undefined) continue;
      digest.update(`${file} ${text.length}\n${text}`);
      const known = parsedBefore(file, text, parsed);
      if (known !== undefined) {
        sound.push(known);
        continue;
      }
      const checked = checkedProfile(file, text);
      problems.push(...checked.problems);
      if (checked.problems.length === 0) sound.push(checked.value);
    }
  }
  const compiled = compileProfiles(sound, re2Pattern);
  return {
    value: compiled.value,
    problems: [...problems, ...compiled.problems],
    digest: digest.digest('base64'),
  };
}

/** RE2 takes time linear in the text whatever pattern a file or text a device brings. */
export const re2Pattern: PatternCompiler = (text) => {
  try {
    const compiled = RE2JS.compile(text);
    return (searched) => {
      const matcher = compiled.matcher(searched);
      if (!matcher.find()) return undefined;
      return Array.from(
        { length: matcher.groupCount() + 1 },
        (_, group) => matcher.group(group) ?? undefined,
      );
    };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error.message;
    throw error;
  }
};
