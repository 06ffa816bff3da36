import { describe, expect, test } from 'vitest';
import { compileCorrelationRules, correlationSchema } from '../../src/correlate/correlate.ts';
import { RuleTable } from '../../src/correlate/rule-table.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import { shippedDocuments, shippedFaults, shippedRules, shippedTable } from '../support/shipped-rules.ts';
import { CityRun } from './city-run.ts';

const check = documentCheck(correlationSchema);
const own = (text: string) => parseYaml('own.yaml', `format: correlation/1\n${text}`).value;
const withOwn = (text: string) => compileCorrelationRules([...shippedDocuments, own(text)]);
const tableOf = (text: string) => new RuleTable(withOwn(text).value!);

describe('what a file of correlation rules says', () => {
  test.each([
    ['symptoms: { LOS: loss }', 2, 18, 'did you mean "los"?'],
    ['symptom: { LOS: los }', 2, 1, 'did you mean "symptoms"?'],
    ['shows: { signal: { los: 1.5 } }', 2, 25, 'a share above 0 and up to 1, such as 0.93'],
    ['shows: { signal: { gasps: 0.5 } }', 2, 20, 'did you mean "gasp"?'],
    ['resources: { olt: { priors: 0.1 } }', 2, 21, 'did you mean "prior"?'],
    ['timing: { quiet: 8 }', 2, 18, 'did you mean "8s"?'],
  ])('%s is shown in its place', (text, line, column, hint) => {
    expect(check(own(text))).toMatchObject([{ file: 'own.yaml', line, column, hint }]);
  });

  test('the shipped file has no mistakes', () => {
    expect(shippedDocuments.flatMap(check)).toEqual([]);
  });

  test.each(['lookEvery: 0ms', 'growEvery: 9ms', 'quiet: 999999d', 'reopenWithin: 31d'])(
    '%s would leave the line no rest, or never end',
    (text) => {
      expect(withOwn(`timing: { ${text} }`).problems).toMatchObject([
        { code: 'rule/limits', severity: 'error', line: 2 },
      ]);
    },
  );

  test('a file alone names what it leaves open', () => {
    const { value, problems } = compileCorrelationRules([own('timing: { quiet: 5s }')]);
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'rule/incomplete', file: 'own.yaml' }]);
    expect(problems[0]?.message).toContain('shows.signal.los');
  });

  test('a share counts by its logarithm, in thousandths of a nat', () => {
    expect(shippedTable.likelihood('signal', 'los')).toBe(-70);
    expect(shippedTable.prior('splitter')).toBe(-9_400);
    expect(shippedTable.prior('kiosk')).toBe(shippedTable.prior('*'));
  });

  test("an entry of one's own replaces the shipped one of its name and leaves the others", () => {
    const table = tableOf(
      'symptoms: { RX_LOST: los }\nresources: { olt: { prior: 0.5 }, kiosk: { fault: link } }',
    );
    expect(table.symptomOf('RX_LOST')).toBe('los');
    expect(table.symptomOf('DYING_GASP')).toBe('gasp');
    expect(table.prior('olt')).toBe(-693);
    expect(table.speaksForItself('olt')).toBe(true);
    expect(table.faultKind('kiosk', 'down')).toBe('link');
  });
});

describe('many rules', () => {
  const hiding = (count: number, more: string) =>
    Array.from({ length: count }, (_, i) => `  - { id: r${i}, kind: suppress, on: { cause: C${i} } }`)
      .concat(more)
      .join('\n');

  test('of five thousand each is compared with what may be like it, not with all', () => {
    const { value, problems } = withOwn(
      `patterns:\n${hiding(5_000, '  - { id: s, kind: suppress, on: { cause: C4999 } }')}`,
    );
    expect(value?.patterns).toHaveLength(5_001);
    expect(problems).toMatchObject([{ code: 'rule/overlap', line: 5_003 }]);
  });

  test('a rule with several causes is hidden by one that hides all of them', () => {
    const text = hiding(2, '  - { id: wide, kind: suppress, on: { cause: [A, C1, B] } }');
    expect(withOwn(`patterns:\n${text}`).problems).toMatchObject([{ code: 'rule/unreachable', line: 4 }]);
  });
});

describe('rules that change while the line runs', () => {
  const branch = ['1', '2', '3', '4', '5', '6', '7', '8'].map((place) => `ont-1-1-1-${place}`);
  const withCause = () => {
    const city = new CityRun();
    city.correlation.setRules(withOwn('symptoms: { RX_LOST: los }').value!);
    return city;
  };

  test('a cause nobody knew explains a branch once the rules say what it is', () => {
    expect(
      new CityRun()
        .raise(0, 'RX_LOST', branch)
        .to(30)
        .correlation.open()
        .filter(({ kind }) => kind === 'splitter'),
    ).toEqual([]);
    expect(withCause().raise(0, 'RX_LOST', branch).to(30).correlation.open()).toMatchObject([
      { kind: 'splitter', root: 's1-1-1' },
    ]);
  });

  test('what waits goes on to wait, and is decided by the new rules', () => {
    const city = new CityRun().raise(0, 'LOS', branch).to(0.8);
    city.correlation.setRules({
      ...shippedRules,
      timing: withOwn('timing: { quiet: 20s, earlyAfter: 20s }').value!.timing,
    });
    expect(city.to(19).correlation.open()).toEqual([]);
    expect(city.to(25).correlation.open()).toMatchObject([{ kind: 'splitter', root: 's1-1-1' }]);
  });
});

describe('kinds of faults', () => {
  test('every kind the engine may name has a title in both languages', () => {
    const engine = [
      'config',
      'unexplained',
      'flapping',
      'duct',
      'riser',
      'link',
      'collector',
      'node-down',
      'drop',
      'site-power',
    ];
    expect(engine.filter((kind) => !Object.hasOwn(shippedFaults, kind))).toEqual([]);
  });

  test('a kind without a title is shown where it is named', () => {
    const { problems } = withOwn('resources: { kiosk: { fault: node-dwn } }');
    expect(problems).toMatchObject([
      {
        code: 'rule/unknown-fault',
        file: 'own.yaml',
        line: 2,
        column: 30,
        hint: 'did you mean "node-down"?',
      },
    ]);
  });

  test("a relation of one's own takes the place of the shipped one of its name", () => {
    const table = tableOf(
      'follows: [{ id: fan-heat, cause: FAN_FAIL, effect: HIGH_TEMP, on: same, within: 5m }]',
    );
    expect(table.causesOf('HIGH_TEMP')).toEqual([
      { id: 'fan-heat', cause: 'FAN_FAIL', effect: 'HIGH_TEMP', on: 'same', withinMs: 300_000, share: 0.5 },
    ]);
  });
});
