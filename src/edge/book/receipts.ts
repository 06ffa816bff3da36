/** What the line is told about notices: counts and unreachable subscribers, kept until the line has them (design L14). */

import type { ReceiptCount, ReceiptException } from '../../flow/input.ts';
import type { IncidentId, SubscriberKey } from '../../model/ids.ts';
import type { NoticeState, NoticeType } from '../../model/notice.ts';
import type { CountChanges } from './notice-counts.ts';
import type { Sql } from './sql.ts';

export interface ReceiptBatch {
  /** Hand it to `dropReceipts` once the line has the batch. */
  readonly upTo: number;
  /** True when there may be more. */
  readonly isFull: boolean;
  readonly counts: readonly ReceiptCount[];
  readonly unreachable: readonly ReceiptException[];
}

interface ReceiptRow {
  readonly row: number;
  readonly incident: IncidentId;
  readonly type: NoticeType;
  readonly state: NoticeState;
  readonly n: number;
  readonly subscriber?: SubscriberKey | undefined;
}

export function writeReceipts(sql: Sql, finals: CountChanges): void {
  for (const { incident, type, state, n } of finals.entries()) {
    if (n > 0)
      sql.run(
        'INSERT INTO receipts (incident, type, state, n) VALUES (?, ?, ?, ?)',
        incident,
        type,
        state,
        n,
      );
  }
}

export function writeUnreachable(
  sql: Sql,
  notice: { incident: string; type: string; subscriber: number },
): void {
  sql.run(
    "INSERT INTO receipts (incident, type, state, n, subscriber) VALUES (?, ?, 'failed', 0, ?)",
    ...[notice.incident, notice.type, notice.subscriber],
  );
}

/** At most 1,000 rows, oldest first; undefined when there is nothing to report. */
export function nextReceipts(sql: Sql): ReceiptBatch | undefined {
  const rows = sql.all<ReceiptRow>('SELECT * FROM receipts ORDER BY row LIMIT 1000');
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const counts = new Map<
    string,
    { incident: IncidentId; type: NoticeType; state: NoticeState; count: number }
  >();
  const unreachable: ReceiptException[] = [];
  for (const { incident, type, state, n, subscriber } of rows) {
    if (subscriber !== undefined) {
      unreachable.push({ incident, type, subscriber });
      continue;
    }
    const key = `${incident}\n${type}\n${state}`;
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { incident, type, state, count: n });
    else count.count += n;
  }
  return { upTo: last.row, isFull: rows.length === 1_000, counts: [...counts.values()], unreachable };
}

export function dropReceipts(sql: Sql, upTo: number): void {
  sql.run('DELETE FROM receipts WHERE row <= ?', upTo);
}
