/** Notices that travel in parts: each has a receipt of its own, and a notice is delivered when all its parts are. */
import type { Sql } from './sql.ts';

/** Receipts are not waited for beyond the life of a message in any centre. */
const keptMs = 7 * 86_400_000;

/** What the receipt of one part says of its notice; `state` is undefined while others are awaited. */
export interface PartNoted {
  readonly notice: number;
  readonly state: 'delivered' | 'failed' | undefined;
}

/** A centre that gives an id again means the newer message. */
export function keepParts(
  sql: Sql,
  notices: readonly { readonly row: number; readonly channel: string; readonly parts: readonly string[] }[],
  now: number,
): void {
  if (notices.length === 0) return;
  const rows = notices.flatMap(({ row, channel, parts }) => parts.map((part) => [channel, part, row]));
  sql.run(
    `INSERT OR REPLACE INTO notice_parts (channel, external_id, notice, at)
     SELECT value ->> 0, value ->> 1, value ->> 2, ? FROM json_each(?)`,
    ...[now, JSON.stringify(rows)],
  );
}

export function dropParts(sql: Sql, channel: string, externalIds: readonly string[]): void {
  if (externalIds.length === 0) return;
  sql.run(
    'DELETE FROM notice_parts WHERE channel = ? AND external_id IN (SELECT value FROM json_each(?))',
    ...[channel, JSON.stringify(externalIds)],
  );
}

/** undefined for an id that is no part's. `delivered` is final for a part, one that failed decides for its notice. */
export function notePart(
  sql: Sql,
  { channel, externalId, state }: { channel: string; externalId: string; state: string },
): PartNoted | undefined {
  const part = sql.get<{ notice: number }>(
    `UPDATE notice_parts SET state = CASE state WHEN 'delivered' THEN state ELSE ? END
     WHERE channel = ? AND external_id = ? RETURNING notice`,
    ...[state, channel, externalId],
  );
  if (part === undefined) return undefined;
  const { notice } = part;
  const sum = sql.get<{ n: number; delivered: number; failed: number }>(
    `SELECT count(*) AS n, coalesce(sum(state = 'delivered'), 0) AS delivered, coalesce(sum(state = 'failed'), 0) AS failed
     FROM notice_parts WHERE notice = ?`,
    notice,
  )!;
  if (sum.failed > 0) return { notice, state: 'failed' };
  return { notice, state: sum.delivered === sum.n ? 'delivered' : undefined };
}

export function forgetParts(sql: Sql, now: number): number {
  return sql.run('DELETE FROM notice_parts WHERE at <= ?', now - keptMs);
}
