/** What every series store must do, embedded or remote: one suite, run by the test of each with its own factory. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Points, SampleBatch, SeriesId, SeriesName, SeriesStore } from '../../src/flow/series.ts';

/** One store in the hands of a test. */
export interface SeriesHarness {
  readonly store: SeriesStore;
  /** Midnight (UTC) of a day the store takes samples of, some days before its clock. */
  readonly day: number;
  /** Brings the store into the state the suite is run for, e.g. with all samples out of memory. */
  settle(): Promise<void>;
  /** Closes the store and opens it again; `store` is the new one. */
  restart(): Promise<void>;
  /** Opens what a machine that lost power now would find, as a second store; undefined where a test cannot do that. */
  readonly crash?: (() => Promise<SeriesStore>) | undefined;
  end(): Promise<void>;
}

/** What a store elsewhere may lack; the embedded one lacks nothing. */
export interface SeriesTraits {
  /** A sample takes the place of an earlier one of the same time. */
  readonly replacesAtOneTime: boolean;
  /** Floats come back with every bit; else within a billionth. */
  readonly keepsEveryBit: boolean;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const gap = Number.NaN;

const counter: SeriesName = { resource: 'olt-1/if/7', metric: 'if.in.octets', unit: 'By', kind: 'counter' };
const gauge: SeriesName = { resource: 'olt-1/if/7', metric: 'optical.rx', unit: 'dBm', kind: 'gauge' };

type Sample = readonly [id: SeriesId, time: number, value: number | bigint];

function batch(samples: readonly Sample[]): SampleBatch {
  const isExact = samples.some(([, , value]) => typeof value === 'bigint');
  return {
    series: Uint32Array.from(samples, ([id]) => id),
    times: Float64Array.from(samples, ([, time]) => time),
    values: Float64Array.from(samples, ([, , value]) => Number(value)),
    exact: isExact
      ? BigUint64Array.from(samples, ([, , value]) => (typeof value === 'bigint' ? value : 0n))
      : undefined,
  };
}

const pairs = ({ times, values }: Points): [number, number][] =>
  Array.from(times, (time, index) => [time, values[index]!]);

export function judgeSeriesStore(
  title: string,
  make: () => Promise<SeriesHarness>,
  traits: SeriesTraits = { replacesAtOneTime: true, keepsEveryBit: true },
): void {
  /** A store that keeps both of two samples at one time has nothing to answer for here. */
  const whenReplacing = (title: string, test: () => Promise<void>): void => {
    if (traits.replacesAtOneTime) it(title, test);
  };
  const slack = traits.keepsEveryBit ? 0 : 1e-9;
  describe(`series store, ${title}`, () => {
    let harness: SeriesHarness;
    let start: number;
    const store = (): SeriesStore => harness.store;
    const all = (id: SeriesId): Promise<Points> => store().range(id, start - DAY_MS, start + 2 * DAY_MS);
    const add = (...samples: readonly Sample[]): Promise<void> => store().append(batch(samples));
    const register = async (...names: readonly SeriesName[]): Promise<[SeriesId, SeriesId]> => {
      const ids = await store().register(names);
      return [ids[0]!, ids[1] ?? ids[0]!];
    };

    beforeEach(async () => {
      harness = await make();
      start = harness.day;
    });
    afterEach(() => harness.end());

    it('gives a name one number for ever, in the order asked', async () => {
      const [first, second] = await register(counter, gauge);
      expect(first).not.toBe(second);
      expect(await store().register([gauge, counter, gauge])).toEqual([second, first, second]);
      await harness.restart();
      expect(await store().register([gauge, counter])).toEqual([second, first]);
    });

    it('tells the same metric in another unit or of another kind apart', async () => {
      const ids = await store().register([gauge, { ...gauge, unit: 'W' }, { ...gauge, kind: 'counter' }]);
      expect(new Set(ids).size).toBe(3);
    });

    it('lists names by the beginning of their resource', async () => {
      const other = { ...gauge, resource: 'olt-2/if/1' };
      await store().register([counter, gauge, other, { ...gauge, resource: 'olt-1%' }]);
      const found = await store().list('olt-1/', 10);
      expect(found.map(({ name }) => name)).toEqual([counter, gauge]);
      expect(await store().list('olt-', 1)).toHaveLength(1);
      expect(await store().list('olt-9', 10)).toEqual([]);
    });

    it('keeps every bit of a 64-bit counter, also over its wrap', async () => {
      const [id] = await register(counter);
      const large = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n + 1n, 2n ** 63n + 2n, 2n ** 64n - 1n];
      // A store that rounds keeps small numbers beside numbers of this size only by their first digits.
      const whole = traits.keepsEveryBit ? [...large, 12n] : large;
      for (const [index, value] of whole.entries()) await add([id, start + index * MINUTE_MS, value]);
      await harness.settle();
      expect([...((await all(id)).exact ?? [])]).toEqual(whole);
      await harness.restart();
      expect([...((await all(id)).exact ?? [])]).toEqual(whole);
      expect((await store().last([id])).exact?.[0]).toBe(whole.at(-1));
    });

    it('takes small counters as plain numbers and still answers them exactly', async () => {
      const [id, rx] = await register(counter, gauge);
      await add([id, start, 42], [rx, start, -19.25], [id, start + 1, 43n]);
      await harness.settle();
      const read = await all(id);
      expect([...read.values]).toEqual([42, 43]);
      expect([...(read.exact ?? [])]).toEqual([42n, 43n]);
      expect((await all(rx)).exact).toBeUndefined();
    });

    it('keeps a gap as a gap and not as a value', async () => {
      const [id, rx] = await register(counter, gauge);
      for (const [index, value] of [1, gap, gap, 2.5, gap].entries()) await add([rx, start + index, value]);
      await add([id, start, 2n ** 63n], [id, start + 1, gap], [id, start + 2, 2n ** 63n + 5n]);
      await harness.settle();
      expect([...(await all(rx)).values]).toEqual([1, gap, gap, 2.5, gap]);
      expect([...((await all(id)).exact ?? [])]).toEqual([2n ** 63n, 0n, 2n ** 63n + 5n]);
      expect((await all(id)).values[1]).toBe(gap);
      const [bucket] = await store().downsample(rx, { from: start, to: start + 5, stepMs: 5 });
      expect(bucket).toEqual({ from: start, minimum: 1, maximum: 2.5, mean: 1.75, last: 2.5, count: 2 });
    });

    it('puts samples that come out of order in their place', async () => {
      const [rx] = await register(gauge);
      const minutes = [5, 6, 1, 9, 2, 7, 0, 8];
      for (const minute of minutes) await add([rx, start + minute * MINUTE_MS, minute]);
      await harness.settle();
      await add([rx, start + 3 * MINUTE_MS, 3], [rx, start + 4 * MINUTE_MS, 4]);
      const sorted = Array.from({ length: 10 }, (_, minute) => [start + minute * MINUTE_MS, minute]);
      expect(pairs(await all(rx))).toEqual(sorted);
      await harness.settle();
      expect(pairs(await all(rx))).toEqual(sorted);
      expect((await store().last([rx])).values[0]).toBe(9);
    });

    whenReplacing('lets the last of several samples at one time win', async () => {
      const [rx] = await register(gauge);
      await add([rx, start, 1], [rx, start, 2], [rx, start + 5, 7]);
      await add([rx, start + 5, 8]);
      await harness.settle();
      await add([rx, start, 3], [rx, start + 5, gap]);
      expect(pairs(await all(rx))).toEqual([
        [start, 3],
        [start + 5, gap],
      ]);
      await harness.settle();
      await harness.restart();
      expect(pairs(await all(rx))).toEqual([
        [start, 3],
        [start + 5, gap],
      ]);
    });

    it('answers from its first instant up to and without its last', async () => {
      const [rx] = await register(gauge);
      const midnight = start + DAY_MS;
      await add([rx, midnight - 1, 1], [rx, midnight, 2], [rx, midnight + 1, 3]);
      await harness.settle();
      const values = async (from: number, to: number) => [...(await store().range(rx, from, to)).values];
      expect(await values(midnight - 1, midnight)).toEqual([1]);
      expect(await values(midnight, midnight + 1)).toEqual([2]);
      expect(await values(midnight - 1, midnight + 2)).toEqual([1, 2, 3]);
      expect(await values(midnight, midnight)).toEqual([]);
      expect(await values(midnight + 2, midnight - 2)).toEqual([]);
    });

    it('answers buckets with minimum, maximum, mean and count, empty ones too', async () => {
      const [rx] = await register(gauge);
      await add(...[3, -1, 4].map((value, index): Sample => [rx, start + index * MINUTE_MS, value]));
      await add([rx, start + 6 * MINUTE_MS, 10]);
      await harness.settle();
      const read = { from: start, to: start + 9 * MINUTE_MS, stepMs: 3 * MINUTE_MS };
      const [first, second, third] = await store().downsample(rx, read);
      expect(first).toEqual({ from: start, minimum: -1, maximum: 4, mean: 2, last: 4, count: 3 });
      expect(second?.count).toBe(0);
      expect(third).toMatchObject({ from: start + 6 * MINUTE_MS, minimum: 10, maximum: 10 });
      expect(third).toMatchObject({ mean: 10, last: 10, count: 1 });
      await expect(store().downsample(rx, { ...read, stepMs: 1 })).rejects.toThrow(/10000|bucket/);
    });

    it('knows the newest sample of each series and says where there is none', async () => {
      const [id, rx] = await register(counter, gauge);
      await add([rx, start, 1], [rx, start + DAY_MS, 2]);
      await harness.settle();
      await harness.restart();
      const last = await store().last([rx, id]);
      expect([...last.times]).toEqual([start + DAY_MS, gap]);
      expect([...last.values]).toEqual([2, gap]);
    });

    it('keeps a day of each kind of series through a restart', async () => {
      const [id, rx] = await register(counter, gauge);
      const samples = Array.from({ length: 1_500 }, (_, index): Sample[] => [
        [id, start + index * MINUTE_MS + (index % 7), 9_000_000_000 + index * 1_234_567],
        [rx, start + index * MINUTE_MS, Math.sin(index)],
      ]);
      for (let from = 0; from < samples.length; from += 50)
        await add(...samples.slice(from, from + 50).flat());
      await harness.settle();
      await harness.restart();
      const read = await all(id);
      expect(read.times).toHaveLength(1_500);
      expect(read.values[1_499]).toBe(9_000_000_000 + 1_499 * 1_234_567);
      const off = (await all(rx)).values.map((value, index) => Math.abs(value - Math.sin(index)));
      expect(off).toHaveLength(1_500);
      expect(Math.max(...off)).toBeLessThanOrEqual(slack);
    });

    it('loses nothing it acknowledged when the power goes', async () => {
      if (harness.crash === undefined) return;
      const [id, rx] = await register(counter, gauge);
      await add([rx, start, 1.5], [id, start, 2n ** 63n + 1n]);
      await harness.settle();
      await Promise.all([1, 2, 3].map((minute) => add([rx, start + minute * MINUTE_MS, minute])));
      const found = await harness.crash();
      try {
        expect([...(await found.range(rx, start, start + DAY_MS)).values]).toEqual([1.5, 1, 2, 3]);
        expect((await found.range(id, start, start + DAY_MS)).exact?.[0]).toBe(2n ** 63n + 1n);
      } finally {
        await found.close();
      }
    });

    it('refuses and counts samples of unknown series and of a broken clock', async () => {
      const [rx] = await register(gauge);
      await add(
        [(rx + 1_000) as SeriesId, start, 1],
        [rx, gap, 1],
        [rx, -5, 1],
        [rx, 1e300, 1],
        [rx, start, 5],
      );
      await harness.settle();
      expect(pairs(await all(rx))).toEqual([[start, 5]]);
      expect((await store().stats())['samples_refused']).toBe(4);
    });

    it('refuses a batch whose columns differ in length', async () => {
      const [rx] = await register(gauge);
      const uneven = { ...batch([[rx, start, 1]]), values: new Float64Array(2) };
      await expect(store().append(uneven)).rejects.toThrow('differ in length');
    });

    it('drops whole days before an instant and keeps the rest', async () => {
      const [rx] = await register(gauge);
      await add([rx, start - DAY_MS, 1], [rx, start, 2], [rx, start + DAY_MS, 3]);
      await harness.settle();
      await store().dropBefore(start + 5);
      expect(pairs(await all(rx))).toEqual([
        [start, 2],
        [start + DAY_MS, 3],
      ]);
      await harness.restart();
      expect([...(await all(rx)).values]).toEqual([2, 3]);
    });

    whenReplacing('answers what a sorted list would, whatever comes in whatever order', async () => {
      const [rx, other] = await register(gauge, counter);
      const value = fc.oneof(fc.double(), fc.constant(gap), fc.integer({ min: -99, max: 99 }));
      const sample = fc.tuple(fc.integer({ min: 0, max: 400 }), value);
      const model = new Map<number, number>();
      const appends = fc.sample(fc.array(sample, { minLength: 1, maxLength: 60 }), {
        numRuns: 12,
        seed: 5,
      });
      for (const [index, samples] of appends.entries()) {
        await add(...samples.map(([at, held]): Sample => [rx, start + at * MINUTE_MS * 5, held]), [
          other,
          start + index,
          index,
        ]);
        for (const [at, held] of samples) model.set(start + at * MINUTE_MS * 5, held);
        if (index % 5 === 4) await harness.settle();
        if (index === 7) await harness.restart();
        expect(pairs(await all(rx))).toEqual([...model].sort(([a], [b]) => a - b));
      }
    });
  });
}
