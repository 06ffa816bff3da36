/** Measured values as engineers write them, for a terminal: UCUM with prefixes, octets in powers of 1024, long times in days. */

const units: Readonly<Record<string, string>> = {
  '1': '',
  Cel: '°C',
  '[degF]': '°F',
  'dB[mW]': 'dBm',
  'dB[mV]': 'dBmV',
  'dB[uV]': 'dBuV',
  'dB[10.nV]': 'dBmV',
  'A.h': 'Ah',
  'V.A': 'VA',
  'kW.h': 'kWh',
  'mm[Hg]': 'mmHg',
};
const octetPrefixes = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const siPrefixes = ['', 'k', 'M', 'G', 'T', 'P'];
const scaled = /^([kMGT]?)(By|Hz|bit\/s|By\/s)$/;

export function shownValue(value: number, unit: string): string {
  const [, prefix = '', base] = scaled.exec(unit) ?? [];
  if (base !== undefined) {
    const whole = value * 1_000 ** siPrefixes.indexOf(prefix);
    if (base === 'By') return prefixed(whole, 1_024, octetPrefixes);
    const plain = base === 'By/s' ? 'B/s' : base;
    return prefixed(
      whole,
      1_000,
      siPrefixes.map((one) => one + plain),
    );
  }
  if (unit === 's' && value >= 600) return shownTime(value);
  if (unit === 'min' && value >= 120) return shownTime(value * 60);
  const written = units[unit] ?? (unit.startsWith('{') ? '' : unit);
  return `${plainNumber(value)} ${written}`.trimEnd();
}

/** Seconds as `12 d 03:54`; below a day `03:54 h`. */
export function shownTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const clock = `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  const days = Math.floor(minutes / 1_440);
  return days === 0 ? `${clock} h` : `${days} d ${clock}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

const plainNumber = (value: number): string =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));

function prefixed(value: number, step: number, names: readonly string[]): string {
  let place = 0;
  let left = value;
  while (Math.abs(left) >= step && place < names.length - 1) {
    left /= step;
    place++;
  }
  return `${Number(left.toPrecision(4))} ${names[place]}`;
}
