// The shipped detection rules: they compile without a problem and do what their examples say; so is every new rule tested.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { formatProblem, type Problem } from '../../src/base/problem.ts';
import {
  checkDetectionExamples,
  compileDetectionRules,
  Detection,
  detectionSchema,
} from '../../src/detect/detect.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';

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

describe('of notifications and lines the first rule that fits decides', () => {
  const read = (file: string, text: string) => parseYaml(file, text).value;
  const shippedRules = read(
    'shipped.yaml',
    `format: detection/1
traps:
  - { id: link-down, oid: 1.3.6.9.1, raise: LINK_DOWN, severity: major, clearedBy: 1.3.6.9.2 }
  - { id: fan-down, oid: 1.3.6.9.3, when: { varbind: 1.3.6.9.4, is: [2] }, raise: FAN_FAIL }
syslog:
  - { id: went-down, contains: [went down], raise: LINK_DOWN }
`,
  );
  const trap = (oid: string, state = 2) => ({
    device: { id: 'r-1', resource: resourceId('r-1') },
    address: '192.0.2.1',
    trapOid: oid,
    varbinds: [{ oid: '1.3.6.9.4', value: state }],
  });
  const line = (text: string) => ({ address: '192.0.2.1', text });

  test("the operator's own before the shipped ones, of which it is said that they gave way", () => {
    const own = read(
      'own.yaml',
      `format: detection/1
traps:
  - { id: not-here, oid: 1.3.6.9.1, ignore: true }
  - { id: my-fan, oid: 1.3.6.9.3, when: [{ varbind: 1.3.6.9.4, is: [2] }, { varbind: 1.3.6.9.5, is: [1] }], raise: MY_FAN }
syslog:
  - { id: my-line, contains: [went down, core], raise: CORE_DOWN, examples: [{ line: 'core 1 went down', seen: { cause: CORE_DOWN } }] }
`,
    );
    const { value, problems, replaced } = compileDetectionRules([shippedRules], [own]);
    expect(problems).toEqual([]);
    expect(checkDetectionExamples([shippedRules], [own])).toEqual([]);
    expect(replaced).toEqual([{ rule: 'link-down', by: 'not-here' }]);
    const detection = new Detection(value);
    const at = instant(0);
    expect(detection.trap(trap('1.3.6.9.1'), at)).toEqual([]);
    expect(detection.trap(trap('1.3.6.9.2'), at)).toMatchObject([{ event: 'clear', cause: 'LINK_DOWN' }]);
    // What its own rule asks for besides is not there: the shipped one goes on.
    expect(detection.trap(trap('1.3.6.9.3'), at)).toMatchObject([{ event: 'raise', cause: 'FAN_FAIL' }]);
    expect(detection.syslog(line('core 1 went down'), at)).toMatchObject([{ cause: 'CORE_DOWN' }]);
    expect(detection.syslog(line('port 1 went down'), at)).toMatchObject([{ cause: 'LINK_DOWN' }]);
  });

  test('one that stands behind another which takes all it could is named, for it never acts', () => {
    const own = read(
      'own.yaml',
      `format: detection/1
traps:
  - { id: any, oid: 1.3.6.9.7, raise: A, clearedBy: 1.3.6.9.8 }
  - { id: some, oid: 1.3.6.9.7, when: { varbind: 1.3.6.9.4, is: [2] }, raise: B }
  - { id: same-end, oid: 1.3.6.9.9, raise: A, clearedBy: 1.3.6.9.8 }
syslog:
  - { id: wide, contains: [down], raise: A }
  - { id: narrow, contains: [went down], clear: A }
`,
    );
    const { value, problems } = compileDetectionRules([shippedRules], [own]);
    expect(problems.map(({ code, line, severity }) => [code, line, severity])).toEqual([
      ['rule/unreachable', 4, 'warning'],
      ['rule/unreachable', 8, 'warning'],
    ]);
    expect(value.traps.get('1.3.6.9.7')).toHaveLength(1);
  });
});
