/** Optical power as a level in dBm. */
import type { Metric } from './profile.ts';

const milliwattsPer: Readonly<Record<string, number>> = {
  'W-to-dBm': 1_000,
  'mW-to-dBm': 1,
  'uW-to-dBm': 1e-3,
  'tenth-uW-to-dBm': 1e-4,
};

/** Undefined for no light: nothing has no level. */
export function inDbm(
  convert: NonNullable<Metric['convert']>,
  { linear, raw }: { readonly linear: number; readonly raw: number },
): number | undefined {
  // One column, two meanings by model: positive numbers are microwatts, negative ones a level.
  if (convert === 'dBm-or-uW') {
    if (raw === 0) return undefined;
    return raw > 0 ? level(raw / 1_000) : linear;
  }
  if (convert === 'F-to-Cel') return Math.round(((linear - 32) / 1.8) * 1_000) / 1_000;
  const milliwatts = linear * milliwattsPer[convert]!;
  // SFF-8472: a word of tenths of a microwatt. All ones is what a bus without a module reads, or more than the word holds.
  if (raw === 0xffff && Math.abs(milliwatts - 6.5535) < 1e-6) return undefined;
  return level(milliwatts);
}

/** A thousandth of a dB is finer than any receiver measures. */
export const level = (milliwatts: number): number | undefined =>
  milliwatts > 0 ? Math.round(10 * Math.log10(milliwatts) * 1_000) / 1_000 : undefined;
