/** What the embedded store does when bytes on its disk are wrong or missing, and when its files come and go. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/edge/disk/sqlite.ts';
import { connectSeries } from '../../../src/edge/series/port.ts';
import type { SeriesId } from '../../../src/flow/series.ts';
import { DAY_MS, day, type Embedded, embedded } from './harness.ts';

const MINUTE_MS = 60_000;
const counts = Array.from({ length: 1_440 }, (_, index) => index);

async function gauges(harness: Embedded, count: number): Promise<readonly SeriesId[]> {
  return await harness.store.register(
    Array.from({ length: count }, (_, index) => ({
      resource: `olt-1/if/${index}`,
      metric: 'optical.rx',
      unit: 'dBm',
      kind: 'gauge' as const,
    })),
  );
}

/** A day of polls each minute; values are noisy, so that a chunk is long enough to be hit. */
async function fillDay(harness: Embedded, ids: readonly SeriesId[], from = day): Promise<void> {
  const samples = counts.flatMap((index) => ids.map((id) => ({ id, index })));
  await harness.store.append({
    series: Uint32Array.from(samples, ({ id }) => id),
    times: Float64Array.from(samples, ({ index }) => from + index * MINUTE_MS),
    values: Float64Array.from(samples, ({ id, index }) => ((index * 7_919 + id) % 997) / 100),
  });
}

const readDay = async (harness: Embedded, id: SeriesId): Promise<number> =>
  (await harness.store.range(id, day, day + DAY_MS)).times.length;

/** Turns bits of the first chunk of the longest row of the series. */
function flipBit(file: string, series: SeriesId): void {
  const sqlite = openSqlite({ file });
  const rows = sqlite
    .prepare<{ id: number; body: Uint8Array }>('SELECT id, body FROM chunk WHERE id / 1048576 = ?')
    .all(series);
  const { id, body } = rows.toSorted((a, b) => b.body.length - a.body.length)[0]!;
  body[20]! ^= 0x04;
  sqlite.prepare('UPDATE chunk SET body = ? WHERE id = ?').run(body, id);
  sqlite.close();
}

