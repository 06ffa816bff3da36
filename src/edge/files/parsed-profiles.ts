/**
 * The shipped profiles as the build parsed, checked and compiled them, by the hash of their text: reading YAML with the places
 * of all its values takes most of a start, and nobody asks for the places of a file without mistakes.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { compileProfiles } from '../../collect/collect.ts';
import { checkedProfile } from './profile-document.ts';
import { re2Pattern } from './re2-pattern.ts';
import { parseYaml } from './yaml-document.ts';
import { readText, yamlFiles } from './yaml-folder.ts';

/** Values of sound files by the hash of their text. */
export type ParsedProfiles = ReadonlyMap<string, unknown>;

/**
 * Writes the sound files of the folder into one JSON file. One with a mistake, in its form or in what it says, is left to be
 * read again, and so is one that extends it.
 */
export async function writeParsedProfiles(folder: string, file: string): Promise<void> {
  const problems: Problem[] = [];
  const texts = new Map<string, string>();
  const documents: SourceDocument[] = [];
  for (const path of await yamlFiles(folder, problems)) {
    const text = await readText(path, problems);
    if (text === undefined) continue;
    const checked = checkedProfile(path, text);
    if (checked.problems.length > 0) continue;
    texts.set(path, text);
    documents.push(checked.value);
  }
  const { byId } = compileProfiles(documents, re2Pattern).value;
  const sound = new Set([...byId.values()].map((profile) => profile.file));
  const parsed = documents.filter((document) => sound.has(document.file));
  await writeFile(
    file,
    JSON.stringify(parsed.map(({ file: path, value }) => [hashOf(texts.get(path)!), value])),
  );
}

/** Empty when there is no such file, or it is none of ours: then every profile is read from its text. */
export async function readParsedProfiles(file: string): Promise<ParsedProfiles> {
  try {
    return new Map(JSON.parse(await readFile(file, 'utf8')) as [string, unknown][]);
  } catch {
    return new Map();
  }
}

/** The document of a text that was parsed before; its places are found when somebody asks. */
export function parsedBefore(file: string, text: string, parsed: ParsedProfiles): SourceDocument | undefined {
  const value = parsed.size === 0 ? undefined : parsed.get(hashOf(text));
  if (value === undefined) return undefined;
  return { file, value, problemAt: (path, found) => parseYaml(file, text).value.problemAt(path, found) };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
