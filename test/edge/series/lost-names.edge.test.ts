/** The names of series that wait for a store elsewhere are lost: the daemon starts, and no sample gets another's name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRemoteSeries } from '../../../src/edge/series/remote.ts';
import type { RemoteBackend } from '../../../src/edge/series/remote-backend.ts';
import type { SeriesStore } from '../../../src/flow/series.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const world = realWorld();

test('after a damaged file of names the spool goes on, and what waited in it is nobody else’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lost-names-'));
  const written: string[] = [];
  let isAway = true;
  const backend: RemoteBackend = {
    unsafeMs: 0,
    prepare: async () => (isAway ? { kind: 'away', reason: 'away' } : { kind: 'written' }),
    write: async (lines) => {
      written.push(lines);
      return { kind: 'written' };
    },
    read: async () => [],
    newest: async () => undefined,
    dropBefore: async () => {},
    close() {},
  };
  const append = async (store: SeriesStore, metric: string, value: number): Promise<void> => {
    const [id] = await store.register([{ resource: 'olt-1', metric, unit: 'By', kind: 'gauge' }]);
    const times = Float64Array.of(world.now());
    await store.append({ series: Uint32Array.of(id!), times, values: Float64Array.of(value) });
  };
  const first = await openRemoteSeries({ folder, world, backend });
  await append(first.value, 'before', 1);
  await first.value.close();
  writeFileSync(join(folder, 'names.sqlite'), 'no database at all');
  isAway = false;
  const second = await openRemoteSeries({ folder, world, backend });
  expect(second.problems).toMatchObject([{ code: 'series/names-damaged' }]);
  await append(second.value, 'after', 2);
  await until(() => written.length > 0);
  await second.value.close();
  expect(written.join('\n')).toMatch(/^after,kind=gauge,resource=olt-1,unit=By value=2 \d+$/);
  rmSync(folder, { recursive: true });
});
