/** The correlation rules that the program is shipped with, as tests and measurements use them. */
import { readdirSync, readFileSync } from 'node:fs';
import { compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { RuleTable } from '../../src/correlate/rule-table.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';

/** From the project's root, where tests and measurements run. */
const texts = readdirSync('rules')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [`rules/${name}`, readFileSync(`rules/${name}`, 'utf8')] as const);

export const shippedDocuments = texts
  .filter(([, text]) => text.includes('\nformat: correlation/1\n'))
  .map(([file, text]) => parseYaml(file, text).value);
const { value, faults, problems } = compileCorrelationRules(shippedDocuments);
if (value === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));

export const shippedRules = value;
export const shippedFaults = faults;
export const shippedTable = new RuleTable(value);
