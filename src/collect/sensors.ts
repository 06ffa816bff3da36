/** ENTITY-SENSOR-MIB values (RFC 3433): type, scale and precision decide what the number means. */
import type { MetricReading } from '../model/reading.ts';
import { smallNumberIn } from './cells.ts';
import { level } from './light.ts';
import { defaultRange, isDark } from './plausible.ts';
import type { Sensor } from './profile.ts';
import type { Row } from './row.ts';

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
/** All that a sensor table may measure. */
export const sensorMetrics: readonly string[] = [
  ...new Set([...[...types.values()].map(([metric]) => metric), 'optical.rx', 'optical.tx', 'hw.sensor']),
];
const OTHER = ['hw.sensor', '1'] as const;
const WATTS = 6;
const DBM = 14;
const STATUS_OK = 1;
/** RFC 3433 EntitySensorValue: these stand for underflow and overflow. */
const OUT_OF_RANGE = 1_000_000_000;
/** RFC 3433 EntitySensorPrecision: -8 to 9. */
const MOST_DECIMALS = 9;

type Absent = NonNullable<MetricReading['absent']>;

/** The reading of one row without its place; undefined when the row has no value cell at all. */
export function sensorReading(
  sensor: Sensor,
  row: Pick<Row, 'cell' | 'holds'>,
  names: readonly string[],
): Pick<MetricReading, 'metric' | 'unit' | 'value' | 'raw' | 'absent'> | undefined {
  const raw = smallNumberIn(row.cell(sensor.value));
  if (raw === undefined) return undefined;
  const type = smallNumberIn(row.cell(sensor.type)) ?? 0;
  const direction = lightDirection(names, type === DBM);
  const isWatts = sensor.hasOpticalWatts && type === WATTS && direction !== undefined;
  const [declared, unit] = isWatts ? ['optical.power', 'dB[mW]'] : (types.get(type) ?? OTHER);
  const metric = unit === 'dB[mW]' && direction !== undefined ? `optical.${direction}` : declared;
  const absent = (why: Absent) => ({ metric, unit, value: null, raw, absent: why });
  if (sensor.sentinels.includes(raw)) return absent('sentinel');
  const status = smallNumberIn(row.cell(sensor.status));
  if (status !== undefined && status !== STATUS_OK) return absent('offline');
  if (sensor.nullWhen.some((condition) => row.holds(condition))) return absent('offline');
  const precision = smallNumberIn(row.cell(sensor.precision));
  if (Math.abs(raw) >= OUT_OF_RANGE || Math.abs(precision ?? 0) > MOST_DECIMALS)
    return absent('out-of-range');
  if (raw === 0 && sensor.isZeroDark && unit === 'dB[mW]') return absent('no-light');
  const linear = scaled(raw, smallNumberIn(row.cell(sensor.scale)), precision);
  // A negative power is no power.
  if (isWatts && linear < 0) return absent('out-of-range');
  const value = isWatts ? level(linear * 1_000) : linear;
  if (value === undefined || isDark(metric, unit, value)) return absent('no-light');
  const plausible = defaultRange(metric, unit)?.range;
  if (plausible !== undefined && (value < plausible[0] || value > plausible[1]))
    return absent('out-of-range');
  return { metric, unit, value, raw };
}

/** `raw` x 10^(3 x (scale - 9)) / 10^precision, by one exact power of ten so that 1656 at -5 is 0.01656. */
function scaled(raw: number, scale: number | undefined, precision: number | undefined): number {
  const digits = precision !== undefined && precision > 0 ? precision : 0;
  const exponent = (scale === undefined || scale < 1 || scale > 17 ? 0 : 3 * (scale - 9)) - digits;
  return exponent >= 0 ? raw * 10 ** exponent : raw / 10 ** -exponent;
}

/** The MIB has no word for light: only names tell optical watts from a power supply's; a level in dBm is always light. */
function lightDirection(names: readonly string[], isLevel: boolean): 'rx' | 'tx' | undefined {
  for (const name of names) {
    const text = name.toLowerCase();
    if (!isLevel && !/power|optical|dom|laser/.test(text)) continue;
    if (/\brx|receive/.test(text) || (isLevel && /\binput\b/.test(text))) return 'rx';
    if (/\btx|transmit/.test(text) || (isLevel && /\boutput\b/.test(text))) return 'tx';
  }
  return undefined;
}
