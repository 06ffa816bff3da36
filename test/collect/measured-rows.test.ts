/** The short cut from cells to numbers says what the long way says, whatever an agent sends. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowsOfCells } from '../../src/collect/cell-rows.ts';
import {
  isOfPorts,
  MeasuredPorts,
  type MeasuredRows,
  measuredRows,
  PortColumns,
  portProgram,
  type SampleName,
  type TableCells,
} from '../../src/collect/collect.ts';
import { readingOfRows } from '../../src/collect/read-device.ts';
import type { DeviceReading } from '../../src/model/reading.ts';
import { PaperDevice, profileOf } from '../support/polled-device.ts';
import { samplesOf } from '../support/samples-of.ts';

const T = '1.3.6.1.4.1.99999.7.1';
const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';

const tables = profileOf(`
id: test/tables
tables:
  plain:
    oid: ${T}
    object: { kind: sensor }
    null: [2147483647, -1]
    states:
      - { col: 1, name: hw.status, map: { 1: ok, 2: failed, 3: null, '*': strange } }
      - { col: 2, name: other.state, map: { 1: a, 2: b } }
    metrics:
      - { col: 3, name: hw.temperature, unit: Cel, scale: 0.1 }
      - { col: 4, name: optical.rx, unit: 'dB[mW]', scale: 0.01, offset: -10 }
      - { col: 5, name: optical.tx, unit: 'dB[mW]', scale: 0.1, convert: uW-to-dBm }
      - { col: 6, name: test.thing, unit: V, scale: 3, range: [-500, 500] }
      - { col: 7, name: system.cpu.utilization, unit: '%' }
      - { col: 8, name: test.count, unit: '{thing}', kind: counter }
      - { col: 9, name: test.expression, unit: '1', expr: '(v - 10000) / 100' }
      - { col: 10, name: test.product, unit: By, times: 11 }
  chosen:
    oid: 1.3.6.1.4.1.99999.8.1
    object: { kind: fan }
    only: { col: 1, is: [1, 2] }
    states: [{ col: 1, name: fan.state, map: { 1: ok, 2: failed } }]
    metrics: [{ col: 2, name: hw.fan_speed, unit: '{rev}/min', null: [0] }]
`);

const small = fc.oneof(
  fc.integer({ min: -3, max: 5 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(2_147_483_647, -1, 0),
);
const unsigned = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const wide = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 9n));
const cell = fc.oneof(
  small.map((value) => ['integer', value] as const),
  unsigned.map((value) => ['gauge32', value] as const),
  unsigned.map((value) => ['counter32', value] as const),
  wide.map((value) => ['counter64', value] as const),
);
const cellsBelow = (base: string, columns: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: columns }), fc.integer({ min: 1, max: 4 }), cell), {
      maxLength: 40,
    })
    .map((list) => list.map(([column, row, value]) => [`${base}.${column}.${row}`, value] as const));

function filled(device: PaperDevice, groups: readonly number[]): readonly TableCells[] {
  void device.readAll(true);
  const plan = device.plan()!;
  for (const group of groups) device.fillNow(group);
  return plan.cells;
}

const numberOf = (value: number | string | null | undefined): number =>
  value === null || value === undefined ? Number.NaN : Number(value);

/** What `store` hands over, by resource and metric. */
function storedBy(
  names: (place: number) => SampleName | undefined,
  places: number,
  store: MeasuredRows['store'],
): Map<string, number | bigint> {
  const stored = new Map<string, number | bigint>();
  const all = Array.from({ length: places }, (_, place) => names(place));
  const put = (series: number, value: number | bigint): void => {
    const name = all[series];
    if (name !== undefined) stored.set(`${name.object} ${name.metric}`, value);
  };
  store(
    Uint32Array.from(all, (name, place) => (name === undefined ? 0xffff_ffff : place)),
    {
      value: put,
      counter: (series, hi, lo) => put(series, (BigInt(hi) << 32n) | BigInt(lo)),
    },
  );
  return stored;
}

/** The same of a full reading. */
function samplesBy(reading: Pick<DeviceReading, 'interfaces' | 'readings'>): Map<string, number | bigint> {
  const whole: DeviceReading = {
    format: 'device-reading/1',
    at: '',
    profile: '',
    device: {},
    links: [],
    objects: [],
    ...reading,
  };
  const list = samplesOf('d', whole).map(
    ({ resource, metric, value, exact }) => [`${resource.slice(2)} ${metric}`, exact ?? value] as const,
  );
  // A state without a word is none, a speed of nothing is unknown: neither is kept.
  const isKept = ([name, value]: readonly [string, number | bigint]): boolean =>
    !name.endsWith('state') && !name.endsWith('.status') && (!name.endsWith('if.speed') || value > 0);
  return new Map(list.filter(isKept));
}

