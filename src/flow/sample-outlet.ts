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
const firstPause = seconds(1);
const longestPause = seconds(30);

export class SampleOutlet {
  readonly #store: Pick<SeriesStore, 'append'>;
  readonly #world: World;
  readonly #mostWaiting: number;
  #series = new Uint32Array(batchSamples);
  #times = new Float64Array(batchSamples);
  #values = new Float64Array(batchSamples);
  /** Counters above 2^53 only: place and exact value. */
  #exact: BigUint64Array<ArrayBuffer> | undefined;
  #count = 0;
  #at = 0;
  #flush: Wake | undefined;
  #retry: Wake | undefined;
  #pauseMs = firstPause;
  /** Oldest first. */
  readonly #waiting: SampleBatch[] = [];
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
    this.#values[i] = value;
  }

  counter(series: number, hi: number, lo: number): void {
    const i = this.#place(series);
    this.#values[i] = hi * 0x1_0000_0000 + lo;
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
      const batch = this.#waiting.shift()!;
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
    this.#series[i] = series;
    this.#times[i] = this.#at;
    return i;
  }

  #handOver(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    if (this.#count === 0) return;
    const count = this.#count;
    // The store keeps or copies what it is given: the columns are its own from here on.
    this.#wait({
      series: this.#series.slice(0, count),
      times: this.#times.slice(0, count),
      values: this.#values.slice(0, count),
      exact: this.#exactOf(count),
    });
    this.#count = 0;
    this.#exact = undefined;
    this.#send();
  }

  /** Exact values stand for all counters of a batch that has one above 2^53; of other samples they are 0. */
  #exactOf(count: number): BigUint64Array | undefined {
    return this.#exact?.slice(0, count);
  }

  #wait(batch: SampleBatch): void {
    this.#waiting.push(batch);
    this.#waitingSamples += batch.series.length;
    while (this.#waitingSamples > this.#mostWaiting && this.#waiting.length > 1) {
      const lost = this.#waiting.shift()!;
      this.#waitingSamples -= lost.series.length;
      this.counters.samplesLost += lost.series.length;
    }
    this.counters.samplesWaiting = this.#waitingSamples;
  }

  #send(): void {
    if (this.#retry !== undefined) return;
    while (this.#underWay.size < mostUnderWay && this.#waiting.length > 0) {
      const batch = this.#waiting.shift()!;
      this.#waitingSamples -= batch.series.length;
      const sending = this.#append(batch).then((isTaken) => {
        this.#underWay.delete(sending);
        this.#sent(batch, isTaken);
      });
      this.#underWay.add(sending);
    }
    this.counters.samplesWaiting = this.#waitingSamples;
  }

  #sent(batch: SampleBatch, isTaken: boolean): void {
    if (isTaken) {
      this.#pauseMs = firstPause;
      this.#send();
      return;
    }
    this.#waiting.unshift(batch);
    this.#waitingSamples += batch.series.length;
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
