/** SQLite behind one small interface: `node:sqlite` where this Node has it (>= 22.13), else the package `libsql`. */
import { createRequire } from 'node:module';
import { Fault } from '../../base/fault.ts';

/**
 * NULL is `undefined` both ways. An integer comes as a number when it is within ±(2^53 - 1) and as a bigint beyond, so
 * every bit is kept; whole numbers are stored as INTEGER, others as REAL. A blob comes as bytes of its own.
 */
export type SqlValue = string | number | bigint | Uint8Array | undefined;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlStatement<Row = SqlRow> {
  /** Answers how many rows were changed. The number of values must be that of the `?` in the statement. */
  run(...values: readonly SqlValue[]): number;
  get(...values: readonly SqlValue[]): Row | undefined;
  all(...values: readonly SqlValue[]): Row[];
  /** Rows as they are read; nothing else may write to the same tables meanwhile. */
  iterate(...values: readonly SqlValue[]): IterableIterator<Row>;
}

/** Errors of SQLite are a Fault `disk/sqlite-busy | -constraint | -full | -damaged | -read-only | -failed`. */
export interface Sqlite {
  readonly driver: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  /** Parameters are plain `?`. `Row` names the columns the statement answers. */
  prepare<Row = SqlRow>(sql: string): SqlStatement<Row>;
  /** BEGIN IMMEDIATE .. COMMIT; rolls back and throws on when `run` throws. `run` must not be async. */
  transaction<T>(run: () => T): T;
  /** Leaves one file without a WAL; statements throw `disk/closed` afterwards. */
  close(): void;
}

export interface SqliteOptions {
  /** Path, or `:memory:`. */
  readonly file: string;
  /** How long to wait for another connection's lock, 5,000 when left out. */
  readonly busyTimeoutMs?: number | undefined;
  /** Writes nothing, and leaves the file as it is when it closes: emptying the WAL would hold up whoever writes. */
  readonly readsOnly?: boolean | undefined;
  /** For tests; otherwise the best this Node has. */
  readonly driver?: 'node:sqlite' | 'libsql' | undefined;
}

/** Opens with WAL, synchronous=FULL and foreign keys on. */
export function openSqlite(options: SqliteOptions): Sqlite {
  const sqlite = openPlainSqlite(options);
  try {
    // FULL: fsync of the WAL at every commit; a commit that answered survives power loss.
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  } catch (error) {
    sqlite.close();
    throw error;
  }
  return sqlite;
}

/** Opens without touching the file's mode: for the lock, which wants SQLite's rollback journal and no wait. */
export function openPlainSqlite(options: SqliteOptions): Sqlite {
  const driver = options.driver ?? bestDriver();
  return new Connection(driver, {
    file: options.file,
    connection: asFaults(options.file, () => connect(driver, options.file)),
    busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
    readsOnly: options.readsOnly === true,
  });
}

/** What both drivers have in common, as far as it is used here. */
interface DriverConnection {
  exec(sql: string): unknown;
  prepare(sql: string): DriverStatement;
  close(): unknown;
}

interface DriverStatement {
  run(...values: readonly BoundValue[]): { readonly changes: number | bigint };
  get(...values: readonly BoundValue[]): Record<string, unknown> | undefined;
  iterate(...values: readonly BoundValue[]): Iterator<Record<string, unknown>>;
  /** node:sqlite */
  setReadBigInts?(on: boolean): unknown;
  /** libsql */
  safeIntegers?(on: boolean): unknown;
}

type BoundValue = string | number | bigint | Uint8Array | null;
type DriverClass = new (file: string) => DriverConnection;

/** Synchronous, so that a database is opened without waiting, and neither driver is loaded where it is not there. */
const require = createRequire(import.meta.url);

function connect(driver: Sqlite['driver'], file: string): DriverConnection {
  const Driver: DriverClass = driver === 'libsql' ? require('libsql') : require('node:sqlite').DatabaseSync;
  return new Driver(file);
}

function bestDriver(): Sqlite['driver'] {
  try {
    require('node:sqlite');
    return 'node:sqlite';
  } catch {
    return 'libsql';
  }
}

class Connection implements Sqlite {
  readonly driver: Sqlite['driver'];
  readonly #file: string;
  readonly #connection: DriverConnection;
  readonly #readsOnly: boolean;
  #isClosed = false;
  #isInTransaction = false;

  constructor(
    driver: Sqlite['driver'],
    opened: {
      readonly file: string;
      readonly connection: DriverConnection;
      readonly busyTimeoutMs: number;
      readonly readsOnly: boolean;
    },
  ) {
    this.driver = driver;
    this.#file = opened.file;
    this.#connection = opened.connection;
    this.#readsOnly = opened.readsOnly;
    this.exec(`PRAGMA busy_timeout = ${Math.max(0, Math.floor(opened.busyTimeoutMs))}`);
    if (opened.readsOnly) this.exec('PRAGMA query_only = ON');
  }

  exec(sql: string): void {
    this.#guarded(() => this.#connection.exec(sql));
  }

