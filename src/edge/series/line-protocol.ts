/**
 * Samples as lines of InfluxDB's line protocol, which VictoriaMetrics takes as well. A sample is a point of the measurement
 * named for its metric, tagged `resource`, `unit`, `kind`, with these fields:
 *
 * - `value`: the number; for a counter above 2^52 the nearest float, and `low`, its value modulo 2^32, which makes it exact again;
 * - `gap`: 1 where nothing was measured, 2 and 3 for plus and minus infinity, which the protocol cannot write; 0 where a number
 *   takes the place of a gap.
 */
import type { SampleBatch, SeriesName } from '../../flow/series.ts';

const gapCode = { none: 0, gap: 1, plusInfinity: 2, minusInfinity: 3 } as const;

const MODULUS = 2 ** 32;
/** From here on `low` is written: below the first number a float cannot hold, as stores round large ones a little. */
const LARGE = 2 ** 52;

/** What is written to and read back from a remote store for one point. */
export interface RemotePoint {
  readonly time: number;
  readonly value?: number | undefined;
  readonly low?: number | undefined;
  readonly gap?: number | undefined;
}

/** The measurement and its tags, ready for the fields of any number of lines. */
export function linePrefix({ metric, resource, unit, kind }: SeriesName): string {
  const tags = { kind, resource, unit };
  const written = Object.entries(tags).flatMap(([tag, text]) =>
    text === '' ? [] : [`,${tag}=${escaped(plainText(text), /[,= ]/g)}`],
  );
  return `${escaped(measurementOf(metric), /[, ]/g)}${written.join('')}`;
}

/** A measurement has to have a name. */
export const measurementOf = (metric: string): string => (metric === '' ? '_' : plainText(metric));

/**
 * What the stores hold of a name: line ends and a backslash before a comma cannot be written in the protocol, so that
 * these, and `%` itself, stand as their code.
 */
export const plainText = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f\\%"]/g,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

const escaped = (text: string, special: RegExp): string => text.replace(special, '\\$&');

/** The line of sample `index`. `overGap`: a gap may stand at this time already. */
export function lineOf(
  prefix: string,
  batch: SampleBatch,
  { index, overGap }: { readonly index: number; readonly overGap: boolean },
): string {
  return `${prefix} ${fieldsOf(batch.values[index]!, batch.exact?.[index] ?? 0n, overGap)} ${batch.times[index]!}`;
}

function fieldsOf(value: number, exact: bigint, overGap: boolean): string {
  if (Number.isNaN(value)) return `gap=${gapCode.gap}`;
  if (!Number.isFinite(value)) return `gap=${value > 0 ? gapCode.plusInfinity : gapCode.minusInfinity}`;
  const low = exact > 0n && value >= LARGE ? `,low=${Number(exact % BigInt(MODULUS))}` : '';
  return `value=${Object.is(value, -0) ? '-0' : value}${low}${overGap ? `,gap=${gapCode.none}` : ''}`;
}

/** The value and, of a counter above 2^52, its exact form; 0n elsewhere. */
export function pointOf({ value, low, gap }: RemotePoint): {
  readonly value: number;
  readonly exact: bigint;
} {
  if (gap === gapCode.plusInfinity) return { value: Number.POSITIVE_INFINITY, exact: 0n };
  if (gap === gapCode.minusInfinity) return { value: Number.NEGATIVE_INFINITY, exact: 0n };
  if (gap === gapCode.gap || value === undefined) return { value: Number.NaN, exact: 0n };
  // A small number written over a large one leaves the old `low` behind; it says something of large ones only.
  // What the store says may have any form; only whole numbers make one exact.
  if (low === undefined || value < LARGE || !Number.isFinite(value) || !Number.isSafeInteger(low))
    return { value, exact: 0n };
  // The float is off by at most 2^11, so the right multiple of 2^32 is the nearest one.
  const nearest = BigInt(value);
  const modulus = BigInt(MODULUS);
  const base = nearest - (nearest % modulus) + BigInt(low);
  const offBy = (candidate: bigint): bigint =>
    candidate > nearest ? candidate - nearest : nearest - candidate;
  const closer = (a: bigint, b: bigint): bigint => (offBy(b) < offBy(a) ? b : a);
  return { value, exact: [base - modulus, base + modulus].reduce(closer, base) };
}
