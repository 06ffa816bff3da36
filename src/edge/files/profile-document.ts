/** One profile file read and checked against the form of profiles. */
import type { Parsed } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { profileSchema } from '../../collect/collect.ts';
import { documentCheck, parseYaml } from './yaml-document.ts';

const checkProfile = documentCheck(profileSchema);

/** The file as a document, and everything wrong with its form. */
export function checkedProfile(file: string, text: string): Parsed<SourceDocument> {
  const { value, problems } = parseYaml(file, text);
  return { value, problems: value.value === undefined ? problems : [...problems, ...checkProfile(value)] };
}
