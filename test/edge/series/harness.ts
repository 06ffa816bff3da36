/** The embedded store in a folder of its own, with a clock that stands still and a tick that the test gives. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { instant } from '../../../src/base/instant.ts';
import type { Problem } from '../../../src/base/problem.ts';
import type { World } from '../../../src/base/world.ts';
import { connectSeries, serveSeries } from '../../../src/edge/series/port.ts';
import { openSeries } from '../../../src/edge/series/series.ts';
import type { SeriesStore } from '../../../src/flow/series.ts';
import type { SeriesHarness } from '../../flow/series-compliance.ts';
import { realWorld } from '../../support/real-world.ts';

export const DAY_MS = 86_400_000;
/** Midnight of the tests' day; their clock stands ten days later. */
export const day = Date.UTC(2026, 2, 10);

export interface Embedded extends SeriesHarness {
  store: SeriesStore;
  readonly folder: string;
  /** What the last opening found. */
  problems: readonly Problem[];
  /** Lets ticks pass until the condition holds. */
  tickUntil(holds: (stats: Readonly<Record<string, number>>) => boolean): Promise<void>;
}

export interface Choice {
  /** Where samples are when they are read: untouched, in segments of their day, or in a sealed day. */
  readonly settle?: 'head' | 'day' | 'sealed';
  readonly throughPort?: boolean;
  readonly headBytes?: number;
}

export async function embedded(choice: Choice = {}): Promise<Embedded> {
  const folder = mkdtempSync(join(tmpdir(), 'series-test-'));
  const ticks = new Set<() => void>();
  const world: World = {
    ...realWorld(),
    now: () => instant(day + 10 * DAY_MS),
    every(_, run) {
      ticks.add(run);
      return { cancel: () => void ticks.delete(run) };
    },
  };
  const open = async (path: string) => {
    const opened = await openSeries({ folder: path, world, headBytes: choice.headBytes });
    return { ...opened, value: choice.throughPort === true ? throughPort(opened.value) : opened.value };
  };
  const first = await open(join(folder, 'store'));
  let crashes = 0;
  const harness: Embedded = {
    store: first.value,
    problems: first.problems,
    folder: join(folder, 'store'),
    day,
    async tickUntil(holds) {
      const deadline = performance.now() + 20_000;
      while (!holds(await harness.store.stats())) {
        if (performance.now() > deadline)
          throw new Error(`never: ${JSON.stringify(await harness.store.stats())}`);
        for (const tick of ticks) tick();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    settle: () => settle(harness, choice.settle ?? 'head'),
    async restart() {
      await harness.store.close();
      const opened = await open(harness.folder);
      harness.store = opened.value;
      harness.problems = opened.problems;
    },
    async crash() {
      const copy = join(folder, `crash-${crashes++}`);
      cpSync(harness.folder, copy, { recursive: true });
      return (await open(copy)).value;
    },
    async end() {
      await harness.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return harness;
}

async function settle(harness: Embedded, state: 'head' | 'day' | 'sealed'): Promise<void> {
  if (state === 'head') return;
  await rounds(harness, 2);
  if (state === 'day') return;
  // A day is sealed once a later sample has come.
  const [clock] = await harness.store.register([
    { resource: 'clock', metric: 'tick', unit: '1', kind: 'gauge' },
  ]);
  await harness.store.append({
    series: Uint32Array.of(clock!),
    times: Float64Array.of(day + 5 * DAY_MS),
    values: Float64Array.of(1),
  });
  await rounds(harness, 2);
  await harness.tickUntil((stats) => (stats['days_sealed'] ?? 0) >= (stats['days'] ?? 0) - 1);
}

async function rounds(harness: Embedded, more: number): Promise<void> {
  const before = (await harness.store.stats())['rounds'] ?? 0;
  await harness.tickUntil((stats) => (stats['rounds'] ?? 0) >= before + more);
}

function throughPort(store: SeriesStore): SeriesStore {
  const { port1, port2 } = new MessageChannel();
  serveSeries(port2, store);
  return connectSeries(port1);
}
