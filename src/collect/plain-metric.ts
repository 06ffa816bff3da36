/** The short cut of a metric that is a number of one cell times a factor; whatever a profile says beyond goes the long way. */
import { inDbm } from './light.ts';
import { withoutNoise } from './metric-value.ts';
import { defaultRange, isDark } from './plausible.ts';
import type { Metric, State } from './profile.ts';

export interface PlainMetric {
  readonly metric: Metric;
  /** Place among the table's columns. */
  readonly column: number;
  /** What the raw number means; NaN where that is no reading. */
  meaningOf(raw: number): number;
}

/** Undefined when it is not plain, or not of this version of the device. */
export function plainMetric(metric: Metric): PlainMetric | undefined {
  const { source, expression, times, divideBy, nullWhen, where, versions, nameBy, limits } = metric;
  if (source.kind !== 'cell' || source.key !== undefined || metric.as !== 'number') return undefined;
  if (metric.pattern !== undefined || metric.lane !== undefined || expression !== undefined) return undefined;
  if (
    metric.scaleBy !== undefined ||
    metric.decimals !== undefined ||
    times !== undefined ||
    divideBy !== undefined ||
    versions !== undefined ||
    nameBy !== undefined
  )
    return undefined;
  if (nullWhen.length > 0 || where.length > 0 || limits.length > 0) return undefined;
  return { metric, column: source.column, meaningOf: meaningOf(metric) };
}

/** A state that is the word for a number of one cell. */
export const isPlainState = ({ source, as, pattern, nullWhen, where }: State): boolean =>
  source.kind === 'cell' &&
  source.key === undefined &&
  as === 'number' &&
  pattern === undefined &&
  nullWhen.length + where.length === 0;

function meaningOf({
  name,
  unit,
  scale,
  offset,
  sentinels,
  range,
  convert,
}: Metric): (raw: number) => number {
  const byName = defaultRange(name, unit);
  const [least, most] = narrowest(
    range ?? byName?.range,
    byName?.isPhysical === true ? byName.range : undefined,
  );
  const inverse = Math.round(1 / scale);
  const divides = scale < 1 && scale > 0 && Math.abs(inverse * scale - 1) < 1e-12;
  const isAsSent = scale === 1 && offset === 0;
  return (raw) => {
    if (sentinels.length > 0 && sentinels.includes(raw)) return Number.NaN;
    let value = isAsSent ? raw : withoutNoise((divides ? raw / inverse : raw * scale) + offset);
    if (convert !== undefined) value = inDbm(convert, { linear: value, raw }) ?? Number.NaN;
    return value < least || value > most || isDark(name, unit, value) ? Number.NaN : value;
  };
}

type Range = readonly [number, number];

const narrowest = (one: Range = [-Infinity, Infinity], other: Range = [-Infinity, Infinity]): Range => [
  Math.max(one[0], other[0]),
  Math.min(one[1], other[1]),
];