  prepare<Row = SqlRow>(sql: string): SqlStatement<Row> {
    const statement = this.#guarded(() => this.#connection.prepare(sql));
    statement.setReadBigInts?.(true);
    statement.safeIntegers?.(true);
    const count = parameterCount(sql);
    const bind = (values: readonly SqlValue[]): BoundValue[] => {
      // libsql would silently reuse the values of the call before.
      if (values.length === count) return values.map(toBound);
      throw new Fault('disk/sqlite-failed', `${values.length} values for ${count} parameters of: ${sql}`);
    };
    const rows = (values: readonly SqlValue[]): IterableIterator<Row> => {
      const found = this.#guarded(() => statement.iterate(...this.#spread(bind(values))));
      return this.#read(found) as IterableIterator<Row>;
    };
    return {
      run: (...values) => this.#guarded(() => Number(statement.run(...this.#spread(bind(values))).changes)),
      get: (...values) => {
        const row = this.#guarded(() => statement.get(...this.#spread(bind(values))));
        return row === undefined ? undefined : (toRow(row) as Row);
      },
      all: (...values) => [...rows(values)],
      iterate: (...values) => rows(values),
    };
  }

  transaction<T>(run: () => T): T {
    if (this.#isInTransaction) throw new Fault('disk/sqlite-failed', 'a transaction within a transaction');
    this.exec('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
    try {
      const result = run();
      if (result instanceof Promise) throw new Fault('disk/sqlite-failed', 'a transaction must not wait');
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    // libsql keeps the connection open until its statements are collected, so the WAL is emptied by hand.
    if (!this.#isInTransaction && !this.#readsOnly) this.#attempt('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#isClosed = true;
    this.#connection.close();
  }

  #rollBack(): void {
    // Fails where SQLite has rolled back by itself, e.g. when the disk was full.
    this.#attempt('ROLLBACK');
  }

  #attempt(sql: string): void {
    try {
      this.#connection.exec(sql);
    } catch {
      // What mattered was reported by the call before.
    }
  }

  /** libsql takes one array, and would take a lone blob for named parameters. */
  #spread(values: BoundValue[]): BoundValue[] {
    return this.driver === 'libsql' ? ([values] as unknown as BoundValue[]) : values;
  }

  *#read(rows: Iterator<Record<string, unknown>>): Generator<SqlRow> {
    let isDone = false;
    try {
      for (;;) {
        // Reading on where it failed would fail again, outside of what tells why.
        isDone = true;
        const next = this.#guarded(() => rows.next());
        isDone = next.done === true;
        if (next.done) return;
        yield toRow(next.value);
      }
    } finally {
      // A reader that stopped early must not keep its snapshot; libsql has no other way than reading on.
      if (rows.return !== undefined) rows.return();
      else while (!isDone && !this.#isClosed) isDone = rows.next().done === true;
    }
  }

  #guarded<T>(run: () => T): T {
    if (this.#isClosed) throw new Fault('disk/closed', `${this.#file} is closed`);
    return asFaults(this.#file, run);
  }
}

/** Counts `?` outside texts, quoted names and comments. */
function parameterCount(sql: string): number {
  const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, '');
  return bare.split('?').length - 1;
}

function toBound(value: SqlValue): BoundValue {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'number':
      // Both drivers store a number as REAL where the column has no type of its own, a bigint as INTEGER.
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'string':
    case 'bigint':
      return value;
    default:
      if (value instanceof Uint8Array) return value;
      // libsql ends the whole process on a boolean.
      throw new Fault('disk/sqlite-failed', `a ${value === null ? 'null' : typeof value} cannot be stored`);
  }
}

function toRow(row: Record<string, unknown>): SqlRow {
  const out: Record<string, SqlValue> = {};
  // libsql adds `_metadata` with its own timing to a single row.
  for (const name of Object.keys(row)) if (name !== '_metadata') out[name] = toValue(row[name]);
  return out;
}

function toValue(value: unknown): SqlValue {
  if (value === null) return undefined;
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return value as SqlValue;
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) that callers tell apart. */
const codes: Readonly<Record<number, string>> = {
  5: 'disk/sqlite-busy',
  6: 'disk/sqlite-busy',
  8: 'disk/sqlite-read-only',
  11: 'disk/sqlite-damaged',
  13: 'disk/sqlite-full',
  19: 'disk/sqlite-constraint',
  26: 'disk/sqlite-damaged',
};

function asFaults<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Fault || !(error instanceof Error)) throw error;
    const { errcode, rawCode } = error as { readonly errcode?: number; readonly rawCode?: number };
    // A header that says what no version ever wrote comes as a plain error (SQLITE_ERROR).
    const isDamaged = error.message.includes('unsupported file format');
    const primary = isDamaged ? 11 : (errcode ?? rawCode ?? 0) & 0xff;
    const code = codes[primary] ?? 'disk/sqlite-failed';
    throw new Fault(code, `${file}: ${error.message}`, error);
  }
}
