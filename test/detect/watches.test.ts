/** Alarms that profiles declare, poll by poll: each kind of rule, and what the alarm is about. */
import { describe, expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { ObjectAlarm } from '../../src/model/object-alarm.ts';
import { SeenMaker, type SeenObject, type SeenParts } from '../support/device-seen.ts';

const rules = compileDetectionRules([parseYaml('r.yaml', 'format: detection/1\n').value]).value;
const device = { id: 'olt-1', resource: resourceId('olt-1') };
const always = { polls: 1, when: undefined, unless: undefined };
const minuteMs = 60_000;

type Table = NonNullable<SeenParts['tables']>[number];

/** Polls once a minute; what each poll says, as `event resource cause severity`. */
function watched(table: Omit<Table, 'objects'>, ...others: readonly Table[]) {
  const [detection, maker] = [new Detection(rules), new SeenMaker()];
  let minute = 0;
  return (...objects: readonly SeenObject[]): string[] => {
    const seen = maker.seen({ upTime: 6_000 * ++minute, tables: [...others, { ...table, objects }] });
    const at = instant(1_700_000_000_000 + minute * minuteMs);
    return detection
      .polled(device, seen, at)
      .map(({ event, resource, cause, severity }) =>
        [event, resource, cause, severity ?? ''].join(' ').trim(),
      );
  };
}

const level = (value: number): SeenObject => ({ id: 'ont/7', values: { 'optical.rx': [value, 'dB[mW]'] } });
const state = (id: string, word: string, parent?: string): SeenObject => ({
  id,
  parent,
  states: { 'ont.state': word },
});
const ont = { table: 'ont', kind: 'ont' };
const lost: ObjectAlarm = {
  ...always,
  kind: 'state',
  state: 'ont.state',
  is: ['down'],
  severity: 'warning',
  cause: 'LOS',
};

describe('alarms of a profile', () => {
  test('a state raises at once or after as many polls as it takes, and ends with another word', () => {
    const poll = watched({ ...ont, alarms: [{ ...lost, polls: 2 }] });
    expect(poll(state('ont/7', 'down'))).toEqual([]);
    expect(poll(state('ont/7', 'down'))).toEqual(['raise olt-1/ont/7 LOS warning']);
    expect(poll(state('ont/7', 'down'))).toEqual([]);
    expect(poll(state('ont/7', 'up')).join()).toMatch(/^(clear olt-1\/ont\/7 LOS)?$/);
    expect(poll(state('ont/7', 'up')).length).toBeLessThanOrEqual(1);
  });

  test('another state of the same object excuses it', () => {
    const excuse = { state: 'cause', is: ['dyingGasp'] };
    const poll = watched({ ...ont, alarms: [{ ...lost, unless: excuse }] });
    const gasp: SeenObject = { id: 'ont/7', states: { 'ont.state': 'down', cause: 'dyingGasp' } };
    expect(poll(gasp)).toEqual([]);
    expect(poll({ id: 'ont/7', states: { 'ont.state': 'down', cause: 'los' } })).toHaveLength(1);
    expect(poll(gasp)).toEqual(['clear olt-1/ont/7 LOS']);
  });

  test('a level rises in severity with its limits and ends beyond the hysteresis', () => {
    const below = { minor: -25, major: -27 };
    const poll = watched({
      ...ont,
      alarms: [
        {
          ...always,
          kind: 'threshold',
          metric: 'optical.rx',
          below,
          above: {},
          hysteresis: 1,
          cause: 'DEGRADED',
        },
      ],
    });
    expect(poll(level(-20))).toEqual([]);
    expect(poll(level(-25.5))).toEqual(['raise olt-1/ont/7 DEGRADED minor']);
    expect(poll(level(-28))).toEqual(['raise olt-1/ont/7 DEGRADED major']);
    expect(poll(level(-24.5))).toEqual(['raise olt-1/ont/7 DEGRADED minor']);
    expect(poll(level(-23.9))).toEqual(['clear olt-1/ont/7 DEGRADED']);
    expect(poll(level(Number.NaN))).toEqual([]);
  });

  test('the limits that the device sends hold before any of ours', () => {
    const limits = [{ side: 'above' as const, limits: [{ severity: 'major' as const, at: 80 }] }];
    const hot = (value: number): SeenObject => ({
      id: 'card/1',
      values: { 'hw.temperature': [value, 'Cel'] },
      limits,
    });
    const poll = watched({
      ...{ table: 'card', kind: 'card' },
      alarms: [{ ...always, kind: 'limits', metric: 'hw.temperature', hysteresis: 3, cause: 'HIGH_TEMP' }],
    });
    expect(poll(hot(79))).toEqual([]);
    expect(poll(hot(81))).toEqual(['raise olt-1/card/1 HIGH_TEMP major']);
    expect(poll(hot(78))).toEqual([]);
    expect(poll(hot(76))).toEqual(['clear olt-1/card/1 HIGH_TEMP']);
  });

  test('the cores of a machine are one alarm of the device by their average, which names the worst of them', () => {
    const [detection, maker] = [new Detection(rules), new SeenMaker()];
    const busy: ObjectAlarm = {
      ...{ ...always, kind: 'average', metric: 'system.cpu.utilization', cause: 'CPU_HIGH', hysteresis: 5 },
      ...{ below: {}, above: { minor: 90 } },
    };
    const poll = (minute: number, ...loads: readonly number[]) => {
      const objects = loads.map((load, i) => ({
        id: `processor/${i + 1}`,
        values: { 'system.cpu.utilization': [load, '%'] as const },
      }));
      const table = { table: 'cores', kind: 'processor', objects, alarms: [busy] };
      const seen = maker.seen({ upTime: 6_000 * minute, tables: [table] });
      return detection.polled(device, seen, instant(1_700_000_000_000 + minute * minuteMs));
    };
    expect(poll(1, 100, 100, 10, 20)).toEqual([]);
    expect(poll(2, 90, 99, 95, 91)).toEqual([
      {
        ...{ event: 'raise', resource: 'olt-1', by: 'olt-1/processor', cause: 'CPU_HIGH', severity: 'minor' },
        ...{ source: 'poll', device: 'olt-1' },
        attributes: {
          ...{ value: '93.75', object: 'processor', averageOf: '4' },
          ...{ worst: 'processor/2', worstValue: '99' },
        },
      },
    ]);
    expect(poll(3, 100, 90, 84, 90)).toEqual([]);
    expect(poll(4, Number.NaN, Number.NaN, Number.NaN, Number.NaN)).toEqual([]);
    expect(poll(5, 60, 20, 30, 10)).toMatchObject([
      { event: 'clear', resource: 'olt-1', by: 'olt-1/processor' },
    ]);
  });

  test('an input that was never good is not in use, and one that was is missed, also by a process that was started again', () => {
    const [detection, maker] = [new Detection(rules), new SeenMaker()];
    const off = { state: 'input.admin', is: ['off'] };
    const lostInput: ObjectAlarm = {
      ...{ ...always, kind: 'state', state: 'input.lock', is: ['unlocked'], cause: 'LOS', severity: 'major' },
      ...{ wasGood: true, unless: off },
    };
    const poll = (from: Detection, minute: number, ...words: readonly string[]) => {
      const objects = words.map((word, i) => ({
        id: `input/${i + 1}`,
        states: {
          'input.lock': word.replace('off ', ''),
          'input.admin': word.startsWith('off') ? 'off' : 'on',
        },
      }));
      const tables = [{ table: 'inputs', kind: 'input', objects, alarms: [lostInput] }];
      return from
        .polled(device, maker.seen({ upTime: 6_000 * minute, tables }), instant(minute * minuteMs))
        .map(({ event, resource }) => `${event} ${resource}`);
    };
    expect(poll(detection, 1, 'locked', 'unlocked', 'off unlocked')).toEqual([]);
    expect(poll(detection, 2, 'locked', 'unlocked', 'unlocked')).toEqual([]);
    const later = new Detection(rules);
    later.restore(structuredClone(detection.snapshot()));
    expect(poll(later, 3, 'unlocked', 'unlocked', 'unlocked')).toEqual(['raise olt-1/input/1']);
    expect(poll(later, 4, 'locked', 'locked', 'unlocked')).toEqual(['clear olt-1/input/1']);
    expect(poll(later, 5, 'locked', 'unlocked', 'unlocked')).toEqual(['raise olt-1/input/2']);
  });

  test('a share of counters needs enough of them and no restart', () => {
    const words = (bad: number, good: number): SeenObject => ({
      id: 'upstream/3',
      values: { bad: [bad, '{codeword}'], good: [good, '{codeword}'] },
    });
    const above = { minor: 0.01, major: 0.05 };
    const poll = watched({
      ...{ table: 'upstream', kind: 'upstream' },
      alarms: [
        { ...always, kind: 'share', counter: 'bad', of: ['good'], least: 1_000, above, cause: 'DEGRADED' },
      ],
    });
    expect(poll(words(5_000, 10_000))).toEqual([]);
    expect(poll(words(5_010, 10_100))).toEqual([]);
    expect(poll(words(5_210, 20_100))).toEqual(['raise olt-1/upstream/3 DEGRADED minor']);
    expect(poll(words(3, 5))).toEqual([]);
    expect(poll(words(3, 20_005))).toEqual(['clear olt-1/upstream/3 DEGRADED']);
  });

  test('a level that falls is told from one that is low', () => {
    const pressure = (value: number): SeenObject => ({
      id: 'input/1',
      values: { 'hw.pressure': [value, 'kPa'] },
    });
    const slope = { perMs: 60 * minuteMs, overMs: 20 * minuteMs, below: { minor: -2 }, above: {} };
    const poll = watched({
      ...{ table: 'input', kind: 'input' },
      alarms: [{ ...always, kind: 'slope', metric: 'hw.pressure', ...slope, cause: 'CABLE_PRESSURE' }],
    });
    const falling = Array.from({ length: 15 }, (_, minute) => poll(pressure(60 - minute * 0.05)));
    expect(falling.flat()).toEqual(['raise olt-1/input/1 CABLE_PRESSURE minor']);
    const steady = Array.from({ length: 40 }, () => poll(pressure(59.3)));
    expect(steady.flat()).toEqual(['clear olt-1/input/1 CABLE_PRESSURE']);
  });

  test('a share of a group speaks of what the objects hang on', () => {
    const group: ObjectAlarm = {
      ...{ ...always, kind: 'group', state: 'ont.state', is: ['down'] },
      ...{ above: { major: 0.5 }, atLeast: 3, cause: 'PORT_LOS' },
    };
    const poll = watched({ ...ont, alarms: [group] });
    const port = (down: number): SeenObject[] =>
      Array.from({ length: 6 }, (_, i) => state(`ont/5.${i}`, i < down ? 'down' : 'up', 'pon-port/5'));
    expect(poll(...port(0))).toEqual([]);
    expect(poll(...port(2))).toEqual([]);
    expect(poll(...port(4))).toEqual(['raise olt-1/pon-port/5 PORT_LOS major']);
    expect(poll(...port(1))).toEqual(['clear olt-1/pon-port/5 PORT_LOS']);
  });

  test('an object numbered as an interface is that interface to everybody', () => {
    const ports: Table = {
      ...{ table: 'pon', kind: 'pon-port', isByPort: true },
      objects: [{ id: 'pon-port/5', states: { 'pon.state': 'up' } }],
      alarms: [{ ...lost, state: 'pon.state', cause: 'PORT_LOS' }],
    };
    const group: ObjectAlarm = {
      ...{ ...always, kind: 'group', state: 'ont.state', is: ['down'] },
      ...{ above: { major: 0.5 }, atLeast: 1, cause: 'PORT_LOS' },
    };
    const poll = watched({ ...ont, isByPort: true, alarms: [lost, group] }, ports);
    expect(poll(state('ont/2001', 'up', 'pon-port/5'))).toEqual([]);
    expect(poll(state('ont/2001', 'down', 'pon-port/5'))).toEqual([
      'raise olt-1/if/2001 LOS warning',
      'raise olt-1/if/5 PORT_LOS major',
    ]);
  });

  test('a table that failed says nothing about its objects', () => {
    const [detection, maker] = [new Detection(rules), new SeenMaker()];
    const at = instant(1_700_000_000_000);
    const down = { ...ont, alarms: [lost], objects: [state('ont/7', 'down')] };
    expect(detection.polled(device, maker.seen({ upTime: 1, tables: [down] }), at)).toHaveLength(1);
    for (let n = 2; n < 30; n++) {
      const nothing = maker.seen({ upTime: n * 6_000, tables: [] });
      expect(detection.polled(device, nothing, instant(at + n * minuteMs))).toEqual([]);
    }
  });

  test('what a profile says of its device counts in place of the rule for all devices, and one thing is one alarm', () => {
    const document = `
format: detection/1
thresholds:
  - { id: processor, metric: system.cpu.utilization, unit: '%', cause: CPU_HIGH, above: { major: 80 }, examples: [{ values: [90], seen: [major] }] }
states:
  - { id: fan, kind: fan, raise: [failed], clear: [ok], cause: FAN_FAIL, severity: major }
`;
    const { value: forAll, problems } = compileDetectionRules([parseYaml('r.yaml', document).value]);
    expect(problems).toEqual([]);
    const busy: SeenObject = { id: 'processor/1', values: { 'system.cpu.utilization': [99, '%'] } };
    const processor: ObjectAlarm = {
      ...always,
      kind: 'threshold',
      metric: 'system.cpu.utilization',
      below: {},
      above: { minor: 95 },
      hysteresis: 5,
      cause: 'CPU_HIGH',
    };
    const still: SeenObject = { id: 'fan/1', states: { 'fan.state': 'failed' } };
    const fan: ObjectAlarm = { ...lost, state: 'fan.state', is: ['failed'], cause: 'FAN_FAIL' };
    const seenBy = (alarms: (alarm: ObjectAlarm) => readonly ObjectAlarm[]): string[] =>
      new Detection(forAll)
        .polled(
          device,
          new SeenMaker().seen({
            upTime: 6_000,
            tables: [
              { table: 'processor', kind: 'processor', objects: [busy], alarms: alarms(processor) },
              { table: 'fan', kind: 'fan', objects: [still], alarms: alarms(fan) },
            ],
          }),
          instant(1_700_000_000_000),
        )
        .map(({ resource, cause, severity }) => `${resource} ${cause} ${severity}`);
    expect(seenBy((alarm) => [alarm])).toEqual([
      'olt-1/processor/1 CPU_HIGH minor',
      'olt-1/fan/1 FAN_FAIL warning',
    ]);
    expect(seenBy(() => [])).toEqual(['olt-1 CPU_HIGH major', 'olt-1 FAN_FAIL major']);
    const other = (alarm: ObjectAlarm): readonly ObjectAlarm[] => [{ ...alarm, cause: 'OVERLOAD' }];
    expect(seenBy(other)).toHaveLength(2);
    const elsewhere = (alarm: ObjectAlarm): readonly ObjectAlarm[] =>
      alarm.kind === 'threshold' ? [{ ...alarm, below: { minor: 1 }, above: {} }] : [];
    expect(seenBy(elsewhere)).toEqual(['olt-1 CPU_HIGH major', 'olt-1 FAN_FAIL major']);
  });
});
