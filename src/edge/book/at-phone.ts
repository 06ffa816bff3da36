/** Who has a telephone number and what they are asked there, within bounds: a number may stand with all of a very long list. */
import type { Confirmation, ConfirmationState } from '../../model/confirmation.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import { type RecordRow, recordIn } from './conditions.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/** Services of a company, flats of a family. What more have is nobody's number, given where there was none. */
export const mostAtPhone = 500;

export const waits: readonly ConfirmationState[] = ['ASKED', 'REMINDED', 'CLARIFY'];

const mostWaiting = 1_000;
/** Of those that are over only the newest may still be answered. */
const mostOver = 50;

/** `crowd`: so many that nobody can tell which of them wrote. */
export type AtPhone = readonly SubscriberKey[] | 'crowd';

export const whoHas = (sql: Sql, vault: Vault, phone: string): AtPhone =>
  keysAt(sql, [vault.index(phone)]) ?? 'crowd';

/** Those who have one of these numbers, by its hash; undefined: too many have it. */
export function keysAt(sql: Sql, hashes: readonly Uint8Array[]): readonly SubscriberKey[] | undefined {
  const keys = new Set<SubscriberKey>();
  for (const hash of hashes) {
    const found = sql.all<{ key: SubscriberKey }>(
      // Each is bounded by itself, so that no more is ever read.
      `SELECT key FROM (SELECT key FROM subscribers WHERE phone_hash = ? AND removed = 0 LIMIT ?)
       UNION SELECT key FROM (SELECT subscriber AS key FROM contact_points WHERE hash = ? LIMIT ?) ORDER BY key`,
      ...[hash, mostAtPhone + 1, hash, mostAtPhone + 1],
    );
    if (found.length > mostAtPhone) return undefined;
    for (const { key } of found) keys.add(key);
  }
  return [...keys];
}

/** Newest first: all questions to these people that wait for an answer, and the last of those that do not. */
export function questionsTo(sql: Sql, people: readonly SubscriberKey[]): readonly Confirmation[] {
  const of = (not: 'NOT' | '', limit: number): RecordRow[] =>
    sql.all<RecordRow>(
      `SELECT * FROM confirmations WHERE subscriber IN (SELECT value FROM json_each(?))
       AND state ${not} IN (SELECT value FROM json_each(?)) ORDER BY row DESC LIMIT ?`,
      ...[JSON.stringify(people), JSON.stringify(waits), limit],
    );
  return [...of('', mostWaiting), ...of('NOT', mostOver)].map((row) => recordIn<Confirmation>(row));
}
