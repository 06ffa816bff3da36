/**
 * Polling a farm of simulated agents beside npm net-snmp, the Net-SNMP C library and an empty handler of datagrams: the same
 * farm, rounds interleaved, medians. 1,000 devices with 48 ports of ten columns and their uptime are 481,000 values.
 */
import { existsSync } from 'node:fs';
import { cpuUsage } from 'node:process';
import { Schedule } from '../src/flow/schedule.ts';
import { type Contestant, openContestant, openFarm, openProgram, Programs } from './support/farm.ts';
import type { CycleCost } from './support/poll-contestant.ts';
import { type Measured, reporter } from './support/report.ts';
import { openSink } from './support/stored-contestant.ts';

const DEVICES = 1_000;
const VALUES = 481;
const ROUNDS = 7;
/** First cycles compile code and learn devices; they do not count. */
const WARM_UPS = 3;
const TIMEOUTS_MS = 2_000;

/** What a figure may be at most: of ours divided by the peer's where there is a peer, else of ours. */
type Report = (line: Measured, target?: { readonly most: number }) => void;

/** With `--check` among the arguments a missed target makes the exit code 1. */
export async function run(options: {
  readonly json: boolean;
  readonly args: readonly string[];
}): Promise<void> {
  const print = reporter('poll', options.json);
  const missed: string[] = [];
  const report: Report = (line, target) => {
    print(line);
    const figure = line.peer === undefined ? line.ours : line.ours / line.peer;
    if (target !== undefined && !(figure <= target.most))
      missed.push(`${line.case}: ${figure.toPrecision(3)}, at most ${target.most.toPrecision(3)} wanted`);
  };
  await measure(report);
  for (const miss of missed) console.error(`poll: missed: ${miss}`);
  if (missed.length > 0 && options.args.includes('--check')) process.exitCode = 1;
}

async function measure(report: Report): Promise<void> {
  planMany(report);
  const programs = new Programs();
  try {
    const farm = programs.compile('farm');
    if (farm === undefined) {
      console.error('poll: left out: the farm of agents needs a C compiler (cc)');
      return;
    }
    const library = programs.compile('net-snmp-async', ['-lnetsnmp']);
    if (library === undefined) {
      const why = existsSync('/usr/include/net-snmp')
        ? 'it does not compile'
        : 'libsnmp-dev is not installed';
      console.error(`poll: left out: the Net-SNMP C library, ${why}`);
    }
    await comparePeers(farm, library, report);
    await compareStored(farm, library, report);
    await scale(farm, report);
    const healthy = await oursOn(farm, {});
    await withSilent(farm, median(healthy.map(({ p99Ms = Number.NaN }) => p99Ms)), report);
    await withLatency(farm, report);
    await withLargeReplies(farm, report);
  } finally {
    programs.close();
  }
}

/** CPU time of the poller for one value, in microseconds. */
const perValue = (costs: readonly CycleCost[] = []): number =>
  median(costs.map(({ cpuMs, values }) => (cpuMs * 1_000) / values));

const mostOf: ReadonlyMap<string, number> = new Map([
  ['empty dgram handler', 1.8],
  ['net-snmp hand-packed', 1 / 7],
  ['net-snmp tableColumns', 1 / 18],
  ['Net-SNMP C library async', 1 / 1.5],
]);

/** Decoded, judged and on disk beside decoded and written to an InfluxDB, and beside no more than decoded in C. */
async function compareStored(program: string, library: string | undefined, report: Report): Promise<void> {
  const farm = await openFarm(program, { devices: DEVICES });
  const sink = await openSink();
  const setup = { devices: DEVICES, port: farm.port, sinkPort: sink.port };
  const contestants = new Map<string, Contestant>([
    ['ours', await openContestant({ way: 'oursStored', ...setup })],
    ['package', await openContestant({ way: 'handPackedStored', ...setup })],
  ]);
  if (library !== undefined) {
    contestants.set('library', openProgram(library, [DEVICES, farm.port].map(String)));
  }
  const costs = await interleaved(contestants);
  const ours = perValue(costs.get('ours'));
  report(
    {
      case: 'CPU a value decoded, judged and stored, peer: net-snmp hand-packed and influx.writePoints',
      ours,
      peer: perValue(costs.get('package')),
      unit: 'us',
    },
    { most: 1 / 4 },
  );
  if (library !== undefined) {
    const peer = perValue(costs.get('library'));
    const name = 'CPU a value decoded, judged and stored, peer: Net-SNMP C library async, decoded only';
    report({ case: name, ours, peer, unit: 'us' }, { most: 2.5 });
  }
  await closeAll(contestants, farm);
  await sink.close();
}

async function comparePeers(program: string, library: string | undefined, report: Report): Promise<void> {
  const farm = await openFarm(program, { devices: DEVICES });
  const { port } = farm;
  const setup = { devices: DEVICES, port };
  const contestants = new Map<string, Contestant>([
    ['ours', await openContestant({ way: 'ours', ...setup })],
    ['empty dgram handler', await openContestant({ way: 'floor', ...setup })],
    ['net-snmp hand-packed', await openContestant({ way: 'handPacked', ...setup })],
    ['net-snmp tableColumns', await openContestant({ way: 'tableColumns', ...setup })],
  ]);
  if (library !== undefined) {
    contestants.set('Net-SNMP C library async', openProgram(library, [DEVICES, port].map(String)));
  }
  const costs = await interleaved(contestants);
  const ours = perValue(costs.get('ours'));
  for (const name of contestants.keys()) {
    const most = mostOf.get(name);
    if (most === undefined) continue;
    const peer = perValue(costs.get(name));
    report({ case: `CPU a value, peer: ${name}`, ours, peer, unit: 'us' }, { most });
  }
  await closeAll(contestants, farm);
}

