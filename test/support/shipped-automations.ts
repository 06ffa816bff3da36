/** The automations that the program is shipped with, and those of a text. */
import { readdirSync, readFileSync } from 'node:fs';
import { type AutomationSet, compileAutomations } from '../../src/automate/automate.ts';
import type { Problem } from '../../src/base/problem.ts';
import type { SourceDocument } from '../../src/base/source-document.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import { automationFileSchema } from '../../src/flow/automation-example.ts';
import type { FaultGlossary } from '../../src/model/fault-words.ts';

const check = documentCheck(automationFileSchema);

const faultWords: FaultGlossary = {
  splitter: { title: { en: 'Splitter or its cable', ru: 'Сплиттер или его кабель' } },
};

export const shippedAutomationDocuments: readonly SourceDocument[] = [
  'automations',
  'demo/automations',
].flatMap((folder) =>
  readdirSync(folder).map((name) => {
    const file = `${folder}/${name}`;
    return parseYaml(file, readFileSync(file, 'utf8')).value;
  }),
);

/** Each text is a file, in order. */
export function automationsOf(...texts: readonly string[]): {
  readonly value: AutomationSet;
  readonly problems: readonly Problem[];
  readonly documents: readonly SourceDocument[];
} {
  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  for (const [place, text] of texts.entries()) {
    const { value, problems: syntax } = parseYaml(`own-${place + 1}.yaml`, `format: automations/1\n${text}`);
    const wrong = syntax.length > 0 ? syntax : check(value);
    problems.push(...wrong);
    if (wrong.length === 0) documents.push(value);
  }
  const compiled = compileAutomations(documents, faultWords);
  return { value: compiled.value, problems: [...problems, ...compiled.problems], documents };
}
