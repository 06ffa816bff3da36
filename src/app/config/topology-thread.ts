/** A large topology file is read, counted and hashed by a thread of its own; what it made changes hands without a copy. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { Fault } from '../../base/fault.ts';
import type { Parsed, Problem } from '../../base/problem.ts';
import { hashOf } from '../../edge/disk/contents.ts';
import { Topology, topologyPieces } from '../../topology/topology.ts';
import { mainFile } from '../product-files.ts';
import { ConfiguredTopology, type ListedDevice, readTopologyFile } from './topology-file.ts';

/** A larger file is read by a thread of its own: compiling it would hold the line up. */
const ownThreadBytes = 1 << 23;

interface Order {
  readonly file: string;
  readonly devices: readonly ListedDevice[];
}

interface Made {
  readonly columns: Topology['columns'];
  readonly prepared: Topology['prepared'];
  readonly resources: number;
  readonly links: number;
  readonly sha256: string;
}

interface Answer {
  readonly made: Made | undefined;
  readonly problems: readonly Problem[];
}

/** The same as `readTopologyFile`, by a thread beside this one where the file is large. */
export async function readTopologyBeside(
  file: string,
  devices: readonly ListedDevice[],
): Promise<Parsed<ConfiguredTopology | undefined>> {
  // Sources that were not built have no file that a thread could begin with.
  const isLarge = (await sizeOf(file)) > ownThreadBytes && existsSync(mainFile);
  return isLarge ? readInThread({ file, devices }) : readTopologyFile(file, devices);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

/** Rejects when the thread dies of something else than the file. */
function readInThread({ file, devices }: Order): Promise<Parsed<ConfiguredTopology | undefined>> {
  const order: Order = { file, devices: devices.map(({ id, resource }) => ({ id, resource })) };
  const thread = new Worker(mainFile, { argv: ['worker', 'topology'], workerData: order });
  return new Promise((resolve, reject) => {
    thread.once('message', ({ made, problems }: Answer) => {
      resolve({ value: made === undefined ? undefined : taken(made), problems });
    });
    thread.once('error', reject);
    thread.once('exit', (code) =>
      reject(new Fault('config/topology-thread', `reading ${file} ended with ${code}`)),
    );
  });
}

const taken = ({ columns, prepared, ...listed }: Made): ConfiguredTopology =>
  new ConfiguredTopology(new Topology(columns, prepared), listed);

/** The inside of that thread. */
export async function runTopologyThread(): Promise<void> {
  const { file, devices } = workerData as Order;
  const { value, problems } = await readTopologyFile(file, devices);
  if (value === undefined) {
    parentPort!.postMessage({ made: undefined, problems } satisfies Answer);
    return;
  }
  const { resources, links, network } = value;
  const { columns, prepared } = network;
  const sha256 = hashOf(topologyPieces(columns));
  const made: Made = { columns, prepared, resources, links, sha256 };
  parentPort!.postMessage({ made, problems } satisfies Answer, buffersOf([columns, prepared]));
}

/** Every buffer that lies somewhere below, once. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (value instanceof Map) for (const one of value.values()) buffersOf(one, found);
  else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) if (typeof one === 'object') buffersOf(one, found);
  }
  return [...found];
}
