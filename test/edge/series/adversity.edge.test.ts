/** What the embedded store does when clocks jump, files are lost or damaged, and what it would do next fails. */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeriesId } from '../../../src/flow/series.ts';
import { DAY_MS, day, type Embedded, embedded } from './harness.ts';

const HOUR_MS = 3_600_000;

describe('series store in adversity', () => {
  let harness: Embedded;
  let id: SeriesId;
  beforeEach(async () => {
    harness = await embedded({ settle: 'sealed' });
    id = await named('olt-1/if/7');
  });
  afterEach(() => harness.end());

  const named = async (resource: string): Promise<SeriesId> => {
    const name = { resource, metric: 'optical.rx', unit: 'dB[mW]', kind: 'gauge' } as const;
    return (await harness.store.register([name]))[0]!;
  };
  const put = (series: number, ...times: readonly number[]): Promise<void> =>
    harness.store.append({
      series: new Uint32Array(times.length).fill(series),
      times: Float64Array.from(times),
      values: new Float64Array(times.length).fill(5),
    });
  const timesOf = async (series: SeriesId): Promise<number[]> => [
    ...(await harness.store.range(series, 0, Number.MAX_SAFE_INTEGER)).times,
  ];
  const stat = async (name: string): Promise<number> => (await harness.store.stats())[name] ?? 0;
  const filesOf = (date: string): string[] =>
    readdirSync(harness.folder)
      .filter((name) => name.startsWith(`series-${date}`))
      .toSorted();
  const moreRounds = async (more: number): Promise<void> => {
    const before = await stat('rounds');
    await harness.tickUntil((stats) => (stats['rounds'] ?? 0) >= before + more);
  };
  /** Overwrites all of the file but its first bytes. */
  const spoil = (file: string, from: number): void => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, from));
  };

  it('refuses samples once: they do not come back from the log as days that have no name', async () => {
    await put(id, day, 9e15, day + 3);
    await put(id + 1, day);
    await put(0, day);
    expect(await stat('samples_refused')).toBe(3);
    await harness.restart();
    const other = await named('olt-1/if/8');
    expect(await timesOf(other)).toEqual([]);
    await moreRounds(1);
    expect(await stat('roll_failures')).toBe(0);
    expect(await timesOf(id)).toEqual([day, day + 3]);
  });

  it('keeps one sample a time, the later word, when a clock steps back and forth by an hour over midnight', async () => {
    const said = new Map<number, number>();
    const measure = async (from: number, minutes: number, value: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute++) {
        const time = from + minute * 60_000;
        await harness.store.append({
          series: Uint32Array.of(id),
          times: Float64Array.of(time),
          values: Float64Array.of(value),
        });
        said.set(time, value);
      }
    };
    const late = day + DAY_MS - 30 * 60_000;
    await measure(late, 45, 1);
    await measure(late + HOUR_MS, 20, 2);
    // Back: what was measured between is measured again, and by now stands in segments of both days.
    await moreRounds(2);
    await measure(late + 10 * 60_000, 40, 3);
    await measure(late - HOUR_MS, 10, 4);
    await harness.settle();
    await measure(late + 5 * 60_000, 60, 5);
    const expected = [...said].sort(([a], [b]) => a - b);
    const held = async (): Promise<readonly (readonly [number, number])[]> => {
      const { times, values } = await harness.store.range(id, 0, Number.MAX_SAFE_INTEGER);
      return [...times].map((time, i) => [time, values[i]!] as const);
    };
    expect(await held()).toEqual(expected);
    await harness.restart();
    await harness.settle();
    expect(await held()).toEqual(expected);
    expect(await stat('chunks_damaged')).toBe(0);
  });

  it('sets files aside that stand under the names of each other’s days, and reads them again under their own', async () => {
    const next = day + DAY_MS;
    await put(id, day + 1, day + 2);
    await put(id, next + 1);
    await harness.settle();
    await harness.store.close();
    const of = (date: string): string => `${harness.folder}/${filesOf(date)[0]}`;
    const [one, other] = [of('2026-03-10'), of('2026-03-11')];
    const [first, second] = [readFileSync(one), readFileSync(other)];
    writeFileSync(one, second);
    writeFileSync(other, first);
    rmSync(`${harness.folder}/log`, { recursive: true });
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/day-damaged', 'series/day-damaged']);
    expect(harness.problems[0]?.message).toContain('samples of another day than its name says');
    expect(await timesOf(id)).toEqual([]);
    await harness.store.close();
    writeFileSync(one, first);
    writeFileSync(other, second);
    await harness.restart();
    expect(await timesOf(id)).toEqual([day + 1, day + 2, next + 1]);
  });

  it('answers what is left, or says what is not, however short a file of a day was cut', async () => {
    await put(id, day + 1, day + 2);
    await harness.settle();
    await harness.store.close();
    rmSync(`${harness.folder}/log`, { recursive: true });
    const file = `${harness.folder}/${filesOf('2026-03-10')[0]}`;
    const whole = readFileSync(file);
    for (const length of [0, 1, 16, 47, 48, 63, 64, whole.length >> 1, whole.length - 49, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await harness.restart();
      expect(harness.problems.map(({ code }) => code)).toEqual(['series/day-damaged']);
      expect(await timesOf(id)).toEqual([]);
      await harness.store.close();
    }
    writeFileSync(file, whole);
    await harness.restart();
    expect(await timesOf(id)).toEqual([day + 1, day + 2]);
  });

  it('takes samples of now when a clock that ran ahead had days of the future dropped', async () => {
    await harness.store.dropBefore(day + 400 * DAY_MS);
    await put(id, day + 9 * DAY_MS);
    await moreRounds(1);
    await harness.restart();
    expect(await timesOf(id)).toEqual([day + 9 * DAY_MS]);
  });

  it('gives no number to a new name under which samples of a lost name stand', async () => {
    const late = await named('olt-1/if/8');
    await put(id, day, day + 1);
    await harness.settle();
    await put(late, day + 2);
    await harness.store.close();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(`${harness.folder}/names.sqlite${suffix}`, { force: true });
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/names-lost']);
    const fresh = [await named('a'), await named('b'), await named('c'), await named('d')];
    for (const one of fresh) expect(await timesOf(one)).toEqual([]);
    await put(fresh[0]!, day + 5);
    expect(await timesOf(fresh[0]!)).toEqual([day + 5]);
  });

  it('sets a damaged file of names aside, says so and goes on', async () => {
    await put(id, day);
    await harness.settle();
    await harness.store.close();
    spoil(`${harness.folder}/names.sqlite`, 30);
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/names-damaged', 'series/names-lost']);
    const fresh = await named('olt-1/if/7');
    await put(fresh, day + 1);
    expect(await timesOf(fresh)).toEqual([day + 1]);
  });

  it('finds names again whose index was damaged', async () => {
    for (let port = 0; port < 200; port++) await named(`olt-2/if/${port}`);
    const last = await named('olt-2/if/199');
    await harness.store.close();
    const file = `${harness.folder}/names.sqlite`;
    const bytes = readFileSync(file);
    // Pages of indexes begin with 2 or 10 (SQLite's file format, 1.6); in the index each name stands a second time.
    for (let page = 4_096; page < bytes.length; page += 4_096) {
      const at = [2, 10].includes(bytes[page]!) ? bytes.indexOf('olt-2/if/199', page) : -1;
      if (at >= 0 && at < page + 4_096) bytes[at]! ^= 0x20;
    }
    writeFileSync(file, bytes);
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/names-mended']);
    expect(await named('olt-2/if/199')).toBe(last);
  });

  it('writes new samples also while no day can be sealed', async () => {
    const hours = `${harness.folder}/hours-2026-03.sqlite`;
    mkdirSync(hours);
    await put(id, day);
    await put(id, day + 5 * DAY_MS);
    await harness.tickUntil((stats) => (stats['roll_failures'] ?? 0) > 1);
    await put(id, day + 6 * DAY_MS);
    await moreRounds(2);
    expect(await stat('head_bytes')).toBe(0);
    rmdirSync(hours);
    await harness.tickUntil((stats) => (stats['days_sealed'] ?? 0) > 0);
    expect(await timesOf(id)).toEqual([day, day + 5 * DAY_MS, day + 6 * DAY_MS]);
  });

  it('writes a day once, however often that of the next day fails', async () => {
    await put(id, day - 1, day + 1);
    symlinkSync('/dev/full', `${harness.folder}/series-2026-03-10.writing`);
    await moreRounds(1);
    expect(await stat('roll_failures')).toBe(1);
    expect(filesOf('2026-03-09').filter((name) => name.endsWith('part'))).toHaveLength(1);
    expect(await timesOf(id)).toEqual([day - 1, day + 1]);
  });

  it('sums late samples up that came before a kill', async () => {
    await put(id, day + HOUR_MS);
    await harness.settle();
    await put(id, day + HOUR_MS + 1);
    await moreRounds(1);
    await harness.store.close();
    // The log would bring the sample back, and so into the hours.
    rmSync(`${harness.folder}/log`, { recursive: true });
    await harness.restart();
    const before = await stat('hours_written');
    await harness.tickUntil((stats) => (stats['hours_written'] ?? 0) > before);
    await harness.store.dropBefore(day + DAY_MS);
    const [bucket] = await harness.store.downsample(id, { from: day, to: day + DAY_MS, stepMs: DAY_MS });
    expect(bucket).toMatchObject({ count: 2 });
  });

  it('sets damaged hours aside, answers what else it has, and sums up again', async () => {
    await put(id, day);
    await harness.settle();
    await harness.store.close();
    spoil(`${harness.folder}/hours-2026-03.sqlite`, 30);
    await harness.restart();
    await harness.store.dropBefore(day + DAY_MS);
    const sum = (from: number) => harness.store.downsample(id, { from, to: from + DAY_MS, stepMs: DAY_MS });
    expect(await sum(day)).toMatchObject([{ count: 0 }]);
    expect(await stat('hours_damaged')).toBe(1);
    await put(id, day + DAY_MS, day + DAY_MS + 1);
    await harness.settle();
    await harness.store.dropBefore(day + 2 * DAY_MS);
    expect(await sum(day + DAY_MS)).toMatchObject([{ count: 2 }]);
  });

  it('uses the parts of a day when the file that was to replace them is damaged', async () => {
    await put(id, day, day + 1);
    await moreRounds(1);
    const part = `${harness.folder}/${filesOf('2026-03-10')[0]}`;
    expect(part).toMatch(/part$/);
    copyFileSync(part, `${harness.folder}/kept`);
    await harness.settle();
    await harness.store.close();
    copyFileSync(`${harness.folder}/kept`, part);
    spoil(`${harness.folder}/${filesOf('2026-03-10').find((name) => name.endsWith('whole'))}`, 30);
    rmSync(`${harness.folder}/log`, { recursive: true });
    await harness.restart();
    expect(harness.problems.map(({ code }) => code)).toEqual(['series/day-damaged']);
    expect(await timesOf(id)).toEqual([day, day + 1]);
  });

  it('seals the days after one whose file was damaged since the start', async () => {
    // More than are held open: the first ones are read again when they are sealed.
    await put(id, ...Array.from({ length: 165 }, (_, i) => day - (165 - i) * DAY_MS));
    await moreRounds(1);
    await harness.restart();
    const oldest = filesOf('2025').find((name) => name.endsWith('part'))!;
    spoil(`${harness.folder}/${oldest}`, 0);
    await harness.tickUntil(() => filesOf('2025').includes(`${oldest}.damaged`));
    const sealed = await stat('days_sealed');
    await harness.tickUntil((stats) => (stats['days_sealed'] ?? 0) > sealed);
    expect(await timesOf(id)).toHaveLength(165);
  });
});
