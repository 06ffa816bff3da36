/** How a reading is shown to people: units, what is bad first, a long device counted by kind. */
import { describe, expect, test } from 'vitest';
import { quietReport, readingReport } from '../../../src/app/cli/reading-report.ts';
import { shownTime, shownValue } from '../../../src/app/cli/shown-value.ts';
import { type Verdict, verdictsOf } from '../../../src/app/cli/verdicts.ts';
import { speaker } from '../../../src/app/cli/words.ts';
import type { Profile } from '../../../src/collect/collect.ts';
import type { DeviceReading, InterfaceReading, MetricReading } from '../../../src/model/reading.ts';

test.each([
  [1_768_132_608, 'By', '1.647 GiB'],
  [512, 'MBy', '488.3 MiB'],
  [512, 'By', '512 B'],
  [2_488_000_000, 'bit/s', '2.488 Gbit/s'],
  [0, 'bit/s', '0 bit/s'],
  [602_000_000, 'Hz', '602 MHz'],
  [41.5, 'Cel', '41.5 °C'],
  [-19.25, 'dB[mW]', '-19.25 dBm'],
  [3, '{rectifier}', '3'],
  [0.333333333, '1', '0.333333'],
  [90_061, 's', '1 d 01:01'],
  [59, 's', '59 s'],
  [1_406, 'min', '23:26 h'],
])('%d %s is %s to people', (value, unit, shown) => {
  expect(shownValue(value, unit)).toBe(shown);
});

test('a time of days says the days', () => {
  expect([shownTime(445_000), shownTime(3_600)]).toEqual(['5 d 03:36', '01:00 h']);
});

const metric = (place: number, more: Partial<MetricReading> = {}): MetricReading => ({
  ...{ oid: `1.3.9.${place}`, metric: 'hw.temperature', object: `sensor/${place}` },
  ...{ unit: 'Cel', value: 30, raw: 30 },
  ...more,
});
const port = (ifIndex: number, more: Partial<InterfaceReading> = {}): InterfaceReading => ({
  ...{ ifIndex, ifName: `p${ifIndex}`, adminStatus: 'up', operStatus: 'up' },
  ...more,
});
const reading = (more: Partial<DeviceReading>): DeviceReading => ({
  ...{ format: 'device-reading/1', at: '2026-01-01T00:00:00Z', profile: 'generic' },
  ...{ device: { sysName: 'sw', sysUpTimeTicks: 44_500_000 } },
  ...{ interfaces: [], readings: [], links: [], objects: [], ...more },
});
const many = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const shown = (one: DeviceReading, options: { isWhole?: boolean; verdicts?: Map<string, Verdict> } = {}) =>
  readingReport(one, {
    ...{ say: speaker('en'), language: 'en', isWhole: options.isWhole ?? false },
    verdicts: options.verdicts ?? new Map<string, Verdict>(),
  }).split('\n');

describe('the report of a device', () => {
  test('begins with what is bad: readings by severity, ports that are down', () => {
    const lines = shown(
      reading({
        readings: [metric(1), metric(2, { value: 71, limits: { high: { major: 60 } } }), metric(3)],
        interfaces: [port(1), port(2, { operStatus: 'down' }), port(3, { adminStatus: 'down' })],
      }),
      { verdicts: new Map([['1.3.9.3', { severity: 'critical', cause: 'HIGH_TEMP' }]]) },
    );
    const of = (text: RegExp): string[] => lines.filter((line) => text.test(line));
    expect(of(/sensor\//).map((line) => line.trim().replaceAll(/\s+/g, ' '))).toEqual([
      '! sensor/3 hw.temperature 30 °C critical HIGH_TEMP',
      '! sensor/2 hw.temperature 71 °C',
      'sensor/1 hw.temperature 30 °C',
    ]);
    expect(of(/ p\d/).map((line) => /p\d/.exec(line)?.[0])).toEqual(['p2', 'p1', 'p3']);
    expect(lines.join('\n')).toMatch(/up for +5 d 03:36/);
  });

  test('of a long device fits on a screen: counts by kind, the bad ones, ports that are down with a description', () => {
    const long = reading({
      readings: [
        ...many(500).map((place) => metric(place, place === 77 ? { value: null, absent: 'no-light' } : {})),
        metric(501, { object: 'fan/1', value: 9, limits: { low: { major: 10 } } }),
      ],
      interfaces: many(300).map((index) =>
        port(index, { operStatus: index < 9 ? 'down' : 'up', ifAlias: index === 4 ? 'uplink' : '' }),
      ),
      objects: [{ kind: 'card', id: 'card/1', attributes: {} }],
    });
    const text = shown(long).join('\n');
    expect(text.split('\n').length).toBeLessThan(40);
    expect(text).toMatch(/! +fan\/1 +hw\.temperature +9 °C/);
    expect(text).toMatch(/! +fan +1 +1 +1\n +sensor +500 +500 +1/);
    expect(text).toContain('interfaces: 8 down, 292 up.');
    expect(text).toMatch(/! +4 +p4 +down +uplink/);
    expect(text).toContain('down without a description: p1, p2, p3, p5, p6, p7, p8');
    expect(text).toContain('--all prints every line');
    expect(shown(long, { isWhole: true }).length).toBeGreaterThan(800);
    expect(shown(long, { isWhole: true }).join('\n')).not.toContain('--all');
  });
});

