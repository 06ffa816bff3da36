/** Whose facts changed since the line was given its columns: noted with the change itself, so that none is lost, and told in bulk. */
import { quietCode } from '../../model/quiet-hours.ts';
import { consentCategories, type SubscriberFacts } from '../../model/subscriber.ts';
import { type ColumnRow, type ColumnWish, columnsRead, Masks } from './columns.ts';
import type { Sql } from './sql.ts';

export interface ChangedPage {
  /** What the bits of the masks stand for. */
  readonly channels: readonly string[];
  readonly facts: readonly SubscriberFacts[];
  readonly upTo: number;
}

interface FactRow extends ColumnRow {
  readonly seq: number;
  readonly removed: number;
}

/** The next of them as they stand now, oldest change first. */
export function changedFacts(sql: Sql, wish: ColumnWish & { readonly limit: number }): ChangedPage {
  const rows = sql.all<FactRow>(
    `SELECT f.seq, subscribers.removed, ${columnsRead} FROM changed_facts AS f JOIN subscribers ON subscribers.key = f.subscriber
     WHERE f.told = 0 ORDER BY f.seq LIMIT ?`,
    wish.limit,
  );
  const masks = new Masks(wish.channels);
  const facts = rows.map((row): SubscriberFacts => {
    const isGone = row.removed !== 0;
    const of = masks.of(row);
    return {
      subscriber: row.key as SubscriberFacts['subscriber'],
      masks: consentCategories.map((category) => (isGone ? 0 : of[category])),
      language: (row.language === '' ? wish.language : row.language) === 'ru' ? 'ru' : 'en',
      optedOut: isGone || row.opted_out !== 0,
      ...(row.quiet === '' ? {} : { quiet: quietCode(row.quiet) }),
    };
  });
  return { channels: wish.channels.map(({ name }) => name), facts, upTo: rows.at(-1)?.seq ?? 0 };
}

/** Whoever changed again meanwhile has a later number, and is told anew. */
export function factsTold(sql: Sql, upTo: number): void {
  sql.run('UPDATE changed_facts SET told = 1 WHERE told = 0 AND seq <= ?', upTo);
}

export interface FactsNow {
  /** The latest change; to be asked for before columns are written. */
  readonly latest: number;
  /** How many the line has beside its columns, or does not know yet. */
  readonly count: number;
  /** Services that single calls changed: they come with columns only. */
  readonly services: number;
}

export function factsNow(sql: Sql): FactsNow {
  return sql.get<FactsNow>(
    `SELECT coalesce(max(seq), 0) AS latest, count(*) AS count,
       coalesce((SELECT value FROM meta WHERE name = 'servicesChanged'), 0) AS services FROM changed_facts`,
  )!;
}

/** The line has columns that say all up to there; what came later it is told once more. */
export function factsCovered(sql: Sql, upTo: FactsNow): void {
  sql.transaction(() => {
    sql.run('DELETE FROM changed_facts WHERE seq <= ?', upTo.latest);
    sql.run('UPDATE changed_facts SET told = 0');
    servicesCovered(sql, upTo);
  });
}

/** The columns are what they were, whatever came and went meanwhile. */
export function servicesCovered(sql: Sql, { services }: FactsNow): void {
  sql.run("UPDATE meta SET value = value - ? WHERE name = 'servicesChanged'", services);
}
