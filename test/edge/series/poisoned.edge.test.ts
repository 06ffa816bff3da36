/** A store that refuses, stalls and comes back: one bad line is left out alone, all others land once it answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRemoteSeries } from '../../../src/edge/series/remote.ts';
import type { RemoteBackend, WriteOutcome } from '../../../src/edge/series/remote-backend.ts';
import type { SeriesName } from '../../../src/flow/series.ts';
import { realWorld } from '../../support/real-world.ts';

test('refused samples are left out alone, in whatever batch, also when the store goes away meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'poisoned-series-'));
  const world = realWorld({
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: () => {},
  });
  const landed = new Set<string>();
  let calls = 0;
  const backend: RemoteBackend = {
    unsafeMs: 0,
    prepare: async () => ({ kind: 'written' }),
    async write(text): Promise<WriteOutcome> {
      if (++calls % 5 === 0) return { kind: 'away', reason: 'no answer' };
      if (text.includes('bad/')) return { kind: 'refused', reason: '400' };
      for (const line of text.split('\n')) landed.add(line);
      return { kind: 'written' };
    },
    read: async () => [],
    newest: async () => undefined,
    dropBefore: async () => {},
    close: () => {},
  };
  const { value: store } = await openRemoteSeries({ folder, world, backend });
  const name = (resource: string): SeriesName => ({ resource, metric: 'm', unit: '1', kind: 'gauge' });
  const names = Array.from({ length: 200 }, (_, i) => name(i === 57 ? 'bad/57' : `good/${i}`));
  const ids = await store.register(names);
  const now = world.now();
  await store.append({
    series: Uint32Array.from(ids),
    times: new Float64Array(ids.length).fill(now),
    values: Float64Array.from(ids, (_, i) => i),
  });
  await expect
    .poll(async () => (await store.stats())['records_waiting'], { timeout: 15_000, interval: 20 })
    .toBe(0);
  expect(landed.size).toBe(199);
  expect((await store.stats())['samples_quarantined']).toBe(1);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