/** A whole number is the same one in either form. */
const sorted = (map: Map<string, number | bigint>): unknown[] =>
  [...map]
    .map(([name, value]) => [name, Number.isInteger(value) ? BigInt(value) : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

test('a table that holds more than any device has is named as cut', () => {
  const device = new PaperDevice('d', tables);
  for (let row = 1; row <= 5; row++)
    for (let column = 1; column <= 11; column++) device.set(`${T}.${column}.${row}`, 'integer', 1);
  const cells = filled(device, [0, 1]);
  const part = device.plan()!.groups[0]!.parts[0]!;
  const rows = rowsOfCells(part, cells[0]!);
  expect(readingOfRows(rows, undefined).cut).toEqual([]);
  const { cut, readings } = readingOfRows(rows, undefined, 3);
  expect([cut, readings.length]).toEqual([[part.table.name], 3]);
});

test('values, states and samples of tables are those of a full reading', () => {
  const made = fc.tuple(cellsBelow(T, 11), cellsBelow('1.3.6.1.4.1.99999.8.1', 2));
  fc.assert(
    fc.property(made, (lists) => {
      const device = new PaperDevice('d', tables);
      for (const [oid, [tag, value]] of lists.flat()) device.set(oid, tag, value);
      const cells = filled(device, [0, 1]);
      for (const [group, { parts }] of device.plan()!.groups.entries()) {
        const part = parts[0]!;
        const long = readingOfRows(rowsOfCells(part, cells[group]!), undefined);
        const rows = measuredRows(part, cells[group]!, undefined);
        rows.evaluate();
        const said = new Map(long.readings.map((one) => [`${one.object} ${one.metric}`, one.value]));
        const seen = new Map<string, number>();
        for (let place = 0; place < rows.values.length; place++) {
          const name = rows.sampleName(place);
          if (name !== undefined) seen.set(`${name.object} ${name.metric}`, rows.values[place]!);
        }
        for (const [name, value] of seen) expect([name, value]).toEqual([name, numberOf(said.get(name))]);
        const objects = rows.objects(new Map());
        for (const [row, { id }] of objects.entries()) {
          for (const [i, state] of rows.table.states.entries()) {
            const word = rows.words[rows.states[row * rows.table.states.length + i]!];
            if (word !== undefined) expect(word).toBe(said.get(`${id} ${state.name}`));
          }
        }
        const stored = storedBy(
          (place) => rows.sampleName(place),
          rows.values.length,
          (series, sink) => rows.store(series, sink),
        );
        expect(sorted(stored)).toEqual(sorted(samplesBy({ interfaces: [], readings: long.readings })));
      }
    }),
    { numRuns: 300 },
  );
});

const ports = profileOf(`
id: test/ports
tables:
  ifTable:
    oid: ${IF}
    object: { kind: interface }
    states:
      - { col: 1, name: adminStatus, map: { 1: up, 2: down, 3: testing } }
      - { col: 2, name: operStatus, map: { 1: up, 2: down, 3: testing, 4: unknown, 5: dormant } }
    metrics:
      - { col: 3, name: speedBps, unit: bit/s, null: [4294967295] }
      - { col: 4, name: inOctets, unit: By, kind: counter }
      - { col: 5, name: inErrors, unit: '{packet}', kind: counter }
  ifXTable:
    oid: ${IFX}
    object: { kind: interface }
    metrics:
      - { col: 1, name: speedBps, unit: bit/s, scale: 1000000, null: [0], replaces: true }
      - { col: 2, name: inOctets, unit: By, kind: counter, replaces: true }
`);

test('samples of interfaces are those of a full reading', () => {
  const made = fc.tuple(cellsBelow(IF, 5), cellsBelow(IFX, 2));
  fc.assert(
    fc.property(made, (lists) => {
      const device = new PaperDevice('d', ports);
      for (const [oid, [tag, value]] of lists.flat()) device.set(oid, tag, value);
      const cells = filled(device, [0])[0]!;
      const group = device.plan()!.groups[0]!;
      expect(group.parts.every(({ table }) => isOfPorts(table))).toBe(true);
      const measured = new MeasuredPorts(cells, new PortColumns(portProgram(group)));
      measured.evaluate();
      measured.columns.share.fill(Number.NaN);
      const stored = storedBy(
        (place) => (measured.isSeen(place) ? measured.sampleName(place) : undefined),
        measured.count * measured.width,
        (series, sink) => measured.store(series, sink),
      );
      const long = readingOfRows(
        group.parts.flatMap((part) => rowsOfCells(part, cells)),
        undefined,
      );
      expect(sorted(stored)).toEqual(sorted(samplesBy({ interfaces: long.interfaces, readings: [] })));
    }),
    { numRuns: 300 },
  );
});
