import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeriesId } from '../../../src/flow/series.ts';
import { DAY_MS, day, type Embedded, embedded } from './harness.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('roll-ups of sealed days', () => {
  let harness: Embedded;
  let id: SeriesId;

  const put = (samples: readonly (readonly [time: number, value: number])[]): Promise<void> =>
    harness.store.append({
      series: new Uint32Array(samples.length).fill(id),
      times: Float64Array.from(samples, ([time]) => time),
      values: Float64Array.from(samples, ([, value]) => value),
    });
  const hours = () => harness.store.downsample(id, { from: day, to: day + DAY_MS, stepMs: HOUR_MS });

  beforeEach(async () => {
    harness = await embedded({ settle: 'sealed' });
    const name = { resource: 'olt-1/if/7', metric: 'optical.rx', unit: 'dB[mW]', kind: 'gauge' } as const;
    [id] = (await harness.store.register([name])) as [SeriesId];
  });
  afterEach(() => harness.end());

  it('say the same of a day that is gone as its samples did', async () => {
    const minutes = Array.from({ length: 1_440 }, (_, minute) => minute).filter((minute) => minute % 7 !== 3);
    await put(
      minutes.map((minute) => [day + minute * MINUTE_MS, -20 + Math.round(100 * Math.sin(minute)) / 100]),
    );
    await put([[day + 90_500, Number.NaN]]);
    await harness.settle();
    const before = await hours();
    expect(before[5]?.count).toBeGreaterThan(45);
    await harness.store.dropBefore(day + DAY_MS);
    await harness.restart();
    expect((await harness.store.range(id, day, day + DAY_MS)).times).toHaveLength(0);
    const after = await hours();
    for (const [index, bucket] of after.entries()) {
      expect(bucket).toMatchObject({ ...before[index]!, mean: expect.closeTo(before[index]!.mean, 9) });
    }
    const [whole] = await harness.store.downsample(id, { from: day, to: day + DAY_MS, stepMs: DAY_MS });
    expect(whole?.count).toBe(minutes.length);
    expect(whole?.last).toBe(before[23]!.last);
  });

  it('know of samples that came after their day was sealed', async () => {
    await put([[day + HOUR_MS, 1]]);
    await harness.settle();
    await put([
      [day + HOUR_MS + 1, 5],
      [day + 7 * HOUR_MS, 9],
    ]);
    await harness.settle();
    await harness.store.dropBefore(day + DAY_MS);
    const found = await hours();
    expect(found[1]).toMatchObject({ minimum: 1, maximum: 5, mean: 3, last: 5, count: 2 });
    expect(found[7]).toMatchObject({ minimum: 9, maximum: 9, count: 1 });
    expect(found[2]?.count).toBe(0);
  });

  it('are deleted by whole months', async () => {
    await put([[day, 1]]);
    await harness.settle();
    await harness.store.dropBefore(day + DAY_MS, day - 20 * DAY_MS);
    expect((await harness.store.stats())['hours_months']).toBe(1);
    await harness.store.dropBefore(day + DAY_MS, day + 40 * DAY_MS);
    expect((await harness.store.stats())['hours_months']).toBe(0);
    expect((await hours())[0]?.count).toBe(0);
  });
});
