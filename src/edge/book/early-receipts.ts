/** Receipts that came before their notice was marked as sent: they wait for it a while, and are counted where it never came. */
import type { Sql } from './sql.ts';

export interface Delivery {
  readonly externalId: string;
  readonly state: 'delivered' | 'failed';
  readonly reason?: string | undefined;
  readonly isDeadContact?: boolean | undefined;
}

/** The oldest are forgotten first, many at once. */
const mostKept = 10_000;
const forgottenAtOnce = 1_000;
/** One that waited longer was of an older message: centres give their ids again. */
const waitMs = 3_600_000;

/** A receipt that says that it arrived is not taken back by one that says that it did not. */
export function parkEarly(
  sql: Sql,
  early: Delivery & { readonly channel: string; readonly now: number },
): void {
  sql.run(
    `INSERT INTO early_receipts (channel, external_id, state, at, reason, dead) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET state = excluded.state, reason = excluded.reason, dead = excluded.dead WHERE state <> 'delivered'`,
    ...[early.channel, early.externalId, early.state, early.now],
    ...[early.reason, early.isDeadContact === true ? 1 : 0],
  );
  const kept = sql.get<{ n: number }>('SELECT count(*) AS n FROM early_receipts')?.n ?? 0;
  if (kept <= mostKept) return;
  const gone = sql.run(
    'DELETE FROM early_receipts WHERE (channel, external_id) IN (SELECT channel, external_id FROM early_receipts ORDER BY at LIMIT ?)',
    kept - mostKept + forgottenAtOnce,
  );
  countUnknown(sql, gone);
}

/** Those of these ids of which something is known already. */
export function idsWithEarly(sql: Sql, channels: readonly string[], ids: readonly string[]): Set<string> {
  if (ids.length === 0) return new Set();
  const found = sql.all<{ external_id: string }>(
    `SELECT external_id FROM early_receipts WHERE channel IN (SELECT value FROM json_each(?))
     AND external_id IN (SELECT value FROM json_each(?))`,
    ...[JSON.stringify([...new Set(channels)]), JSON.stringify(ids)],
  );
  return new Set(found.map(({ external_id }) => external_id));
}

export function takeEarly(
  sql: Sql,
  channel: string,
  { externalId, now }: { readonly externalId: string | undefined; readonly now: number },
): Omit<Delivery, 'externalId'> | undefined {
  if (externalId === undefined) return undefined;
  const early = sql.get<{ state: Delivery['state']; at: number; reason?: string | undefined; dead: number }>(
    'SELECT state, at, reason, dead FROM early_receipts WHERE channel = ? AND external_id = ?',
    ...[channel, externalId],
  );
  if (early === undefined) return undefined;
  sql.run('DELETE FROM early_receipts WHERE channel = ? AND external_id = ?', channel, externalId);
  const { state, reason, dead } = early;
  return early.at < now - waitMs ? undefined : { state, reason, isDeadContact: dead === 1 };
}

/** Whose notice never came: of an id that is nobody's. Answers how many. */
export function forgetEarly(sql: Sql, now: number): number {
  const gone = sql.run('DELETE FROM early_receipts WHERE at < ?', now - waitMs);
  countUnknown(sql, gone);
  return gone;
}

function countUnknown(sql: Sql, count: number): void {
  if (count > 0)
    sql.run(
      "INSERT INTO meta (name, value) VALUES ('receiptsUnknown', ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
      count,
    );
}

/** Those that wait for their notice, and those that were of none. */
export const receiptCounts = (
  sql: Sql,
): { readonly receiptsEarly: number; readonly receiptsUnknown: number } => ({
  receiptsEarly: sql.get<{ n: number }>('SELECT count(*) AS n FROM early_receipts')?.n ?? 0,
  receiptsUnknown:
    sql.get<{ value: number }>("SELECT value FROM meta WHERE name = 'receiptsUnknown'")?.value ?? 0,
});
