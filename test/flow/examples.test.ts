import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { correlationSchema } from '../../src/correlate/correlate.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import { playExamples } from '../../src/flow/examples.ts';
import { shippedDocuments, shippedRules } from '../support/shipped-rules.ts';

const played = (text: string) => {
  const document = parseYaml('own.yaml', text).value;
  expect(documentCheck(correlationSchema)(document)).toEqual([]);
  return playExamples({ document, rules: shippedRules, policy: defaultPolicy });
};

const branch = `format: correlation/1
examples:
  - name: a dark branch
    topology: { access: { olt o: { pon-port p: { splitter s: [ont a, ont b, ont c, ont d], splitter t: [ont e] } } } }
    script:
      - { at: 0s, raise: LOS, on: [a, b, c, d], over: 1s }
      - { at: 2s, alive: [e] }
    expect:
`;

test('every shipped example holds', () => {
  const examples = shippedDocuments.flatMap(({ value }) => (value as { examples?: object[] }).examples ?? []);
  expect(examples.length).toBeGreaterThan(10);
  const failed = shippedDocuments.flatMap((document) =>
    playExamples({ document, rules: shippedRules, policy: defaultPolicy }),
  );
  expect(failed).toEqual([]);
});

test.each([
  '- { by: 20s, incident: { kind: splitter, root: s, explains: [a, b, c, d], probability: ">=0.3" } }',
  '- { by: 1s, incidents: 0 }',
  '- { by: 20s, none: { kind: drop } }',
  '- { by: 20s, alarm: { resource: a, cause: LOS, state: raised } }',
])('%s holds for a dark branch', (expectation) => {
  expect(played(`${branch}      ${expectation}\n`)).toEqual([]);
});

test('what does not hold is shown in its place with what there is instead', () => {
  const problems = played(`${branch}      - { by: 20s, incidents: 1 }
      - { by: 20s, incident: { root: t, probability: ">0.5" } }
      - { by: 20s, incidents: 4 }
`);
  expect(problems).toMatchObject([
    { code: 'rule/example', file: 'own.yaml', line: 10, severity: 'error' },
    { code: 'rule/example', file: 'own.yaml', line: 11 },
  ]);
  expect(problems[0]!.message).toBe('"a dark branch", by 20s: no incident {"probability":">0.5","root":"t"}');
  expect(problems[0]!.hint).toContain('"kind":"splitter"');
  expect(problems[1]!.message).toContain('1 incidents, not 4');
});

test('a resource without a kind is a problem of the example', () => {
  const text = branch.replace('ont e', 'e');
  expect(played(`${text}      - { by: 20s, incidents: 1 }\n`)).toMatchObject([
    { code: 'rule/example', message: '"e" has no kind', hint: 'write it once as "ont e"' },
  ]);
});
