/** Loads the rules of folders of YAML files: detection and notice texts, told apart by their `format`. */
import { relative } from 'node:path';
import { didYouMean, type Parsed, type Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import {
  checkDetectionExamples,
  compileDetectionRules,
  type DetectionRules,
  detectionSchema,
} from '../../detect/detect.ts';
import { type NoticeTexts, parseNoticeTexts } from './notice-texts.ts';
import { documentCheck, parseYaml } from './yaml-document.ts';
import { readText, yamlFiles } from './yaml-folder.ts';

export interface LoadedRules {
  readonly detection: DetectionRules;
  /** Shipped rules that gave way to rules of the operator's own, by id. */
  readonly replaced: readonly { readonly rule: string; readonly by: string }[];
  /** undefined when no sound texts were found. */
  readonly texts: NoticeTexts | undefined;
  /** Files that were read. */
  readonly files: number;
  /** Those of them that are in force, in order; a path is relative to its folder, so that it is the same on every machine. */
  readonly inForce: readonly { readonly path: string; readonly text: string }[];
}

const checkDetection = documentCheck(detectionSchema);
const formats = ['detection/1', 'notice-texts/1'];

/** `folders` in the order shipped first, so that a file of one's own is the later one; the sound files load. */
export async function loadRules(folders: readonly string[]): Promise<Parsed<LoadedRules>> {
  const problems: Problem[] = [];
  const [shipped, own]: [SourceDocument[], SourceDocument[]] = [[], []];
  const texts: { file: string; text: string }[] = [];
  const inForce: { path: string; text: string }[] = [];
  let files = 0;
  for (const [place, folder] of folders.entries()) {
    for (const file of await yamlFiles(folder, problems)) {
      const text = await readText(file, problems);
      if (text === undefined) continue;
      files++;
      const document = parseYaml(file, text);
      const format = (document.value.value as { format?: unknown } | null | undefined)?.format;
      const path = relative(folder, file);
      if (document.problems.length > 0) problems.push(...document.problems);
      else if (format === 'notice-texts/1') {
        texts.push({ file, text });
        inForce.push({ path, text });
      } else if (format !== 'detection/1') problems.push(unknownFormat(document.value, format));
      else {
        const found = checkDetection(document.value);
        problems.push(...found);
        if (found.length > 0) continue;
        (place === 0 ? shipped : own).push(document.value);
        inForce.push({ path, text });
      }
    }
  }
  const compiled = compileDetectionRules(shipped, own);
  const written = parseNoticeTexts(texts);
  problems.push(...compiled.problems, ...checkDetectionExamples([...shipped, ...own]), ...written.problems);
  const { value: detection, replaced } = compiled;
  return { value: { detection, replaced, texts: written.value, files, inForce }, problems };
}

function unknownFormat(document: SourceDocument, format: unknown): Problem {
  const near = typeof format === 'string' ? didYouMean(format, formats) : undefined;
  return document.problemAt(['format'], {
    code: 'rules/format',
    message:
      format === undefined ? '"format" is missing' : `the format ${JSON.stringify(format)} is not known`,
    hint: near === undefined ? `use one of ${formats.join(', ')}` : `did you mean "${near}"?`,
  });
}
