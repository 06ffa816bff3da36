import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/base/problem.ts';
import { documentCheck, parseYaml } from '../../../src/edge/files/yaml-document.ts';

const check = documentCheck({
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: {
    id: { type: 'string', pattern: '^[a-z]+$', description: 'lower-case letters' },
    severity: { enum: ['critical', 'major'] },
    match: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    metrics: {
      type: 'array',
      items: { type: 'object', additionalProperties: false, properties: { unit: { type: 'string' } } },
    },
  },
});

const printed = (text: string): string[] => {
  const parsed = parseYaml('rules/a.yaml', text);
  return [...parsed.problems, ...check(parsed.value)].map(formatProblem);
};

describe('a YAML document', () => {
  it('points at an unknown key and names the nearest known one', () => {
    expect(printed('id: a\nsevrity: major\n')).toEqual([
      'rules/a.yaml:2:1  error  unknown key "sevrity"\n    did you mean "severity"?',
    ]);
  });

  it('points into lists', () => {
    expect(printed('id: a\nmetrics:\n  - { unit: s }\n  - { unit: 5 }\n')).toEqual([
      'rules/a.yaml:4:13  error  "metrics.1.unit" is "5", not string',
    ]);
  });

  it('reports every problem of a file at once', () => {
    const lines = printed('id: A1\nseverity: majr\nother: 1\n');
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).toContain('did you mean "major"?');
    expect(lines.join('\n')).toContain('lower-case letters');
  });

  it('says one thing about a value that fits none of several forms', () => {
    expect(printed('id: a\nmatch: 7\n')).toHaveLength(1);
    expect(printed('id: a\nmatch: [x, 7]\n')).toEqual([
      'rules/a.yaml:2:12  error  "match.1" is "7", not string',
    ]);
  });

  it('reports a missing key at the thing that lacks it', () => {
    expect(printed('severity: major\n')).toEqual(['rules/a.yaml:1:1  error  "id" is missing']);
  });

  it('reports broken syntax with its place and gives no value', () => {
    const parsed = parseYaml('x.yaml', 'id: a\n  b: [1,\n');
    expect(parsed.value.value).toBeUndefined();
    expect(parsed.problems[0]).toMatchObject({ file: 'x.yaml', code: 'file/syntax' });
    expect(parsed.problems[0]!.line).toBeGreaterThan(0);
  });

  it('reports a key written twice', () => {
    expect(parseYaml('x.yaml', 'id: a\nid: b\n').problems).toMatchObject([{ line: 2, column: 1 }]);
  });

  it('refuses alias bombs and bottomless nesting without throwing', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]']
      .concat(['c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]', 'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]'])
      .join('\n');
    expect(parseYaml('x.yaml', bomb).problems).toHaveLength(1);
    expect(parseYaml('x.yaml', '['.repeat(200_000)).problems).toHaveLength(1);
  });

  it.each([
    ['items in items on one line', '- '.repeat(100_000)],
    ['keys in keys', '? '.repeat(100_000)],
    [
      'lines further and further in',
      Array.from({ length: 2_000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
    ],
    ['the same after tabs and remarks', `# - - -\n${'-\t'.repeat(100_000)}`],
  ])('refuses %s, which would exhaust the stack and end the process', (_, text) => {
    const { problems } = parseYaml('x.yaml', text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain('nested more than 100 deep');
  });

  it('counts no dash or colon within a word as depth, and nothing that has ended', () => {
    const list = `id: a\nmatch:\n${'  - a-b:c - - -\n'.repeat(300)}`;
    expect(parseYaml('x.yaml', list).problems).toEqual([]);
    const text = `id: >-\n  ${'- '.repeat(60)}\n`;
    expect(parseYaml('x.yaml', text).problems).toEqual([]);
  });

  it('finds keys written twice, and unknown ones, in a table of many thousand without comparing all with all', () => {
    const many = Array.from({ length: 40_000 }, (_, n) => `k${n}: 1\n`).join('');
    const { value, problems } = parseYaml('x.yaml', `${many}k39999: 2\n`);
    expect(problems).toMatchObject([{ line: 40_001, column: 1, message: 'Map keys must be unique' }]);
    expect(value.value).toMatchObject({ k39999: 2 });
    const unknown = check(value);
    expect(unknown).toHaveLength(1_000);
    expect(unknown.at(-1)).toMatchObject({ column: 1, code: 'config/unknown-key' });
  });

  it('takes a bare key "null" as the word', () => {
    expect(parseYaml('x.yaml', 'null: [1]\nunit: null\n').value.value).toEqual({ null: [1], unit: null });
  });

  it('keeps a key named __proto__ from reaching any prototype', () => {
    const { value } = parseYaml('x.yaml', '__proto__: { polluted: yes }\n');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(value.file).toBe('x.yaml');
  });
});
