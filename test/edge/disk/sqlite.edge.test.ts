import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqlite, type Sqlite } from '../../../src/edge/disk/sqlite.ts';

const require = createRequire(import.meta.url);
const drivers: Sqlite['driver'][] = ['libsql'];
try {
  require('node:sqlite');
  drivers.push('node:sqlite');
} catch {
  // This Node has none; the other driver is what runs here.
}

describe.each(drivers)('SQLite by %s', (driver) => {
  let folder: string;
  let sqlite: Sqlite;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'allclear-sqlite-'));
    sqlite = openSqlite({ file: join(folder, 'book.db'), driver });
  });
  afterEach(() => {
    sqlite.close();
    rmSync(folder, { recursive: true });
  });

  test('a commit waits for the disk, names are checked, readers do not wait', () => {
    expect(sqlite.driver).toBe(driver);
    expect(sqlite.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(sqlite.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(sqlite.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
  });

  test('every kind of value comes back as it was stored, each bit of an integer included', () => {
    sqlite.exec('CREATE TABLE kept (value)');
    const put = sqlite.prepare('INSERT INTO kept VALUES (?)');
    const values = [
      0,
      -1,
      1.5,
      Number.MAX_SAFE_INTEGER,
      9_007_199_254_740_993n,
      -9_223_372_036_854_775_808n,
      'ёлка',
      '',
      undefined,
      new Uint8Array([0, 1, 255]),
      new Uint8Array(0),
    ];
    for (const value of values) expect(put.run(value)).toBe(1);
    const all = sqlite.prepare<{ value: unknown }>('SELECT value FROM kept ORDER BY rowid');
    const back = all
      .all()
      .map((row) => (row.value instanceof Uint8Array ? Uint8Array.from(row.value) : row.value));
    expect(back).toEqual(values);
    expect(sqlite.prepare('SELECT typeof(value) AS type FROM kept WHERE rowid = 1').get()).toEqual({
      type: 'integer',
    });
    expect(sqlite.prepare('SELECT value FROM kept WHERE rowid = ?').get(99)).toBeUndefined();
  });

  test('a slice of a larger buffer is stored as that slice only', () => {
    const bytes = new Uint8Array(100).fill(7).subarray(10, 13);
    const row = sqlite.prepare<{ blob: Uint8Array }>('SELECT ? AS blob').get(bytes);
    expect(Array.from(row?.blob ?? [])).toEqual([7, 7, 7]);
  });

  test('values that SQLite cannot hold and values too few or too many are refused', () => {
    const statement = sqlite.prepare("SELECT ? AS a, '?' AS b -- ?");
    expect(statement.get('x')).toEqual({ a: 'x', b: '?' });
    expect(() => statement.get()).toThrow('0 values for 1 parameters');
    expect(() => statement.get(1, 2)).toThrow('2 values for 1 parameters');
    expect(() => statement.get(true as unknown as string)).toThrow('a boolean cannot be stored');
  });

  test('a transaction that throws leaves nothing behind', () => {
    sqlite.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY)');
    const put = sqlite.prepare('INSERT INTO kept VALUES (?)');
    expect(sqlite.transaction(() => put.run(1))).toBe(1);
    expect(() =>
      sqlite.transaction(() => {
        put.run(2);
        put.run(1);
      }),
    ).toThrow(expect.objectContaining({ code: 'disk/sqlite-constraint' }));
    expect(() => sqlite.transaction(() => sqlite.transaction(() => 1))).toThrow('within a transaction');
    expect(() => sqlite.transaction(async () => put.run(3))).toThrow('must not wait');
    expect(sqlite.prepare('SELECT id FROM kept').all()).toEqual([{ id: 1 }]);
  });

  test('a reader that stops early does not hold up the next writer', () => {
    sqlite.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY)');
    const put = sqlite.prepare('INSERT INTO kept VALUES (?)');
    sqlite.transaction(() => {
      for (let id = 1; id <= 1_000; id++) put.run(id);
    });
    for (const row of sqlite.prepare<{ id: number }>('SELECT id FROM kept ORDER BY id').iterate()) {
      if (row.id === 3) break;
    }
    sqlite.exec('DELETE FROM kept');
    expect(sqlite.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
  });

  test('a second writer is told that the file is busy', () => {
    const second = openSqlite({ file: join(folder, 'book.db'), driver, busyTimeoutMs: 0 });
    try {
      sqlite.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY)');
      sqlite.transaction(() => {
        expect(() => second.exec('INSERT INTO kept VALUES (1)')).toThrow(
          expect.objectContaining({ code: 'disk/sqlite-busy' }),
        );
      });
    } finally {
      second.close();
    }
  });

  test('a file that is no database is a named fault', () => {
    const file = join(folder, 'noise.db');
    writeFileSync(
      file,
      'this was never a database, and it is long enough to have a header of a hundred bytes'.repeat(3),
    );
    expect(() => openSqlite({ file, driver })).toThrow(
      expect.objectContaining({ code: 'disk/sqlite-damaged' }),
    );
    expect(() => openSqlite({ file: join(folder, 'none', 'x.db'), driver })).toThrow(
      expect.objectContaining({ code: 'disk/sqlite-failed' }),
    );
  });

  test('closing ends statements too, and what was stored is there when opened again', () => {
    sqlite.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY)');
    const put = sqlite.prepare('INSERT INTO kept VALUES (?)');
    put.run(1);
    sqlite.close();
    expect(() => put.run(2)).toThrow(expect.objectContaining({ code: 'disk/closed' }));
    sqlite = openSqlite({ file: join(folder, 'book.db'), driver });
    expect(sqlite.prepare('SELECT id FROM kept').all()).toEqual([{ id: 1 }]);
  });
});
