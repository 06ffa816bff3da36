import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { instant, minutes } from '../../src/base/instant.ts';
import { compileCorrelationRules, correlationSchema } from '../../src/correlate/correlate.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import { playExamples } from '../../src/flow/examples.ts';
import type { Input } from '../../src/flow/input.ts';
import type { LineSnapshot } from '../../src/flow/line-snapshot.ts';
import { resourceId } from '../../src/model/ids.ts';
import { emptyTopology } from '../../src/topology/topology.ts';
import { cityContents, cityNoon } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { shippedDocuments } from '../support/shipped-rules.ts';

const check = documentCheck(correlationSchema);

/** What a file of patterns says, and what of its examples does not hold. */
function judged(text: string) {
  const document = parseYaml('own.yaml', `format: correlation/1\n${text}`).value;
  expect(check(document)).toEqual([]);
  const { value, problems } = compileCorrelationRules([...shippedDocuments, document]);
  if (value === undefined) throw new Error('incomplete');
  return { problems, failed: playExamples({ document, rules: value, policy: defaultPolicy }) };
}

const example = (script: string, expectations: string) => `
examples:
  - name: it
    topology: { access: { olt o: { card c: [ont a, ont b] }, olt q: { card d: [ont e, ont f] } } }
    script:
${script}
    expect:
${expectations}
`;
const step = (...steps: string[]) => steps.map((one) => `      - { ${one} }`).join('\n');
const raised = (at: string, resource: string, cause: string, state: string) =>
  `by: ${at}, alarm: { resource: ${resource}, cause: ${cause}, state: ${state} }`;

const holds = (rule: string, script: string, expectations: string): void =>
  expect(judged(`patterns:\n  - ${rule}\n${example(script, expectations)}`)).toEqual({
    problems: [],
    failed: [],
  });

