/** What is remembered of each device over restarts: counts, raised conditions, ends that come by themselves, and its pace. */
import { join } from 'node:path';
import { minutes } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Detection } from '../../detect/detect.ts';
import { readWhole, realFiles, writeWhole } from '../../edge/disk/file-system.ts';
import type { DeviceBoard } from './device-board.ts';

export interface DetectionMemory {
  /** By device, what the last start had learned of how it wants to be asked. */
  readonly paces: Readonly<Record<string, unknown>>;
  /** From now on this is kept too. */
  keepPaces(paces: () => Readonly<Record<string, unknown>>): void;
  /** Where which SNMP engine proved to be in the last start, by place. */
  readonly engines: KnownEngines;
  /** From now on this is kept too. */
  keepEngines(engines: () => KnownEngines): void;
  /** Shows on the board what it showed at the end of the last start, and keeps what it shows from now on. */
  keepBoard(devices: Pick<DeviceBoard, 'restore' | 'snapshot'>): void;
  /** Writes what changed since the last time; resolves, with a line in the log, when it could not be written. */
  keep(): Promise<void>;
  stop(): void;
}

/** Engine ids (hexadecimal) by place, as `placeOf` names it. */
export type KnownEngines = Readonly<Record<string, string>>;

const name = 'detection.json';
const format = 'allclear-detection/2';
/** A large memory takes long to write: it may take this share of the time, then it is written more seldom. */
const mostShare = 0.005;

interface Kept {
  readonly format: string;
  readonly detection: unknown;
  readonly paces: Readonly<Record<string, unknown>>;
  /** What the board showed of each device; absent, as the engines, in files of an earlier version. */
  readonly board?: unknown;
  readonly engines?: KnownEngines | undefined;
}

/** Restores what the folder holds; a memory that cannot be read is begun anew, which costs repeated raises only. */
export async function openDetectionMemory(options: {
  readonly detection: Detection;
  readonly folder: string;
  readonly world: World;
}): Promise<DetectionMemory> {
  const { detection, folder, world } = options;
  const kept = await restore(options);
  const { paces, board } = kept;
  const engines = enginesIn(kept);
  let pacesNow = () => paces;
  let boardNow = () => board;
  let enginesNow = () => engines;
  let last = '';
  let notBeforeMs = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const startsAtMs = world.monotonicMs();
    const text = JSON.stringify({
      format,
      detection: detection.snapshot(),
      paces: pacesNow(),
      board: boardNow(),
      engines: enginesNow(),
    } satisfies Kept);
    notBeforeMs = startsAtMs + (world.monotonicMs() - startsAtMs) / mostShare;
    if (text === last) return;
    try {
      await writeWhole(realFiles, { folder, name }, [Buffer.from(text)]);
      last = text;
    } catch (error) {
      world.log.error('what detection remembers could not be written', { error: String(error) });
    }
  };
  const keep = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };
  const timer = world.every(minutes(1), () => {
    if (world.monotonicMs() >= notBeforeMs) void keep();
  });
  return {
    paces,
    keepPaces(given) {
      pacesNow = given;
    },
    engines,
    keepEngines(given) {
      enginesNow = given;
    },
    keepBoard(devices) {
      devices.restore(board);
      boardNow = () => devices.snapshot();
    },
    keep,
    stop: () => timer.cancel(),
  };
}

async function restore(options: {
  readonly detection: Detection;
  readonly folder: string;
  readonly world: World;
}): Promise<Pick<Kept, 'paces' | 'board' | 'engines'>> {
  const { detection, folder, world } = options;
  const empty = detection.snapshot();
  try {
    const bytes = await readWhole(realFiles, join(folder, name));
    if (bytes === undefined) return { paces: {} };
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as Kept;
    if (kept.format !== format) return { paces: {} };
    detection.restore(kept.detection);
    return kept;
  } catch (error) {
    detection.restore(empty);
    world.log.warn('what detection remembered cannot be read and is begun anew', { error: String(error) });
    return { paces: {} };
  }
}

/** What a daemon with this data directory knew of engines when it last wrote; nothing where it cannot be read. */
export async function knownEngines(folder: string): Promise<KnownEngines> {
  try {
    const bytes = await readWhole(realFiles, join(folder, name));
    return enginesIn(JSON.parse(Buffer.from(bytes ?? '{}').toString('utf8')) as Partial<Kept>);
  } catch {
    return {};
  }
}

const enginesIn = ({ engines }: Partial<Kept>): KnownEngines =>
  typeof engines === 'object' && engines !== null ? engines : {};

/** Places of an engine by what is proved now, else by what was before and is nowhere proved to be another's. */
export function placesAmong(
  known: KnownEngines,
  now: { of(engineId: string): Iterable<string>; all(): KnownEngines } = { of: () => [], all: () => ({}) },
): (engineId: string) => Iterable<string> {
  return (engineId) => {
    const proved = [...now.of(engineId)];
    if (proved.length > 0) return proved;
    const all = now.all();
    return Object.keys(known).filter((place) => known[place] === engineId && !Object.hasOwn(all, place));
  };
}
