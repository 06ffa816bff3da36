/** What a metric of a row measures: raw value, arithmetic, sentinels, plausible range; never a number that was not sent. */
import type { MetricReading } from '../model/reading.ts';
import { lastIdIn, numberIn, rawOf, smallNumberIn, textIn } from './cells.ts';
import { inDbm } from './light.ts';
import { defaultRange, isDark } from './plausible.ts';
import type { Metric } from './profile.ts';
import { lanesIn, numberFrom } from './raw-number.ts';
import type { Row } from './row.ts';
import { compareVersions } from './version.ts';

type Absent = NonNullable<MetricReading['absent']>;
/** A reading without its place; `lane` from 1 where the cell holds several. */
export type Measured = Pick<
  MetricReading,
  'metric' | 'unit' | 'value' | 'raw' | 'absent' | 'kind' | 'limits'
> & {
  readonly lane?: number | undefined;
};

/** None where the row has no such cell or the metric does not exist there; several where the cell holds lanes. */
export function metricReadings(metric: Metric, row: Row, version: string | undefined): readonly Measured[] {
  const cell = row.cell(metric.source);
  if (cell === undefined || isNothing(cell.type) || !isFor(metric.versions, version)) return [];
  if (!metric.where.every((condition) => row.holds(condition))) return [];
  const name = nameOf(metric, row);
  if (name === undefined) return [];
  const described = { metric: name, unit: metric.unit, raw: rawOf(cell) };
  const kind = metric.kind === 'counter' ? { kind: metric.kind } : {};
  const measured = (raw: number | bigint | undefined): Measured => {
    const outcome = outcomeOf(metric, row, { raw, name });
    if (typeof outcome === 'object') return { ...described, ...kind, value: null, absent: outcome.absent };
    const limits = limitsOf(metric, row);
    return { ...described, ...kind, ...(limits && { limits }), value: outcome };
  };
  if (metric.lane === 'all') {
    return lanesIn(textIn(cell) ?? '').map((raw, place) => ({ ...measured(raw), lane: place + 1 }));
  }
  const said = numberFrom(cell, metric);
  return said === 'no number' ? [] : [measured(said)];
}

const isNothing = (type: string): boolean =>
  type === 'null' || type === 'noSuchObject' || type === 'noSuchInstance' || type === 'endOfMibView';

/** A variant for a version that the device does not tell is not read: the other one might be the right one. */
function isFor(versions: Metric['versions'], version: string | undefined): boolean {
  if (versions === undefined) return true;
  if (version === undefined) return false;
  const { from, below } = versions;
  return (
    (from === undefined || compareVersions(version, from) >= 0) &&
    (below === undefined || compareVersions(version, below) < 0)
  );
}

function nameOf({ name, nameBy }: Metric, row: Row): string | undefined {
  if (nameBy === undefined) return name;
  const cell = row.cell(nameBy.source);
  const key = lastIdIn(cell) ?? numberIn(cell) ?? textIn(cell);
  return nameBy.map.get(String(key)) ?? nameBy.map.get('*');
}

function outcomeOf(
  metric: Metric,
  row: Row,
  { raw, name }: { readonly raw: number | bigint | undefined; readonly name: string },
): number | string | { readonly absent: Absent } {
  if (raw === undefined) return { absent: metric.absent };
  if (typeof raw === 'number' && metric.sentinels.includes(raw)) return { absent: metric.absent };
  if (metric.nullWhen.some((condition) => row.holds(condition))) return { absent: 'offline' };
  if (typeof raw === 'bigint' && metric.kind === 'counter' && isAsSent(metric)) return raw.toString();
  const linear = scaledValue(metric, row, Number(raw));
  if (linear === undefined) return { absent: 'no-such' };
  const value = metric.convert === undefined ? linear : inDbm(metric.convert, { linear, raw: Number(raw) });
  if (value === undefined) return { absent: 'no-light' };
  return implausible(metric, name, value) ?? value;
}

const isAsSent = ({ scale, offset, expression, times, divideBy, scaleBy, decimals }: Metric): boolean =>
  scale === 1 &&
  offset === 0 &&
  [expression, times, divideBy, scaleBy, decimals].every((one) => one === undefined);

/** Expression, factors, scale and offset in this order; undefined without a factor or where the arithmetic has no result. */
function scaledValue(metric: Metric, row: Row, raw: number): number | undefined {
  const { expression, times, divideBy, scaleBy, decimals, scale, offset } = metric;
  let value =
    expression === undefined ? raw : expression((word) => (word === 'v' ? raw : numberNamed(row, word)));
  if (times !== undefined) value *= smallNumberIn(row.cell(times)) ?? Number.NaN;
  if (divideBy !== undefined) value /= smallNumberIn(row.cell(divideBy)) ?? Number.NaN;
  if (scaleBy !== undefined) value *= signedFactor(smallNumberIn(row.cell(scaleBy)));
  if (decimals !== undefined) value /= 10 ** (smallNumberIn(row.cell(decimals)) ?? Number.NaN);
  value = scaledBy(value, scale) + offset;
  if (!Number.isFinite(value)) return undefined;
  return isAsSent(metric) ? value : withoutNoise(value);
}

const signedFactor = (factor = Number.NaN): number => (factor === 0 ? 1 : factor > 0 ? factor : 1 / -factor);

const numberNamed = (row: Row, word: string): number => {
  const value = row.word(word);
  return typeof value === 'number' ? value : Number.NaN;
};

/** Dividing by 100 gives 2.67 where multiplying by 0.01 gives 2.6700000000000004. */
function scaledBy(number: number, scale: number): number {
  const inverse = Math.round(1 / scale);
  return scale < 1 && scale > 0 && Math.abs(inverse * scale - 1) < 1e-12 ? number / inverse : number * scale;
}

/** Arithmetic with fractions leaves digits that nobody sent: 0.1 + 0.2. Integers stay exact. */
export const withoutNoise = (value: number): number =>
  Number.isInteger(value) ? value : Number(value.toPrecision(12));

function implausible(metric: Metric, name: string, value: number): { readonly absent: Absent } | undefined {
  if (isDark(name, metric.unit, value)) return { absent: 'no-light' };
  const outside = (range: readonly [number, number] | undefined): boolean =>
    range !== undefined && (value < range[0] || value > range[1]);
  const byName = defaultRange(name, metric.unit);
  const isOutside =
    outside(metric.range ?? byName?.range) || (byName?.isPhysical === true && outside(byName.range));
  return isOutside ? { absent: 'out-of-range' } : undefined;
}

function limitsOf(metric: Metric, row: Row): MetricReading['limits'] {
  if (metric.limits.length === 0) return undefined;
  const found: { high?: Record<string, number>; low?: Record<string, number> } = {};
  for (const { side, severity, source, scale, as } of metric.limits) {
    const cell = row.cell(source);
    const raw =
      cell === undefined
        ? undefined
        : numberFrom(cell, { ...metric, as, lane: undefined, pattern: undefined });
    if (raw === undefined || raw === 'no number' || metric.sentinels.includes(Number(raw))) continue;
    const scaled = scale === undefined ? scaledValue(metric, row, Number(raw)) : scaledBy(Number(raw), scale);
    const isLinear = scaled !== undefined && scale === undefined && metric.convert !== undefined;
    const limit = isLinear ? inDbm(metric.convert!, { linear: scaled, raw: Number(raw) }) : scaled;
    if (limit !== undefined) found[side] = { ...found[side], [severity]: limit };
  }
  return found.high === undefined && found.low === undefined ? undefined : found;
}
