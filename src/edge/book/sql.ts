/** The few ways the book speaks to SQLite: statements are prepared once per text and kept. */
import { openSqlite, type SqlRow, type SqlStatement, type SqlValue } from '../disk/sqlite.ts';

export interface Sql {
  /** Runs statements without values. */
  exec(text: string): void;
  /** Answers how many rows were changed. */
  run(text: string, ...values: readonly SqlValue[]): number;
  get<T = SqlRow>(text: string, ...values: readonly SqlValue[]): T | undefined;
  all<T = SqlRow>(text: string, ...values: readonly SqlValue[]): T[];
  /** Rows one after the other, for results that do not fit into memory. */
  iterate<T = SqlRow>(text: string, ...values: readonly SqlValue[]): Iterable<T>;
  /** All or nothing; a transaction inside a transaction is part of the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the file; what is committed survives a power cut. Texts of statements are few and constant, so all are kept. */
export function openSql(file: string): Sql {
  const sqlite = openSqlite({ file });
  // Temporary tables of an import hold keys only; in memory they never reach the disk.
  // A checkpoint every 64 MiB instead of every 4: a mass notice writes the same pages again and again.
  sqlite.exec('PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16384');
  const statements = new Map<string, SqlStatement>();
  const prepared = (text: string): SqlStatement => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statement = sqlite.prepare(text);
      statements.set(text, statement);
    }
    return statement;
  };
  let isInTransaction = false;
  return {
    exec: (text) => sqlite.exec(text),
    run: (text, ...values) => prepared(text).run(...values),
    get: <T>(text: string, ...values: readonly SqlValue[]) => prepared(text).get(...values) as T | undefined,
    all: <T>(text: string, ...values: readonly SqlValue[]) => prepared(text).all(...values) as T[],
    iterate: <T>(text: string, ...values: readonly SqlValue[]) =>
      prepared(text).iterate(...values) as Iterable<T>,
    transaction(work) {
      if (isInTransaction) return work();
      isInTransaction = true;
      try {
        return sqlite.transaction(work);
      } finally {
        isInTransaction = false;
      }
    },
    close: () => sqlite.close(),
  };
}
