/** The UCUM units that metrics may carry: a unit that nobody can read is a mistake of the profile. */

const units = new Set(
  [
    '1',
    '%',
    's',
    'By',
    'bit',
    'bit/s',
    'By/s',
    'Cel',
    'V',
    'A',
    'W',
    'Hz',
    'J',
    'W.h',
    'A.h',
    'VA',
    'Pa',
    'm',
    'g',
  ]
    .concat([
      'dB',
      'dB[mW]',
      'dB[mV]',
      'ps/nm',
      'm3/min',
      'K',
      'Ohm',
      'lm',
      'deg',
      'min',
      'h',
      'd',
      'm/s',
      'l/min',
    ])
    .concat([
      'ps',
      'V.A',
      'V.A.h',
      'var.h',
      'var',
      'A.h',
      'K',
      'dB[uV]',
      'dB[10.nV]',
      'deg',
      'W/m2',
      'mm[Hg]',
      'bar',
      'lx',
      'dB/km',
      '[degF]',
      'L',
      'L/min',
    ]),
);
/** Things that are counted, and their rates. */
const counted = /^\{[a-z_]{1,30}\}(\/(s|min|h))?$/;
const prefixes = ['p', 'n', 'u', 'm', 'c', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi'];
/** Units that make sense with a prefix; `%` or `dB` do not. */
const prefixable = new Set([
  's',
  'By',
  'bit',
  'bit/s',
  'V',
  'A',
  'W',
  'Hz',
  'J',
  'W.h',
  'A.h',
  'VA',
  'Pa',
  'm',
  'g',
  'Ohm',
  'V.A',
  'V.A.h',
  'var.h',
  'var',
  'bar',
]);

export function isUnit(code: string): boolean {
  if (units.has(code) || counted.test(code)) return true;
  return prefixes.some((prefix) => code.startsWith(prefix) && prefixable.has(code.slice(prefix.length)));
}

export const knownUnits: Iterable<string> = units;
