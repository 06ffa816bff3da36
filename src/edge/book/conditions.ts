/** What a list of records is narrowed down by, as SQL with its values. */
import type { SqlValue } from '../disk/sqlite.ts';
import type { PageRequest } from './records.ts';

export type RecordRow = Readonly<{ id: string; record: string }>;

export const recordIn = <T>(row: RecordRow): T => JSON.parse(row.record) as T;

/** A condition for each value that was given; no value, no condition. */
export function conditions(given: Readonly<Record<string, SqlValue | readonly SqlValue[]>>): {
  where: string;
  values: SqlValue[];
} {
  const texts: string[] = ['1'];
  const values: SqlValue[] = [];
  for (const [column, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) {
      texts.push(`${column} IN (${value.map(() => '?').join(', ')})`);
      values.push(...(value as SqlValue[]));
    } else {
      texts.push(`${column} = ?`);
      values.push(value as SqlValue);
    }
  }
  return { where: texts.join(' AND '), values };
}

/** The same for records, and each word somewhere in the record. */
export function recordConditions(
  query: PageRequest,
  given: Parameters<typeof conditions>[0],
): { where: string; values: SqlValue[] } {
  const found = conditions(given);
  const words = (query.words ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 16);
  return {
    where: [found.where, ...words.map(() => "record LIKE ? ESCAPE '!'")].join(' AND '),
    values: [...found.values, ...words.map((word) => `%${word.replace(/[!%_]/g, '!$&')}%`)],
  };
}
