/** How fast alarms become incidents, each figure beside what it should be: a stream, a storm, a million alarms, a restart. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type Instant, instant } from '../src/base/instant.ts';
import { openJournal } from '../src/edge/journal/segments.ts';
import type { Input } from '../src/flow/input.ts';
import { Line } from '../src/flow/line.ts';
import type { LineSnapshot } from '../src/flow/line-snapshot.ts';
import { encodeInput } from '../src/flow/record.ts';
import { recoverLine } from '../src/flow/recovery.ts';
import type { StreamRecord } from '../src/flow/replay.ts';
import { resourceId } from '../src/model/ids.ts';
import { type Topology, TopologyReader } from '../src/topology/topology.ts';
import { AlarmRooms } from './support/alarm-rooms.ts';
import { contentsOf, cpuMs } from './support/alarm-throughput.ts';
import { topmostAncestor } from './support/baselines/topmost.ts';
import { generatedCase } from './support/generated-case.ts';
import { writeMetro } from './support/metro-file.ts';
import { type Measured, reporter } from './support/report.ts';
import { benchWorld } from './support/world.ts';

const begins = instant(1_767_600_000_000);
const resources = 1_000_000;
const stormSize = 60_000;
const perMs = 10;
const millionAlarms = 1_000_000;
const openAlarms = 10_000;
const behindSnapshot = 5_000;

/** `--only city,storm,million,restart`: some of them; `--seed`: that city again. */
export async function run({
  json,
  args,
}: {
  readonly json: boolean;
  readonly args: readonly string[];
}): Promise<void> {
  const options = {
    json: { type: 'boolean' },
    only: { type: 'string' },
    seed: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const only = values.only?.split(',');
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const isWanted = (name: string): boolean => only === undefined || only.includes(name);
  const print = reporter('pace', json);
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-pace-'));
  try {
    if (isWanted('city')) await cityStream(seed, folder, print);
    const file = join(folder, 'metro.ndjson');
    writeMetro(file, resources);
    const topology = await read(file);
    if (isWanted('storm')) storm(topology, print);
    if (isWanted('million')) await millionStorm(topology, folder, print);
    if (isWanted('restart')) await restart(file, { topology, folder }, print);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A generated city: alarm and correlate with the journal, on fresh faults. Its hours pass in seconds: what costs is not the
 * observation but what happens every few of them, a cause to be stated or a timer. The second half is that of a process
 * whose code is compiled, and in which thousands of incidents stand. The peer names the topmost ancestor that alarmed.
 */
async function cityStream(seed: number, folder: string, print: (line: Measured) => void): Promise<void> {
  const condition = { name: 'loss5', title: '5 % lost', loss: 0.05, noise: 1 };
  const { topology, records } = generatedCase({ seed, size: 'city', faultsPerKind: undefined, condition });
  const { value: journal } = await openJournal({ folder: join(folder, 'city'), world: benchWorld() });
  const rooms = new AlarmRooms(topology, (batch) => journal.append(batch));
  const half = Math.floor(records.length / 2);
  let [cpu, begun] = [cpuMs(), 0];
  const perSecondOf = (count: number, from: number): number => (count / (cpuMs() - from)) * 1_000;
  for (const [n, record] of records.entries()) {
    if (n === half) begun = cpuMs();
    await rooms.take(record);
  }
  await rooms.end();
  await journal.close();
  const name = `city ${seed}, ${records.length} observations through alarm and correlate with journal`;
  const unit = 'observations/CPU s';
  const [perSecond, later] = [perSecondOf(records.length, cpu), perSecondOf(records.length - half, begun)];
  cpu = cpuMs();
  const groups = topmostAncestor.group({ topology, records }).length;
  const peer = perSecondOf(records.length, cpu);
  print({ case: `${name}, peer without: topmost ancestor`, ours: perSecond, peer, atLeast: 50_000, unit });
  print({ case: `${name}: the second half`, ours: later, atLeast: 50_000, unit });
  const stated = rooms.stated;
  print({
    case: `${name}: an incident stated every, peer: a group`,
    ours: records.length / stated,
    peer: records.length / groups,
    unit: 'observations',
  });
  print({
    case: `${name}: timers and looks`,
    ours: rooms.turns.length / records.length - 1,
    unit: 'per observation',
  });
  printTurns(name, rooms.turns, print);
}

/** One trench takes the fibres of many terminals: how long the look that states the cause takes. */
function storm(topology: Topology, print: (line: Measured) => void): void {
  const rooms = new AlarmRooms(topology, undefined);
  const onts = terminalsOf(topology, stormSize);
  let statedIn = 0;
  onts.forEach((id, n) => {
    const at = instant(begins + Math.floor(n / perMs));
    const before = rooms.rooms.correlation.counters.incidents;
    const turn = rooms.turns.length;
    void rooms.take({ at, observation: { event: 'raise', resource: id, cause: 'LOS', source: 'trap' } });
    const isStated = before === 0 && rooms.rooms.correlation.counters.incidents > 0;
    if (isStated) statedIn = longest(rooms.turns.slice(turn));
  });
  rooms.wake(instant(begins + stormSize / perMs + 60_000));
  const name = `${onts.length} alarms at ${perMs * 1_000}/s`;
  print({ case: `${name}: turn that states the first cause`, ours: statedIn, atMost: 50, unit: 'ms' });
  print({ case: `${name}: longest turn`, ours: longest(rooms.turns), atMost: 50, unit: 'ms' });
}

/** The same terminals fall dark and come back, again and again. */
async function millionStorm(
  topology: Topology,
  folder: string,
  print: (line: Measured) => void,
): Promise<void> {
  const { value: journal } = await openJournal({ folder: join(folder, 'storm'), world: benchWorld() });
  const rooms = new AlarmRooms(topology, (batch) => journal.append(batch));
  const onts = terminalsOf(topology, stormSize);
  const memory: number[] = [];
  const [cpu, tenth] = [cpuMs(), millionAlarms / 10];
  for (let n = 0; n < millionAlarms; n++) {
    const event = Math.floor(n / onts.length) % 2 === 0 ? 'raise' : 'clear';
    const observation = { event, resource: onts[n % onts.length]!, cause: 'LOS', source: 'trap' } as const;
    await rooms.take({ at: instant(begins + Math.floor(n / perMs)), observation });
    if ((n + 1) % tenth === 0) memory.push(process.memoryUsage().rss / 1024 / 1024);
  }
  await rooms.end();
  await journal.close();
  const name = `${millionAlarms} alarms at ${perMs * 1_000}/s`;
  const perSecond = (millionAlarms / (cpuMs() - cpu)) * 1_000;
  print({ case: name, ours: perSecond, atLeast: 50_000, unit: 'observations/CPU s' });
  printTurns(name, rooms.turns, print);
  print({
    case: `${name}: memory after a half, peer: at the end`,
    ours: memory[4]!,
    peer: memory[9]!,
    unit: 'MiB',
  });
}

/** Snapshot and journal of a line with many open alarms, on the network that is read from its file. */
async function restart(
  file: string,
  { topology, folder }: { readonly topology: Topology; readonly folder: string },
  print: (line: Measured) => void,
): Promise<void> {
  const { value: journal } = await openJournal({ folder: join(folder, 'restart'), world: benchWorld() });
  const line = new Line({ name: 'bench', epoch: 1, contents: contentsOf(topology) });
  let sequence = 0;
  const apply = async (at: Instant, input: Input): Promise<void> => {
    await journal.append([encodeInput(at, input)]);
    line.apply(++sequence, at, input);
  };
  await apply(begins, { kind: 'policy', policy: 'bench' });
  await apply(begins, { kind: 'topologyVersion', version: 1, topology: 'bench', subscribers: 'bench' });
  const every = Math.floor(stormSize / openAlarms);
  const onts = terminalsOf(topology, stormSize).filter((_, n) => n % every === 0);
  for (const [n, resource] of onts.entries()) {
    const observation = { event: 'raise', resource, cause: 'LOS', source: 'trap' } as const;
    line.apply(++sequence, instant(begins + n), { kind: 'observation', observation });
  }
  for (let due = line.wakeAt; due !== undefined && due < begins + 120_000; due = line.wakeAt)
    line.apply(++sequence, instant(Math.max(due, line.at)), { kind: 'tick' });
  const kept = JSON.stringify({ ...line.snapshot(), sequence: 2 });
  for (let n = 0; n < behindSnapshot; n++) {
    const observation = { event: 'alive', resource: onts[n]!, source: 'poll' } as const;
    await journal.append([encodeInput(instant(begins + 200_000 + n), { kind: 'observation', observation })]);
  }
  const from = performance.now();
  const again = new Line({ name: 'bench', epoch: 1, contents: contentsOf(await read(file)) });
  const recovered = await recoverLine({
    line: again,
    journal,
    snapshot: JSON.parse(kept) as LineSnapshot,
    load: async () => undefined,
    deliver: async () => undefined,
  });
  const seconds = (performance.now() - from) / 1_000;
  await journal.close();
  const name = `restart with ${resources} resources, ${onts.length} open alarms, ${recovered.records} inputs behind the snapshot`;
  print({ case: name, ours: seconds, atMost: 15, unit: 's' });
}

function printTurns(name: string, turns: number[], print: (line: Measured) => void): void {
  const sorted = Float64Array.from(turns).sort();
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  print({ case: `${name}: 99 of 100 turns take at most`, ours: p99, atMost: 50, unit: 'ms' });
  print({ case: `${name}: longest turn`, ours: longest(turns), atMost: 50, unit: 'ms' });
}

const longest = (turns: readonly number[]): number => turns.reduce((most, one) => Math.max(most, one), 0);

/** The first so many, in an order that mixes them. */
function terminalsOf(topology: Topology, most: number): StreamRecord['observation']['resource'][] {
  const found: StreamRecord['observation']['resource'][] = [];
  for (let index = 0; index < topology.resourceCount && found.length < most; index++) {
    if (topology.kindOf(index) === 'ont') found.push(resourceId(topology.idOf(index)));
  }
  return found.map((_, n) => found[(n * 7_919) % found.length]!);
}

async function read(file: string): Promise<Topology> {
  const reader = new TopologyReader(file);
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 18 })) reader.read(piece as Buffer);
  return reader.end().value;
}
