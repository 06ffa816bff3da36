/**
 * One day (UTC) of all series in one SQLite file. While the day is written a series has a row an hour, or more after
 * an early flush or a late sample; once sealed it has one. Rows of later parts win over earlier ones at equal times.
 */
import { closeSync, fdatasyncSync, openSync, renameSync } from 'node:fs';
import { openPlainSqlite, openSqlite, type Sqlite, type SqlStatement } from '../disk/sqlite.ts';
import { type Range, readBody, writeBody } from './body.ts';
import type { PointBuffer } from './point-buffer.ts';

export const DAY_MS = 86_400_000;
/** A row's id is series * PARTS + part. */
const PARTS = 2 ** 20;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS chunk (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS state (key INTEGER PRIMARY KEY, next_part INTEGER NOT NULL);
  INSERT OR IGNORE INTO state VALUES (1, 1)`;

/** A row to write: samples of one series within the file's day. */
export interface Row {
  readonly series: number;
  readonly body: Uint8Array;
}

export class DayFile {
  readonly #sqlite: Sqlite;
  readonly #read: SqlStatement<{ body: Uint8Array }>;
  readonly #insert: SqlStatement;
  readonly #turn: SqlStatement;
  #nextPart: number;

  /** `cacheKb`: page cache of the connection. Throws `disk/sqlite-damaged` where the file is no sound database. */
  constructor(path: string, cacheKb: number) {
    this.#sqlite = openSqlite({ file: path });
    try {
      // The write-ahead log holds every row until `checkpoint` has synced it, so no commit needs a sync of its own.
      this.#sqlite.exec(`PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${cacheKb}; ${SCHEMA}`);
      const state = this.#sqlite.prepare('SELECT next_part FROM state WHERE key = 1').get();
      this.#nextPart = Number(state?.['next_part']);
      this.#read = this.#sqlite.prepare('SELECT body FROM chunk WHERE id >= ? AND id < ? ORDER BY id');
      this.#insert = this.#sqlite.prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?)');
      this.#turn = this.#sqlite.prepare('UPDATE state SET next_part = ? WHERE key = 1');
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
  }

  /** Writes the rows as one transaction and returns their part. */
  write(rows: readonly Row[]): number {
    const part = this.#nextPart;
    this.#sqlite.transaction(() => {
      for (const { series, body } of rows) this.#insert.run(series * PARTS + part, body);
      this.#turn.run(part + 1);
    });
    this.#nextPart = part + 1;
    return part;
  }

  /** Appends the samples of the series that touch the range; returns how many damaged stretches were passed over. */
  read(series: number, into: PointBuffer, range?: Range): number {
    let damaged = 0;
    for (const { body } of this.#read.all(series * PARTS, (series + 1) * PARTS))
      damaged += readBody(body, into, range);
    return damaged;
  }

  /** Makes all rows durable in the file itself. */
  checkpoint(): void {
    this.#sqlite.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  }

  close(): void {
    this.#sqlite.close();
  }
}

/**
 * A day on its way to one row a series: built beside the open file in slices and renamed when whole. It
 * has a name of its own: a connection to the open file that is collected later would unlink the WAL of its heir. Rows that arrive meanwhile are written to both.
 */
export class SealedCopy {
  readonly #path: string;
  readonly #sqlite: Sqlite;
  readonly #insert: SqlStatement;
  readonly #turn: SqlStatement;

  constructor(path: string) {
    this.#path = path;
    this.#sqlite = openPlainSqlite({ file: path });
    // Large pages: a row of about 2 kB would leave nearly half of each 4 kB page empty. No journal, no sync: the
    // file counts only from the rename on, which comes after one sync of the whole.
    this.#sqlite.exec(
      `PRAGMA page_size = 32768; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ${SCHEMA}`,
    );
    this.#insert = this.#sqlite.prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?)');
    this.#turn = this.#sqlite.prepare('UPDATE state SET next_part = max(next_part, ?) WHERE key = 1');
  }

  /** Writes the rows under a part: 0 for merged ones, that of the open file for late ones. */
  write(rows: readonly Row[], part: number): void {
    this.#sqlite.transaction(() => {
      for (const { series, body } of rows) this.#insert.run(series * PARTS + part, body);
      this.#turn.run(part + 1);
    });
  }

  /** Merges all rows of series first <= id < end of the open day and tells of each; returns how many damaged stretches were left behind. */
  take(
    open: DayFile,
    span: { readonly first: number; readonly end: number },
    into: { readonly points: PointBuffer; readonly merged: (series: number, points: PointBuffer) => void },
  ): number {
    const { points } = into;
    let damaged = 0;
    const rows: Row[] = [];
    for (let series = span.first; series < span.end; series++) {
      points.clear();
      damaged += open.read(series, points);
      if (points.count === 0) continue;
      points.normalise();
      into.merged(series, points);
      const { times, values, exact, count } = points;
      rows.push({ series, body: writeBody({ times, values, exact, from: 0, to: count }) });
    }
    if (rows.length > 0) this.write(rows, 0);
    return damaged;
  }

  /** Gives the copy its final name; `take` went over all series before, and the open day's file can go afterwards. */
  publish(path: string): void {
    this.#sqlite.close();
    const file = openSync(this.#path, 'r+');
    try {
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(this.#path, path);
  }

  close(): void {
    this.#sqlite.close();
  }
}
