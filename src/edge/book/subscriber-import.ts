/** An import of subscribers in pages: counts what it would do, or does it, one transaction a page. */
import { Fault } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import type { FieldChange, ImportDiff, ImportExample } from './records.ts';
import type { Sql } from './sql.ts';
import { importRow } from './subscriber-row.ts';
import { eraseSubscriber } from './subscribers.ts';
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

/** `all`: a person has seen how many. `few`: at most a tenth of the base, or 100. `none`: it is no list of all, or some lines could not be read. */
export type Removing = 'all' | 'few' | 'none';

const fewShare = 0.1;
const fewAtLeast = 100;
const mostExamples = 20;
const mostFieldNames = 100;

/** A tenth of the base, or 100 where that is more. */
const few = (known: number): number => Math.max(fewAtLeast, known * fewShare);

/** Such a list is more often a wrong one than a true one, so somebody has to say that it is meant. */
export function tooMuch({
  known,
  removed,
  reclassified,
}: ImportDiff): 'removed' | 'reclassified' | undefined {
  if (removed > few(known)) return 'removed';
  return reclassified > few(known) ? 'reclassified' : undefined;
}

/**
 * Who came is noted by id in a temporary table, so that memory stays flat and a dry run writes nothing. Not one
 * transaction over all pages: the outbox must not wait for five million rows. A cut-off import is run again.
 */
export function beginImport(
  sql: Sql,
  vault: Vault,
  { mode, world }: { readonly mode: ImportMode; readonly world: World },
): SubscriberImport {
  sql.exec('CREATE TEMP TABLE IF NOT EXISTS came (id TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM came');
  const tally = new Tally(countOf(sql, 'removed = 0'));
  const one = (row: SubscriberRow, now: number): void => {
    if (sql.run('INSERT OR IGNORE INTO came (id) VALUES (?)', row.id) === 0) {
      tally.repeated(row);
      return;
    }
    const { kind, fields } = importRow(sql, vault, { row, isDry: mode === 'dry', now });
    tally.came(row, kind, fields);
  };
  return {
    page: (rows) =>
      sql.transaction(() => {
        const now = world.now();
        for (const row of rows) one(row, now);
      }),
    end(removing) {
      const absent =
        removing === 'none' ? 0 : countOf(sql, 'removed = 0 AND id NOT IN (SELECT id FROM came)');
      tally.gone(absent, absent === 0 ? [] : absentIds(sql));
      const isFew = absent <= few(tally.diff().known);
      if (mode === 'apply' && (removing === 'all' || (removing === 'few' && isFew))) removeAbsent(sql);
      sql.exec('DELETE FROM came');
      if (removing === 'few' && !isFew) {
        throw new Fault(
          'book/too-many-gone',
          `${absent} of ${tally.diff().known} subscribers are not in the list: all were kept`,
        );
      }
      return tally.diff();
    },
  };
}

/** Counts, and a few examples of each kind. */
class Tally {
  readonly #known: number;
  readonly #counts = { added: 0, changed: 0, removed: 0, unchanged: 0, repeated: 0 };
  readonly #fields = new Map<string, number>();
  readonly #examples: ImportExample[] = [];
  readonly #repeatedAt: number[] = [];

  constructor(known: number) {
    this.#known = known;
  }

  repeated({ line }: SubscriberRow): void {
    this.#counts.repeated++;
    if (line !== undefined && this.#repeatedAt.length < mostExamples) this.#repeatedAt.push(line);
  }

  came(row: SubscriberRow, kind: 'added' | 'changed' | 'unchanged', fields: readonly FieldChange[]): void {
    this.#counts[kind]++;
    if (kind === 'unchanged') return;
    for (const { field } of fields) {
      if (this.#fields.size >= mostFieldNames && !this.#fields.has(field)) continue;
      this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1);
    }
    this.#example({ what: kind, id: row.id, line: row.line, fields });
  }

  gone(count: number, ids: readonly string[]): void {
    this.#counts.removed = count;
    for (const id of ids) this.#example({ what: 'removed', id, fields: [] });
  }

  diff(): ImportDiff {
    const of = (field: string): number => this.#fields.get(field) ?? 0;
    return {
      ...{ known: this.#known, ...this.#counts },
      ...{ moved: of('resource'), reclassified: of('class'), fields: Object.fromEntries(this.#fields) },
      ...{ examples: this.#examples, repeatedAt: this.#repeatedAt },
    };
  }

  #example(example: ImportExample): void {
    const same = this.#examples.filter(({ what }) => what === example.what).length;
    if (same < mostExamples / 4) this.#examples.push(example);
  }
}

const countOf = (sql: Sql, where: string): number =>
  sql.get<{ n: number }>(`SELECT count(*) AS n FROM subscribers WHERE ${where}`)?.n ?? 0;

const absentIds = (sql: Sql): readonly string[] =>
  sql
    .all<{ id: string }>(
      'SELECT id FROM subscribers WHERE removed = 0 AND id NOT IN (SELECT id FROM came) LIMIT 5',
    )
    .map(({ id }) => id);

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
