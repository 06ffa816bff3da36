/**
 * Samples on their way to the series: gathered from all devices in one set of columns, handed over when it is full or a
 * quarter of a second old. While the store refuses or is away batches wait, bounded; what does not fit is counted.
 */
import type { Instant } from '../base/instant.ts';
import { milliseconds, seconds } from '../base/instant.ts';
import type { Wake, World } from '../base/world.ts';
import type { SampleBatch, SeriesStore } from './series.ts';

const batchSamples = 16_384;
const batchAge = milliseconds(250);
/** Calls under way at once: the store works while the next batch fills. */
const mostUnderWay = 2;
/** Columns kept for the batches to come: arrays made anew each time keep the garbage collector busy. */
const mostSpare = 8;
const firstPause = seconds(1);
const longestPause = seconds(30);

interface Columns {
  readonly series: Uint32Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** A batch on its way. */
interface Parcel {
  readonly batch: SampleBatch;
  /** Columns that the next batches can use once the store has this one. */
  readonly columns: Columns | undefined;
}

export class SampleOutlet {
  readonly #store: Pick<SeriesStore, 'append'>;
  readonly #world: World;
  readonly #mostWaiting: number;
  #columns = freshColumns();
  readonly #spare: Columns[] = [];
  /** Counters above 2^53 only: place and exact value. */
  #exact: BigUint64Array<ArrayBuffer> | undefined;
  #count = 0;
  #at = 0;
  #flush: Wake | undefined;
  #retry: Wake | undefined;
  #pauseMs = firstPause;
  /** Oldest first. */
  readonly #waiting: Parcel[] = [];
  #waitingSamples = 0;
  readonly #underWay = new Set<Promise<void>>();
  readonly counters = { samples: 0, samplesWaiting: 0, samplesLost: 0, seriesFailures: 0 };

  /** `mostWaiting` samples of 20 to 28 bytes are kept while the store is away. */
  constructor(options: {
    readonly store: Pick<SeriesStore, 'append'>;
    readonly world: World;
    readonly mostWaiting?: number | undefined;
  }) {
    this.#store = options.store;
    this.#world = options.world;
    this.#mostWaiting = options.mostWaiting ?? 2_000_000;
  }

  /** What comes now was measured then. */
  stamp(at: Instant | number): void {
    this.#at = at;
  }

  value(series: number, value: number): void {
    const i = this.#place(series);
    this.#columns.values[i] = value;
  }

  counter(series: number, hi: number, lo: number): void {
    const i = this.#place(series);
    this.#columns.values[i] = hi * 0x1_0000_0000 + lo;
    if (hi < 0x20_0000) return;
    this.#exact ??= new BigUint64Array(batchSamples);
    this.#exact[i] = (BigInt(hi) << 32n) | BigInt(lo);
  }

  /** Hands over what is gathered; resolves when the store has all or has refused. */
  async close(): Promise<void> {
    this.#handOver();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    this.#retry?.cancel();
    while (this.#waiting.length > 0) {
      const { batch } = this.#waiting.shift()!;
      const isTaken = await this.#append(batch);
      this.#waitingSamples -= batch.series.length;
      if (!isTaken) this.counters.samplesLost += batch.series.length;
    }
    this.counters.samplesWaiting = this.#waitingSamples;
  }

  #place(series: number): number {
    if (this.#count >= batchSamples) this.#handOver();
    if (this.#count === 0) this.#flush ??= this.#world.after(batchAge, () => this.#handOver());
    const i = this.#count++;
    this.#columns.series[i] = series;
    this.#columns.times[i] = this.#at;
    return i;
  }

  #handOver(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    if (this.#count === 0) return;
    const count = this.#count;
    const { series, times, values } = this.#columns;
    // Small batches may wait in great number: they take no more memory than they need.
    const isFull = count > batchSamples / 2;
    const exact = this.#exactOf(count);
    const batch = isFull
      ? {
          series: series.subarray(0, count),
          times: times.subarray(0, count),
          values: values.subarray(0, count),
          exact,
        }
      : {
          series: series.slice(0, count),
          times: times.slice(0, count),
          values: values.slice(0, count),
          exact,
        };
    this.#wait({ batch, columns: isFull ? this.#columns : undefined });
    if (isFull) this.#columns = this.#spare.pop() ?? freshColumns();
    this.#count = 0;
    this.#exact = undefined;
    this.#send();
  }

  /** Exact values stand for all counters of a batch that has one above 2^53; of other samples they are 0. */
  #exactOf(count: number): BigUint64Array | undefined {
    return this.#exact?.slice(0, count);
  }

  #wait(parcel: Parcel): void {
    this.#waiting.push(parcel);
    this.#waitingSamples += parcel.batch.series.length;
    while (this.#waitingSamples > this.#mostWaiting && this.#waiting.length > 1) {
      const lost = this.#waiting.shift()!.batch;
      this.#waitingSamples -= lost.series.length;
      this.counters.samplesLost += lost.series.length;
    }
    this.counters.samplesWaiting = this.#waitingSamples;
  }

  #send(): void {
    if (this.#retry !== undefined) return;
    while (this.#underWay.size < mostUnderWay && this.#waiting.length > 0) {
      const parcel = this.#waiting.shift()!;
      this.#waitingSamples -= parcel.batch.series.length;
      const sending = this.#append(parcel.batch).then((isTaken) => {
        this.#underWay.delete(sending);
        this.#sent(parcel, isTaken);
      });
      this.#underWay.add(sending);
    }
    this.counters.samplesWaiting = this.#waitingSamples;
  }

  #sent(parcel: Parcel, isTaken: boolean): void {
    if (isTaken) {
      const { columns } = parcel;
      if (columns !== undefined && this.#spare.length < mostSpare) this.#spare.push(columns);
      this.#pauseMs = firstPause;
      this.#send();
      return;
    }
    this.#waiting.unshift(parcel);
    this.#waitingSamples += parcel.batch.series.length;
    this.counters.samplesWaiting = this.#waitingSamples;
    this.#retry ??= this.#world.after(this.#pauseMs, () => {
      this.#retry = undefined;
      this.#send();
    });
    this.#pauseMs = milliseconds(Math.min(longestPause, this.#pauseMs * 2));
  }

  async #append(batch: SampleBatch): Promise<boolean> {
    try {
      await this.#store.append(batch);
      this.counters.samples += batch.series.length;
      return true;
    } catch (error) {
      // One line a time of trouble; how much there was is in the counter.
      if (this.counters.seriesFailures++ % 100 === 0) {
        this.#world.log.warn('the series store took no samples', { error: String(error) });
      }
      return false;
    }
  }
}

const freshColumns = (): Columns => ({
  series: new Uint32Array(batchSamples),
  times: new Float64Array(batchSamples),
  values: new Float64Array(batchSamples),
});
