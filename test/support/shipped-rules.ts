/** The correlation rules that the program is shipped with, as tests and measurements use them. */
import { readFileSync } from 'node:fs';
import { compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { RuleTable } from '../../src/correlate/rule-table.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';

/** From the project's root, where tests and measurements run. */
const file = 'rules/correlation.yaml';
export const shippedDocument = parseYaml(file, readFileSync(file, 'utf8')).value;
const { value, problems } = compileCorrelationRules([shippedDocument]);
if (value === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));

export const shippedRules = value;
export const shippedTable = new RuleTable(value);
