/** Measured values as engineers write them: UCUM with prefixes, octets in powers of 1024, long times in days. */
import { length, number } from './speak.ts';

/** With a space that does not break before the unit. */
export function amount(value: number, unit: string): string {
  const bytes = /^([kMGT]?)By$/.exec(unit);
  if (bytes !== null) {
    const octets = value * 1_000 ** ['', 'k', 'M', 'G', 'T'].indexOf(bytes[1] ?? '');
    return prefixed(octets, 1_024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
  }
  if (unit === 'bit/s' || unit === 'Hz' || unit === 'By/s') {
    const plain = unit === 'By/s' ? 'B/s' : unit;
    return prefixed(
      value,
      1_000,
      ['', 'k', 'M', 'G', 'T', 'P'].map((prefix) => prefix + plain),
    );
  }
  if (unit === 's' && Math.abs(value) >= 600) return length(value * 1_000);
  if (unit === 'min' && value >= 120) return length(value * 60_000);
  const written = units[unit] ?? (unit.startsWith('{') ? '' : unit);
  return `${number(rounded(value))}${written === '' ? '' : `\u00a0${written}`}`;
}

function prefixed(value: number, step: number, names: readonly string[]): string {
  let place = 0;
  let scaled = value;
  while (Math.abs(scaled) >= step && place < names.length - 1) {
    scaled /= step;
    place++;
  }
  return `${number(Number(scaled.toPrecision(4)))}\u00a0${names[place]}`;
}

const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));

const units: Readonly<Record<string, string>> = {
  '1': '',
  Cel: '°C',
  '[degF]': '°F',
  'dB[mW]': 'dBm',
  'dB[mV]': 'dBmV',
  'dB[uV]': 'dBµV',
  'dB[10.nV]': 'dBmV',
  'A.h': 'A·h',
  'V.A': 'V·A',
  'kW.h': 'kW·h',
  'mm[Hg]': 'mmHg',
  Ohm: 'Ω',
};
