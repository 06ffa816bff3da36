/** What detection remembers of each device, kept over restarts: counts, raised conditions, and ends that come by themselves. */
import { join } from 'node:path';
import { minutes } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Detection } from '../../detect/detect.ts';
import { readWhole, realFiles, writeWhole } from '../../edge/disk/file-system.ts';

export interface DetectionMemory {
  /** Writes what changed since the last time; resolves, with a line in the log, when it could not be written. */
  keep(): Promise<void>;
  stop(): void;
}

const name = 'detection.json';
const format = 'allclear-detection/1';
/** A large memory takes long to write: it may take this share of the time, then it is written more seldom. */
const mostShare = 0.005;

interface Kept {
  readonly format: string;
  readonly detection: unknown;
}

/** Restores what the folder holds; a memory that cannot be read is begun anew, which costs repeated raises only. */
export async function openDetectionMemory(options: {
  readonly detection: Detection;
  readonly folder: string;
  readonly world: World;
}): Promise<DetectionMemory> {
  const { detection, folder, world } = options;
  await restore(options);
  let last = '';
  let notBeforeMs = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const startsAtMs = world.monotonicMs();
    const text = JSON.stringify({ format, detection: detection.snapshot() } satisfies Kept);
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
  return { keep, stop: () => timer.cancel() };
}

async function restore(options: {
  readonly detection: Detection;
  readonly folder: string;
  readonly world: World;
}): Promise<void> {
  const { detection, folder, world } = options;
  const empty = detection.snapshot();
  try {
    const bytes = await readWhole(realFiles, join(folder, name));
    if (bytes === undefined) return;
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as Kept;
    if (kept.format === format) detection.restore(kept.detection);
  } catch (error) {
    detection.restore(empty);
    world.log.warn('what detection remembered cannot be read and is begun anew', { error: String(error) });
  }
}
