/** ENTITY-SENSOR-MIB values (RFC 3433): type, scale and precision decide what the number means. */
import type { MetricReading } from '../model/reading.ts';
import { smallNumberIn } from './cells.ts';
import type { Sensor } from './profile.ts';
import type { VarbindValue } from './session.ts';

/** Metric and UCUM unit by EntitySensorDataType; 13 and 14 are what CISCO-ENTITY-SENSOR-MIB adds. */
const types: ReadonlyMap<number, readonly [metric: string, unit: string]> = new Map([
  [3, ['hw.voltage', 'V']],
  [4, ['hw.voltage', 'V']],
  [5, ['hw.current', 'A']],
  [6, ['hw.power', 'W']],
  [7, ['hw.frequency', 'Hz']],
  [8, ['hw.temperature', 'Cel']],
  [9, ['hw.humidity', '%']],
  [10, ['hw.fan_speed', '{rev}/min']],
  [11, ['hw.airflow', 'm3/min']],
  [12, ['hw.status', '1']],
  [14, ['optical.power', 'dB[mW]']],
]);
const OTHER = ['hw.sensor', '1'] as const;
const WATTS = 6;
const STATUS_OK = 1;
/** RFC 3433 EntitySensorValue: these stand for underflow and overflow. */
const OUT_OF_RANGE = 1_000_000_000;

type Absent = NonNullable<MetricReading['absent']>;

/** The reading of one row without its place; undefined when the row has no value cell at all. */
export function sensorReading(
  sensor: Sensor,
  cells: readonly (VarbindValue | undefined)[],
  names: readonly string[],
): Pick<MetricReading, 'metric' | 'unit' | 'value' | 'raw' | 'absent'> | undefined {
  const raw = smallNumberIn(cells[sensor.value]);
  if (raw === undefined) return undefined;
  const type = smallNumberIn(cells[sensor.type]) ?? 0;
  const direction = sensor.hasOpticalWatts && type === WATTS ? lightDirection(names) : undefined;
  const [metric, unit] =
    direction === undefined ? (types.get(type) ?? OTHER) : [`optical.${direction}`, 'dB[mW]'];
  const absent = (why: Absent) => ({ metric, unit, value: null, raw, absent: why });
  const status = smallNumberIn(cells[sensor.status]);
  if (status !== undefined && status !== STATUS_OK) return absent('offline');
  if (Math.abs(raw) === OUT_OF_RANGE) return absent('out-of-range');
  const value = scaled(raw, smallNumberIn(cells[sensor.scale]), smallNumberIn(cells[sensor.precision]));
  if (direction === undefined) return { metric, unit, value, raw };
  // No light has no level in dBm; a negative power is no power.
  if (value === 0) return absent('no-light');
  if (value < 0) return absent('out-of-range');
  return { metric, unit, value: Math.round(10 * Math.log10(value * 1000) * 1000) / 1000, raw };
}

/** `raw` x 10^(3 x (scale - 9)) / 10^precision, by one exact power of ten so that 1656 at -5 is 0.01656. */
function scaled(raw: number, scale: number | undefined, precision: number | undefined): number {
  const digits = precision !== undefined && precision > 0 ? precision : 0;
  const exponent = (scale === undefined || scale < 1 || scale > 17 ? 0 : 3 * (scale - 9)) - digits;
  return exponent >= 0 ? raw * 10 ** exponent : raw / 10 ** -exponent;
}

/** The MIB has no word for light: only names tell optical watts from a power supply's. */
function lightDirection(names: readonly string[]): 'rx' | 'tx' | undefined {
  for (const name of names) {
    const text = name.toLowerCase();
    if (!/power|optical|dom|laser/.test(text)) continue;
    if (/\brx\b|receive/.test(text)) return 'rx';
    if (/\btx\b|transmit/.test(text)) return 'tx';
  }
  return undefined;
}
