/** One value, one owner: rules of the operator's own, alarms of profiles, shipped rules, in that order. */
import { describe, expect, test } from 'vitest';
import { compileDetectionRules, type JudgedTable, ownersOf } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import type { ObjectAlarm } from '../../src/model/object-alarm.ts';

const document = (lines: string) => parseYaml('rules.yaml', `format: detection/1\n${lines}`).value;
const shipped = document(`
thresholds:
  - { id: temperature, metric: hw.temperature, unit: Cel, cause: HIGH_TEMP, above: { minor: 60 } }
ratios:
  - { id: errors, of: [inErrors], per: [inUcastPkts], cause: CRC_ERRORS, above: { minor: 0.1 } }
states:
  - { id: power, kind: psu, raise: [failed], clear: [ok], cause: PSU_FAIL, severity: major }
`);
const own = document(`
thresholds:
  - { id: my-temperature, metric: hw.temperature, unit: Cel, cause: TOO_WARM, above: { major: 50 } }
ratios:
  - { id: my-errors, of: [inErrors], per: [inUcastPkts], cause: CRC_ERRORS, above: { minor: 0.2 } }
states:
  - { id: my-power, kind: psu, raise: [failed], clear: [ok], cause: POWER, severity: minor }
`);
const always = { polls: 1, when: undefined, unless: undefined };
const hot: ObjectAlarm = {
  ...{ ...always, kind: 'threshold', metric: 'hw.temperature', cause: 'HIGH_TEMP', hysteresis: 0 },
  ...{ below: { minor: -10 }, above: { minor: 70 } },
};
const failed: ObjectAlarm = {
  ...{ ...always, kind: 'state', state: 'psu.state', is: ['failed'], cause: 'PSU_FAIL', severity: 'major' },
};
const table = (alarms: readonly ObjectAlarm[], units = ['Cel']): JudgedTable => ({
  ...{ kind: 'psu', states: ['psu.state', 'psu.input'], alarms },
  measures: (metric, unit) => metric === 'hw.temperature' && (unit === undefined || units.includes(unit)),
});
const ids = (rules: readonly { readonly id: string }[]): string[] => rules.map(({ id }) => id);

describe('who judges a value', () => {
  const { value: general } = compileDetectionRules([shipped]);
  const { value: withOwn, replaced } = compileDetectionRules([shipped], [own]);

  test('without an alarm of its profile the shipped rules judge a table', () => {
    const { thresholds, states } = ownersOf(general, table([]));
    expect([ids(thresholds), ids(states)]).toEqual([['temperature'], ['power']]);
  });

  test('a profile judges its own values, on the side on which it has limits', () => {
    const both = ownersOf(general, table([hot, failed]));
    expect([both.thresholds, both.states]).toEqual([[], []]);
    expect(both.sides).toEqual([
      ['below', 'above'],
      ['below', 'above'],
    ]);
    const cold = ownersOf(general, table([{ ...hot, above: {} }]));
    expect(ids(cold.thresholds)).toEqual(['temperature']);
  });

  test('an average of all rows is the profile’s word on each of them', () => {
    const average: ObjectAlarm = { ...hot, kind: 'average' };
    expect(ownersOf(general, table([average])).thresholds).toEqual([]);
    expect(ownersOf(withOwn, table([average])).sides).toEqual([['below']]);
  });

  test('another state than the first and another cause leave a shipped rule in force', () => {
    const mains: ObjectAlarm = { ...failed, state: 'psu.input', cause: 'MAINS_FAIL' };
    expect(ids(ownersOf(general, table([mains])).states)).toEqual(['power']);
    const away: ObjectAlarm = { ...failed, is: ['notPresent'], cause: 'CARD_REMOVED' };
    expect(ids(ownersOf(general, table([away])).states)).toEqual(['power']);
  });

  test('a rule of the operator’s own judges in place of the profile, the other side stays with the profile', () => {
    const { thresholds, states, sides } = ownersOf(withOwn, table([hot, failed]));
    expect([ids(thresholds), ids(states)]).toEqual([['my-temperature'], ['my-power']]);
    expect(sides).toEqual([['below'], []]);
  });

  test('a rule of one’s own for another unit takes nothing', () => {
    const { thresholds, sides } = ownersOf(withOwn, table([hot], ['[degF]']));
    expect(thresholds).toEqual([]);
    expect(sides).toEqual([['below', 'above']]);
  });

  test('a rule of one’s own takes the place of the shipped one about the same values, and it is known which', () => {
    expect([ids(withOwn.thresholds), ids(withOwn.ratios), ids(withOwn.states)]).toEqual([
      ['my-temperature'],
      ['my-errors'],
      ['my-power'],
    ]);
    expect(replaced).toEqual([
      { rule: 'temperature', by: 'my-temperature' },
      { rule: 'errors', by: 'my-errors' },
      { rule: 'power', by: 'my-power' },
    ]);
  });
});
