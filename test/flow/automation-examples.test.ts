import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { compileAutomations } from '../../src/automate/automate.ts';
import { documentCheck } from '../../src/edge/files/yaml-document.ts';
import { automationFileSchema } from '../../src/flow/automation-example.ts';
import { playExamples } from '../../src/flow/examples.ts';
import { automationsOf, shippedAutomationDocuments } from '../support/shipped-automations.ts';
import { shippedRules } from '../support/shipped-rules.ts';

test('every shipped automation is sound and every example of them holds', () => {
  const shipped = shippedAutomationDocuments.filter(({ file }) => file.startsWith('automations/'));
  expect(shippedAutomationDocuments.flatMap(documentCheck(automationFileSchema))).toEqual([]);
  const { value: automations, problems } = compileAutomations(shipped, {});
  expect(problems).toEqual([]);
  expect(automations.automations.length).toBeGreaterThan(5);
  expect(compileAutomations(shippedAutomationDocuments, {}).problems).toEqual([]);
  const failed = shipped.flatMap((document) =>
    playExamples({ document, rules: shippedRules, policy: defaultPolicy, automations }),
  );
  expect(failed).toEqual([]);
});

const branch = `
    topology: { access: { olt o: { pon-port p: { splitter s: [ont a, ont b, ont c, ont d], splitter t: [ont e] } } } }
    script:
      - { at: 0s, raise: LOS, on: [a, b, c, d], over: 1s }
      - { at: 2s, alive: [e] }
`;
const played = (automations: string, rest: string) => {
  const { value, problems, documents } = automationsOf(
    `automations:\n${automations}examples:\n  - name: a dark branch${branch}${rest}`,
  );
  expect(problems).toEqual([]);
  return playExamples({
    document: documents[0]!,
    rules: shippedRules,
    policy: defaultPolicy,
    automations: value,
  });
};
const note = (id: string, on: string, more = ''): string =>
  `  - { id: ${id}, on: ${on}, ${more} do: [{ task: { skill: care, due: 1h, text: { en: '{incident} {at}', ru: x } } }] }\n`;

test('subscribers answer and rate, people acknowledge and promise in examples', () => {
  const automations = [
    note('no', 'answeredNotFixed', 'where: "noes == 1 && answer == \'notFixed\'",'),
    note('low', 'ratedLow', 'where: "score == 2 && ratingCause == \'late\'",'),
    note('call', 'answeredContactMe'),
    note('calm', 'incidentOpened', 'where: "!acknowledged", after: 1m,'),
    note('new-etr', 'etrChanged', 'where: etrSource == "operator",'),
    note('contact', 'ticketOpened', 'where: ticketKind == "subscriber" && channel == "phone",'),
  ].join('');
  const problems = played(
    automations,
    `      - { at: 20s, acknowledge: [b] }
      - { at: 6m, promise: s, in: 2h }
      - { at: 7m, contact: [e] }
      - { at: 20m, clear: LOS, on: [a, b, c, d] }
      - { at: 40m, answer: notFixed, on: [a] }
      - { at: 40m, answer: contactMe, on: [b] }
      - { at: 41m, answer: fixed, on: [c] }
      - { at: 42m, rate: 2, ratingCause: late, on: [c] }
    expect:
      - { by: 1h, act: { automation: no } }
      - { by: 1h, act: { automation: low } }
      - { by: 1h, act: { automation: call } }
      - { by: 1h, act: { automation: new-etr } }
      - { by: 1h, act: { automation: contact } }
      - { by: 1h, noAct: { automation: calm } }
      - { by: 1h, acts: 5 }
`,
  );
  expect(problems).toEqual([]);
});

test('what does not hold is shown in its place with what was done instead', () => {
  const problems = played(
    note('opened', 'incidentOpened'),
    `    expect:
      - { by: 1m, act: { automation: opened, skill: fibre } }
      - { by: 1m, acts: 2 }
      - { by: 1m, noAct: { automation: opened } }
`,
  );
  expect(problems).toMatchObject([
    { code: 'rule/example', line: 11, message: expect.stringContaining('no act') },
    { code: 'rule/example', line: 12, message: expect.stringContaining('1 acts, not 2') },
    { code: 'rule/example', line: 13, message: expect.stringContaining('an act {"automation":"opened"}') },
  ]);
  expect(problems[0]!.hint).toContain('"skill":"care"');
});