describe('patterns', () => {
  test('single: an alarm of its own beside each that fits, ending with it', () => {
    holds(
      '{ id: hot-core, kind: single, by: resource, on: { cause: HIGH_TEMP, kind: olt, where: "attributes.room == \'a\'" }, raise: { cause: ROOM_HOT, severity: major } }',
      step(
        'at: 1s, raise: HIGH_TEMP, on: [o], attributes: { room: a }',
        'at: 60s, clear: HIGH_TEMP, on: [o]',
      ),
      step(raised('2s', 'o', 'ROOM_HOT', 'raised'), raised('61s', 'o', 'ROOM_HOT', 'cleared')),
    );
  });

  test('suppress: hidden while all of the others are raised on the device, and let go with the first that ends', () => {
    holds(
      '{ id: hush, kind: suppress, on: { cause: CARD_FAIL }, while: [{ cause: A }, { cause: B }] }',
      step(
        ...['at: 1s, raise: A, on: [o]', 'at: 2s, raise: B, on: [o]', 'at: 3s, raise: CARD_FAIL, on: [c]'],
        'at: 5m, clear: A, on: [o]',
      ),
      step(
        'by: 4m, none: { kind: card }',
        raised('4m', 'c', 'CARD_FAIL', 'raised'),
        'by: 7m, incident: { root: c, kind: card }',
      ),
    );
  });

  test('suppress: of two conditions one alone does not hide', () => {
    holds(
      '{ id: hush, kind: suppress, on: { cause: CARD_FAIL }, while: [{ cause: A }, { cause: B }] }',
      step('at: 1s, raise: A, on: [o]', 'at: 3s, raise: CARD_FAIL, on: [c]'),
      step('by: 2m, incident: { root: c, kind: card }'),
    );
  });

  test('suppress: what comes a little before its reason is hidden by it, too', () => {
    holds(
      '{ id: hush, kind: suppress, on: { cause: CARD_FAIL }, while: [{ cause: A }], wait: 10s }',
      step(
        'at: 1s, raise: CARD_FAIL, on: [c]',
        'at: 8s, raise: A, on: [o]',
        'at: 1s, raise: CARD_FAIL, on: [d]',
      ),
      step('by: 5m, none: { root: c }', 'by: 5m, incident: { root: d, kind: card }'),
    );
  });

  test('window: what ends in time never gets on, what stays does', () => {
    holds(
      '{ id: short, kind: window, on: { cause: CARD_FAIL }, hold: 30s }',
      step(
        ...['at: 1s, raise: CARD_FAIL, on: [c]', 'at: 20s, clear: CARD_FAIL, on: [c]'],
        'at: 1s, raise: CARD_FAIL, on: [d]',
      ),
      step(
        'by: 29s, incidents: 0',
        'by: 5m, incidents: 1',
        'by: 5m, incident: { root: d }',
        'by: 5m, none: { root: c }',
      ),
    );
  });

  test('calendar: kept back in these hours, and let go when they end', () => {
    holds(
      '{ id: night, kind: calendar, on: { cause: CARD_FAIL }, hours: "11:00-12:30", days: [thu] }',
      step('at: 1s, raise: CARD_FAIL, on: [c]'),
      step('by: 29m, incidents: 0', 'by: 32m, incident: { root: c }'),
    );
    holds(
      '{ id: night, kind: calendar, on: { cause: CARD_FAIL }, hours: "11:00-12:30", days: [fri] }',
      step('at: 1s, raise: CARD_FAIL, on: [c]'),
      step('by: 2m, incident: { root: c }'),
    );
  });

  test('threshold: so many within a time on one device; it ends when too few are left', () => {
    holds(
      '{ id: guessing, kind: threshold, on: { cause: LOGIN }, atLeast: 3, within: 1m, below: 2, raise: { cause: GUESSING, severity: minor } }',
      step(
        ...[
          'at: 1s, raise: LOGIN, on: [o]',
          'at: 30s, raise: LOGIN, on: [o]',
          'at: 50s, raise: LOGIN, on: [o]',
        ],
        ...[
          'at: 1s, raise: LOGIN, on: [q]',
          'at: 50s, raise: LOGIN, on: [q]',
          'at: 100s, raise: LOGIN, on: [q]',
        ],
      ),
      step(
        raised('51s', 'o', 'GUESSING', 'raised'),
        raised('89s', 'o', 'GUESSING', 'raised'),
        raised('95s', 'o', 'GUESSING', 'cleared'),
      ),
    );
  });

  test('threshold: of alarms only those that are raised count, each once', () => {
    const rule =
      '{ id: many, kind: threshold, by: network, counts: alarms, on: { cause: LOGIN }, atLeast: 2, within: 1m, raise: { cause: GUESSING, severity: minor, on: q } }';
    holds(
      rule,
      step(
        'at: 1s, raise: LOGIN, on: [a]',
        'at: 2s, clear: LOGIN, on: [a]',
        'at: 3s, raise: LOGIN, on: [b]',
        'at: 9s, raise: LOGIN, on: [e]',
      ),
      step(raised('10s', 'q', 'GUESSING', 'raised')),
    );
    const { failed } = judged(
      `patterns:\n  - ${rule}\n${example(step('at: 1s, raise: LOGIN, on: [a]', 'at: 2s, clear: LOGIN, on: [a]', 'at: 3s, raise: LOGIN, on: [b]'), step(raised('10s', 'q', 'GUESSING', 'raised')))}`,
    );
    expect(failed).toHaveLength(1);
  });

  test('group: different alarms in any order', () => {
    holds(
      '{ id: storm, kind: group, of: [{ on: { cause: A }, atLeast: 2 }, { on: { cause: B } }], within: 1m, raise: { cause: STORM, severity: minor } }',
      step('at: 1s, raise: B, on: [o]', 'at: 2s, raise: A, on: [o]', 'at: 9s, raise: A, on: [c]'),
      step(raised('10s', 'o', 'STORM', 'raised'), raised('75s', 'o', 'STORM', 'cleared')),
    );
  });

  test('sequence and pair: only in their order, only in time; it ends with the last of them', () => {
    const pair =
      '{ id: reboot, kind: pair, first: { cause: A }, second: { cause: B }, within: 1m, raise: { cause: REBOOT, severity: minor } }';
    holds(
      pair,
      step(
        'at: 1s, raise: A, on: [o]',
        'at: 9s, raise: B, on: [o]',
        'at: 20s, clear: A, on: [o]',
        'at: 40s, clear: B, on: [o]',
      ),
      step(
        raised('10s', 'o', 'REBOOT', 'raised'),
        raised('39s', 'o', 'REBOOT', 'raised'),
        raised('41s', 'o', 'REBOOT', 'cleared'),
      ),
    );
    for (const script of [
      step('at: 1s, raise: B, on: [o]', 'at: 9s, raise: A, on: [o]'),
      step('at: 1s, raise: A, on: [o]', 'at: 62s, raise: B, on: [o]'),
      step('at: 1s, raise: A, on: [o]', 'at: 9s, raise: B, on: [q]'),
    ]) {
      const expectation = step(raised('5m', 'o', 'REBOOT', 'raised'));
      expect(judged(`patterns:\n  - ${pair}\n${example(script, expectation)}`).failed).toHaveLength(1);
    }
  });

  test('absence: what should have followed did not; it ends when it comes after all', () => {
    holds(
      '{ id: no-mains, kind: absence, after: { cause: A }, no: { cause: B }, within: 1m, raise: { cause: NO_GENERATOR, severity: major } }',
      step(
        'at: 1s, raise: A, on: [o]',
        'at: 90s, raise: B, on: [o]',
        'at: 1s, raise: A, on: [q]',
        'at: 30s, raise: B, on: [q]',
      ),
      step(raised('62s', 'o', 'NO_GENERATOR', 'raised'), raised('91s', 'o', 'NO_GENERATOR', 'cleared')),
    );
  });

  test('what a rule raises ends after the time it gives', () => {
    holds(
      '{ id: once, kind: threshold, on: { cause: LOGIN }, atLeast: 1, within: 1h, raise: { cause: SEEN, severity: warning, endAfter: 20s } }',
      step('at: 1s, raise: LOGIN, on: [o]'),
      step(raised('15s', 'o', 'SEEN', 'raised'), raised('25s', 'o', 'SEEN', 'cleared')),
    );
  });
});

