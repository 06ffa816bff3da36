/** The series of a thousand polled devices through the store: what a sample costs until it is in a segment, and a series in memory. */
import { performance } from 'node:perf_hooks';
import { cpuUsage, memoryUsage } from 'node:process';
import { openSeries } from '../../src/edge/series/series.ts';
import type { SampleBatch, SeriesId, SeriesName } from '../../src/flow/series.ts';
import { benchWorld } from './world.ts';

/** 48 ports of eleven values. */
const VALUES = 528;
const MINUTE_MS = 60_000;
/** Devices of one batch, as a collector gathers them. */
const GATHERED = 31;

export interface ManySeries {
  readonly series: number;
  readonly usPerName: number;
  readonly usPerSample: number;
  /** Beyond the samples: what the process grew by at the registration. */
  readonly bytesPerSeries: number;
  readonly mostHeadBytes: number;
  readonly rssMb: number;
  readonly longestAppendMs: number;
}

/** So many polls of so many devices, a minute apart by their times; ends when some of it went into segments. */
export async function measureManySeries(folder: string, devices: number, polls: number): Promise<ManySeries> {
  const { value: store } = await openSeries({ folder, world: benchWorld() });
  const rssBefore = memoryUsage.rss();
  const registering = cpuUsage();
  const first: SeriesId[] = [];
  for (let device = 0; device < devices; device++) first.push((await store.register(namesOf(device)))[0]!);
  const usPerName = usSince(registering) / devices / VALUES;
  const bytesPerSeries = (memoryUsage.rss() - rssBefore) / devices / VALUES;
  let [spentUs, mostHeadBytes, longestAppendMs] = [0, 0, 0];
  const start = Date.now() - polls * MINUTE_MS;
  for (let poll = 0; poll < polls; poll++) {
    for (let device = 0; device < devices; device += GATHERED) {
      const batch = batchOf(first.slice(device, device + GATHERED), start + poll * MINUTE_MS + device, poll);
      const appending = cpuUsage();
      const from = performance.now();
      await store.append(batch);
      longestAppendMs = Math.max(longestAppendMs, performance.now() - from);
      spentUs += usSince(appending);
    }
    mostHeadBytes = Math.max(mostHeadBytes, (await store.stats())['head_bytes'] ?? 0);
  }
  const { bodies_written: bodies = 0 } = await store.stats();
  if (bodies === 0) throw new Error('nothing went into segments');
  await store.close();
  return {
    series: devices * VALUES,
    usPerName,
    usPerSample: spentUs / devices / VALUES / polls,
    bytesPerSeries,
    mostHeadBytes,
    rssMb: memoryUsage.rss() / 2 ** 20,
    longestAppendMs,
  };
}

function usSince(before: NodeJS.CpuUsage): number {
  const { user, system } = cpuUsage(before);
  return user + system;
}

const namesOf = (device: number): SeriesName[] =>
  Array.from({ length: VALUES }, (_, i) => ({
    resource: `device-${device}/if/${Math.floor(i / 11) + 1}`,
    metric: `metric.${i % 11}`,
    unit: '1',
    kind: i % 11 < 4 ? 'gauge' : 'counter',
  }));

/** Seven of eleven values of a port stand still, as errors, speeds and states do. */
function batchOf(firsts: readonly SeriesId[], at: number, poll: number): SampleBatch {
  const count = firsts.length * VALUES;
  const batch = {
    series: new Uint32Array(count),
    times: new Float64Array(count),
    values: new Float64Array(count),
  };
  for (const [device, first] of firsts.entries()) {
    const time = at + device + ((poll * 7_919) % 97);
    for (let i = 0; i < VALUES; i++) {
      const place = device * VALUES + i;
      batch.series[place] = first + i;
      batch.times[place] = time;
      batch.values[place] = i % 11 < 7 ? i : poll * 1e5 * (1 + i) + ((poll * 31 + i * 17) % 1_000);
    }
  }
  return batch;
}
