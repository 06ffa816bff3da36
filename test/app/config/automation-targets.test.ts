import { expect, test } from 'vitest';
import { withTargets } from '../../../src/app/config/automation-targets.ts';
import { parseConfig } from '../../../src/app/config/config.ts';
import type { LoadedRules } from '../../../src/edge/files/rule-files.ts';
import { automationsOf } from '../../support/shipped-automations.ts';

const configured = parseConfig(
  'allclear.yaml',
  `staff: [{ id: olga, skills: [care] }]
webhooks: { pager: { url: "https://pager.example/in", secret: s } }
`,
);

function judged(text: string, isOwn = true) {
  const { value: automations, documents } = automationsOf(text);
  const value = {
    automations,
    documents: documents.map((document) => ({ format: 'automations/1', isOwn, document })),
  } as unknown as LoadedRules;
  return withTargets({ value, problems: [] }, configured.value);
}
const one = (id: string, action: string) => `automations: [{ id: ${id}, on: rated, do: [{ ${action} }] }]\n`;
const task = (skill: string) => `task: { skill: ${skill}, due: 1h, text: { en: x, ru: x } }`;

test('a webhook is one of those that the configuration names, else its automation is left out', () => {
  expect(configured.problems).toEqual([]);
  expect(judged(one('a', 'webhook: { to: pager }')).problems).toEqual([]);
  const { value, problems } = judged(one('a', 'webhook: { to: pagr }'));
  expect(problems).toMatchObject([
    { line: 2, code: 'automation/target', hint: 'did you mean "pager"?', severity: 'error' },
  ]);
  expect(value.automations.automations).toEqual([]);
});

test('a skill that nobody has is worth a warning in files of one’s own', () => {
  expect(judged(one('a', task('[lead, care]'))).problems).toEqual([]);
  expect(judged(one('a', task('lead'))).problems).toMatchObject([
    { code: 'automation/skill', severity: 'warning', message: 'nobody of the staff has the skill "lead"' },
  ]);
  expect(judged(one('a', task('lead')), false).problems).toEqual([]);
});

test.each([
  ['{ url: "http://127.0.0.1/x", secret: s }', 'config/refused'],
  ['{ url: "http://169.254.169.254/", secret: s }', 'config/refused'],
  ['{ url: "http://user:pw@pager.example/", secret: s }', 'config/not-valid'],
  ['{ url: "ftp://pager.example/", secret: s }', 'config/not-valid'],
  ['{ url: "https://pager.example/" }', 'config/missing-key'],
  ['{ url: "https://pager.example/", secret: s, retries: 3 }', 'config/unknown-key'],
])('the target %s is refused when the configuration is read', (written, code) => {
  const { value, problems } = parseConfig('allclear.yaml', `webhooks:\n  pager: ${written}\n`);
  expect(problems).toMatchObject([{ line: 2, code, severity: 'error' }]);
  if (code === 'config/not-valid' || code === 'config/missing-key') expect(value.webhooks).toEqual([]);
});
