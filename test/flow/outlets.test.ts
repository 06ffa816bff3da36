/** What waits while the series or the line take nothing: bounded, counted, the worst first. */
import { describe, expect, test } from 'vitest';
import { milliseconds } from '../../src/base/instant.ts';
import { ObservationOutlet } from '../../src/flow/observation-outlet.ts';
import { PollingHealth } from '../../src/flow/polling-health.ts';
import { SampleOutlet } from '../../src/flow/sample-outlet.ts';
import type { SampleBatch } from '../../src/flow/series.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation, PerceivedSeverity } from '../../src/model/observation.ts';
import { virtualWorld } from '../support/virtual-world.ts';

describe('samples', () => {
  const store = () => {
    const taken: SampleBatch[] = [];
    const state = { isAway: false, isHanging: false };
    return {
      taken,
      state,
      async append(batch: SampleBatch): Promise<void> {
        if (state.isHanging) await new Promise(() => undefined);
        if (state.isAway) throw new Error('away');
        taken.push(batch);
      },
    };
  };

  test('they leave when a quarter of a second old or when a batch is full, in order', async () => {
    const world = virtualWorld();
    const series = store();
    const outlet = new SampleOutlet({ store: series, world });
    outlet.stamp(5);
    outlet.value(1, 10);
    outlet.counter(2, 1, 2);
    outlet.counter(3, 0xffff_ffff, 0xffff_fffe);
    await world.pass(240);
    expect(series.taken).toEqual([]);
    await world.pass(20);
    expect([...series.taken[0]!.values].slice(0, 2)).toEqual([10, 2 ** 32 + 2]);
    expect(series.taken[0]!.exact?.[2]).toBe(2n ** 64n - 2n);
    expect([...series.taken[0]!.times]).toEqual([5, 5, 5]);
    for (let i = 0; i < 40_000; i++) outlet.value(i, i);
    await world.pass(1);
    expect(
      series.taken
        .slice(1)
        .flatMap(({ values }) => [...values])
        .slice(0, 3),
    ).toEqual([0, 1, 2]);
    await outlet.close();
    expect(series.taken.reduce((sum, batch) => sum + batch.series.length, 0)).toBe(40_003);
  });

  test('a batch is not touched before the store has taken it, however many come meanwhile', async () => {
    const world = virtualWorld();
    let sum = 0;
    let next = 0;
    let misplaced = 0;
    const append = async ({ series, values }: SampleBatch): Promise<void> => {
      await new Promise<void>((resolve) => void world.after(milliseconds(300), resolve));
      for (const [i, id] of series.entries()) {
        if (id !== next++ % 1_000) misplaced++;
        sum += values[i]!;
      }
    };
    const outlet = new SampleOutlet({ store: { append }, world });
    for (let i = 0; i < 300_000; i++) {
      outlet.value(i % 1_000, i);
      if (i % 50_000 === 49_999) await world.pass(400);
    }
    const closing = outlet.close();
    await world.pass(20_000);
    await closing;
    expect([next, misplaced]).toEqual([300_000, 0]);
    expect(sum).toBe((300_000 * 299_999) / 2);
  });

  test('an outlet that closes waits for what the store is still taking', async () => {
    const world = virtualWorld();
    let take = (): void => undefined;
    const append = (): Promise<void> =>
      new Promise((resolve) => {
        take = resolve;
      });
    const outlet = new SampleOutlet({ store: { append }, world });
    outlet.value(1, 1);
    let isClosed = false;
    const closing = outlet.close().then(() => {
      isClosed = true;
    });
    await world.pass(1_000);
    expect(isClosed).toBe(false);
    take();
    await closing;
    expect([outlet.counters.samples, outlet.counters.samplesLost, world.waiting]).toEqual([1, 0, 0]);
  });

  test('a store that hangs or refuses holds up nobody; what is too much is counted', async () => {
    const world = virtualWorld();
    const series = store();
    const outlet = new SampleOutlet({ store: series, world, mostWaiting: 50_000 });
    series.state.isAway = true;
    for (let n = 0; n < 10; n++) {
      for (let i = 0; i < 16_384; i++) outlet.value(i, n);
      await world.pass(300);
    }
    expect(outlet.counters.samplesWaiting).toBeLessThanOrEqual(50_000 + 2 * 16_384);
    expect(outlet.counters.samplesLost).toBeGreaterThan(60_000);
    series.state.isAway = false;
    await world.pass(60_000);
    expect(outlet.counters.samplesWaiting).toBe(0);
    expect(outlet.counters.samples + outlet.counters.samplesLost).toBe(163_840);
  });
});

describe('observations', () => {
  const about = (
    resource: string,
    event: Observation['event'],
    severity?: PerceivedSeverity,
  ): Observation => ({ event, resource: resourceId(resource), cause: 'LOS', severity, source: 'poll' });

  test('of each alarm the last word is kept, the worst leaves first, what ends comes last', async () => {
    const world = virtualWorld();
    let isFull = true;
    const told: string[] = [];
    const outlet = new ObservationOutlet(world, ({ event, resource }) => {
      if (!isFull) told.push(`${event} ${resource}`);
      return !isFull;
    });
    outlet.send(about('a', 'raise', 'minor'));
    outlet.send(about('b', 'raise', 'warning'));
    outlet.send(about('c', 'raise', 'critical'));
    outlet.send(about('a', 'clear'));
    outlet.send(about('b', 'raise', 'major'));
    expect(outlet.counters.observationsKept).toBe(3);
    await world.pass(10_000);
    isFull = false;
    await world.pass(300);
    expect(told).toEqual(['raise c', 'raise b', 'clear a']);
    outlet.send(about('d', 'raise', 'minor'));
    expect(told.at(-1)).toBe('raise d');
    expect(world.waiting).toBe(0);
  });
});

describe('the collector itself', () => {
  const raise = (device: string): Observation[] => [
    { event: 'raise', resource: resourceId(device), cause: 'UNREACHABLE', source: 'poll' },
  ];
  const devices = Array.from({ length: 20 }, (_, i) => `d${i}`);
  function healthy(): PollingHealth {
    const health = new PollingHealth('collector');
    for (const device of devices) health.add(device);
    for (const device of devices) health.answered(device, []);
    return health;
  }

  test('a part of the devices that falls silent is theirs to say', () => {
    const health = healthy();
    const told = devices.slice(0, 10).flatMap((device) => health.silent(device, raise(device)));
    expect(told.length).toBe(10);
    expect(health.isBlind).toBe(false);
  });

  test('devices that never answered make nobody blind', () => {
    const health = new PollingHealth('collector');
    for (const device of devices) health.add(device);
    const told = devices.flatMap((device) => health.silent(device, raise(device)));
    expect(told.length).toBe(20);
  });

  test('lateness, coverage and refusals are told', () => {
    const health = healthy();
    for (const device of devices.slice(0, 19)) health.asked(device, 10);
    health.asked('d19', 5_000);
    health.refused('d3', 'authentication');
    expect(health.counters()).toMatchObject({
      devicesPolled: 20,
      devicesReadInTime: 19,
      pollCoverage: 0.95,
      pollLatenessP50Ms: 20,
      pollLatenessP99Ms: 5_120,
      pollsRefused_authentication: 1,
    });
    expect(health.worst()[0]).toEqual({ device: 'd19', lateMs: 5_000 });
  });
});