describe('series store on a damaged disk', () => {
  let harness: Embedded;
  beforeEach(async () => {
    harness = await embedded({ settle: 'sealed' });
  });
  afterEach(() => harness.end());

  const dayFile = (kind: '' | '.open' = ''): string => `${harness.folder}/series-2026-03-10${kind}.sqlite`;

  it('passes over one damaged chunk, counts it, and reads all others', async () => {
    const [one, other] = await gauges(harness, 2);
    await fillDay(harness, [one!, other!]);
    await harness.settle();
    await harness.store.close();
    flipBit(dayFile(), one!);
    // The log would bring the samples back; a day later it holds them no more.
    rmSync(`${harness.folder}/log`, { recursive: true });
    await harness.restart();
    expect(await readDay(harness, one!)).toBe(1_440 - 512);
    expect((await harness.store.stats())['chunks_damaged']).toBe(1);
    expect(await readDay(harness, other!)).toBe(1_440);
  });

  it('sets a day aside that is no database any more, and goes on', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    await harness.store.close();
    writeFileSync(dayFile(), 'not a database, and longer than a page header would be'.repeat(40));
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/day-damaged']);
    expect(existsSync(`${dayFile()}.damaged`)).toBe(true);
    await harness.store.append({
      series: Uint32Array.of(one!),
      times: Float64Array.of(day),
      values: Float64Array.of(7),
    });
    expect([...(await harness.store.range(one!, day, day + 1)).values]).toEqual([7]);
  });

  it('cuts a torn record at the end of the log, says so, and keeps what was acknowledged', async () => {
    const [one] = await gauges(harness, 1);
    for (const minute of [0, 1, 2]) {
      const times = Float64Array.of(day + minute * MINUTE_MS);
      await harness.store.append({ series: Uint32Array.of(one!), times, values: Float64Array.of(minute) });
    }
    await harness.store.close();
    const folder = `${harness.folder}/log`;
    const segment = `${folder}/${readdirSync(folder).toSorted().at(-1)}`;
    const bytes = readFileSync(segment);
    writeFileSync(segment, Buffer.concat([bytes, bytes.subarray(0, 30)]));
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['disk/torn-tail']);
    expect(await readDay(harness, one!)).toBe(3);
  });

  it('seals a day to one row a series and leaves nothing of it in memory', async () => {
    const ids = await gauges(harness, 40);
    await fillDay(harness, ids);
    await harness.settle();
    await expect.poll(() => existsSync(dayFile('.open'))).toBe(false);
    const sqlite = openSqlite({ file: dayFile() });
    const held = sqlite.prepare('SELECT count(*) AS rows, sum(length(body)) AS bytes FROM chunk').get();
    sqlite.close();
    expect(held?.['rows']).toBe(40);
    expect(Number(held?.['bytes']) / (40 * 1_440)).toBeLessThan(2);
    expect((await harness.store.stats())['head_bytes']).toBe(0);
    for (const id of ids) expect(await readDay(harness, id)).toBe(1_440);
  });

  it('takes late samples into a sealed day', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    const append = (time: number, value: number) =>
      harness.store.append({
        series: Uint32Array.of(one!),
        times: Float64Array.of(time),
        values: Float64Array.of(value),
      });
    await append(day + 30_000, 55);
    await append(day, 66);
    await harness.settle();
    await harness.restart();
    const read = await harness.store.range(one!, day, day + MINUTE_MS);
    expect([...read.values]).toEqual([66, 55]);
  });

  it('uses the sealed file when the power went before the open one was removed', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    await harness.store.close();
    copyFileSync(dayFile(), dayFile('.open'));
    writeFileSync(`${harness.folder}/series-2026-03-10.sealing.sqlite`, 'half of a copy');
    await harness.restart();
    expect(
      readdirSync(harness.folder).filter((name) => /open|sealing/.test(name) && name.includes('03-10')),
    ).toEqual([]);
    expect(await readDay(harness, one!)).toBe(1_440);
  });

  it('unlinks the files of dropped days and refuses what is late for them', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    expect(await harness.store.dropBefore(day + DAY_MS)).toBe(1);
    expect(readdirSync(harness.folder).filter((name) => name.includes('03-10'))).toEqual([]);
    await harness.store.append({
      series: Uint32Array.of(one!),
      times: Float64Array.of(day),
      values: Float64Array.of(1),
    });
    expect((await harness.store.stats())['samples_refused']).toBe(1);
    expect(await readDay(harness, one!)).toBe(0);
  });
});

describe('series store at the other end of a port', () => {
  it('refuses calls beyond its bound and counts them', async () => {
    const { port1, port2 } = new MessageChannel();
    const store = connectSeries(port1);
    const calls = Array.from({ length: 1_100 }, () =>
      store.list('', 1).then(
        () => 'answered',
        (fault) => fault.code,
      ),
    );
    const closed = new Promise((resolve) => port1.on('close', resolve));
    port2.close();
    await closed;
    const ends = await Promise.all(calls);
    expect(ends.filter((code) => code === 'series/busy')).toHaveLength(76);
    expect(ends.filter((code) => code === 'series/closed')).toHaveLength(1_024);
  });

  it('passes the faults of the store on with their codes and leaves the caller its arrays', async () => {
    const harness = await embedded({ throughPort: true });
    const batch = { series: Uint32Array.of(1), times: new Float64Array(2), values: Float64Array.of(1) };
    await expect(harness.store.append(batch)).rejects.toMatchObject({ code: 'series/bad-batch' });
    expect(batch.times).toHaveLength(2);
    const wild = { resource: 'x'.repeat(600), metric: 'm', unit: '1', kind: 'gauge' as const };
    await expect(harness.store.register([wild])).rejects.toMatchObject({ code: 'series/bad-name' });
    await harness.end();
    await expect(harness.store.stats()).rejects.toMatchObject({ code: 'series/closed' });
  });
});
