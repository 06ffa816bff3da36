/** Measured values as engineers write them: UCUM with prefixes, octets in powers of 1024, long times in days. */
import { language, length, number } from './speak.ts';

/** With a space that does not break before the unit. */
export function amount(value: number, unit: string): string {
  const bytes = /^([kMGT]?)By$/.exec(unit);
  if (bytes !== null) {
    const octets = value * 1_000 ** ['', 'k', 'M', 'G', 'T'].indexOf(bytes[1] ?? '');
    return prefixed(octets, 1_024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map(spoken));
  }
  if (unit === 'bit/s' || unit === 'Hz' || unit === 'By/s') {
    const plain = unit === 'By/s' ? 'B/s' : unit;
    return prefixed(
      value,
      1_000,
      ['', 'k', 'M', 'G', 'T', 'P'].map((prefix) => spoken(prefix + plain)),
    );
  }
  if (unit === 's' && Math.abs(value) >= 600) return length(value * 1_000);
  if (unit === 'min' && value >= 120) return length(value * 60_000);
  const plain = unit.replaceAll('.', '·').replace(/^u(?=[AVWms]$)/, 'µ');
  const written = spoken(units[unit] ?? (unit.startsWith('{') ? '' : plain));
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
  'mm[Hg]': 'mmHg',
  Ohm: 'Ω',
  deg: '°',
};

const spoken = (unit: string): string =>
  language.value === 'ru' && Object.hasOwn(russian, unit) ? russian[unit]! : unit;

/** Symbols of GOST 8.417, where Russian engineers do not write the international ones. */
const russian: Readonly<Record<string, string>> = {
  ...{ V: 'В', mV: 'мВ', µV: 'мкВ', kV: 'кВ', A: 'А', mA: 'мА', W: 'Вт', mW: 'мВт', kW: 'кВт', MW: 'МВт' },
  ...{ V·A: 'В·А', kV·A: 'кВ·А', var: 'вар', Ω: 'Ом', K: 'К', lx: 'лк' },
  ...{ W·h: 'Вт·ч', kW·h: 'кВт·ч', A·h: 'А·ч', V·A·h: 'В·А·ч', kV·A·h: 'кВ·А·ч' },
  ...{ var·h: 'вар·ч', kvar·h: 'квар·ч', 'ps/nm': 'пс/нм' },
  ...{ Hz: 'Гц', kHz: 'кГц', MHz: 'МГц', GHz: 'ГГц', THz: 'ТГц', PHz: 'ПГц' },
  ...{ s: 'с', ms: 'мс', µs: 'мкс', ns: 'нс', ps: 'пс', min: 'мин', h: 'ч', d: 'д' },
  ...{ m: 'м', km: 'км', cm: 'см', mm: 'мм', µm: 'мкм', nm: 'нм', mmHg: 'мм рт. ст.' },
  ...{ Pa: 'Па', hPa: 'гПа', kPa: 'кПа', bar: 'бар', mbar: 'мбар', L: 'л', 'L/min': 'л/мин', 'm/s': 'м/с' },
  ...{ dB: 'дБ', dBm: 'дБм', dBmV: 'дБмВ', dBµV: 'дБмкВ' },
  ...{ 'bit/s': 'бит/с', 'kbit/s': 'кбит/с', 'Mbit/s': 'Мбит/с', 'Gbit/s': 'Гбит/с', 'Tbit/s': 'Тбит/с' },
  ...{ 'Pbit/s': 'Пбит/с', B: 'Б', KiB: 'КиБ', MiB: 'МиБ', GiB: 'ГиБ', TiB: 'ТиБ', PiB: 'ПиБ' },
  ...{ 'B/s': 'Б/с', 'kB/s': 'кБ/с', 'MB/s': 'МБ/с', 'GB/s': 'ГБ/с', 'TB/s': 'ТБ/с', 'PB/s': 'ПБ/с' },
};
