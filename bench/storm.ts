/** Traps against the whole daemon: from the wire to the page at 500 a second, and what a burst of 10,000 a second does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { communityOf, subscribersCsv, topologyJson } from '../src/sim/city-files.ts';
import { type Daemon, processUse, startDaemon, sumOf } from './support/daemon.ts';
import { type Measured, reporter } from './support/report.ts';
import { hasSnmptrapd, startSnmptrapd } from './support/snmptrapd.ts';
import {
  addressesOf,
  type StormSent,
  type StormTrap,
  sendStorm,
  stormCity,
  stormTraps,
} from './support/trap-storm.ts';

const steady = { perSecond: 500, seconds: 20 };
const burst = { perSecond: 10_000, seconds: 5 };
/** After the last trap, for what is under way. */
const patienceMs = 30_000;

export async function run({ json }: { readonly json: boolean; readonly full: boolean }): Promise<void> {
  const print = reporter('storm', json);
  const peer = hasSnmptrapd();
  await withDaemon((daemon) => steadyStorm(daemon, peer, print));
  await withDaemon((daemon) => burstStorm(daemon, peer, print));
}

/** A fresh daemon over the city, whose devices are judged by their traps alone. */
async function withDaemon(work: (daemon: Daemon) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-storm-'));
  const city = stormCity();
  const devices = city.devices.map(({ id }) => {
    const { host, port } = addressesOf(city).get(id)!;
    return { id, address: host, port, community: communityOf(id), poll: false };
  });
  const loopback = '127.0.0.1:0';
  const configuration = {
    format: 'allclear/1',
    http: loopback,
    public: loopback,
    traps: loopback,
    syslog: loopback,
    data: './data',
    devices,
    topology: './topology.json',
    subscribers: './subscribers.csv',
  };
  writeFileSync(join(folder, 'allclear.yaml'), JSON.stringify(configuration, undefined, 1));
  writeFileSync(join(folder, 'topology.json'), topologyJson(city));
  writeFileSync(join(folder, 'subscribers.csv'), subscribersCsv(city));
  const daemon = await startDaemon(['start', '--config', 'allclear.yaml'], folder);
  try {
    await work(daemon);
  } finally {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function steadyStorm(
  daemon: Daemon,
  withPeer: boolean,
  print: (line: Measured) => void,
): Promise<void> {
  const traps = stormTraps(stormCity());
  const order = Int32Array.from(
    { length: Math.min(traps.length, steady.perSecond * steady.seconds) },
    (_, n) => n,
  );
  const pages = await openPages(daemon, traps);
  const before = processUse(daemon.ready.pid);
  const startsAt = performance.now();
  const sent = await sendStorm({ target: targetOf(daemon), perSecond: steady.perSecond, order });
  const use = processUse(daemon.ready.pid);
  const seconds = (performance.now() - startsAt) / 1_000;
  await until(() => pages.shown.size >= order.length);
  const ours = [...order].flatMap((n) => (pages.shown.has(n) ? [pages.shown.get(n)! - sent.times[n]!] : []));
  pages.close();
  const peers = withPeer ? await peerLatencies(steady.perSecond, order) : undefined;
  const name = `${steady.perSecond} traps/s`;
  print({
    case: `${name}: trap to page, p50; peer: snmptrapd to its file`,
    ours: quantile(ours, 0.5),
    peer: peers && quantile(peers, 0.5),
    unit: 'ms',
  });
  print({
    case: `${name}: trap to page, p99; peer: snmptrapd to its file`,
    ours: quantile(ours, 0.99),
    peer: peers && quantile(peers, 0.99),
    unit: 'ms',
  });
  print({ case: `${name}: sent and never on the page`, ours: order.length - ours.length, unit: 'traps' });
  printLosses(name, sent, await lossesOf(daemon, sent), print);
  for (const [index, one] of use.entries()) {
    const spent = one.cpuSeconds - (before[index]?.cpuSeconds ?? 0);
    print({
      case: `${name}: processor share, ${one.name}`,
      ours: (spent / seconds) * 100,
      unit: '% of a core',
    });
  }
  print({ case: `${name}: resident memory of all processes`, ours: sumOf(use, 'rssMib'), unit: 'MiB' });
}

async function burstStorm(daemon: Daemon, withPeer: boolean, print: (line: Measured) => void): Promise<void> {
  const traps = stormTraps(stormCity());
  const raises = traps.filter(({ becomes }) => becomes === 'raised').length;
  // Devices repeat themselves: every alarm of the city comes about ten times.
  const order = Int32Array.from({ length: burst.perSecond * burst.seconds }, (_, n) => n % raises);
  const pages = await openPages(daemon, traps);
  const asking = new AbortController();
  const answers = pageAnswers(daemon, asking.signal);
  const startsAt = performance.timeOrigin + performance.now();
  const sent = await sendStorm({ target: targetOf(daemon), perSecond: burst.perSecond, order });
  await until(() => pages.shown.size >= raises);
  asking.abort();
  const pageMs = await answers;
  const use = processUse(daemon.ready.pid);
  pages.close();
  const name = `${burst.perSecond} traps/s for ${burst.seconds} s`;
  const last = Math.max(...pages.shown.values());
  const opened = pages.firstIncident() ?? Number.POSITIVE_INFINITY;
  print({
    case: `${name}: first trap to the first incident on the page`,
    ours: (opened - startsAt) / 1_000,
    unit: 's',
  });
  print({
    case: `${name}: first trap to the last of ${raises} alarms on the page`,
    ours: (last - startsAt) / 1_000,
    unit: 's',
  });
  print({ case: `${name}: alarms never on the page`, ours: raises - pages.shown.size, unit: 'alarms' });
  print({
    case: `${name}: GET /api/v1/incidents meanwhile, p50 of ${pageMs.length}`,
    ours: quantile(pageMs, 0.5),
    unit: 'ms',
  });
  print({
    case: `${name}: GET /api/v1/incidents meanwhile, p99 of ${pageMs.length}`,
    ours: quantile(pageMs, 0.99),
    unit: 'ms',
  });
  const losses = await lossesOf(daemon, sent);
  printLosses(name, sent, losses, print);
  print({ case: `${name}: resident memory of all processes`, ours: sumOf(use, 'rssMib'), unit: 'MiB' });
  if (withPeer) {
    const { lines } = await peerStorm(burst.perSecond, order);
    const peer = order.length - lines.length;
    print({
      case: `${name}: traps lost; peer: snmptrapd`,
      ours: order.length - losses.taken,
      peer,
      unit: 'traps',
    });
  }
}

const targetOf = ({ ready }: Daemon): { host: string; port: number } => ({
  host: '127.0.0.1',
  port: Number(ready.traps.split(':').at(-1)),
});

interface Pages {
  /** Index of the trap, and when a message first showed what it did, milliseconds since 1970. */
  readonly shown: ReadonlyMap<number, number>;
  firstIncident(): number | undefined;
  close(): void;
}

async function openPages(daemon: Daemon, traps: readonly StormTrap[]): Promise<Pages> {
  const waiting = new Map(traps.map(({ resource, becomes }, n) => [`${resource} ${becomes}`, n]));
  const shown = new Map<number, number>();
  let incidentAt: number | undefined;
  const socket = await daemon.listen((message, at) => {
    if (message.kind !== 'events') return;
    for (const event of message.events) {
      if (event.kind === 'incident') incidentAt ??= performance.timeOrigin + at;
      if (event.kind !== 'alarm') continue;
      const n = waiting.get(`${event.alarm.resource} ${event.alarm.state}`);
      if (n !== undefined && !shown.has(n)) shown.set(n, performance.timeOrigin + at);
    }
  });
  return { shown, firstIncident: () => incidentAt, close: () => socket.close() };
}

/** Milliseconds of one request after the other, as a page that is reloaded. */
async function pageAnswers(daemon: Daemon, stop: AbortSignal): Promise<number[]> {
  const took: number[] = [];
  while (!stop.aborted) {
    const startsAt = performance.now();
    await daemon.get('/incidents?state=open&limit=100');
    took.push(performance.now() - startsAt);
    await pause(50);
  }
  return took;
}

async function peerLatencies(perSecond: number, order: Int32Array): Promise<number[]> {
  const { lines, sent } = await peerStorm(perSecond, order);
  // Lines come in the order of the traps; with a loss nobody knows which line is whose.
  return lines.length === order.length ? lines.map((at, n) => at - sent.times[n]!) : [];
}

async function peerStorm(
  perSecond: number,
  order: Int32Array,
): Promise<{ readonly lines: readonly number[]; readonly sent: StormSent }> {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-snmptrapd-'));
  const peer = await startSnmptrapd(folder);
  try {
    const sent = await sendStorm({ target: peer.target, perSecond, order });
    await until(() => peer.lines.length >= order.length, 3_000);
    await peer.stop();
    return { lines: peer.lines, sent };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Losses {
  readonly taken: number;
  /** Lost and counted somewhere: in the kernel, or refused by one of the guards. */
  readonly counted: number;
}

async function lossesOf(daemon: Daemon, sent: StormSent): Promise<Losses> {
  const names = [
    'Refused',
    'Overloaded',
    'Malformed',
    'Dropped',
    'RateLimited',
    'Oversized',
    'KernelDropped',
  ];
  const end = performance.now() + patienceMs;
  for (;;) {
    const counters = await daemon.counters();
    const counted = names.reduce((sum, name) => sum + (counters[`traps${name}`] ?? 0), 0);
    const taken = counters['trapsTaken'] ?? 0;
    if (taken + counted >= sent.sent || performance.now() >= end) return { taken, counted };
    // The ingest tells its counters once a second.
    await pause(500);
  }
}

function printLosses(name: string, sent: StormSent, losses: Losses, print: (line: Measured) => void): void {
  print({ case: `${name}: taken; peer: sent`, ours: losses.taken, peer: sent.sent, unit: 'traps' });
  print({ case: `${name}: lost and counted`, ours: losses.counted, unit: 'traps' });
  const unexplained = sent.sent - losses.taken - losses.counted;
  print({ case: `${name}: lost without a count`, ours: unexplained, unit: 'traps' });
}

async function until(isTrue: () => boolean, withinMs = patienceMs): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isTrue() && performance.now() < end) await pause(20);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
