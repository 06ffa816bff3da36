/**
 * A day in the form of former versions: one SQLite file with a row an hour and series, or one a series once it was sealed. It is
 * read, never written; the day's next sealing takes its samples into a segment.
 */
import { openSqlite, type Sqlite, type SqlStatement } from '../disk/sqlite.ts';
import { readBody } from './body.ts';
import type { TimeRange } from './chunk.ts';
import { frameOf } from './frame.ts';
import type { PointBuffer } from './point-buffer.ts';
import type { Source } from './segment.ts';

/** A row's id is series * PARTS + part; parts of higher numbers came later. */
const PARTS = 2 ** 20;
const CACHE_KB = 256;

interface Opened {
  readonly sqlite: Sqlite;
  readonly read: SqlStatement<{ body: Uint8Array }>;
}

export class OldDay implements Source {
  readonly path: string;
  #opened: Opened | undefined;

  constructor(path: string) {
    this.path = path;
  }

  open(): void {
    this.#open();
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const sqlite = openSqlite({ file: this.path });
    try {
      sqlite.exec(`PRAGMA cache_size = -${CACHE_KB}`);
      const read = sqlite.prepare<{ body: Uint8Array }>(
        'SELECT body FROM chunk WHERE id >= ? AND id < ? ORDER BY id',
      );
      this.#opened = { sqlite, read };
    } catch (error) {
      sqlite.close();
      throw error;
    }
    return this.#opened;
  }

  read(series: number, into: PointBuffer, range?: TimeRange): number {
    let damaged = 0;
    for (const { body } of this.#open().read.all(series * PARTS, (series + 1) * PARTS))
      damaged += readBody(body, into, { range });
    return damaged;
  }

  frames(): Iterable<number> {
    return Array.from({ length: frameOf(this.seriesEnd()) + 1 }, (_, frame) => frame);
  }

  seriesEnd(): number {
    const { sqlite } = this.#open();
    const last = Number(sqlite.prepare('SELECT max(id) AS last FROM chunk').get()?.['last'] ?? 0);
    return Math.floor(last / PARTS) + 1;
  }

  hold(): void {}

  close(): void {
    this.#opened?.sqlite.close();
    this.#opened = undefined;
  }
}
