/** What a value can be at all, by its name and unit: outside it is a sentinel that nobody listed or a mistake of scale. */

const opticalLevel = /^optical\.(rx|tx|power)(\.|$)/;
const share = /(\.utilization|^hw\.humidity|^ups\.charge)$/;

interface Plausible {
  readonly range: readonly [number, number];
  /** True: a profile cannot widen it. */
  readonly isPhysical: boolean;
}

export function defaultRange(name: string, unit: string): Plausible | undefined {
  // Receivers go blind far above -50 dBm and are burnt by a watt; amplifiers of cable television give up to ten.
  if (unit === 'dB[mW]' && opticalLevel.test(name)) {
    return { range: [-50, name.startsWith('optical.rx') ? 30 : 40], isPhysical: true };
  }
  if (unit === '%' && share.test(name)) return { range: [0, 100], isPhysical: false };
  const range = /(^|\.)bias$/.test(name) ? ofLaser(unit) : ofUnit(unit);
  return range && { range, isPhysical: false };
}

/** Of what may carry a prefix: `mA` is a thousandth of the range of `A`. */
const ofBase: Readonly<Record<string, readonly [number, number]>> = {
  // Supplies of up to 1,500 V (low voltage, IEC 60038, and traction); more is millivolts that an agent calls volts.
  V: [-1_500, 1_500],
  // The bus bar of the largest direct-current plant carries ten thousand.
  A: [-20_000, 20_000],
  W: [-100_000_000, 100_000_000],
};
const ofWhole: Readonly<Record<string, readonly [number, number]>> = {
  Cel: [-60, 200],
  // An unsigned word below zero stands where no fan turns.
  '{rev}/min': [0, 200_000],
  // Overload and shares of a nominal value go beyond a hundred, not to thousands.
  '%': [-1_000, 1_000],
  // Gains, losses and distances from noise of anything that carries a signal.
  dB: [-150, 250],
  // From below the noise of the sky to the largest broadcast transmitter.
  'dB[mW]': [-200, 110],
};
const prefixes: Readonly<Record<string, number>> = { u: 1e-6, m: 1e-3, k: 1e3, M: 1e6 };

function ofUnit(unit: string): readonly [number, number] | undefined {
  if (Object.hasOwn(ofWhole, unit)) return ofWhole[unit];
  const base = ofBase[unit.slice(-1)];
  const factor = unit.length === 1 ? 1 : unit.length === 2 ? prefixes[unit[0]!] : undefined;
  return base === undefined || factor === undefined ? undefined : [base[0] / factor, base[1] / factor];
}

/** A laser's current flows one way; the pumps of amplifiers take two or three amperes. */
const ofLaser = (unit: string): readonly [number, number] | undefined =>
  unit === 'mA' ? [0, 5_000] : unit === 'A' ? [0, 5] : ofUnit(unit);

/** What is counted, stored or timed may fill its word; what an instrument measures never does. */
const mayFillItsWord = /^([kKMGT]i?)?(By|bit)(\/s)?$|^.?(s|J|W\.h|V\.A\.h|var\.h)$|^(min|h|d|1)$|^\{/;
/** The ends of INTEGER and Unsigned32 (RFC 2578 section 7.1): a latched gauge (section 7.1.7) or a word for "no reading". */
const endsOfWord: readonly number[] = [-0x8000_0000, 0x7fff_ffff, 0xffff_ffff];

export const neverMeasured = (unit: string): readonly number[] =>
  mayFillItsWord.test(unit) ? [] : endsOfWord;

/** Below what any receiver sees: agents write -99 or so for darkness. */
export const isDark = (name: string, unit: string, value: number): boolean =>
  unit === 'dB[mW]' && opticalLevel.test(name) && value < -50;
