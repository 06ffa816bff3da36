import { describe, expect, it } from 'vitest';
import type { CellSource, Sensor, Source } from '../../src/collect/profile.ts';
import { sensorReading } from '../../src/collect/sensors.ts';
import type { VarbindValue } from '../../src/collect/session.ts';
import { integer } from './device-of-rows.ts';

const at = (column: number): CellSource => ({ kind: 'cell', column, key: undefined });
const sensor: Sensor = {
  ...{ type: at(0), scale: at(1), precision: at(2), value: at(3), status: at(4) },
  sentinels: [-32_768],
  nullWhen: [],
  isZeroDark: false,
  hasOpticalWatts: true,
};
const rowOf = (cells: readonly (VarbindValue | undefined)[]) => ({
  cell: (source: Source | undefined) => (source?.kind === 'cell' ? cells[source.column] : undefined),
  holds: () => false,
});
const units = 9;
const milli = 8;
const micro = 7;

function read(row: {
  type: number;
  scale?: number;
  precision?: number;
  value: number;
  status?: number;
  name?: string;
}) {
  const cells: (VarbindValue | undefined)[] = [integer(row.type), integer(row.scale ?? units)];
  cells.push(integer(row.precision ?? 0), integer(row.value));
  cells.push(row.status === undefined ? undefined : integer(row.status));
  return sensorReading(sensor, rowOf(cells), [row.name ?? 'sensor']);
}

describe('an entity sensor', () => {
  it('is scaled by its scale and its precision, exactly', () => {
    expect(read({ type: 5, scale: milli, precision: 2, value: 1656, status: 1 })).toEqual({
      metric: 'hw.current',
      unit: 'A',
      value: 0.01656,
      raw: 1656,
    });
    expect(read({ type: 8, precision: 1, value: 267 })?.value).toBe(26.7);
    expect(read({ type: 7, scale: 10, value: 2 })).toMatchObject({ unit: 'Hz', value: 2_000 });
    expect(read({ type: 8, precision: -3, value: 30 })?.value).toBe(30);
  });

  it('of which no number can be made is absent', () => {
    expect(read({ type: 8, precision: 255, value: 30 })).toMatchObject({
      value: null,
      absent: 'out-of-range',
    });
    expect(read({ type: 7, value: -2_147_483_648 })).toMatchObject({ value: null, absent: 'out-of-range' });
  });

  it.each([
    [3, 'V'],
    [4, 'V'],
    [6, 'W'],
    [9, '%'],
    [10, '{rev}/min'],
    [12, '1'],
    [1, '1'],
  ])('of type %i has the unit %s', (type, unit) => expect(read({ type, value: 1 })?.unit).toBe(unit));

  it('that received light in watts is a level in dBm', () => {
    expect(read({ type: 6, scale: micro, value: 225, name: 'DOM RX Power for port 2' })).toEqual({
      metric: 'optical.rx',
      unit: 'dB[mW]',
      value: -6.478,
      raw: 225,
    });
    expect(read({ type: 6, scale: milli, value: 1, name: 'Transmit optical power' })).toMatchObject({
      metric: 'optical.tx',
      value: 0,
    });
  });

  it('without light has no level, never a floor', () => {
    const dark = read({ type: 6, scale: micro, value: 0, name: 'RX Power' });
    expect(dark).toMatchObject({ value: null, absent: 'no-light', unit: 'dB[mW]' });
    expect(read({ type: 6, scale: micro, value: -4, name: 'RX Power' })).toMatchObject({
      absent: 'out-of-range',
    });
  });

  it('of a power supply stays in watts', () => {
    expect(read({ type: 6, value: 55, name: 'Power For Power Supply 1/2' })).toMatchObject({
      unit: 'W',
      value: 55,
    });
  });

  it.each([2, 3])('with status %i is absent', (status) => {
    expect(read({ type: 8, value: 20, status })).toMatchObject({ value: null, raw: 20, absent: 'offline' });
  });

  it.each([1_000_000_000, -1_000_000_000])('that says %i is out of range', (value) => {
    expect(read({ type: 8, value })).toMatchObject({ value: null, absent: 'out-of-range' });
  });

  it('that says what its profile lists as no reading is absent', () => {
    expect(read({ type: 8, value: -32_768 })).toMatchObject({ value: null, absent: 'sentinel' });
  });

  it('of a temperature that no place on earth has is out of range', () => {
    expect(read({ type: 8, value: -866_597_556 })).toMatchObject({ value: null, absent: 'out-of-range' });
  });

  it('without a value is no reading', () => {
    expect(sensorReading(sensor, rowOf([integer(8)]), ['x'])).toBeUndefined();
  });
});
