/**
 * Roll-ups: the hours of every sealed day in one SQLite file a month, kept when the samples themselves are gone and deleted
 * by whole files as well. They are written when a day is sealed, and again for a series whose late samples came after.
 */
import { existsSync, renameSync } from 'node:fs';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/world.ts';
import { realFiles } from '../disk/file-system.ts';
import { openSqlite, type Sqlite, type SqlStatement } from '../disk/sqlite.ts';
import { readBody, writeBody } from './body.ts';
import type { TimeRange } from './chunk.ts';
import { DAY_MS } from './day-names.ts';
import { type Hours, hourColumns } from './hours.ts';
import { PointBuffer } from './point-buffer.ts';

const fileName = /^hours-(\d{4}-\d\d)\.sqlite$/;
/** A row's id is series * DAYS + day of the month. */
const DAYS = 32;
const MOST_OPEN = 6;
const LENGTH_BYTES = 4;

const SCHEMA = `
  PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512;
  CREATE TABLE IF NOT EXISTS day (id INTEGER PRIMARY KEY, body BLOB NOT NULL)`;

interface Month {
  readonly sqlite: Sqlite;
  readonly read: SqlStatement<{ body: Uint8Array }>;
  readonly insert: SqlStatement;
}

export class RollUps {
  readonly #folder: string;
  readonly #log: Log;
  /** Undefined while closed; the map's order is that of use. */
  readonly #months = new Map<string, Month | undefined>();
  readonly #scratch = new PointBuffer(32);
  /** Counters since the start. */
  rowsWritten = 0;
  damaged = 0;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  async open(): Promise<void> {
    for (const name of await realFiles.list(this.#folder)) {
      const month = fileName.exec(name)?.[1];
      if (month !== undefined) this.#months.set(month, undefined);
    }
  }

  get months(): number {
    return this.#months.size;
  }

  /** Writes the hours of series on one day (whole days since 1970), in place of what was there. */
  write(day: number, rows: readonly { readonly series: number; readonly hours: Hours }[]): void {
    if (rows.length === 0) return;
    try {
      this.#insert(day, rows);
    } catch (error) {
      this.#setAside(monthOf(day), error);
      this.#insert(day, rows);
    }
    this.rowsWritten += rows.length;
  }

  #insert(day: number, rows: readonly { readonly series: number; readonly hours: Hours }[]): void {
    const { sqlite, insert } = this.#open(monthOf(day));
    const date = new Date(day * DAY_MS).getUTCDate();
    sqlite.transaction(() => {
      for (const { series, hours } of rows) insert.run(series * DAYS + date, bodyOf(hours));
    });
  }

