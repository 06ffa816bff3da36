/** How many inputs a second the journal acknowledges durable, and how soon, beside plain files and SQLite. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { instant } from '../src/base/instant.ts';
import type { World } from '../src/base/world.ts';
import { openSqlite } from '../src/edge/disk/sqlite.ts';
import { openJournal } from '../src/edge/journal/segments.ts';
import type { Journal } from '../src/flow/journal.ts';

const inputBytes = 120;
const inputsPerSecond = 10_000;
const openLoopMs = 5_000;
const peerMs = 2_000;

interface Line {
  readonly case: string;
  readonly ours: number;
  readonly peer?: number;
  readonly unit: string;
}

/** Prints one line a case; `json` gives one object a line, else a table row. */
export async function run(options: { readonly json: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-journal-'));
  try {
    const print = (line: Line): void => printLine(line, options.json);
    const { value: journal } = await openJournal({ folder: join(folder, 'journal'), world: world() });
    const openLoop = await atFixedRate(journal);
    print({
      case: `open loop at ${inputsPerSecond}/s, acknowledged`,
      ours: openLoop.perSecond,
      unit: 'inputs/s',
    });
    print({ case: 'open loop, acknowledgement p50', ours: openLoop.p50Ms, unit: 'ms' });
    print({ case: 'open loop, acknowledgement p99', ours: openLoop.p99Ms, unit: 'ms' });
    const ours = await closedLoop(journal);
    await journal.close();
    const peers = {
      'write + fdatasync one by one': await oneByOne(join(folder, 'plain')),
      'SQLite, a commit each': commits(join(folder, 'single.db'), 1),
      'SQLite, 100 rows a commit': commits(join(folder, 'hundred.db'), 100),
      // As many rows a commit as we have inputs under way: the fair one.
      'SQLite, 10,000 rows a commit': commits(join(folder, 'many.db'), 10_000),
    };
    for (const [name, peer] of Object.entries(peers)) {
      print({ case: `closed loop, 10,000 under way; peer: ${name}`, ours, peer, unit: 'inputs/s' });
    }
    const records = await replayed(join(folder, 'journal'));
    print({ case: 'opening with every record checked, then reading all', ours: records, unit: 'inputs/s' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Appends by the clock whether or not the disk keeps up; latency counts from the instant an input was due. */
async function atFixedRate(journal: Journal): Promise<{ perSecond: number; p50Ms: number; p99Ms: number }> {
  const total = (inputsPerSecond * openLoopMs) / 1_000;
  const latenciesMs = new Float64Array(total);
  const start = performance.now();
  const answers: Promise<void>[] = [];
  while (answers.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * inputsPerSecond) / 1_000));
    while (answers.length < due) {
      const index = answers.length;
      const dueMs = start + (index * 1_000) / inputsPerSecond;
      const answer = journal.append([randomBytes(inputBytes)]);
      answers.push(
        answer.then(() => {
          latenciesMs[index] = performance.now() - dueMs;
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(answers);
  const tookMs = performance.now() - start;
  latenciesMs.sort();
  return {
    perSecond: (total * 1_000) / tookMs,
    p50Ms: latenciesMs[Math.floor(total * 0.5)] ?? 0,
    p99Ms: latenciesMs[Math.floor(total * 0.99)] ?? 0,
  };
}

/** Ten thousand callers, each with one input under way. */
async function closedLoop(journal: Journal): Promise<number> {
  const record = randomBytes(inputBytes);
  const endMs = performance.now() + peerMs;
  let count = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await journal.append([record]);
      count++;
    }
  };
  await Promise.all(Array.from({ length: 10_000 }, caller));
  return (count * 1_000) / peerMs;
}

async function oneByOne(path: string): Promise<number> {
  const file = await open(path, 'a');
  const record = randomBytes(inputBytes);
  const endMs = performance.now() + peerMs;
  let count = 0;
  for (; performance.now() < endMs; count++) {
    await file.write(record);
    await file.datasync();
  }
  await file.close();
  return (count * 1_000) / peerMs;
}

function commits(path: string, rows: number): number {
  const sqlite = openSqlite({ file: path });
  sqlite.exec('CREATE TABLE journal (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
  const insert = sqlite.prepare('INSERT INTO journal (bytes) VALUES (?)');
  const record = randomBytes(inputBytes);
  const endMs = performance.now() + peerMs;
  let count = 0;
  for (; performance.now() < endMs; count += rows) {
    sqlite.transaction(() => {
      for (let row = 0; row < rows; row++) insert.run(record);
    });
  }
  sqlite.close();
  return (count * 1_000) / peerMs;
}

async function replayed(folder: string): Promise<number> {
  const startMs = performance.now();
  const { value: journal } = await openJournal({ folder, world: world() });
  let count = 0;
  for await (const _ of journal.read(1)) count++;
  await journal.close();
  return (count * 1_000) / (performance.now() - startMs);
}

function printLine(line: Line, json: boolean): void {
  const rounded = (value: number): number => Number(value.toPrecision(4));
  const peer = line.peer === undefined ? undefined : rounded(line.peer);
  const ratio = line.peer === undefined ? undefined : rounded(line.ours / line.peer);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const out = {
    bench: 'journal',
    case: line.case,
    ours: rounded(line.ours),
    peer,
    ratio,
    unit: line.unit,
    machine,
  };
  if (json) console.log(JSON.stringify(out));
  else
    console.log(
      `${out.case.padEnd(76)} ${out.ours} ${out.unit}${peer === undefined ? '' : `, peer ${peer} (x ${ratio})`}`,
    );
}

function world(): World {
  return {
    now: () => instant(Date.now()),
    monotonicMs: () => performance.now(),
    after(length, run) {
      const timer = setTimeout(run, length);
      return { cancel: () => clearTimeout(timer) };
    },
    every(length, run) {
      const timer = setInterval(run, length);
      return { cancel: () => clearInterval(timer) };
    },
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  };
}
