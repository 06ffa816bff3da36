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
  /** Shows on the board what it showed at the end of the last start, and keeps what it shows from now on. */
  keepBoard(devices: Pick<DeviceBoard, 'restore' | 'snapshot'>): void;
  /** Writes what changed since the last time; resolves, with a line in the log, when it could not be written. */
  keep(): Promise<void>;
  stop(): void;
}

const name = 'detection.json';
const format = 'allclear-detection/2';
/** A large memory takes long to write: it may take this share of the time, then it is written more seldom. */
const mostShare = 0.005;

interface Kept {
  readonly format: string;
  readonly detection: unknown;
  readonly paces: Readonly<Record<string, unknown>>;
  /** What the board showed of each device; absent in files of an earlier start. */
  readonly board?: unknown;
}

/** Restores what the folder holds; a memory that cannot be read is begun anew, which costs repeated raises only. */
export async function openDetectionMemory(options: {
  readonly detection: Detection;
  readonly folder: string;
  readonly world: World;
}): Promise<DetectionMemory> {
  const { detection, folder, world } = options;
  const { paces, board } = await restore(options);
  let pacesNow = () => paces;
  let boardNow = () => board;
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
}): Promise<Pick<Kept, 'paces' | 'board'>> {
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