  /** Hours of the series that begin in the range, oldest first, a day at a time. */
  *read(series: number, range: TimeRange): Generator<Hours> {
    const first = Math.floor(range.from / DAY_MS);
    const last = Math.floor((range.to - 1) / DAY_MS);
    const wanted = [...this.#months.keys()].sort();
    for (const name of wanted) {
      const start = Date.parse(`${name}-01T00:00:00Z`) / DAY_MS;
      const end = nextMonth(start);
      if (start > last || end <= first) continue;
      const [from, to] = [Math.max(first, start) - start + 1, Math.min(last, end - 1) - start + 1];
      for (const { body } of this.#rowsOf(name, [series * DAYS + from, series * DAYS + to])) {
        const hours = this.#hoursIn(body);
        if (hours !== undefined) yield hours;
      }
    }
  }

  /** Nothing, and counted, where the file is damaged in its middle. */
  #rowsOf(month: string, ids: readonly [from: number, to: number]): { body: Uint8Array }[] {
    try {
      return this.#open(month).read.all(...ids);
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'disk/sqlite-damaged')) throw error;
      this.damaged++;
      this.#log.warn('series store: damaged hours were passed over', { month, error: error.message });
      return [];
    }
  }

  #hoursIn(body: Uint8Array): Hours | undefined {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const columns: Partial<Record<keyof Hours, Float64Array>> = {};
    let at = 0;
    for (const name of hourColumns) {
      this.#scratch.clear();
      const length = at + LENGTH_BYTES <= body.length ? view.getUint32(at, true) : body.length;
      const part = body.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
      at += LENGTH_BYTES + length;
      if (readBody(part, this.#scratch) > 0 || this.#scratch.count === 0) {
        this.damaged++;
        this.#log.warn('series store: damaged hours were passed over', {});
        return undefined;
      }
      columns.from ??= this.#scratch.times.slice(0, this.#scratch.count);
      columns[name] = this.#scratch.values.slice(0, this.#scratch.count);
    }
    return columns as Hours;
  }

  /** Unlinks the months that end at or before the instant; returns how many. */
  async dropBefore(before: number): Promise<number> {
    const dropped = [...this.#months.keys()].filter(
      (name) => nextMonth(Date.parse(`${name}-01T00:00:00Z`) / DAY_MS) * DAY_MS <= before,
    );
    for (const name of dropped) {
      this.#months.get(name)?.sqlite.close();
      this.#months.delete(name);
      for (const suffix of ['', '-wal', '-shm']) await realFiles.remove(`${this.#path(name)}${suffix}`);
    }
    if (dropped.length > 0) await realFiles.syncFolder(this.#folder);
    return dropped.length;
  }

  /** Makes all written rows durable in their files. */
  checkpoint(): void {
    for (const month of this.#months.values()) month?.sqlite.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  }

  close(): void {
    for (const [name, month] of this.#months) {
      month?.sqlite.close();
      this.#months.set(name, undefined);
    }
  }

  #open(name: string): Month {
    const held = this.#months.get(name) ?? this.#openFile(name);
    this.#months.delete(name);
    this.#months.set(name, held);
    const open = [...this.#months].filter(([, month]) => month !== undefined);
    const [oldest] = open.length > MOST_OPEN ? open : [];
    if (oldest !== undefined) {
      oldest[1]?.sqlite.close();
      this.#months.set(oldest[0], undefined);
    }
    return held;
  }

  #openFile(name: string): Month {
    try {
      return this.#openSound(name);
    } catch (error) {
      this.#setAside(name, error);
      return this.#openSound(name);
    }
  }

  /** Makes way for a new file where this one is damaged, and throws where that is not the fault. */
  #setAside(name: string, error: unknown): void {
    if (!(error instanceof Fault && error.code === 'disk/sqlite-damaged')) throw error;
    this.damaged++;
    this.#months.get(name)?.sqlite.close();
    this.#months.set(name, undefined);
    const file = this.#path(name);
    const message = `series store: hours cannot be read and are set aside as ${file}.damaged`;
    this.#log.error(message, { error: error.message });
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${file}.damaged${suffix}`);
  }

  #openSound(name: string): Month {
    const sqlite = openSqlite({ file: this.#path(name) });
    try {
      sqlite.exec(SCHEMA);
      return {
        sqlite,
        read: sqlite.prepare('SELECT body FROM day WHERE id >= ? AND id <= ? ORDER BY id'),
        insert: sqlite.prepare('INSERT OR REPLACE INTO day VALUES (?, ?)'),
      };
    } catch (error) {
      sqlite.close();
      throw error;
    }
  }

  #path(name: string): string {
    return `${this.#folder}/hours-${name}.sqlite`;
  }
}

const monthOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 7);

/** The first day of the month after the one that begins on `start`. */
function nextMonth(start: number): number {
  const date = new Date(start * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

/** Five bodies one behind the other, each with its length before it. */
function bodyOf(hours: Hours): Uint8Array {
  const parts = hourColumns.map((name) => {
    const part = { times: hours.from, values: hours[name], exact: undefined, from: 0, to: hours.from.length };
    return writeBody(part);
  });
  const body = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0));
  const view = new DataView(body.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    body.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return body;
}
