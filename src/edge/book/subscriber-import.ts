/** An import of subscribers in pages: counts what it would do, or does it, one transaction a page. */
import { Fault } from '../../base/fault.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import type { ImportDiff } from './records.ts';
import type { Sql } from './sql.ts';
import { eraseSubscriber, importRow } from './subscribers.ts';
import type { Vault } from './vault.ts';

export type ImportMode = 'dry' | 'apply';

export interface SubscriberImport {
  page(rows: readonly SubscriberRow[]): void;
  /**
   * Takes away who did not come (on `apply`) and answers what was done. What is taken away is gone for good, so without
   * `all` a list that looks cut off takes nobody away: throws `book/too-many-gone`, what came is kept.
   */
  end(removing: Removing): ImportDiff;
}

/** `all`: a person has seen how many. `few`: at most a tenth of the base, or 100. `none`: some lines could not be read. */
export type Removing = 'all' | 'few' | 'none';

const fewShare = 0.1;
const fewAtLeast = 100;

/**
 * Who came is noted by id in a temporary table, so that memory stays flat and a dry run writes nothing. Not one
 * transaction over all pages: the outbox must not wait for five million rows. A cut-off import is run again.
 */
export function beginImport(sql: Sql, vault: Vault, mode: ImportMode): SubscriberImport {
  sql.exec('CREATE TEMP TABLE IF NOT EXISTS came (id TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM came');
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0, repeated: 0 };
  const one = (row: SubscriberRow): void => {
    if (sql.run('INSERT OR IGNORE INTO came (id) VALUES (?)', row.id) === 0) {
      counts.repeated++;
      return;
    }
    counts[importRow(sql, vault, { row, isDry: mode === 'dry' })]++;
  };
  return {
    page: (rows) =>
      sql.transaction(() => {
        for (const row of rows) one(row);
      }),
    end(removing) {
      const absent = countOf(sql, 'removed = 0 AND id NOT IN (SELECT id FROM came)');
      const known = countOf(sql, 'removed = 0');
      const isFew = absent <= Math.max(fewAtLeast, known * fewShare);
      if (mode === 'apply' && (removing === 'all' || (removing === 'few' && isFew))) removeAbsent(sql);
      sql.exec('DELETE FROM came');
      if (removing === 'few' && !isFew) {
        throw new Fault(
          'book/too-many-gone',
          `${absent} of ${known} subscribers are not in the list: all were kept`,
        );
      }
      counts.removed = removing === 'none' ? 0 : absent;
      return counts;
    },
  };
}

const countOf = (sql: Sql, where: string): number =>
  sql.get<{ n: number }>(`SELECT count(*) AS n FROM subscribers WHERE ${where}`)?.n ?? 0;

function removeAbsent(sql: Sql): void {
  for (;;) {
    const gone = sql.all<{ key: number }>(
      'SELECT key FROM subscribers WHERE removed = 0 AND id NOT IN (SELECT id FROM came) LIMIT 1000',
    );
    if (gone.length === 0) return;
    sql.transaction(() => {
      for (const { key } of gone) eraseSubscriber(sql, key);
    });
  }
}

/** The one import that may be under way. */
export class ImportSlot {
  #current: SubscriberImport | undefined;

  begin(made: SubscriberImport): void {
    this.#current = made;
  }

  get current(): SubscriberImport {
    if (this.#current === undefined) throw new Fault('book/no-import', 'no import of subscribers was begun');
    return this.#current;
  }

  end(removing: Removing): ImportDiff {
    const { current } = this;
    this.#current = undefined;
    return current.end(removing);
  }
}
