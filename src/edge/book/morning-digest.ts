/**
 * What waited for one morning at one subscriber, or at an address that several have, leaves as one message: of each incident
 * its newest words. Every notice keeps its own row, key and counts, and takes the state of the message.
 */
import type { NoticeType } from '../../model/notice.ts';
import { type DueRow, drop, isReady, type Sweep } from './due-rows.ts';
import type { NoticeRow } from './outbox.ts';
import type { DueNotice } from './records.ts';
import type { Sql } from './sql.ts';

/** Of one message; the rest has one of its own. */
const mostInOne = 500;

const wasTried = ({ attempts, maybe, lead }: NoticeRow): boolean =>
  attempts > 0 || maybe === 1 || lead !== undefined;

/** Numbers of the rows that leave with this one, itself among them. What was tried before is the same message again. */
export function leavingWith(sql: Sql, row: NoticeRow, now: number): readonly number[] {
  const waiting = "state = 'queued' AND morning IS NOT NULL AND channel = ? AND due_at <= ?";
  const lead = row.lead ?? row.row;
  const rows = wasTried(row)
    ? sql.all<{ row: number }>(
        `SELECT row FROM notices WHERE (row = ? OR lead = ?) AND ${waiting} ORDER BY row LIMIT ?`,
        ...[lead, lead, row.channel, now, mostInOne],
      )
    : sql.all<{ row: number }>(
        `SELECT row FROM notices WHERE ${row.point === undefined ? 'subscriber' : 'point'} = ? AND ${waiting}
           AND attempts = 0 AND maybe = 0 AND lead IS NULL ORDER BY row LIMIT ?`,
        ...[row.point ?? row.subscriber, row.channel, now, mostInOne],
      );
  return rows.map((one) => one.row);
}

/**
 * Those that leave now. Of several about one incident to one subscriber the first decides: the others wait for it, and it
 * goes with them.
 */
export function readyTogether(sql: Sql, rows: readonly DueRow[], sweep: Sweep): DueRow[] {
  const decided = new Map<string, boolean>();
  return rows.filter((row) => {
    const pair = `${row.subscriber} ${row.incident}`;
    const first = decided.get(pair);
    if (first === undefined) {
      const isFirstReady = isReady(sql, row, sweep);
      decided.set(pair, isFirstReady);
      return isFirstReady;
    }
    if (!first) return false;
    const isLate = row.not_after !== undefined && row.not_after <= sweep.now;
    if (isLate) drop(sql, row, { from: 'queued', to: 'expired', reason: 'late', sweep });
    return !isLate;
  });
}

type Speaking = NonNullable<DueNotice['speaks']>;

/** Of each incident its newest words, and whatever a person wrote; what is out still comes first. */
export function speakersOf(rows: readonly DueRow[]): readonly DueRow[] {
  const newest = new Map<string, DueRow>();
  for (const row of rows) {
    const words = row.type === 'announcement' ? ` ${row.revision}` : '';
    const known = newest.get(`${row.incident}${words}`);
    if (known === undefined || row.row > known.row) newest.set(`${row.incident}${words}`, row);
  }
  return [...newest.values()].sort((a, b) => rankOf(a) - rankOf(b) || a.row - b.row);
}

const stillOut: readonly NoticeType[] = ['detected', 'etr', 'etr-changed'];
const rankOf = ({ type }: DueRow): number => (stillOut.includes(type) ? 0 : type === 'announcement' ? 2 : 1);

export const speaksOf = (speakers: readonly DueRow[]): Speaking | undefined =>
  speakers.length < 2 ? undefined : speakers.map(({ tell, type }) => ({ job: tell, type }));

/** The key of a message that was sent before and whose first notice is gone: its peer may have it under that one. */
export function keepKey(sql: Sql, row: NoticeRow): void {
  sql.run(
    'UPDATE notices SET key = coalesce((SELECT key FROM notices AS l WHERE l.row = notices.lead), key), lead = NULL WHERE row = ?',
    row.row,
  );
}
