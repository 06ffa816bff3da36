/**
 * The time-series store: samples in, reads by series and range out. Edge implements it (embedded; InfluxDB and
 * VictoriaMetrics later); no query language beyond these calls.
 */

/** Number given by the store to one (resource, metric, label) name; stable for the life of the store. */
export type SeriesId = number & { readonly __unit: 'series-id' };

/** Identity of a series: what it measures, on what, in which UCUM unit. */
export interface SeriesName {
  /** Resource id or `device/if/ifIndex`. */
  readonly resource: string;
  /** OpenTelemetry-like metric name, e.g. `optical.rx`. */
  readonly metric: string;
  /** UCUM unit code. */
  readonly unit: string;
  /** `counter`: advances, 64 bit exact, wraps or resets; `gauge`: goes both ways. */
  readonly kind: 'counter' | 'gauge';
}

/** Columns of samples of many series; index i is one sample. A NaN in `values` is an explicit gap. */
export interface SampleBatch {
  readonly series: Uint32Array;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  /** Gauges, and counters up to 2^53. */
  readonly values: Float64Array;
  /** For counters above 2^53: exact values, index-aligned; entries of other samples are 0n. Absent when none is. */
  readonly exact?: BigUint64Array | undefined;
}

/** Points of one series in time order. A gap is NaN. `exact` is present for counters and holds every bit. */
export interface Points {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly exact?: BigUint64Array | undefined;
}

/** One bucket of a downsampled read; `count` 0 means nothing was measured in it. */
export interface Bucket {
  readonly from: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** The newest value in it. */
  readonly last: number;
  readonly count: number;
}

export interface SeriesStore {
  /** Numbers for names, made where new; order follows the argument. */
  register(names: readonly SeriesName[]): Promise<readonly SeriesId[]>;
  /** Resolves when the batch is on disk (fdatasync of the write-ahead file); its columns must not change before. */
  append(batch: SampleBatch): Promise<void>;
  /** Samples with from <= time < to, oldest first. */
  range(series: SeriesId, from: number, to: number): Promise<Points>;
  /**
   * min/max/mean/last/count in buckets of `stepMs`; at most 10,000 buckets. Where samples are gone and their hours are
   * kept, an hour counts in the bucket in which it begins.
   */
  downsample(
    series: SeriesId,
    read: { from: number; to: number; stepMs: number },
  ): Promise<readonly Bucket[]>;
  /** The newest sample of each asked series, NaN time where there is none. */
  last(series: readonly SeriesId[]): Promise<Points>;
  /** Names whose resource begins with `resourcePrefix`, at most `limit`. */
  list(resourcePrefix: string, limit: number): Promise<readonly { id: SeriesId; name: SeriesName }[]>;
  /** Deletes whole days before the instant (ms), and roll-ups before `hoursBefore`; returns how many days went. */
  dropBefore(before: number, hoursBefore?: number): Promise<number>;
  /** Counters for /metrics: samples taken, late, refused, bytes, chunks, write-ahead bytes. */
  stats(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}
