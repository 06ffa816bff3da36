/** Loads the rules of folders of YAML files: detection, correlation, automations and notice texts, told apart by their `format`. */
import { relative } from 'node:path';
import { type AutomationSet, compileAutomations } from '../../automate/automate.ts';
import { didYouMean, type Parsed, type Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import {
  type CorrelationRules,
  compileCorrelationRules,
  correlationSchema,
} from '../../correlate/correlate.ts';
import {
  checkDetectionExamples,
  compileDetectionRules,
  type DetectionRules,
  detectionSchema,
} from '../../detect/detect.ts';
import { automationFileSchema } from '../../flow/automation-example.ts';
import type { FaultGlossary } from '../../model/fault-words.ts';
import { type NoticeTexts, parseNoticeTexts } from './notice-texts.ts';
import { type DocumentCheck, documentCheck, parseYaml } from './yaml-document.ts';
import { readText, yamlFiles } from './yaml-folder.ts';

export interface LoadedRules {
  readonly detection: DetectionRules;
  /** Shipped rules that gave way to rules of the operator's own, by id. */
  readonly replaced: readonly { readonly rule: string; readonly by: string }[];
  /** undefined when the sound files say too little to find causes by. */
  readonly correlation: CorrelationRules | undefined;
  /** What kinds of faults are called. */
  readonly faults: FaultGlossary;
  /** undefined when no sound texts were found. */
  readonly texts: NoticeTexts | undefined;
  readonly automations: AutomationSet;
  /** The sound documents but for texts, the operator's marked as such. */
  readonly documents: readonly RuleDocument[];
  /** Files that were read. */
  readonly files: number;
  /** Those of them that are in force and no automations, in order; a path is relative to its folder, so that it is the same on every machine. */
  readonly inForce: readonly { readonly path: string; readonly text: string }[];
}

const checks: Readonly<Record<string, DocumentCheck>> = {
  'detection/1': documentCheck(detectionSchema),
  'correlation/1': documentCheck(correlationSchema),
  'automations/1': documentCheck(automationFileSchema),
};
const formats = [...Object.keys(checks), 'notice-texts/1'];

export interface RuleFolders {
  readonly shipped: readonly string[];
  /** They count as the later ones. */
  readonly own?: readonly string[] | undefined;
}

/** The sound files load. */
export async function loadRules({
  shipped: ours,
  own: theirs = [],
}: RuleFolders): Promise<Parsed<LoadedRules>> {
  const { documents, texts, inForce, files, problems } = await readFiles(ours, theirs);
  const of = (format: string, isOwn: boolean): SourceDocument[] =>
    documents.flatMap((one) => (one.format === format && one.isOwn === isOwn ? [one.document] : []));
  const [shipped, own] = [of('detection/1', false), of('detection/1', true)];
  const { value: detection, replaced, problems: wrong } = compileDetectionRules(shipped, own);
  const causes = compileCorrelationRules([...of('correlation/1', false), ...of('correlation/1', true)]);
  const written = parseNoticeTexts(texts);
  const acting = compileAutomations(
    [...of('automations/1', false), ...of('automations/1', true)],
    causes.faults,
  );
  problems.push(
    ...wrong,
    ...checkDetectionExamples(shipped, own),
    ...causes.problems,
    ...written.problems,
    ...acting.problems,
  );
  const value = {
    ...{ detection, replaced, correlation: causes.value, faults: causes.faults, texts: written.value },
    automations: acting.value,
    ...{ files, inForce, documents },
  };
  return { value, problems };
}

export interface RuleDocument {
  readonly format: string;
  readonly isOwn: boolean;
  readonly document: SourceDocument;
}

interface RuleFiles {
  readonly documents: RuleDocument[];
  readonly texts: { file: string; text: string }[];
  readonly inForce: { path: string; text: string }[];
  readonly problems: Problem[];
  files: number;
}

/** What is sound of each file, by its format. */
async function readFiles(shipped: readonly string[], own: readonly string[]): Promise<RuleFiles> {
  const found: RuleFiles = { documents: [], texts: [], inForce: [], problems: [], files: 0 };
  const { documents, texts, inForce, problems } = found;
  for (const [place, folder] of [...shipped, ...own].entries()) {
    for (const file of await yamlFiles(folder, problems)) {
      const text = await readText(file, problems);
      if (text === undefined) continue;
      found.files++;
      const { value: document, problems: syntax } = parseYaml(file, text);
      problems.push(...syntax);
      if (syntax.length > 0) continue;
      const format = String((document.value as { format?: unknown } | null | undefined)?.format);
      const check = Object.hasOwn(checks, format) ? checks[format] : undefined;
      if (format === 'notice-texts/1') texts.push({ file, text });
      else if (check === undefined) {
        problems.push(unknownFormat(document, (document.value as { format?: unknown } | null)?.format));
        continue;
      } else {
        const wrong = check(document);
        problems.push(...wrong);
        if (wrong.length > 0) continue;
        documents.push({ format, isOwn: place >= shipped.length, document });
      }
      // Their content is kept by itself: what they do changes nothing about how causes are found.
      if (format !== 'automations/1') inForce.push({ path: relative(folder, file), text });
    }
  }
  return found;
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
