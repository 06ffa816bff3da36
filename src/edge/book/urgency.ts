/**
 * Whose notice leaves first: whoever turned to us about the incident, then those who depend on the service or have a promise
 * in their contract, then the rest branch by branch. Urgency is a head start, not a class of its own: a notice is overtaken
 * by younger ones for so long at most, so that nobody waits for ever.
 */
import type { Sql } from './sql.ts';

/** By urgency; 0 are callers, 1 priority lines, VIP and business, 2 all others, who leave in tree order. */
const headStartsMs = [3_600_000, 1_800_000, 0] as const;
export const leastUrgent = headStartsMs.length - 1;

/** Of the subscriber in row `s`; the one parameter is the incident. */
export const urgencyColumn = `CASE WHEN EXISTS (SELECT 1 FROM tickets AS t WHERE t.incident = ? AND t.subscriber = s.key AND t.record ->> 'isUnasked' IS NULL) THEN 0
  WHEN s.class IN ('priority', 'vip', 'business') THEN 1 ELSE ${leastUrgent} END AS urgency`;

// Each urgency is one walk along the index, however long the others are.
const ofOneUrgency = headStartsMs.map(
  (headStart, urgency) => `SELECT * FROM (SELECT row, due_at - ${headStart} AS turn FROM notices
    WHERE state = 'queued' AND channel = ? AND urgency = ${urgency} AND due_at <= ? ORDER BY due_at, row LIMIT ?)`,
);

const dueInTurn = `SELECT row, turn FROM (${ofOneUrgency.join(' UNION ALL ')}) ORDER BY turn, row LIMIT ?`;

interface Asked {
  readonly channel: string;
  readonly now: number;
  readonly limit: number;
}

/** What is due on a channel, in the order of leaving, as `f`: row and turn; its parameters are in `valuesOfDue`. */
export const dueRowsAsF = `(${dueInTurn}) AS f`;

export const valuesOfDue = ({ channel, now, limit }: Asked): (string | number)[] => [
  ...headStartsMs.flatMap(() => [channel, now, limit]),
  limit,
];

const firstDue = headStartsMs.map(
  (_, urgency) =>
    `SELECT min(due_at) AS due_at FROM notices WHERE state = 'queued' AND channel = ? AND urgency = ${urgency}`,
);

/** When the next notice of the channel falls due; undefined when none waits. */
export function nextDueAt(sql: Sql, channel: string): number | undefined {
  const row = sql.get<{ due_at?: number | undefined }>(
    `SELECT min(due_at) AS due_at FROM (${firstDue.join(' UNION ALL ')})`,
    ...headStartsMs.map(() => channel),
  );
  return row?.due_at;
}

/** They turned to us while their notices wait. */
export function hurryNotices(sql: Sql, incident: string, subscriber: number): void {
  sql.run(
    "UPDATE notices SET urgency = 0 WHERE incident = ? AND subscriber = ? AND state IN ('queued', 'held') AND urgency > 0",
    ...[incident, subscriber],
  );
}
