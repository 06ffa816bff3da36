/** The inventory of a running daemon: takes full readings, works in small steps, keeps facts over restarts, answers the fronts. */
import { join } from 'node:path';
import { type Instant, milliseconds, minutes, seconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { PortRole, WatchedPort } from '../../detect/detect.ts';
import { readWhole, realFiles, writeWhole } from '../../edge/disk/file-system.ts';
import type { DiscoveryPort, Listed, PageRequest } from '../../edge/http/ports.ts';
import type { Conflict, Place } from '../../model/discovered.ts';
import type { DeviceReading } from '../../model/reading.ts';
import { conflictsOf, Inventory, type KeptDevice, saidBy, staleAfterMs } from '../../topology/topology.ts';
import type { DeviceConfig } from '../config/config.ts';
import type { Installation } from '../config/installation.ts';
import { PortRoles } from './port-roles.ts';

export interface Discovery {
  readonly port: DiscoveryPort;
  /** What a port is for, as the configured topology or a neighbour says. */
  readonly roleOf: (port: WatchedPort) => PortRole | undefined;
  use(installation: Installation): void;
  take(device: DeviceConfig, reading: DeviceReading): void;
  counters(): Readonly<Record<string, number>>;
  /** Writes what changed since the last time. */
  keep(): Promise<void>;
  stop(): void;
}

const name = 'discovered.ndjson';
const format = 'allclear-discovered/1';
/** So long it works before it lets others work. */
const sliceMs = 4;
/** A large network takes long to compare: that may take this share of the time, then it is done more seldom. */
const mostShare = 0.05;
/** Conflicts may grow stale without any new fact. */
const conflictsHoldMs = 60_000;

export async function openDiscovery(options: {
  readonly installation: Installation;
  readonly world: World;
}): Promise<Discovery> {
  const { world } = options;
  const folder = options.installation.config.data;
  const inventory = new Inventory();
  let installation = options.installation;
  const use = (changed: Installation): void => {
    installation = changed;
    inventory.use(changed.config.devices.filter(({ poll }) => poll).map(({ id }) => id));
  };
  use(installation);
  await restore(inventory, { folder, world });
  const settle = settling(inventory, world);
  const keep = keeping(inventory, { folder, world });
  const timers = [world.every(seconds(3), settle), world.every(minutes(10), () => void keep())];
  const roles = new PortRoles({ inventory, world });
  roles.use(installation.topology?.network);
  const conflicts = conflictBoard(inventory, { world, installation: () => installation });
  return {
    port: {
      facts: (filter, page) => factsOf(inventory, { filter, page, now: world.now() }),
      conflicts: (filter, page) =>
        paged(
          conflicts().filter(({ at, seen }) => isAbout([...at, ...seen], filter.device)),
          page,
        ),
    },
    roleOf: (port) => roles.roleOf(port),
    use(changed) {
      use(changed);
      roles.use(changed.topology?.network);
    },
    take: ({ id, address }, reading) => inventory.take(saidBy({ id, address }, reading, world.now())),
    counters: () => inventory.counters,
    keep,
    stop() {
      for (const timer of timers) timer.cancel();
    },
  };
}

/** One pass at a time; between slices the line and the polls have their turn. */
function settling(inventory: Inventory, world: World): () => void {
  let isBusy = false;
  let notBeforeMs = 0;
  const pass = async (): Promise<void> => {
    const startsAtMs = world.monotonicMs();
    const rest = slices(world);
    for (const _ of inventory.settle()) await rest();
    notBeforeMs = startsAtMs + (world.monotonicMs() - startsAtMs) / mostShare;
  };
  return () => {
    if (isBusy || inventory.isSettled || world.monotonicMs() < notBeforeMs) return;
    isBusy = true;
    pass()
      .catch((error: unknown) => world.log.error('readings could not be compared', { error: String(error) }))
      .finally(() => {
        isBusy = false;
      });
  };
}

/** Waits a moment whenever a slice is used up. */
function slices(world: World): () => Promise<void> | undefined {
  let from = world.monotonicMs();
  return () => {
    if (world.monotonicMs() - from < sliceMs) return undefined;
    return new Promise((resolve) => {
      world.after(milliseconds(1), () => {
        from = world.monotonicMs();
        resolve();
      });
    });
  };
}

/** A line a device, written in slices; answers what writes it, one writing at a time. */
function keeping(
  inventory: Inventory,
  { folder, world }: { readonly folder: string; readonly world: World },
): () => Promise<void> {
  let written = inventory.version;
  let writing: Promise<void> = Promise.resolve();
  const lines = async function* (): AsyncGenerator<Uint8Array> {
    const rest = slices(world);
    yield Buffer.from(`${JSON.stringify({ format })}\n`);
    for (const device of inventory.snapshot()) {
      yield Buffer.from(`${JSON.stringify(device)}\n`);
      await rest();
    }
  };
  const write = async (): Promise<void> => {
    const { version } = inventory;
    if (version === written) return;
    try {
      await writeWhole(realFiles, { folder, name }, lines());
      written = version;
    } catch (error) {
      world.log.error('what was discovered could not be written', { error: String(error) });
    }
  };
  return () => {
    writing = writing.then(write);
    return writing;
  };
}

/** What cannot be read is discovered anew; its first sightings are lost, nothing else. */
async function restore(
  inventory: Inventory,
  { folder, world }: { readonly folder: string; readonly world: World },
): Promise<void> {
  try {
    const bytes = await readWhole(realFiles, join(folder, name));
    const [head = '', ...lines] = Buffer.from(bytes ?? [])
      .toString('utf8')
      .split('\n');
    if (head === '' || (JSON.parse(head) as { format?: unknown }).format !== format) return;
    for (const line of lines) if (line !== '') inventory.restore(JSON.parse(line) as KeptDevice);
  } catch (error) {
    world.log.warn('what was discovered cannot be read and is begun anew', { error: String(error) });
  }
}

function conflictBoard(
  inventory: Inventory,
  { world, installation }: { readonly world: World; readonly installation: () => Installation },
): () => readonly Conflict[] {
  let held:
    | { readonly key: string; readonly untilMs: number; readonly conflicts: readonly Conflict[] }
    | undefined;
  return () => {
    const now = world.now();
    const { topology, config } = installation();
    const key = `${inventory.version} ${Math.floor(now / conflictsHoldMs)}`;
    const startsAtMs = world.monotonicMs();
    if (held !== undefined && (held.key === key || startsAtMs < held.untilMs)) return held.conflicts;
    const resourceOf = new Map(config.devices.map(({ id, resource }) => [id, resource]));
    const facts = inventory.facts();
    const conflicts = conflictsOf({
      ...inventory.known,
      facts,
      now,
      configured: topology?.network,
      resourceOf,
    });
    const untilMs = startsAtMs + (world.monotonicMs() - startsAtMs) / mostShare;
    held = { key, untilMs, conflicts };
    return conflicts;
  };
}

function factsOf(
  inventory: Inventory,
  asked: {
    readonly filter: Parameters<DiscoveryPort['facts']>[0];
    readonly page: PageRequest;
    readonly now: Instant;
  },
): ReturnType<DiscoveryPort['facts']> {
  const { filter, page, now } = asked;
  const facts = inventory
    .facts()
    .filter(({ kind }) => filter.kind === undefined || kind === filter.kind)
    .filter(({ from, to }) => isAbout([from, to], filter.device));
  const listed = paged(facts, page);
  const items = listed.items.map((fact) => ({ ...fact, isStale: now - fact.lastSeen >= staleAfterMs }));
  return { ...listed, items };
}

const isAbout = (places: readonly Place[], device: string | undefined): boolean =>
  device === undefined || places.some((place) => place.device === device);

/** Every word must occur in what the item says. */
function paged<T>(all: readonly T[], page: PageRequest): Listed<T> {
  const words = (page.words ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found =
    words.length === 0
      ? all
      : all.filter((item) => {
          const text = JSON.stringify(item).toLowerCase();
          return words.every((word) => text.includes(word));
        });
  const from = Number.parseInt(page.cursor ?? '0', 10) || 0;
  const to = from + page.limit;
  return {
    items: found.slice(from, to),
    total: found.length,
    next: to < found.length ? String(to) : undefined,
  };
}
