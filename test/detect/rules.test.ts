// The shipped detection rules: they compile without a problem and do what their examples say; so is every new rule tested.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatProblem, type Problem } from '../../src/base/problem.ts';
import { checkDetectionExamples, compileDetectionRules, detectionSchema } from '../../src/detect/detect.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';

const check = documentCheck(detectionSchema);

function problemsOf(
  file: string,
  text: string,
): { readonly problems: readonly Problem[]; readonly rules: number } {
  const { value: document, problems: syntax } = parseYaml(file, text);
  const problems = syntax.length > 0 ? syntax : check(document);
  if (problems.length > 0) return { problems, rules: 0 };
  const compiled = compileDetectionRules([document]);
  const { traps, thresholds, states, ratios, syslog } = compiled.value;
  const rules = traps.size + thresholds.length + states.length + ratios.length + syslog.length;
  return { problems: [...compiled.problems, ...checkDetectionExamples([document])], rules };
}

const shipped = readdirSync('rules')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(`rules/${name}`, 'utf8') }))
  .filter(({ text }) => /^format: detection\/1$/m.test(text));

test.each(shipped)('the examples in rules/$name hold', ({ name, text }) => {
  const { problems, rules } = problemsOf(name, text);
  expect(problems.map(formatProblem)).toEqual([]);
  expect(rules).toBeGreaterThan(5);
});

test('mistakes are shown where they stand and the other rules load', () => {
  const text = `format: detection/1
thresholds:
  - { id: hot, metric: hw.temperature, cause: HIGH_TEMP, above: { minor: 70, major: 60 } }
  - { id: dark, metric: optical.rx, cause: LOS, above: { minor: 1 }, below: { minor: 2 } }
  - { id: dim, metric: optical.rx, cause: DEGRADED, below: { minor: -25, major: -27 } }
traps:
  - { id: dim, oid: 1.3.6, raise: X }
  - { id: both, oid: 1.3.6, raise: X, clear: Y }
  - { id: good, oid: 1.3.6, raise: X, examples: [{ seen: { cause: Z } }] }
`;
  const { problems, rules } = problemsOf('r.yaml', text);
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'rule/limits'],
    [4, 'rule/event'],
    [7, 'rule/duplicate'],
    [8, 'rule/event'],
    [9, 'rule/example'],
  ]);
  expect(rules).toBe(2);
});

test('an example of a line that its rule does not bear out is a problem', () => {
  const text = `format: detection/1
syslog:
  - id: down
    contains: [went down]
    raise: LINK_DOWN
    by: { name: port, behind: 'port ' }
    examples:
      - { line: 'port 7 went down', seen: { event: raise, by: r-1/port/7 } }
      - { line: 'port 7 went down', seen: { event: raise, by: r-1/port/8 } }
      - { line: 'port 7 came up', seen: { event: clear } }
      - { line: 'port 7 went down', seen: nothing }
      - { line: 'port 7 came up', seen: nothing }
`;
  const { problems } = problemsOf('r.yaml', text);
  expect(problems.map(({ line, code }) => [line, code])).toEqual(
    [9, 10, 11].map((at) => [at, 'rule/example']),
  );
});

test('a wrong key, OID or length of time is a problem of the file', () => {
  const wrong = (rule: string): string => `format: detection/1\ntraps:\n  - { id: a, ${rule} }\n`;
  for (const rule of [
    'oid: 1.3.6, rais: X',
    'oid: linkDown, raise: X',
    'oid: 1.3.6, raise: X, endsAfter: soon',
  ]) {
    expect(problemsOf('r.yaml', wrong(rule)).problems[0]).toMatchObject({ line: 3, severity: 'error' });
  }
});
