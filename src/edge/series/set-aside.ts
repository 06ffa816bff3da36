/**
 * Files that could not be read and were set aside as `.damaged` for a person to look at. They go when what they hold would
 * have gone, and the oldest before that where they take too much room.
 */
import { stat } from 'node:fs/promises';
import type { Log } from '../../base/world.ts';
import { isMissing, realFiles } from '../disk/file-system.ts';

const MOST_FILES = 100;
const MOST_BYTES = 2 * 1024 * 1024 * 1024;

const names = /^(?:series-|hours-|names\.).*\.damaged(?:-wal|-shm|-journal)?$/;

export interface SetAsideBounds {
  readonly files: number;
  readonly bytes: number;
}

interface Held {
  readonly path: string;
  readonly bytes: number;
  /** When it was written last. */
  readonly writtenAt: number;
}

export class SetAside {
  readonly #folder: string;
  readonly #log: Log;
  readonly #most: SetAsideBounds;
  /** As of the last look. */
  files = 0;
  bytes = 0;
  /** Since the start. */
  removed = 0;

  constructor(folder: string, log: Log, most: SetAsideBounds = { files: MOST_FILES, bytes: MOST_BYTES }) {
    this.#folder = folder;
    this.#log = log;
    this.#most = most;
  }

  /** Removes those written last before the instant, and the oldest of more than there may be. */
  async prune(before: number): Promise<void> {
    const held = await this.#held();
    let kept = held.filter(({ writtenAt }) => writtenAt >= before);
    let bytes = kept.reduce((sum, file) => sum + file.bytes, 0);
    while (kept.length > this.#most.files || (bytes > this.#most.bytes && kept.length > 0)) {
      bytes -= kept[0]!.bytes;
      kept = kept.slice(1);
    }
    this.files = kept.length;
    this.bytes = bytes;
    const gone = held.filter((file) => !kept.includes(file));
    if (gone.length === 0) return;
    for (const { path } of gone) await realFiles.remove(path);
    await realFiles.syncFolder(this.#folder);
    this.removed += gone.length;
    this.#log.warn('series store: damaged files that were set aside are removed', { files: gone.length });
  }

  /** Oldest first. */
  async #held(): Promise<Held[]> {
    const held: Held[] = [];
    for (const name of await realFiles.list(this.#folder)) {
      if (!names.test(name)) continue;
      const path = `${this.#folder}/${name}`;
      try {
        const { size, mtimeMs } = await stat(path);
        held.push({ path, bytes: size, writtenAt: mtimeMs });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return held.sort((a, b) => a.writtenAt - b.writtenAt || (a.path < b.path ? -1 : 1));
  }
}
