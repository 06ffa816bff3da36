/** What the embedded store does when bytes on its disk are wrong or missing, and when its files come and go. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/edge/disk/sqlite.ts';
import { writeBody } from '../../../src/edge/series/body.ts';
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

/** Turns a bit in the first body of a segment of one frame: behind the magic and the frame's head. */
function flipBit(file: string): void {
  const bytes = readFileSync(file);
  const directory = bytes.readDoubleLE(bytes.length - 48);
  const headLength = bytes.readUInt32LE(directory + 4);
  bytes[16 + headLength + 20]! ^= 0x04;
  writeFileSync(file, bytes);
}

/** What a former version left: SQLite with a row a part of a series. */
function oldDay(
  file: string,
  rows: readonly (readonly [id: SeriesId, part: number, body: Uint8Array])[],
): void {
  const sqlite = openSqlite({ file });
  sqlite.exec('CREATE TABLE chunk (id INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const insert = sqlite.prepare('INSERT INTO chunk VALUES (?, ?)');
  for (const [id, part, body] of rows) insert.run(id * 2 ** 20 + part, body);
  sqlite.close();
}

function bodyFrom(minute: number, values: readonly number[]): Uint8Array {
  const times = Float64Array.from(values, (_, index) => day + (minute + index) * MINUTE_MS);
  return writeBody({
    times,
    values: Float64Array.from(values),
    exact: undefined,
    from: 0,
    to: values.length,
  });
}

describe('series store on a damaged disk', () => {
  let harness: Embedded;
  beforeEach(async () => {
    harness = await embedded({ settle: 'sealed' });
  });
  afterEach(() => harness.end());

  /** Names of the files of the day. */
  const dayFiles = (): string[] =>
    readdirSync(harness.folder)
      .filter((name) => name.startsWith('series-2026-03-10'))
      .toSorted();
  const dayFile = (): string => `${harness.folder}/${dayFiles()[0]}`;
  const append = (id: SeriesId, time: number, value: number): Promise<void> =>
    harness.store.append({
      series: Uint32Array.of(id),
      times: Float64Array.of(time),
      values: Float64Array.of(value),
    });

  it('passes over one damaged chunk, counts it, and reads all others', async () => {
    const [one, other] = await gauges(harness, 2);
    await fillDay(harness, [one!, other!]);
    await harness.settle();
    await harness.store.close();
    flipBit(dayFile());
    // The log would bring the samples back; a day later it holds them no more.
    rmSync(`${harness.folder}/log`, { recursive: true });
    await harness.restart();
    expect(await readDay(harness, one!)).toBe(1_440 - 512);
    expect((await harness.store.stats())['chunks_damaged']).toBe(1);
    expect(await readDay(harness, other!)).toBe(1_440);
  });

  it('sets a file of a day aside that is no segment any more, and goes on', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    await harness.store.close();
    const file = dayFile();
    writeFileSync(file, 'no segment, and longer than the end of one would be'.repeat(40));
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/day-damaged']);
    expect(existsSync(`${file}.damaged`)).toBe(true);
    await append(one!, day, 7);
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

  it('seals a day to one file and leaves nothing of it in memory', async () => {
    const ids = await gauges(harness, 40);
    await fillDay(harness, ids);
    await harness.settle();
    expect(dayFiles()).toEqual([expect.stringMatching(/\.whole$/)]);
    expect(statSync(dayFile()).size / (40 * 1_440)).toBeLessThan(2);
    expect((await harness.store.stats())['head_bytes']).toBe(0);
    for (const id of ids) expect(await readDay(harness, id)).toBe(1_440);
  });

  it('keeps the times of a poll once for all that it brought', async () => {
    const ids = await gauges(harness, 40);
    let time = day;
    const series = Uint32Array.from(ids);
    for (let poll = 0; poll < 400; poll++) {
      time += MINUTE_MS + ((poll * 7_919) % 997);
      await harness.store.append({
        series,
        times: new Float64Array(40).fill(time),
        values: new Float64Array(40).fill(5),
      });
    }
    await harness.settle();
    expect(statSync(dayFile()).size / (40 * 400)).toBeLessThan(0.2);
    expect((await harness.store.range(ids[7]!, day, day + DAY_MS)).times.at(-1)).toBe(time);
  });

  it('takes late samples into a sealed day, and into one that gets many of them', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    await append(one!, day + 30_000, 55);
    await append(one!, day, 66);
    await harness.settle();
    await harness.restart();
    const read = await harness.store.range(one!, day, day + MINUTE_MS);
    expect([...read.values]).toEqual([66, 55]);
  });

  it('seals a day anew once many files of late samples stand beside it', async () => {
    await harness.end();
    harness = await embedded({ settle: 'sealed', headBytes: 1 });
    const [one] = await gauges(harness, 1);
    await append(one!, day, 0);
    await harness.settle();
    const [sealed] = dayFiles();
    for (let late = 1; late <= 20; late++) await append(one!, day + late, late);
    await harness.tickUntil(() => dayFiles().some((name) => name.endsWith('.whole') && name !== sealed));
    const read = await harness.store.range(one!, day, day + MINUTE_MS);
    expect([...read.values]).toEqual(Array.from({ length: 21 }, (_, late) => late));
  });

  it('uses the sealed file when the power went before those it was made of were removed', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    await harness.store.close();
    const [whole] = dayFiles();
    copyFileSync(dayFile(), `${harness.folder}/series-2026-03-10.000001.part`);
    oldDay(`${harness.folder}/series-2026-03-10.open.sqlite`, [[one!, 1, bodyFrom(0, [99])]]);
    for (const name of ['sealing', 'writing', 'sealing.sqlite', 'sealing.sqlite-wal'])
      writeFileSync(`${harness.folder}/series-2026-03-10.${name}`, 'half of a file');
    await harness.restart();
    expect(dayFiles()).toEqual([whole]);
    expect(await readDay(harness, one!)).toBe(1_440);
  });

  it('goes on after a kill in the middle of a segment: the log still has its samples', async () => {
    const ids = await gauges(harness, 600);
    await fillDay(harness, ids.slice(0, 2));
    await fillDay(harness, ids.slice(598));
    const writing = `${harness.folder}/series-2026-03-10.writing`;
    await harness.tickUntil(() => existsSync(writing));
    const killed = await harness.crash!();
    for (const id of [ids[0]!, ids[599]!])
      expect((await killed.range(id, day, day + DAY_MS)).times).toHaveLength(1_440);
    await killed.close();
    await harness.settle();
    expect(existsSync(writing)).toBe(false);
    for (const id of [ids[0]!, ids[599]!]) expect(await readDay(harness, id)).toBe(1_440);
  });

  it('writes frozen samples anew when their segment could not be written', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    const writing = `${harness.folder}/series-2026-03-10.writing`;
    mkdirSync(writing);
    await harness.tickUntil((stats) => (stats['roll_failures'] ?? 0) > 1);
    expect(await readDay(harness, one!)).toBe(1_440);
    rmdirSync(writing);
    await harness.settle();
    expect((await harness.store.stats())['head_bytes']).toBe(0);
    expect(await readDay(harness, one!)).toBe(1_440);
  });

  it('seals a day anew that found the disk full, and keeps all of it meanwhile', async () => {
    const ids = await gauges(harness, 3);
    for (const id of ids) await fillDay(harness, [id]);
    symlinkSync('/dev/full', `${harness.folder}/series-2026-03-10.sealing`);
    await harness.settle();
    expect((await harness.store.stats())['roll_failures']).toBe(1);
    await harness.restart();
    expect(harness.problems).toEqual([]);
    expect(dayFiles()).toEqual([expect.stringMatching(/\.whole$/)]);
    for (const id of ids) expect(await readDay(harness, id)).toBe(1_440);
  });

  it('reads days of former versions and takes them over when they are sealed', async () => {
    const [one, other] = await gauges(harness, 2);
    await harness.store.close();
    const open = `${harness.folder}/series-2026-03-10.open.sqlite`;
    oldDay(open, [
      [one!, 1, bodyFrom(0, [1, 2, 3])],
      [one!, 2, bodyFrom(2, [33, 4])],
    ]);
    oldDay(`${harness.folder}/series-2026-03-09.sqlite`, [[other!, 0, bodyFrom(-60, [7, 8])]]);
    await harness.restart();
    const values = async (id: SeriesId): Promise<readonly number[]> => [
      ...(await harness.store.range(id, day - DAY_MS, day + DAY_MS)).values,
    ];
    expect(await values(one!)).toEqual([1, 2, 33, 4]);
    expect(await values(other!)).toEqual([7, 8]);
    await append(one!, day + MINUTE_MS, 22);
    await harness.settle();
    await harness.restart();
    expect(dayFiles()).toEqual([expect.stringMatching(/\.whole$/)]);
    expect(await values(one!)).toEqual([1, 22, 33, 4]);
    expect(await values(other!)).toEqual([7, 8]);
    expect(await harness.store.dropBefore(day)).toBe(1);
    expect(await values(other!)).toEqual([]);
  });

  it('unlinks the files of dropped days and refuses what is late for them', async () => {
    const [one] = await gauges(harness, 1);
    await fillDay(harness, [one!]);
    await harness.settle();
    expect(await harness.store.dropBefore(day + DAY_MS)).toBe(1);
    expect(dayFiles()).toEqual([]);
    await append(one!, day, 1);
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