/** A cycle of ten times the devices, at the kernel's default receive buffer. */
async function scale(program: string, report: Report): Promise<void> {
  const farm = await openFarm(program, { devices: 10 * DEVICES });
  const common = { way: 'ours', port: farm.port, receiveBufferBytes: 0 } as const;
  const contestants = new Map([
    ['small', await openContestant({ ...common, devices: DEVICES })],
    ['large', await openContestant({ ...common, devices: 10 * DEVICES })],
  ]);
  const costs = await interleaved(contestants, 5);
  const small = costs.get('small') ?? [];
  const large = costs.get('large') ?? [];
  const wall = (cycles: readonly CycleCost[]): number => median(cycles.map(({ wallMs }) => wallMs));
  report(
    {
      case: '10,000 devices, a cycle, peer: ten cycles of 1,000',
      ours: wall(large),
      peer: 10 * wall(small),
      unit: 'ms',
    },
    { most: 1.3 },
  );
  const lost = large.reduce((sum, { retries = 0 }) => sum + retries, 0);
  report(
    { case: '10,000 devices, requests sent again in all cycles', ours: lost, unit: 'requests' },
    { most: 0 },
  );
  report(
    { case: '10,000 devices, RSS', ours: Math.max(...large.map(({ rssMb }) => rssMb)), unit: 'MiB' },
    { most: 250 },
  );
  await closeAll(contestants, farm);
}

/** One device of twenty never answers; two tries of a second each. */
async function withSilent(program: string, healthy: number, report: Report): Promise<void> {
  const costs = await oursOn(program, { silentPercent: 5 });
  const wall = median(costs.map(({ wallMs }) => wallMs));
  const p99 = median(costs.map(({ p99Ms = Number.NaN }) => p99Ms));
  report(
    { case: '5 % silent: a cycle beyond its two time-outs', ours: wall - TIMEOUTS_MS, unit: 'ms' },
    { most: 100 },
  );
  report({
    case: '5 % silent: p99 of the others, peer: nobody silent',
    ours: p99,
    peer: healthy,
    unit: 'ms',
  });
  report({ case: '5 % silent: p99 of the others later by', ours: p99 - healthy, unit: 'ms' }, { most: 100 });
}

/** Seven requests one after the other for each device, all devices at once. */
async function withLatency(program: string, report: Report): Promise<void> {
  const latencyMs = 20;
  const costs = await oursOn(program, { latencyMs });
  const wall = median(costs.map(({ wallMs }) => wallMs));
  const requests = median(costs.map(({ requests = Number.NaN }) => requests / DEVICES));
  const bound = requests * latencyMs;
  report(
    { case: '20 ms latency: a cycle, peer: latency times round trips', ours: wall, peer: bound, unit: 'ms' },
    { most: 1.3 },
  );
}

/** Who has its turn when: minutes of the clock as fast as the machine can, in shares of one core. */
function planMany(report: Report): void {
  const devices = 50_000;
  const minutes = 20;
  const schedule = new Schedule(0);
  for (let i = 0; i < devices; i++) schedule.add(`device-${i}`, 60_000, 0);
  let now = 0;
  let turns = 0;
  const play = (end: number): void => {
    for (; now < end; now += schedule.tickMs) schedule.run(now, () => turns++);
  };
  play(2 * 60_000);
  turns = 0;
  const before = cpuUsage();
  play(now + minutes * 60_000);
  const { user, system } = cpuUsage(before);
  const share = (user + system) / 10 / (minutes * 60_000);
  if (turns !== devices * minutes) throw new Error(`${turns} turns in ${minutes} minutes`);
  report({ case: '50,000 devices planned, share of a core', ours: share, unit: '%' }, { most: 2 });
}

async function withLargeReplies(program: string, report: Report): Promise<void> {
  const costs = await oursOn(program, { replyBytes: 16_000 }, 12);
  report({ case: 'large replies: CPU a value', ours: perValue(costs), unit: 'us' });
  const requests = median(costs.map(({ requests = Number.NaN }) => requests / DEVICES));
  report({ case: 'large replies: requests a device', ours: requests, unit: 'requests' });
}

async function oursOn(
  program: string,
  habits: { readonly silentPercent?: number; readonly latencyMs?: number; readonly replyBytes?: number },
  warmUps = WARM_UPS,
): Promise<readonly CycleCost[]> {
  const farm = await openFarm(program, { devices: DEVICES, ...habits });
  const ours = await openContestant({ way: 'ours', devices: DEVICES, port: farm.port });
  const costs = await interleaved(new Map([['ours', ours]]), 5, warmUps);
  await ours.close();
  await farm.close();
  return costs.get('ours') ?? [];
}

/** One cycle of each in turn; a cycle that did not get every value of a healthy farm is an error. */
async function interleaved(
  contestants: ReadonlyMap<string, Contestant>,
  rounds = ROUNDS,
  warmUps = WARM_UPS,
): Promise<ReadonlyMap<string, readonly CycleCost[]>> {
  const costs = new Map<string, CycleCost[]>();
  for (let round = 0; round < warmUps + rounds; round++) {
    for (const [name, contestant] of contestants) {
      const cost = await contestant.cycle();
      if (cost.values % VALUES !== 0 || cost.values === 0)
        throw new Error(`${name} got ${cost.values} values`);
      const kept = costs.get(name) ?? [];
      costs.set(name, kept);
      if (round >= warmUps) kept.push(cost);
    }
  }
  return costs;
}

async function closeAll(
  contestants: ReadonlyMap<string, Contestant>,
  farm: { close(): Promise<void> },
): Promise<void> {
  for (const contestant of contestants.values()) await contestant.close();
  await farm.close();
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
