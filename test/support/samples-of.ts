/** The samples that a full reading is: the long way, against which the short one is measured. */
import type { DeviceReading } from '../../src/model/reading.ts';

interface MeasuredValue {
  readonly resource: string;
  readonly metric: string;
  readonly unit: string;
  readonly kind: 'counter' | 'gauge';
  readonly value: number;
  readonly exact?: bigint | undefined;
}

/** RFC 2863 ifOperStatus as a number again: states are kept as gauges so that their changes have a history. */
const operStatusNumbers: Readonly<Record<string, number>> = {
  up: 1,
  down: 2,
  testing: 3,
  unknown: 4,
  dormant: 5,
  notPresent: 6,
  lowerLayerDown: 7,
};

export function samplesOf(device: string, reading: DeviceReading): MeasuredValue[] {
  const samples: MeasuredValue[] = [];
  const upTime = reading.device.sysUpTimeTicks;
  if (upTime !== undefined) samples.push(gauge(device, 'system.uptime', { unit: 'cs', value: upTime }));
  for (const port of reading.interfaces) {
    const resource = `${device}/if/${port.ifIndex}`;
    for (const [name, metric] of [['operStatus', 'if.oper'] as const, ['adminStatus', 'if.admin'] as const]) {
      const value = operStatusNumbers[port[name] ?? ''];
      if (value !== undefined) samples.push(gauge(resource, metric, { unit: '1', value }));
    }
    if (port.speedBps !== undefined) {
      samples.push(gauge(resource, 'if.speed', { unit: 'bit/s', value: port.speedBps }));
    }
    for (const [name, value] of Object.entries(port.counters ?? {})) {
      const unit = name.endsWith('Octets') ? 'By' : '{packet}';
      samples.push({ resource, metric: `if.${name}`, unit, kind: 'counter', ...exactNumber(value) });
    }
  }
  for (const { object, metric, unit, value, kind } of reading.readings) {
    if (kind === 'counter' && value !== null) {
      samples.push({ resource: `${device}/${object}`, metric, unit, kind, ...exactNumber(value) });
      continue;
    }
    if (typeof value === 'string') continue;
    samples.push(gauge(`${device}/${object}`, metric, { unit, value: value ?? Number.NaN }));
  }
  return samples;
}

const gauge = (
  resource: string,
  metric: string,
  { unit, value }: { readonly unit: string; readonly value: number },
): MeasuredValue => ({ resource, metric, unit, kind: 'gauge', value });

const exactNumber = (value: number | string): Pick<MeasuredValue, 'value' | 'exact'> =>
  typeof value === 'string' ? { value: Number(value), exact: BigInt(value) } : { value };
