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
  if (unit === 'Cel') return { range: [-60, 200], isPhysical: false };
  // Supplies of up to 1,500 V (low voltage, IEC 60038, and traction); more is millivolts that an agent calls volts.
  if (unit === 'V') return { range: [-1_500, 1_500], isPhysical: false };
  // An unsigned word below zero stands where no fan turns.
  if (unit === '{rev}/min') return { range: [0, 200_000], isPhysical: false };
  if (unit === '%' && share.test(name)) return { range: [0, 100], isPhysical: false };
  return undefined;
}

/** Below what any receiver sees: agents write -99 or so for darkness. */
export const isDark = (name: string, unit: string, value: number): boolean =>
  unit === 'dB[mW]' && opticalLevel.test(name) && value < -50;