test('what can be judged at once is judged as the profile says: states, limits, shares, and their excuses', () => {
  const rule = { polls: 3, when: undefined, unless: undefined };
  const isOnBattery = { state: 'ups.source', is: ['battery'] };
  const alarms = [
    { ...rule, kind: 'state', state: 'psu.state', is: ['failed'], severity: 'major', cause: 'PSU_FAIL' },
    {
      ...{ ...rule, kind: 'threshold', metric: 'charge', cause: 'BATTERY_LOW', hysteresis: 1 },
      ...{ below: { minor: 50, critical: 20 }, above: {}, when: isOnBattery },
    },
    {
      ...{ ...rule, kind: 'ratio', metric: 'used', of: 'size', atLeast: 1, cause: 'FULL', hysteresis: 0 },
      ...{ above: { minor: 0.8 }, below: {} },
    },
  ];
  const profile = {
    tables: [
      { columns: ['1.3.9'], states: [], alarms },
      { columns: ['1.4'], states: [], alarms: [] },
    ],
  };
  const one = reading({
    readings: [
      metric(1, { metric: 'psu.state', value: 'failed', object: 'psu/1' }),
      metric(2, { metric: 'psu.state', value: 'ok', object: 'psu/2' }),
      metric(3, { metric: 'charge', value: 15, object: 'ups/1' }),
      metric(4, { metric: 'ups.source', value: 'battery', object: 'ups/1' }),
      metric(5, { metric: 'charge', value: 15, object: 'ups/2' }),
      metric(6, { metric: 'used', value: 9, object: 'disk/1' }),
      metric(7, { metric: 'size', value: 10, object: 'disk/1' }),
      metric(8, { metric: 'used', value: null, absent: 'no-such', object: 'disk/2' }),
      { ...metric(9, { metric: 'psu.state', value: 'failed', object: 'psu/9' }), oid: '1.4.9' },
    ],
  });
  expect(Object.fromEntries(verdictsOf(one, profile as unknown as Profile))).toEqual({
    '1.3.9.1': { severity: 'major', cause: 'PSU_FAIL' },
    '1.3.9.3': { severity: 'critical', cause: 'BATTERY_LOW' },
    '1.3.9.6': { severity: 'minor', cause: 'FULL' },
  });
  expect(verdictsOf(one, undefined).size).toBe(0);
});

test('a state that is read from the cell of a number excuses it: 0 dB is no fault where nothing is heard', () => {
  const idle = {
    ...{ name: 'upstream.activity', as: 'number', other: 'heard', map: new Map([['0', 'idle']]) },
    source: { kind: 'cell', column: 0 },
  };
  const alarm = {
    ...{ kind: 'threshold', metric: 'snr', cause: 'DEGRADED', polls: 3, hysteresis: 1, when: undefined },
    ...{ below: { major: 20 }, above: {}, unless: { state: 'upstream.activity', is: ['idle'] } },
  };
  const profile = { tables: [{ columns: ['1.3.9'], states: [idle], alarms: [alarm] }] };
  const one = reading({
    readings: [
      metric(1, { metric: 'snr', value: 0, raw: 0, object: 'upstream/1' }),
      metric(2, { metric: 'snr', value: 17, raw: 170, object: 'upstream/2' }),
    ],
  });
  expect([...verdictsOf(one, profile as unknown as Profile).keys()]).toEqual(['1.3.9.2']);
});

test('the quiet report is one line, and lists what needs a look and nothing else', () => {
  const options = { say: speaker('en'), language: 'en' as const, verdicts: new Map<string, Verdict>() };
  const well = reading({ readings: [metric(1)], interfaces: [port(1), port(2, { operStatus: 'down' })] });
  expect(quietReport(well, options)).toEqual({
    text: 'sw answered: profile generic, 2 interfaces, 1 readings, 0 objects.',
    needsLook: false,
  });
  const ill = reading({
    readings: [metric(1), metric(2, { value: 71, limits: { high: { major: 60 } } })],
    interfaces: [port(1), port(2, { operStatus: 'down', ifAlias: 'to the ring' })],
  });
  const { text, needsLook } = quietReport(ill, options);
  expect(needsLook).toBe(true);
  const lines = text.split('\n');
  expect(lines.filter((line) => line.startsWith('!'))).toHaveLength(2);
  expect(lines.join('\n')).toContain('to the ring');
  expect(lines.join('\n')).not.toContain('sensor/1');
});
