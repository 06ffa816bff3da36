/**
 * The series store under the load of a large network, judged beside rows in SQLite: 40 % counters that advance, 30 %
 * constants, 30 % noisy gauges; one synced append a poll round, through the worker as in the daemon.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { MessageChannel, type MessagePort, Worker, workerData } from 'node:worker_threads';
import { seededRandom } from '../src/base/random.ts';
import { openSqlite, type Sqlite } from '../src/edge/disk/sqlite.ts';
import { connectSeries, serveSeries } from '../src/edge/series/port.ts';
import { openSeries } from '../src/edge/series/series.ts';
import type { SampleBatch, SeriesId, SeriesStore } from '../src/flow/series.ts';
import { measureManySeries } from './support/many-series.ts';
import { benchWorld } from './support/world.ts';

const DAY_MS = 86_400_000;
const SERIES = 34_720;
const PEER_ROUNDS = 12;
/** Rounds behind the day until its last hour is rolled and the day is sealed. */
const SEAL_MS = 4 * 3_600_000;

interface Measured {
  readonly case: string;
  readonly ours: number;
  readonly peer?: number | undefined;
  readonly unit: string;
}

/** Prints one line a figure: a day of polls each minute and, until it is sealed, four hours of the next. */
export async function run(options: { readonly json: boolean }): Promise<void> {
  const stepMs = 60_000;
  const folder = mkdtempSync(join(tmpdir(), 'series-bench-'));
  try {
    const peer = measurePeer(join(folder, 'peer.sqlite'), stepMs);
    for (const measured of await measureOurs(join(folder, 'store'), { stepMs, peer }))
      print(measured, options.json);
    for (const measured of await measureMany(join(folder, 'many'))) print(measured, options.json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A thousand polled devices, until half of the samples are in segments. */
async function measureMany(folder: string): Promise<Measured[]> {
  const many = await measureManySeries(folder, 1_000, 60);
  const of = `${many.series} series`;
  return [
    { case: `${of}: CPU a sample, in segments`, ours: many.usPerSample, unit: 'us' },
    { case: `${of}: CPU a new name`, ours: many.usPerName, unit: 'us' },
    { case: `${of}: memory a series without samples`, ours: many.bytesPerSeries, unit: 'bytes' },
    { case: `${of}: head at its fullest`, ours: many.mostHeadBytes / 2 ** 20, unit: 'MiB' },
    { case: `${of}: RSS`, ours: many.rssMb, unit: 'MiB' },
    { case: `${of}: longest append`, ours: many.longestAppendMs, unit: 'ms' },
  ];
}

interface Peer {
  readonly samplesPerSecond: number;
  readonly bytesPerSample: number;
  readonly readMs: number;
}

async function measureOurs(
  folder: string,
  { stepMs, peer }: { readonly stepMs: number; readonly peer: Peer },
): Promise<Measured[]> {
  const { store, worker } = startWorker(folder);
  const ids = await register(store);
  const rounds = DAY_MS / stepMs;
  const load = new Load(ids, startOfYesterday(), stepMs);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const ingestS = await ingest(store, load, rounds);
  loop.disable();
  const sealing = performance.now();
  await ingest(store, load, SEAL_MS / stepMs);
  const stats = await store.stats();
  const samples = rounds * ids.length;
  const day = await readDays(store, ids, load.start);
  const lastMs = await timed(async () => void (await store.last(ids)));
  const measured: Measured[] = [
    { case: 'ingest', ours: samples / ingestS, peer: peer.samplesPerSecond, unit: 'samples/s' },
    { case: 'sealed', ours: sealedBytes(folder) / samples, peer: peer.bytesPerSample, unit: 'bytes/sample' },
    { case: `day of one series (${rounds} points)`, ours: day.median, peer: peer.readMs, unit: 'ms' },
    { case: `day of one series, slowest of ${day.count}`, ours: day.slowest, unit: 'ms' },
    { case: 'last of one series', ours: lastMs / ids.length, unit: 'ms' },
    { case: 'longest pause of the caller', ours: loop.max / 1e6, unit: 'ms' },
    { case: 'longest append while a day is sealed', ours: load.longestMs, unit: 'ms' },
    { case: 'peak RSS of the process', ours: process.resourceUsage().maxRSS / 1024, unit: 'MiB' },
    { case: 'head at the end', ours: (stats['head_bytes'] ?? 0) / 2 ** 20, unit: 'MiB' },
    { case: 'four more hours with sealing', ours: (performance.now() - sealing) / 1000, unit: 's' },
  ];
  if (stats['days_sealed'] !== 1) throw new Error(`the day was not sealed: ${JSON.stringify(stats)}`);
  await store.close();
  await worker.terminate();
  return measured;
}

function startWorker(folder: string): { store: SeriesStore; worker: Worker } {
  const { port1, port2 } = new MessageChannel();
  const data: WorkerInput = { bench: 'series', folder, port: port2 };
  const worker = new Worker(new URL(import.meta.url), { workerData: data, transferList: [port2] });
  return { store: connectSeries(port1), worker };
}

interface WorkerInput {
  readonly bench: 'series';
  readonly folder: string;
  readonly port: MessagePort;
}

const input = workerData as Partial<WorkerInput> | null;
if (input?.bench === 'series' && input.folder !== undefined && input.port !== undefined) {
  const opened = await openSeries({ folder: input.folder, world: benchWorld() });
  serveSeries(input.port, opened.value);
}

async function register(store: SeriesStore): Promise<readonly SeriesId[]> {
  const names = Array.from({ length: SERIES }, (_, index) => ({
    resource: `olt-${Math.floor(index / 640)}/if/${Math.floor(index / 10) % 64}`,
    metric: `metric.${index % 10}`,
    unit: '1',
    kind: index % 10 < 4 ? ('counter' as const) : ('gauge' as const),
  }));
  return await store.register(names);
}

const startOfYesterday = (): number => (Math.floor(Date.now() / DAY_MS) - 1) * DAY_MS;

/** Seconds for the rounds, without the time spent on making the samples. */
async function ingest(store: SeriesStore, load: Load, rounds: number): Promise<number> {
  const from = performance.now();
  let makingMs = 0;
  load.longestMs = 0;
  for (let round = 0; round < rounds; round++) {
    const making = performance.now();
    const batch = load.next();
    const appending = performance.now();
    makingMs += appending - making;
    await store.append(batch);
    load.longestMs = Math.max(load.longestMs, performance.now() - appending);
  }
  return (performance.now() - from - makingMs) / 1000;
}

/** Poll rounds of the mix: rates of counters lie between 1e3 and 1e9 a minute and vary by a fifth, gauges by 0.2. */
class Load {
  readonly start: number;
  longestMs = 0;
  readonly #random = seededRandom(7);
  readonly #stepMs: number;
  readonly #batch: SampleBatch;
  readonly #rates: Float64Array;
  readonly #levels: Float64Array;
  #time: number;

  constructor(ids: readonly SeriesId[], start: number, stepMs: number) {
    this.start = start;
    this.#time = start;
    this.#stepMs = stepMs;
    const count = ids.length;
    this.#batch = {
      series: Uint32Array.from(ids),
      times: new Float64Array(count),
      values: new Float64Array(count),
    };
    this.#rates = Float64Array.from(ids, () => 10 ** (3 + 6 * this.#random.next()) * (stepMs / 60_000));
    this.#levels = Float64Array.from(ids, () => this.#random.below(4_000));
    this.#batch.values.set(this.#levels);
  }

  next(): SampleBatch {
    const { times, values } = this.#batch;
    times.fill(this.#time);
    this.#time += this.#stepMs;
    for (let i = 0; i < values.length; i++) {
      const kind = i % 10;
      if (kind < 4) values[i] = values[i]! + Math.floor(this.#rates[i]! * (0.8 + 0.4 * this.#random.next()));
      else if (kind > 6) values[i] = (this.#levels[i]! + this.#random.below(41) - 20) / 100;
    }
    return this.#batch;
  }
}

async function readDays(
  store: SeriesStore,
  ids: readonly SeriesId[],
  from: number,
): Promise<{ median: number; slowest: number; count: number }> {
  const lengths: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const id = ids[(i * 7_919) % ids.length]!;
    lengths.push(await timed(async () => void (await store.range(id, from, from + DAY_MS))));
  }
  lengths.sort((a, b) => a - b);
  return { median: lengths[500]!, slowest: lengths.at(-1)!, count: lengths.length };
}

async function timed(run: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

const sealedBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => /^series-.*\.whole$/.test(name))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** The obvious store: one row a sample, keyed (series, time), one transaction a poll round. */
function measurePeer(file: string, stepMs: number): Peer {
  const sqlite = openSqlite({ file });
  sqlite.exec(
    'CREATE TABLE sample (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID',
  );
  const insert = sqlite.prepare('INSERT INTO sample VALUES (?, ?, ?)');
  const ids = Array.from({ length: SERIES }, (_, index) => (index + 1) as SeriesId);
  const load = new Load(ids, startOfYesterday(), stepMs);
  let ms = 0;
  for (let round = 0; round < PEER_ROUNDS; round++) {
    const { series, times, values } = load.next();
    const from = performance.now();
    sqlite.transaction(() => {
      for (let i = 0; i < series.length; i++) insert.run(series[i]!, times[i]!, values[i]!);
    });
    ms += performance.now() - from;
  }
  sqlite.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  const samples = SERIES * PEER_ROUNDS;
  const bytesPerSample = statSync(file).size / samples;
  const readMs = measurePeerRead(sqlite, load.start, stepMs);
  sqlite.close();
  return { samplesPerSecond: samples / (ms / 1000), bytesPerSample, readMs };
}

/** A whole day of some series beside the others, read back one by one. */
function measurePeerRead(sqlite: Sqlite, start: number, stepMs: number): number {
  const insert = sqlite.prepare('INSERT OR REPLACE INTO sample VALUES (?, ?, ?)');
  const some = Array.from({ length: 50 }, (_, index) => ((index * 7_919) % SERIES) + 1);
  sqlite.transaction(() => {
    for (const id of some) for (let at = 0; at < DAY_MS; at += stepMs) insert.run(id, start + at, at / 7);
  });
  const read = sqlite.prepare(
    'SELECT at, value FROM sample WHERE series = ? AND at >= ? AND at < ? ORDER BY at',
  );
  const from = performance.now();
  for (const id of some) read.all(id, start, start + DAY_MS);
  return (performance.now() - from) / some.length;
}

function print({ case: name, ours, peer, unit }: Measured, json: boolean): void {
  const ratio = peer === undefined ? undefined : rounded(ours / peer);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const line = {
    bench: 'series',
    case: name,
    ours: rounded(ours),
    peer: peer === undefined ? undefined : rounded(peer),
    ratio,
    unit,
    machine,
  };
  const beside = peer === undefined ? '' : `  (rows in SQLite ${line.peer}, ratio ${ratio})`;
  console.log(json ? JSON.stringify(line) : `series  ${name}: ${line.ours} ${unit}${beside}`);
}

const rounded = (value: number): number => Number(value.toPrecision(4));
