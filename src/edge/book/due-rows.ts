/** Notices that are due: which of them leave now, which wait for an earlier one, and which are not sent at all. */
import type { NoticeState } from '../../model/notice.ts';
import type { CountChanges } from './notice-counts.ts';
import type { NoticeRow, Taking } from './outbox.ts';
import type { Sql } from './sql.ts';
import { dueRowsAsF, valuesOfDue } from './urgency.ts';

const leaseMs = 30_000;

export interface Sweep {
  readonly now: number;
  readonly counts: CountChanges;
  /** States that are reported to the line. */
  readonly finals: CountChanges;
}

export interface DueRow extends NoticeRow {
  /** When the notice before this one, to the same subscriber about the same incident, is tried (next). */
  readonly earlier?: number | undefined;
  /** 1: was told of the outage, or turned to us and is asked. */
  readonly told: number;
}

const columns = `n.row, n.key, n.chain, n.place, n.incident, n.subscriber, n.type, n.revision, n.channel, n.state, n.attempts, n.maybe,
  n.unanswered, n.tell, n.due_at, n.not_after, n.urgency, n.point, n.lead, n.morning`;

// One statement a page: the order of notices to one subscriber, and who may hear of an end, are looked up inside.
const selectDue = (from: string) => `
SELECT ${columns},
  (SELECT p.due_at FROM notices AS p WHERE p.incident = n.incident AND p.subscriber = n.subscriber
     AND p.state IN ('queued', 'sending') AND iif(p.chain = 0, p.row, p.chain) < iif(n.chain = 0, n.row, n.chain) LIMIT 1) AS earlier,
  n.type IN ('detected', 'etr', 'overnight', 'planned', 'planned-soon')
    OR EXISTS (SELECT 1 FROM notices AS p WHERE p.incident = n.incident AND p.subscriber = n.subscriber
      AND p.type IN ('detected', 'etr', 'overnight', 'planned', 'planned-soon') AND p.state IN ('sent', 'delivered', 'uncertain'))
    OR (n.type IN ('ask', 'reminder') AND EXISTS (SELECT 1 FROM tickets AS t WHERE t.incident = n.incident AND t.subscriber = n.subscriber
      AND t.record ->> 'isUnasked' IS NULL))
    AS told
FROM ${from} CROSS JOIN notices AS n ON n.row = f.row ORDER BY f.turn, f.row`;

const selectInTurn = selectDue(dueRowsAsF);
const selectThese = selectDue('(SELECT value AS row, 0 AS turn FROM json_each(?)) AS f');

export function dueRows(sql: Sql, { channel, now }: Taking, limit: number): DueRow[] {
  return sql.all<DueRow>(selectInTurn, ...valuesOfDue({ channel: channel.name, now, limit }));
}

/** The same of given rows, by their numbers. */
export const dueRowsOf = (sql: Sql, rows: readonly number[]): DueRow[] =>
  sql.all<DueRow>(selectThese, JSON.stringify(rows));

/** False when this notice waits for an earlier one, or is not sent at all; the row then says so. */
export function isReady(sql: Sql, row: DueRow, sweep: Sweep): boolean {
  if (row.earlier !== undefined) {
    sql.run('UPDATE notices SET due_at = ? WHERE row = ?', Math.max(sweep.now + 1_000, row.earlier), row.row);
    return false;
  }
  const isLate = row.not_after !== undefined && row.not_after <= sweep.now;
  if (!isLate && row.told === 1) return true;
  // Nobody hears of the end of what they were never told of; whoever turned to us is asked all the same.
  if (isLate) drop(sql, row, { from: 'queued', to: 'expired', reason: 'late', sweep });
  else drop(sql, row, { from: 'queued', to: 'suppressed', reason: 'neverTold', sweep });
  return false;
}

export function markSending(sql: Sql, rows: readonly DueRow[], { now, counts }: Sweep): void {
  sql.run(
    "UPDATE notices SET state = 'sending', lease_until = ? WHERE row IN (SELECT value FROM json_each(?))",
    ...[now + leaseMs, JSON.stringify(rows.map(({ row }) => row))],
  );
  for (const row of rows) counts.move(row, 'queued', 'sending');
}

export function drop(
  sql: Sql,
  row: NoticeRow,
  doing: {
    readonly from: NoticeState;
    readonly to: NoticeState;
    readonly reason: string;
    readonly sweep: Sweep;
  },
): void {
  const state: NoticeState = row.maybe === 1 ? 'uncertain' : doing.to;
  sql.run(
    'UPDATE notices SET state = ?, reason = ?, lease_until = NULL WHERE row = ?',
    state,
    doing.reason,
    row.row,
  );
  doing.sweep.counts.move(row, doing.from, state);
  doing.sweep.finals.add(row.incident, row.type, state);
}
