/** An import of subscribers in pages: counts what it would do, or does it, one transaction a page. */
import { Fault } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import type { FieldChange, ImportDiff, ImportExample } from './records.ts';
import type { Sql } from './sql.ts';
import { type HeldRow, heldRows, importRow } from './subscriber-row.ts';
import { eraseSubscriber } from './subscribers.ts';
import type { Vault } from './vault.ts';

export type ImportMode = 'dry' | 'apply';

export interface SubscriberImport {
  page(rows: readonly SubscriberRow[]): void;
  /**
   * A step of the end, short enough that others at the book do not wait for it; `undefined` while more are left. Takes away
   * who did not come (on `apply`) and answers what was done. What is taken away is gone for good, so without `all` a list
   * that looks cut off takes nobody away: throws `book/too-many-gone`, what came is kept.
   */
  end(removing: Removing): ImportDiff | undefined;
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
 * Who came is noted as a bit by key; a dry run gives no keys, so those it would add stand by id in a temporary table. Not one
 * transaction over all pages: the outbox must not wait for five million rows. A subscriber is taken away whole or not at
 * all; an import that was cut off, at its end too, is run again.
 */
export function beginImport(
  sql: Sql,
  vault: Vault,
  { mode, world }: { readonly mode: ImportMode; readonly world: World },
): SubscriberImport {
  const isDry = mode === 'dry';
  if (isDry)
    sql.exec('CREATE TEMP TABLE IF NOT EXISTS came (id TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM came');
  const tally = new Tally();
  const came = new KeySet();
  const one = (row: SubscriberRow, known: Map<string, HeldRow>, now: number): void => {
    const held = known.get(row.id);
    const isRepeated =
      held === undefined
        ? isDry && sql.run('INSERT OR IGNORE INTO came (id) VALUES (?)', row.id) === 0
        : came.has(held.key);
    if (isRepeated) return tally.repeated(row);
    if (held?.removed === 2) {
      came.add(held.key);
      return tally.erased(row);
    }
    const { kind, fields, key } = importRow(sql, vault, { row, held, isDry, now });
    tally.came(row, kind, fields);
    if (key === undefined) return;
    came.add(key);
    if (held === undefined) known.set(row.id, { key, id: row.id, removed: 0, digest: new Uint8Array() });
  };
  let steps: Iterator<undefined, ImportDiff> | undefined;
  return {
    page: (rows) =>
      sql.transaction(() => {
        const now = world.now();
        const known = heldRows(sql, rows);
        for (const row of rows) one(row, known, now);
      }),
    end(removing) {
      steps ??= ending(sql, { came, tally, isDry, removing });
      const { done, value } = steps.next();
      return done === true ? value : undefined;
    },
  };
}

/** Whole before anything is taken away: whether it looks cut off is known only then. */
function* ending(
  sql: Sql,
  of: {
    readonly came: KeySet;
    readonly tally: Tally;
    readonly isDry: boolean;
    readonly removing: Removing;
  },
): Generator<undefined, ImportDiff> {
  const { came, tally, removing } = of;
  const absent: number[] = [];
  const last = sql.get<{ key?: number }>('SELECT max(key) AS key FROM subscribers')?.key ?? 0;
  for (let from = 1; from <= last; ) {
    const { keys, next } = came.missing(from, last);
    if (keys.length > 0) absent.push(...stillThere(sql, keys));
    from = next;
    yield;
  }
  tally.absent(absent.length);
  if (removing !== 'none') tally.gone(absent.length, idsOf(sql, absent.slice(0, 5)));
  const { known } = tally.diff();
  if (removing === 'few' && absent.length > few(known)) {
    throw new Fault(
      'book/too-many-gone',
      `${absent.length} of ${known} subscribers are not in the list: all were kept`,
    );
  }
  for (let at = 0; !of.isDry && removing !== 'none' && at < absent.length; at += erasedAtOnce) {
    sql.transaction(() => {
      for (const key of absent.slice(at, at + erasedAtOnce)) eraseSubscriber(sql, key);
    });
    yield;
  }
  return tally.diff();
}

const erasedAtOnce = 200;
const missingAtOnce = 2_000;
const bitsAtOnce = 1_000_000;

/** A bit for each key: keys are given in turn. */
class KeySet {
  #bits = new Uint8Array(1 << 13);

