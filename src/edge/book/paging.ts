/** Lists in pages: newest first, the cursor is the row number, so that pages stay right while rows are added. */
import type { SqlValue } from '../disk/sqlite.ts';
import type { Page, PageRequest } from './records.ts';
import type { Sql } from './sql.ts';

export interface Listing<Row, T> {
  /** Table name; it has the column `row`, or `rowOf` names another. */
  readonly from: string;
  readonly where: string;
  readonly values: readonly SqlValue[];
  readonly rowOf?: string | undefined;
  readonly item: (row: Row) => T;
  /** Where the count is known without counting. */
  readonly total?: number | undefined;
}

/** A cursor that is no number begins at the newest row. */
export function pageOf<Row, T>(sql: Sql, request: PageRequest, listing: Listing<Row, T>): Page<T> {
  const { from, where, values, rowOf = 'row' } = listing;
  const limit = Math.min(1_000, Math.max(1, Math.trunc(request.limit ?? 100) || 100));
  const cursor = Number(request.cursor);
  const before =
    request.cursor !== undefined && Number.isSafeInteger(cursor) ? cursor : Number.MAX_SAFE_INTEGER;
  const rows = sql.all<Row & Readonly<Record<string, SqlValue>>>(
    `SELECT * FROM ${from} WHERE (${where}) AND ${rowOf} < ? ORDER BY ${rowOf} DESC LIMIT ? OFFSET ?`,
    ...[...values, before, limit + 1, Math.max(0, Math.trunc(request.offset ?? 0) || 0)],
  );
  const total =
    listing.total ??
    sql.get<{ n: number }>(`SELECT count(*) AS n FROM ${from} WHERE ${where}`, ...values)?.n ??
    0;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(listing.item),
    total,
    next: rows.length > limit && last !== undefined ? String(last[rowOf]) : undefined,
  };
}
