/**
 * Which channel follows: at once after a failure, after its time where one that gives receipts is silent, and by the
 * channel's policy where nobody knows. Never two at once: a row passes on to the next place of its chain only, once.
 */
import type { CountChanges } from './notice-counts.ts';
import type { NoticeRow } from './outbox.ts';
import { writeReceipts } from './receipts.ts';
import type { ChannelFacts } from './records.ts';
import { gatherMs, ledBy } from './shared-points.ts';
import type { Sql } from './sql.ts';
import { nextChannel, noticeKey, pointOf, type Reach, reachColumn, tellOf } from './tells.ts';

export interface Passing {
  readonly channels: readonly ChannelFacts[];
  readonly now: number;
  readonly counts: CountChanges;
  /** States that are reported to the line. */
  readonly finals: CountChanges;
}

/** Sends without an answer after which a notice is left alone, where the channel's settings say nothing. */
const mostUnanswered = 2;
/** Tries on one channel before the next one is taken; a repeat of an honoured key harms nobody. */
export const triesPerChannel = 8;
const sweptAtOnce = 500;
/** What a channel that was away a while may bring after a start, before its silence says something. */
const graceMs = 60_000;

export const unansweredOf = (channel: ChannelFacts | undefined): number =>
  channel?.honoursKey === true ? triesPerChannel : (channel?.unanswered ?? mostUnanswered);

/** The next channel takes the notice over under a key of its own; false when there is none. */
export function passOn(sql: Sql, row: NoticeRow, { channels, now, counts }: Passing): boolean {
  const tell = tellOf(sql, row.tell);
  const reach = sql.get<Reach>(
    `SELECT key, ${reachColumn('subscribers')}, consent, opted_out, withheld FROM subscribers WHERE key = ? AND removed = 0`,
    row.subscriber,
  );
  const order = tell.order.slice(tell.order.indexOf(row.channel) + 1);
  const channel = nextChannel(reach, { order, channels, type: row.type });
  if (channel === undefined) return false;
  const { incident, subscriber, type, revision } = row;
  const point = pointOf(sql, { subscriber, channel, type }, channels);
  const added = sql.run(
    `INSERT OR IGNORE INTO notices (key, chain, place, incident, subscriber, type, revision, channel, state, tell, created_at, due_at,
       not_after, urgency, point, morning) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)`,
    ...[noticeKey({ incident, subscriber, type, revision, channel }), firstOf(row), row.place + 1],
    ...[incident, subscriber, type, revision, channel, row.tell, now],
    ...[point === undefined ? now : now + gatherMs, row.not_after, row.urgency, point, row.morning],
  );
  if (added > 0) counts.add(incident, type, 'queued');
  return true;
}

const firstOf = (row: NoticeRow): number => (row.chain === 0 ? row.row : row.chain);

/** True when another channel has the notice, or may have it. */
export function mayHaveArrived(sql: Sql, row: NoticeRow): boolean {
  const found = sql.get<{ row: number }>(
    `SELECT row FROM notices WHERE incident = ? AND subscriber = ? AND type = ? AND revision = ? AND row <> ?
     AND state IN ('sent', 'delivered', 'uncertain') LIMIT 1`,
    ...[row.incident, row.subscriber, row.type, row.revision, row.row],
  );
  return found !== undefined;
}

/** It arrived after all: what was to follow is not sent, and what is being sent is not tried again. */
export function stopFurther(sql: Sql, row: NoticeRow, { counts, now }: Passing): void {
  const further = `incident = ? AND subscriber = ? AND type = ? AND revision = ? AND place > ?`;
  const of = [row.incident, row.subscriber, row.type, row.revision, row.place];
  const waiting = sql.all<NoticeRow>(
    `UPDATE notices SET state = CASE maybe WHEN 1 THEN 'uncertain' ELSE 'suppressed' END, reason = 'alreadyTold'
     WHERE ${further} AND state = 'queued' RETURNING *`,
    ...of,
  );
  for (const one of waiting) counts.move(one, 'queued', one.state);
  sql.run(
    `UPDATE notices SET not_after = ? WHERE ${further} AND state = 'sending' AND (not_after IS NULL OR not_after > ?)`,
    ...[now, ...of, now],
  );
  sql.run(`UPDATE notices SET await_until = NULL WHERE ${further} AND await_until IS NOT NULL`, ...of);
}

/**
 * Notices without a receipt in their time, 500 at a call: the next channel follows, and the first one is uncertain, since
 * nobody said that it arrived. Answers how many were looked at.
 */
export function passOnSilent(sql: Sql, passing: Passing): number {
  const { counts, finals, now } = passing;
  const silent = sql.all<NoticeRow>(
    "SELECT * FROM notices WHERE state = 'sent' AND await_until <= ? ORDER BY await_until LIMIT ?",
    now,
    sweptAtOnce,
  );
  const led = ledBy(sql, silent).filter(({ state }) => state === 'sent');
  for (const row of [...silent, ...led]) {
    const isStale = row.not_after !== undefined && row.not_after <= now;
    const isPassedOn = !isStale && passOn(sql, row, passing);
    const state = isPassedOn ? 'uncertain' : 'sent';
    sql.run(
      'UPDATE notices SET await_until = NULL, state = ?, reason = ? WHERE row = ?',
      ...[state, isPassedOn ? 'noReceipt' : undefined, row.row],
    );
    if (!isPassedOn) continue;
    counts.move(row, 'sent', state);
    finals.add(row.incident, row.type, state);
  }
  counts.write(sql);
  writeReceipts(sql, finals);
  return silent.length;
}

/** While nobody listened no receipt could come. */
export function graceAfterStart(sql: Sql, channels: readonly ChannelFacts[], now: number): void {
  for (const { name, receiptWithinMs } of channels) {
    if (receiptWithinMs === undefined) continue;
    sql.run(
      "UPDATE notices SET await_until = ? WHERE channel = ? AND state = 'sent' AND await_until < ?",
      ...[now + Math.min(graceMs, receiptWithinMs), name, now + Math.min(graceMs, receiptWithinMs)],
    );
  }
}
