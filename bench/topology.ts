/**
 * A metropolitan network of a million resources: how long its file takes and how much memory, beside a Map of objects;
 * then reachability, single points of failure and a second version of it.
 */
import { fork } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Ancestry } from '../src/correlate/ancestry.ts';
import {
  compileTopology,
  decodeTopology,
  differencesOf,
  Topology,
  TopologyReader,
  topologyPieces,
} from '../src/topology/topology.ts';
import { shippedTable } from '../test/support/shipped-rules.ts';
import { writeMetro } from './support/metro-file.ts';
import { type Measured, reporter } from './support/report.ts';
import type { Loaded } from './support/topology-load.ts';

const resources = 1_000_000;
const added = 100;

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const report = reporter('topology', json);
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-topology-'));
  try {
    const [file, next] = [join(folder, 'metro.ndjson'), join(folder, 'next.ndjson')];
    writeMetro(file, resources);
    writeMetro(next, resources, added);
    const [ours, peer] = [await loaded(file, 'ours'), await loaded(file, 'objects')];
    const name = `${resources} resources from topology.ndjson`;
    report({
      case: `${name}, counted and numbered; peer: Map of objects`,
      ours: ours.ms,
      peer: peer.ms,
      atMost: 15_000,
      unit: 'ms',
    });
    report({
      case: `${name}: largest RSS of the process`,
      ours: ours.residentMegabytes,
      peer: peer.residentMegabytes,
      atMost: 400,
      unit: 'MB',
    });
    report({
      case: `${name}: largest RSS above the empty process`,
      ours: ours.megabytes,
      peer: peer.megabytes,
      unit: 'MB',
    });
    await versions({ file, next, report });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  transport(report);
}

function loaded(file: string, how: 'ours' | 'objects'): Promise<Loaded> {
  const child = fork(join(import.meta.dirname, 'support', 'topology-load.js'), [file, how]);
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Loaded));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`loading ended with ${code}`)));
  });
}

async function versions({
  file,
  next,
  report,
}: {
  readonly file: string;
  readonly next: string;
  readonly report: (line: Measured) => void;
}): Promise<void> {
  const [old, now] = [await read(file), await read(next)];
  let differences = differencesOf(now, now);
  const compared = timed(() => {
    differences = differencesOf(old, now);
  });
  report({
    case: `differences to a version with ${added} more (found: ${differences.added})`,
    ours: compared,
    unit: 'ms',
  });
  const startsAt = performance.now();
  const bytes = Buffer.concat(topologyPieces(now.columns));
  report({
    case: 'columns written as one row of bytes',
    ours: performance.now() - startsAt,
    unit: 'ms',
  });
  report({ case: 'that row', ours: bytes.length / 1024 / 1024, unit: 'MB' });
  // What the thread of the line does when another one has read and counted.
  const { prepared } = now;
  const taken = timed(
    () =>
      void new Ancestry(
        new Topology(decodeTopology(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)), prepared),
        shippedTable,
      ),
  );
  report({ case: 'a version read beside the line is taken over', ours: taken, unit: 'ms' });
  const ids = Array.from({ length: 100_000 }, (_, i) => now.idOf((i * 7_919) % now.count));
  const found = timed(() => {
    for (const id of ids) now.indexOf(id);
  });
  report({ case: 'an id to its number', ours: (found * 1e6) / ids.length, unit: 'ns' });
}

async function read(file: string): Promise<Topology> {
  const reader = new TopologyReader(file);
  for await (const piece of createReadStream(file)) reader.read(piece as Buffer);
  return reader.end().value;
}

/** 12,000 switches in rings of eight, each with two links, and every ring span in a trench of its own. */
function transport(report: (line: Measured) => void): void {
  const count = 12_000;
  const id = (n: number): never => `switch-${n}` as never;
  const root = 'core' as never;
  const link = (n: number, a: never, b: never) => ({
    id: `l-${n}` as never,
    ends: [a, b] as const,
    segments: [],
  });
  const { value: network } = compileTopology({
    serviceRoots: [root],
    resources: [root, ...Array.from({ length: count }, (_, n) => id(n))].map((one) => ({
      ...{ id: one, kind: 'switch', in: {}, subscribers: 0 },
    })),
    links: Array.from({ length: count * 2 }, (_, n) => {
      const at = n >> 1;
      if (n % 2 === 1) return link(n, id(at), id(Math.floor(at / 3)));
      return link(n, id(at), at % 8 === 7 ? root : id((at + 1) % count));
    }),
    planned: [],
  });
  const dead = new Set([network.indexOf('switch-5'), network.indexOf('l-100')]);
  network.served(() => false);
  const name = `${count} nodes, ${count * 2} links`;
  report({
    case: `${name}: reachability, every part asked`,
    ours: median(() => network.served((index) => dead.has(index))),
    unit: 'ms',
  });
  const outage = network.outage(dead);
  report({
    case: `${name}: what one more failure takes`,
    ours: median(() => outage.lostWith([network.indexOf('switch-0')])),
    unit: 'ms',
  });
  report({ case: `${name}: dominator tree`, ours: timed(() => void network.singlePoints), unit: 'ms' });
  report({
    case: `${name}: single points above one node`,
    ours: median(() => network.singlePoints.aboveAll([network.indexOf('switch-11000')])),
    unit: 'ms',
  });
}

function timed(run: () => void): number {
  const startsAt = performance.now();
  run();
  return performance.now() - startsAt;
}

/** Median of 21. */
function median(run: () => void): number {
  const all = Array.from({ length: 21 }, () => timed(run)).sort((a, b) => a - b);
  return all[10]!;
}
