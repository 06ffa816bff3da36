/** What went through ports: from counters to bit/s by minute. */
import { expect, test } from 'vitest';
import { portTraffic } from '../../../src/app/center/port-traffic.ts';
import { instant } from '../../../src/base/instant.ts';
import type { SeriesId, SeriesName } from '../../../src/flow/series.ts';

const minute = 60_000;
const hour = 60 * minute;
const at = instant(1_767_225_600_000);

function storeOf(series: Readonly<Record<string, readonly (readonly [number, number])[]>>) {
  const names = Object.keys(series);
  return {
    list: async (prefix: string) =>
      names.flatMap((name, i) => {
        const [resource = '', metric = ''] = name.split(' ');
        const full: SeriesName = { resource, metric, unit: 'By', kind: 'counter' };
        return resource.startsWith(prefix) ? [{ id: i as SeriesId, name: full }] : [];
      }),
    range: async (id: SeriesId) => {
      const points = series[names[id]!]!;
      return {
        times: Float64Array.from(points, ([time]) => time),
        values: Float64Array.from(points, ([, value]) => value),
      };
    },
  };
}

test('a rate is the growth of a counter in its own time, in the minute in which it was read', async () => {
  const series = storeOf({
    'r-1/if/5 if.inOctets': [
      [at - 2 * minute, 1_000],
      [at - minute, 1_000 + 60 * 125],
      [at, 1_000 + 180 * 125],
    ],
    'r-1/if/5 if.outOctets': [[at, 9]],
    'r-1/if/5 if.inErrors': [[at, 9]],
    'r-12/if/5 if.inOctets': [[at, 9]],
  });
  const [port, ...others] = await portTraffic({ series, at, device: 'r-1' });
  expect(others).toEqual([]);
  expect(port?.ifIndex).toBe(5);
  expect(port?.inBps).toHaveLength(60);
  expect(port?.inBps.slice(-3)).toEqual([Number.NaN, 1_000, 2_000]);
  expect(port?.outBps.every(Number.isNaN)).toBe(true);
});

test('a counter that went back, a gap and a long silence give no rate, and a port without traffic is left out', async () => {
  const series = storeOf({
    'r-1/if/1 if.inOctets': [
      [at - hour, 0],
      [at - 20 * minute, 9e9],
      [at - 19 * minute, 5],
      [at - 18 * minute, Number.NaN],
      [at - 17 * minute, 75],
      [at - 16 * minute, 150],
    ],
    'r-1/if/2 if.inOctets': [
      [at - minute, 7],
      [at, 7],
    ],
  });
  const found = await portTraffic({ series, at, device: 'r-1' });
  expect(found.map(({ ifIndex }) => ifIndex)).toEqual([1]);
  expect(found[0]?.inBps.filter((bps) => !Number.isNaN(bps))).toEqual([10]);
});
