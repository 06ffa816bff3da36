/**
 * Numbers of questions to one phone. A question that is alone when it is asked says "1, 2, 3"; one that comes while
 * another waits says "21, 22, 23", and keeps that number whatever becomes of the other: what was printed is what counts.
 * A reply may come from any telephone that somebody has, so questions are told apart at all of them.
 */
import type { ConfirmationState } from '../../model/confirmation.ts';
import type { ConfirmationId } from '../../model/ids.ts';
import type { NoticeType } from '../../model/notice.ts';
import type { NoticeRow } from './outbox.ts';
import type { Sql } from './sql.ts';

/** The number a question was asked with, or 'none' where nine others wait and only the link can answer; 0: "1, 2, 3". */
export type AskedNumber = number | 'none';

/** What a reply by digits answers. */
export const digitTypes: readonly NoticeType[] = ['ask', 'reminder', 'clarify'];

const waits: readonly ConfirmationState[] = ['ASKED', 'REMINDED', 'CLARIFY'];
const highest = 9;

/** Within the transaction that sends the question. */
export function numberToAsk(sql: Sql, row: NoticeRow): AskedNumber {
  const others = sql.all<{ number?: number | undefined }>(
    `WITH phones (hash) AS (SELECT phone_hash FROM subscribers WHERE key = ? AND phone_hash IS NOT NULL
       UNION SELECT hash FROM contact_points WHERE subscriber = ? AND kind = 'phone'),
     near (key) AS (VALUES (?) UNION SELECT s.key FROM phones JOIN subscribers AS s ON s.phone_hash = phones.hash
       UNION SELECT p.subscriber FROM phones JOIN contact_points AS p ON p.hash = phones.hash)
     SELECT n.number FROM near JOIN confirmations AS c ON c.subscriber = near.key
     LEFT JOIN asked_numbers AS n ON n.subscriber = c.subscriber AND n.incident = c.incident
     WHERE c.state IN (SELECT value FROM json_each(?))
       AND NOT (c.subscriber = ? AND c.incident = ?)
       AND EXISTS (SELECT 1 FROM notices AS q WHERE q.incident = c.incident AND q.subscriber = c.subscriber AND q.type = 'ask'
         AND q.state IN ('sending', 'sent', 'delivered', 'uncertain'))`,
    ...[row.subscriber, row.subscriber, row.subscriber, JSON.stringify(waits), row.subscriber, row.incident],
  );
  const own = sql.get<{ number: number }>(
    'SELECT number FROM asked_numbers WHERE subscriber = ? AND incident = ?',
    ...[row.subscriber, row.incident],
  )?.number;
  // A reminder says what the question said.
  if (row.type !== 'ask') return own ?? 0;
  const taken = others.map(({ number }) => number ?? 1);
  if (own !== undefined && !taken.includes(own)) return own;
  sql.run('DELETE FROM asked_numbers WHERE subscriber = ? AND incident = ?', row.subscriber, row.incident);
  if (taken.length === 0) return 0;
  for (let number = 1; number <= highest; number++) {
    if (taken.includes(number)) continue;
    sql.run(
      'INSERT INTO asked_numbers (subscriber, incident, number) VALUES (?, ?, ?)',
      ...[row.subscriber, row.incident, number],
    );
    return number;
  }
  return 'none';
}

/** Of those of the questions that were asked with a number of their own. */
export function askedNumbers(sql: Sql, ids: readonly ConfirmationId[]): Map<ConfirmationId, number> {
  const rows = sql.all<{ id: ConfirmationId; number: number }>(
    `SELECT c.id, n.number FROM json_each(?) AS wanted JOIN confirmations AS c ON c.id = wanted.value
     JOIN asked_numbers AS n ON n.subscriber = c.subscriber AND n.incident = c.incident`,
    JSON.stringify(ids),
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}