describe('patterns that cannot be meant', () => {
  const codes = (text: string) =>
    judged(`patterns:\n${text}`).problems.map(({ code, severity, inRussian }) => {
      // What loads all the same is shown on a page, in the language of who reads it.
      if (severity === 'warning') expect(inRussian?.message).toMatch(/[а-я]/);
      return `${severity} ${code}`;
    });
  const hide = (id: string, more: string) => `  - { id: ${id}, kind: suppress, on: { ${more} } }\n`;

  test.each([
    [
      'a condition that does not compile',
      hide('a', 'cause: A, where: "cuase == 1"'),
      ['error rule/condition'],
    ],
    ['a condition that never holds', hide('a', 'cause: A, where: "1 > 2"'), ['warning rule/unreachable']],
    ['a rule over every alarm', hide('a', 'kind: olt'), ['warning rule/costly']],
    ['two that act alike', hide('a', 'cause: A') + hide('b', 'cause: A'), ['warning rule/overlap']],
    [
      'one that another leaves nothing',
      hide('a', 'cause: [A, B]') + hide('b', 'cause: A, kind: olt'),
      ['warning rule/unreachable'],
    ],
    ['a name twice', hide('a', 'cause: A') + hide('a', 'cause: B'), ['error rule/duplicate']],
    [
      'one that looks for what patterns raise',
      `${hide('a', 'cause: X')}  - { id: b, kind: single, on: { cause: A }, raise: { cause: X, severity: minor } }\n`,
      ['warning rule/unreachable'],
    ],
    [
      'a network without a resource to raise on',
      '  - { id: b, kind: single, by: network, on: { cause: A }, raise: { cause: X, severity: minor } }\n',
      ['error rule/raise'],
    ],
  ])('%s', (_title, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('a name with blanks, under which nothing would ever be found again', () => {
    const document = parseYaml(
      'own.yaml',
      `format: correlation/1\npatterns:\n${hide('too hot', 'cause: A')}`,
    ).value;
    expect(check(document)).toMatchObject([{ line: 3, hint: 'a name without blanks' }]);
  });

  test('an unknown kind or key is shown with those that exist', () => {
    const document = (text: string) =>
      parseYaml('own.yaml', `format: correlation/1\npatterns:\n  - ${text}\n`).value;
    expect(check(document('{ id: a, kind: treshold, on: { cause: A } }'))).toMatchObject([
      { line: 3, hint: 'did you mean "threshold"?' },
    ]);
    expect(check(document('{ id: a, kind: window, on: { cause: A }, held: 3s, hold: 3s }'))).toMatchObject([
      { line: 3, hint: 'did you mean "hold"?' },
    ]);
  });
});

describe('rules that match nearly everything', () => {
  const storm = (by: string, each = 1_200) => {
    const text = `format: correlation/1
patterns: [{ id: hush, kind: suppress, by: ${by}, on: { cause: ODD }, while: [{ cause: REASON }] }]
`;
    const { value: rules } = compileCorrelationRules([
      ...shippedDocuments,
      parseYaml('own.yaml', text).value,
    ]);
    const run = new LineRun(freshLine({ ...cityContents(), rules: () => rules! })).begin();
    run.put({ kind: 'ruleSet', rules: 'own' });
    const of = (name: string): string[] => Array.from({ length: each }, (_, i) => `${name}-${i}`);
    run.observe('raise', of('x'), { cause: 'REASON' }).observe('raise', of('x'), { cause: 'ODD' });
    run.pass(minutes(3));
    return { run, of };
  };
  const openRoots = (run: LineRun): number => {
    const open = new Map(run.changes('incident').map(({ incident }) => [incident.id, incident]));
    return [...open.values()].filter(({ state }) => state === 'open' || state === 'uncertain').length;
  };

  test.each(['network', 'resource'])(
    'let go what they hid with the last of thousands of reasons, by %s',
    (by) => {
      const { run, of } = storm(by);
      const before = openRoots(run);
      run.observe('clear', of('x').slice(1), { cause: 'REASON' }).pass(minutes(3));
      expect(openRoots(run) - before).toBe(by === 'network' ? -1_199 : 0);
      run.observe('clear', ['x-0'], { cause: 'REASON' }).pass(minutes(3));
      expect(openRoots(run)).toBe(1_200);
      expect(run.line.kpis()).toMatchObject({ failedInputs: 0, patternsCrowdedOut: 0 });
    },
  );

  test('what another topology puts beside no reason any more goes on', () => {
    const text = `format: correlation/1
patterns: [{ id: hush, kind: suppress, by: head, on: { cause: FAN_FAIL }, while: [{ cause: ODD }] }]
`;
    const { value: rules } = compileCorrelationRules([
      ...shippedDocuments,
      parseYaml('own.yaml', text).value,
    ]);
    const city = cityContents();
    const contents = {
      ...city,
      rules: () => rules!,
      topology: (name: string) => (name === 'empty' ? emptyTopology() : city.topology(name)),
    };
    const run = new LineRun(freshLine(contents)).begin();
    run.put({ kind: 'ruleSet', rules: 'own' });
    run.observe('raise', ['olt-1'], { cause: 'ODD' });
    run.observe('raise', ['olt-1/c1', 's1-1'], { cause: 'FAN_FAIL' }).pass(minutes(3));
    const fans = () => run.changes('incident').filter(({ incident }) => incident.root !== 'olt-1');
    expect(fans()).toEqual([]);
    run.put({ kind: 'topologyVersion', version: 2, topology: 'empty', subscribers: 'all' }).pass(minutes(3));
    expect([...new Set(fans().map(({ incident }) => incident.root))]).toEqual(['olt-1/c1', 's1-1']);
  });
});

test('a line that is stopped between the counts goes on where it was', () => {
  const text = `format: correlation/1
patterns:
  - { id: guessing, kind: threshold, on: { cause: LOGIN }, atLeast: 3, within: 1m, raise: { cause: GUESSING, severity: minor } }
  - { id: hush, kind: window, on: { cause: CARD_FAIL }, hold: 40s }
`;
  const { value: rules } = compileCorrelationRules([...shippedDocuments, parseYaml('own.yaml', text).value]);
  const contents = { ...cityContents(), rules: () => rules! };
  const told = (stopAt: number | undefined): string => {
    let line = freshLine(contents);
    const said: unknown[] = [];
    let sequence = 0;
    const apply = (second: number, input: Input): void => {
      if (second === stopAt) {
        const kept = JSON.parse(JSON.stringify(line.snapshot())) as LineSnapshot;
        line = freshLine(contents);
        line.restore(kept);
      }
      said.push(line.apply(++sequence, instant(cityNoon + second * 1_000), input).changes);
    };
    apply(0, { kind: 'policy', policy: 'quick' });
    apply(0, { kind: 'topologyVersion', version: 1, topology: 'city', subscribers: 'all' });
    const raise = (cause: string, of: string): Input => ({
      kind: 'observation',
      observation: { event: 'raise', cause, resource: resourceId(of), source: 'trap' },
    });
    apply(1, raise('CARD_FAIL', 'olt-1/c1'));
    for (const second of [2, 10, 20]) apply(second, raise('LOGIN', 'olt-1'));
    for (let second = 30; second <= 120; second += 10) apply(second, { kind: 'tick' });
    return canonicalJson(said);
  };
  const whole = told(undefined);
  expect(whole).toContain('"cause":"GUESSING"');
  expect(whole).toContain('"kind":"card"');
  for (const second of [10, 20, 40, 90]) expect(told(second)).toBe(whole);
});
