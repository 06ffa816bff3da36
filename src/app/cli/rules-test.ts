/** `rules test`: plays every example of the rule files and says where one does not hold and what happened instead. */
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import { detectionExamplesIn } from '../../detect/detect.ts';
import { loadRules, type RuleDocument } from '../../edge/files/rule-files.ts';
import { ownRuleFolders } from '../config/installation.ts';
import { readConfig } from '../config/load.ts';
import { exampleProblems } from '../config/rule-examples.ts';
import { exitCodes } from '../processes/messages.ts';
import { shippedRuleFolders } from '../product-files.ts';
import { commonOptions, configFile } from './common-options.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './verb.ts';
import { speaker } from './words.ts';

const options = { ...commonOptions, config: { type: 'string' } } as const;

export const testUsage = 'allclear rules test [DIR] [--config FILE] [--json|--jsonl] [--lang ru|en]';

export async function testRules(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (positionals.length > 1) throw new Fault('usage/argument', `usage: ${testUsage}`);
  const say = speaker(values.lang);
  const [folder] = positionals;
  const own = folder === undefined ? await configuredRules(values.config) : [folder];
  const { value: rules, problems: found } = await loadRules({ shipped: shippedRuleFolders, own });
  const problems = [...found, ...exampleProblems(rules, 'all')];
  const files = rules.documents.map((one) => ({
    file: one.document.file,
    examples: examplesIn(one),
    failed: problems.filter(({ file, code }) => file === one.document.file && code === 'rule/example').length,
  }));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const examples = files.reduce((sum, file) => sum + file.examples, 0);
  const failed = files.reduce((sum, file) => sum + file.failed, 0);
  if (values.json === true) terminal.print(JSON.stringify({ examples, failed, files, problems }));
  else if (values.jsonl === true) for (const problem of problems) terminal.print(JSON.stringify(problem));
  else {
    for (const problem of problems) terminal.print(formatProblem(problem));
    const rows = files.map((one) => [one.file, one.examples, one.failed]);
    if (values.quiet !== true) terminal.print(formatTable(['file', 'examples', 'failed'], rows));
    terminal.print(say('examplesPlayed', { examples, failed, errors }));
  }
  return errors === 0 ? exitCodes.ok : exitCodes.problem;
}

/** The folders that the configuration names, where there is a configuration. */
async function configuredRules(named: string | undefined): Promise<readonly string[]> {
  const config = configFile(named);
  return config === undefined ? [] : ownRuleFolders((await readConfig({ config, override: {} })).value);
}

function examplesIn({ format, document }: RuleDocument): number {
  if (format === 'detection/1') return detectionExamplesIn(document);
  return (document.value as { readonly examples?: readonly unknown[] }).examples?.length ?? 0;
}
