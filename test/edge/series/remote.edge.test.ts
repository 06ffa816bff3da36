import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, milliseconds } from '../../../src/base/instant.ts';
import type { World } from '../../../src/base/world.ts';
import { openHttpClient } from '../../../src/edge/net/http-request.ts';
import { influxBackend } from '../../../src/edge/series/influx.ts';
import { openRemoteSeries } from '../../../src/edge/series/remote.ts';
import { victoriaBackend } from '../../../src/edge/series/victoria.ts';
import type { SeriesName, SeriesStore } from '../../../src/flow/series.ts';
import { judgeSeriesStore, type SeriesHarness } from '../../flow/series-compliance.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';
import { hasProgram, type StoreKind, type StoreServer, startStore } from './remote-server.ts';

const DAY_MS = 86_400_000;
/** Midnight of the tests' day; their clock stands ten days later. */
const day = Date.UTC(2026, 2, 10);
const isNeeded = process.env['CI'] === 'true';

const world: World = { ...realWorld(), now: () => instant(day + 10 * DAY_MS) };
let databases = 0;

interface Remote extends SeriesHarness {
  store: SeriesStore;
}

async function remote(kind: StoreKind, url: string, spoolBytes?: number): Promise<Remote> {
  const folder = mkdtempSync(join(tmpdir(), 'remote-series-'));
  const database = `test${databases++}`;
  const open = async (): Promise<SeriesStore> => {
    const http = openHttpClient({
      world,
      allowPrivate: true,
      timeoutMs: milliseconds(10_000),
      connections: 2,
      answerBytes: 16 * 1024 * 1024,
    });
    const options = { url, database, http };
    const backend =
      kind === 'influx' ? influxBackend({ ...options, retentionMs: undefined }) : victoriaBackend(options);
    const opened = await openRemoteSeries({
      folder,
      world,
      spoolBytes,
      backend: { ...backend, close: http.close },
    });
    expect(opened.problems).toEqual([]);
    return opened.value;
  };
  const harness: Remote = {
    store: await open(),
    day,
    async settle() {},
    async restart() {
      await harness.store.close();
      harness.store = await open();
    },
    async end() {
      await harness.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return harness;
}

const gauge = (resource: string): SeriesName => ({
  resource,
  metric: 'optical.rx',
  unit: 'dB[mW]',
  kind: 'gauge',
});

for (const kind of ['influx', 'victoriametrics'] as const) {
  const isThere = hasProgram(kind) || isNeeded;
  const missing = isThere ? '' : ` (left out: ${kind} is not installed)`;
  describe.runIf(isThere)(`${kind}${missing}`, () => {
    let server: StoreServer;
    beforeAll(async () => {
      server = await startStore(kind);
    }, 30_000);
    afterAll(() => server.end());

    let run = 0;
    judgeSeriesStore(
      kind,
      async () => {
        const harness = await remote(kind, server.url);
        if (kind === 'influx') return harness;
        // One store of VictoriaMetrics has no databases: each test names its resources apart.
        return apart(harness, `t${run++}/`);
      },
      { replacesAtOneTime: kind === 'influx', keepsEveryBit: kind === 'influx' },
    );

    it('takes what waited while it was away, in order and all of it', async () => {
      const harness = await remote(kind, server.url);
      try {
        const [id] = await harness.store.register([gauge('away-1')]);
        const put = (minute: number): Promise<void> =>
          harness.store.append({
            series: Uint32Array.of(id!),
            times: Float64Array.of(day + minute * 60_000),
            values: Float64Array.of(minute),
          });
        await put(0);
        await server.kill();
        for (let minute = 1; minute <= 30; minute++) await put(minute);
        await until(async () => ((await harness.store.stats())['requests_failed'] ?? 0) > 0, 20_000);
        await expect(harness.store.range(id!, day, day + DAY_MS)).rejects.toThrow('away');
        await server.start();
        await until(async () => (await harness.store.stats())['records_waiting'] === 0, 20_000);
        const read = await harness.store.range(id!, day + 60_000, day + DAY_MS);
        expect([...read.values]).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      } finally {
        await harness.end();
      }
    }, 40_000);

    it('writes names that hold everything a device may say', async () => {
      const harness = await remote(kind, server.url);
      try {
        const odd = [
          'a b,c=d',
          'x\ny value=9 1',
          '"quoted" \'so\'',
          'back\\',
          '100 %',
          'порт/1',
          '{__name__=~".+"}',
        ];
        const ids = await harness.store.register(
          odd.map((text) => ({ ...gauge(`odd/${text}`), metric: `m ${text}` })),
        );
        await harness.store.append({
          series: Uint32Array.from(ids),
          times: new Float64Array(odd.length).fill(day),
          values: Float64Array.from(odd, (_, index) => index + 0.5),
        });
        const last = await harness.store.last(ids);
        expect([...last.values]).toEqual(odd.map((_, index) => index + 0.5));
        expect((await harness.store.stats())['samples_quarantined']).toBe(0);
      } finally {
        await harness.end();
      }
    });
  });
}

/** The store with a prefix before every resource. */
function apart(harness: Remote, prefix: string): SeriesHarness {
  const store = (): SeriesStore => harness.store;
  const named: SeriesStore = new Proxy({} as SeriesStore, {
    get(_, call: keyof SeriesStore) {
      if (call === 'register') {
        return (names: readonly SeriesName[]) =>
          store().register(names.map((name) => ({ ...name, resource: prefix + name.resource })));
      }
      if (call === 'list') {
        return async (start: string, limit: number) =>
          (await store().list(prefix + start, limit)).map(({ id, name }) => ({
            id,
            name: { ...name, resource: name.resource.slice(prefix.length) },
          }));
      }
      const run = store()[call] as (...given: readonly unknown[]) => unknown;
      return run.bind(store());
    },
  });
  return {
    store: named,
    day: harness.day,
    settle: () => harness.settle(),
    restart: () => harness.restart(),
    end: () => harness.end(),
  };
}
