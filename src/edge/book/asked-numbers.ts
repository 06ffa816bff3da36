/**
 * Numbers of questions to one phone. A question that is alone when it is asked says "1, 2, 3"; one that comes while
 * another waits says "21, 22, 23", and keeps that number whatever becomes of the other: what was printed is what counts.
 * A reply may come from any telephone that somebody has, so questions are told apart at all of them.
 */
import type { ConfirmationId } from '../../model/ids.ts';
import type { NoticeType } from '../../model/notice.ts';
import { keysAt, waits } from './at-phone.ts';
import type { NoticeRow } from './outbox.ts';
import type { Sql } from './sql.ts';

/** The number a question was asked with, or 'none' where nobody could tell it from others and only the link can answer; 0: "1, 2, 3". */
export type AskedNumber = number | 'none';

/** What a reply by digits answers. */
export const digitTypes: readonly NoticeType[] = ['ask', 'reminder', 'clarify'];

const highest = 9;
/** As the table has 'none': it takes no number from others. */
const none = -1;

/** Within the transaction that sends the question. A phone that very many have tells nobody's questions apart. */
export function numberToAsk(sql: Sql, row: NoticeRow): AskedNumber {
  const own = sql.get<{ number: number }>(
    'SELECT number FROM asked_numbers WHERE subscriber = ? AND incident = ?',
    ...[row.subscriber, row.incident],
  )?.number;
  // A reminder says what the question said.
  if (row.type !== 'ask') return own === none ? 'none' : (own ?? 0);
  const taken = takenNear(sql, row);
  if (own !== undefined && own !== none && taken?.has(own) === false) return own;
  const number = taken === undefined ? none : firstFree(taken);
  sql.run('DELETE FROM asked_numbers WHERE subscriber = ? AND incident = ?', row.subscriber, row.incident);
  if (number === 0) return 0;
  sql.run(
    'INSERT INTO asked_numbers (subscriber, incident, number) VALUES (?, ?, ?)',
    ...[row.subscriber, row.incident, number],
  );
  return number === none ? 'none' : number;
}

function firstFree(taken: ReadonlySet<number>): number {
  if (taken.size === 0) return 0;
  for (let number = 1; number <= highest; number++) if (!taken.has(number)) return number;
  return none;
}

/** Numbers of other questions that wait at any phone of this subscriber; undefined where too many have one of these. */
function takenNear(sql: Sql, { subscriber, incident }: NoticeRow): ReadonlySet<number> | undefined {
  const phones = sql.all<{ hash: Uint8Array }>(
    `SELECT phone_hash AS hash FROM subscribers WHERE key = ? AND phone_hash IS NOT NULL
     UNION SELECT hash FROM contact_points WHERE subscriber = ? AND kind = 'phone'`,
    ...[subscriber, subscriber],
  );
  const near = keysAt(
    sql,
    phones.map(({ hash }) => hash),
  );
  if (near === undefined) return undefined;
  const others = sql.all<{ number: number }>(
    `SELECT DISTINCT coalesce(n.number, 1) AS number FROM confirmations AS c
     LEFT JOIN asked_numbers AS n ON n.subscriber = c.subscriber AND n.incident = c.incident
     WHERE c.subscriber IN (SELECT value FROM json_each(?)) AND c.state IN (SELECT value FROM json_each(?))
       AND NOT (c.subscriber = ? AND c.incident = ?)
       AND EXISTS (SELECT 1 FROM notices AS q WHERE q.incident = c.incident AND q.subscriber = c.subscriber AND q.type = 'ask'
         AND q.state IN ('sending', 'sent', 'delivered', 'uncertain'))`,
    ...[JSON.stringify([subscriber, ...near]), JSON.stringify(waits), subscriber, incident],
  );
  return new Set(others.map(({ number }) => number));
}

/** Of those of the questions that were asked with a number of their own, or with none (-1). */
export function askedNumbers(sql: Sql, ids: readonly ConfirmationId[]): Map<ConfirmationId, number> {
  const rows = sql.all<{ id: ConfirmationId; number: number }>(
    `SELECT c.id, n.number FROM json_each(?) AS wanted JOIN confirmations AS c ON c.id = wanted.value
     JOIN asked_numbers AS n ON n.subscriber = c.subscriber AND n.incident = c.incident`,
    JSON.stringify(ids),
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}