  has(key: number): boolean {
    return ((this.#bits[key >>> 3] ?? 0) & (1 << (key & 7))) !== 0;
  }

  add(key: number): void {
    if (key >>> 3 >= this.#bits.length) {
      const wider = new Uint8Array(Math.max(this.#bits.length * 2, (key >>> 3) + 1));
      wider.set(this.#bits);
      this.#bits = wider;
    }
    this.#bits[key >>> 3]! |= 1 << (key & 7);
  }

  /** The first keys from `from` to `last` that are not in it; `next` is where to go on. */
  missing(from: number, last: number): { readonly keys: readonly number[]; readonly next: number } {
    const keys: number[] = [];
    let next = from;
    for (; next <= last && next - from < bitsAtOnce && keys.length < missingAtOnce; next++)
      if (!this.has(next)) keys.push(next);
    return { keys, next };
  }
}

/** Counts, and a few examples of each kind. */
class Tally {
  readonly #counts = { added: 0, changed: 0, removed: 0, unchanged: 0, repeated: 0 };
  readonly #fields = new Map<string, number>();
  readonly #examples: ImportExample[] = [];
  readonly #repeatedAt: number[] = [];
  #absent = 0;
  #erased = 0;
  readonly #erasedAt: number[] = [];

  erased({ line }: SubscriberRow): void {
    this.#erased++;
    if (line !== undefined && this.#erasedAt.length < mostExamples) this.#erasedAt.push(line);
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

  /** Who is in the book and did not come, whether they stay or not. */
  absent(count: number): void {
    this.#absent = count;
  }

  gone(count: number, ids: readonly string[]): void {
    this.#counts.removed = count;
    for (const id of ids) this.#example({ what: 'removed', id, fields: [] });
  }

  diff(): ImportDiff {
    const of = (field: string): number => this.#fields.get(field) ?? 0;
    const known = this.#counts.changed + this.#counts.unchanged + this.#absent;
    return {
      ...{ known, ...this.#counts },
      ...{ moved: of('resource'), reclassified: of('class'), fields: Object.fromEntries(this.#fields) },
      ...{ examples: this.#examples, repeatedAt: this.#repeatedAt },
      ...{ erased: this.#erased, erasedAt: this.#erasedAt },
    };
  }

  #example(example: ImportExample): void {
    const same = this.#examples.filter(({ what }) => what === example.what).length;
    if (same < mostExamples / 4) this.#examples.push(example);
  }
}

const stillThere = (sql: Sql, keys: readonly number[]): readonly number[] =>
  sql
    .all<{ key: number }>(
      'SELECT key FROM subscribers WHERE key IN (SELECT value FROM json_each(?)) AND removed = 0 ORDER BY key',
      JSON.stringify(keys),
    )
    .map(({ key }) => key);

const idsOf = (sql: Sql, keys: readonly number[]): readonly string[] =>
  sql
    .all<{ id: string }>(
      'SELECT id FROM subscribers WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key',
      JSON.stringify(keys),
    )
    .map(({ id }) => id);

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

  /** `undefined` while the end is not reached: see `endImport`. */
  end(removing: Removing): ImportDiff | undefined {
    const { current } = this;
    this.#current = undefined;
    const diff = current.end(removing);
    if (diff === undefined) this.#current = current;
    return diff;
  }
}

/** Ends the import under way step by step; between two steps the book serves others. */
export async function endImport(
  book: { endImport(removing: Removing): Promise<ImportDiff | undefined> },
  removing: Removing = 'all',
): Promise<ImportDiff> {
  for (;;) {
    const diff = await book.endImport(removing);
    if (diff !== undefined) return diff;
  }
}
