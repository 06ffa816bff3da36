/** A process of its own that reads one topology file, so that its memory is that of the network alone. */
import { createReadStream, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { TopologyReader } from '../../src/topology/topology.ts';

export interface Loaded {
  readonly ms: number;
  /** Largest resident set, less that of the empty process. */
  readonly megabytes: number;
  readonly residentMegabytes: number;
}

const megabyte = 1024 * 1024;

/** Answers its parent over IPC. */
async function load(file: string, how: 'ours' | 'objects'): Promise<void> {
  const before = process.memoryUsage().rss;
  const startsAt = performance.now();
  const kept = how === 'ours' ? await asColumns(file) : asObjects(file);
  const ms = performance.now() - startsAt;
  const largest = process.resourceUsage().maxRSS * 1024;
  const loaded: Loaded = {
    ms,
    megabytes: (largest - before) / megabyte,
    residentMegabytes: largest / megabyte,
  };
  process.send!({ ...loaded, count: kept });
}

async function asColumns(file: string): Promise<number> {
  const reader = new TopologyReader(file);
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 18 })) reader.read(piece as Buffer);
  const { value } = reader.end();
  // Counting is part of loading.
  return value.prepared.mixed.length;
}

/** What most programs do: a Map of parsed lines by id, and of children by parent. */
function asObjects(file: string): number {
  interface Entry {
    readonly id: string;
    readonly in?: Readonly<Record<string, string>>;
  }
  const byId = new Map<string, Entry>();
  const children = new Map<string, string[]>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const { resource } = JSON.parse(line) as { resource?: Entry };
    if (resource === undefined) continue;
    byId.set(resource.id, resource);
    for (const [tree, parent] of Object.entries(resource.in ?? {})) {
      const key = `${tree} ${parent}`;
      const known = children.get(key);
      if (known === undefined) children.set(key, [resource.id]);
      else known.push(resource.id);
    }
  }
  return byId.size;
}

const [file, how] = process.argv.slice(2);
if (process.send !== undefined && file !== undefined) await load(file, how as 'ours' | 'objects');
