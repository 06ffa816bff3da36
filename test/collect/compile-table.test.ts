import { describe, expect, it } from 'vitest';
import { compiledLab, labTable } from './lab.ts';

const state = 'states: [{ col: 1, name: x.state, map: { 1: up, 2: down } }]';

describe('a mistake in a table', () => {
  it.each([
    [
      'an index of no form',
      `index: { n: ipv5 }, object: { kind: card }, ${state}`,
      'is no form of a part of an index\n    did you mean "ipv4"?',
    ],
    [
      'arithmetic with a name that is not there',
      `index: { n: integer }, let: { slot: 'm / 2' }, object: { kind: card }, ${state}`,
      '"m / 2": there is no "m" here',
    ],
    [
      'arithmetic that ends too early',
      "object: { kind: card }, metrics: [{ col: 1, name: x, unit: V, expr: '(v' }]",
      '"(v": ")" is missing',
    ],
    [
      'a pattern with a back-reference',
      "object: { kind: card }, metrics: [{ col: 1, name: x, unit: V, re: '(a)\\1' }]",
      'the pattern is wrong',
    ],
    [
      'a level in volts',
      'object: { kind: card }, metrics: [{ col: 1, name: x, unit: V, convert: mW-to-dBm }]',
      '"mW-to-dBm" makes dB[mW], not V',
    ],
    [
      'a parent from nowhere',
      `object: { kind: card, parent: 'card/{slot}' }, ${state}`,
      'no attribute, index part or let "slot"',
    ],
    ['rows of nothing', 'metrics: [{ col: 1, name: x, unit: V }]', 'says what its rows are'],
    [
      'a condition on nothing',
      `object: { kind: card }, only: { col: 1 }, ${state}`,
      'a condition needs "is", "not" or "re"',
    ],
    [
      'an alarm on what nobody reads',
      `object: { kind: card }, ${state}, alarms: [{ state: x.stat, is: [down], severity: major, cause: X }]`,
      'no table of this profile reads "x.stat"\n    did you mean "x.state"?',
    ],
    [
      'an excuse that no row of the table holds',
      `object: { kind: card }, ${state}, alarms: [{ state: x.state, is: [down], unless: { state: y.state, is: [off] }, severity: major, cause: X }]`,
      'this table does not read "y.state"',
    ],
    [
      'an average without a limit',
      `object: { kind: card }, metrics: [{ col: 1, name: x, unit: V }], alarms: [{ average: x, cause: X }]`,
      'this alarm needs "below" or "above"',
    ],
    [
      'an alarm about nothing',
      `object: { kind: card }, ${state}, alarms: [{ severity: major, cause: X }]`,
      'an alarm is about one',
    ],
  ])('such as %s is said in its place', (_what, table, message) => {
    const { profile, problems } = compiledLab(labTable(table));
    expect(profile).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^lab\.yaml:4:\d+ {2}error/);
    expect(problems[0]).toContain(message);
  });
});

describe('an alarm of a table', () => {
  const states =
    'states: [{ col: 1, name: ont.state, map: { 2: down } }, { col: 2, name: ont.cause, map: { 3: dyingGasp } }]';
  const metrics =
    "metrics: [{ col: 3, name: optical.rx, unit: 'dB[mW]' }, { col: 4, name: x.bad, unit: '{codeword}', kind: counter }, { col: 5, name: x.good, unit: '{codeword}', kind: counter }]";
  it.each([
    [
      'on a state, unless another one explains it',
      '{ state: ont.state, is: [down], cause: LOS, severity: warning, unless: { state: ont.cause, is: [dyingGasp] } }',
      {
        kind: 'state',
        state: 'ont.state',
        is: ['down'],
        severity: 'warning',
        unless: { state: 'ont.cause', is: ['dyingGasp'] },
      },
    ],
    [
      'whose severity the device tells',
      '{ state: ont.state, cause: X, severity: { state: ont.cause, map: { dyingGasp: minor } } }',
      { kind: 'state', is: undefined, severity: { state: 'ont.cause', words: { dyingGasp: 'minor' } } },
    ],
    [
      'on a level',
      '{ metric: optical.rx, below: { minor: -25, major: -27 }, hysteresis: 1, for: 3, cause: DEGRADED }',
      {
        kind: 'threshold',
        metric: 'optical.rx',
        below: { minor: -25, major: -27 },
        above: {},
        hysteresis: 1,
        polls: 3,
      },
    ],
    [
      "on the device's own limits",
      '{ metric: optical.rx, limits: true, cause: X }',
      { kind: 'limits', hysteresis: 0, polls: 1 },
    ],
    [
      'on a share of counters',
      '{ rate: x.bad, of: [x.good], least: 1000, above: { major: 0.05 }, cause: X }',
      { kind: 'share', counter: 'x.bad', of: ['x.good'], least: 1_000, above: { major: 0.05 } },
    ],
    [
      'on a share of two gauges',
      '{ share: x.bad, of: x.good, above: { minor: 0.9 }, cause: FULL }',
      { kind: 'ratio', metric: 'x.bad', of: 'x.good', atLeast: 0, above: { minor: 0.9 } },
    ],
    [
      'on how fast a value falls',
      '{ slope: optical.rx, per: 1h, over: 3h, below: { minor: -2 }, cause: X }',
      { kind: 'slope', metric: 'optical.rx', perMs: 3_600_000, overMs: 10_800_000, below: { minor: -2 } },
    ],
    [
      'on a share of the objects of one parent',
      '{ count: ont.state, is: [down], group: parent, above: { major: 0.1 }, atLeast: 3, cause: PORT_LOS }',
      { kind: 'group', state: 'ont.state', is: ['down'], above: { major: 0.1 }, atLeast: 3 },
    ],
  ])('%s is data', (_what, alarm, rule) => {
    const { profile, problems } = compiledLab(
      labTable(`object: { kind: ont }, ${states}, ${metrics}, alarms: [${alarm}]`),
    );
    expect(problems).toEqual([]);
    expect(profile?.tables[0]?.alarms[0]).toMatchObject(rule);
  });
});

it('a costly table says how often it is read, and for whom at once', () => {
  const { profile } = compiledLab(labTable(`every: 6h, onSuspicion: true, object: { kind: ont }, ${state}`));
  expect(profile?.tables[0]).toMatchObject({ everyMs: 21_600_000, onSuspicion: true });
});

it('a poll asks for what it measures and what it needs to tell where that is', () => {
  const attributes = 'attributes: { port: { col: 2, as: number }, serial: { col: 3 } }';
  const metrics = "metrics: [{ join: 1.3.6.1.4.1.99.2.5, by: '{port}', name: pon.distance, unit: m }]";
  const { profile } = compiledLab(
    labTable(`object: { kind: ont, name: [serial] }, ${attributes}, ${metrics}`),
  );
  expect(profile?.measuredTables[0]?.columns).toEqual(['1.3.6.1.4.1.99.1.2', '1.3.6.1.4.1.99.2.5']);
});
