/** What subscribers agreed to and withdrew, by category of notice and channel: every word of it stays on record. */
import { type Instant, instant } from '../../base/instant.ts';
import type { ConsentCategory } from '../../model/subscriber.ts';
import { noteChange } from './note-change.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

type ConsentState = 'granted' | 'withdrawn';
/** GDPR art. 6(1): consent (a), contract (b), legal obligation (c), legitimate interest (f). */
type LawfulBasis = 'consent' | 'contract' | 'obligation' | 'interest';

export const everyChannel = '*';
/** Of one subscriber; superseded ones make room, the oldest first. */
const mostKept = 200;

export interface Consent {
  readonly category: ConsentCategory;
  /** A channel's name, or `*`. */
  readonly channel: string;
  readonly state: ConsentState;
  readonly basis: LawfulBasis;
  readonly at: Instant;
  readonly by: string;
  /** How it is known: a call, a form, an SMS. At most 500 characters. */
  readonly evidence: string;
}

interface ConsentRow extends Omit<Consent, 'evidence'> {
  readonly evidence: Uint8Array;
}

/** Answers false where there is no such subscriber. */
export function putConsents(
  sql: Sql,
  vault: Vault,
  put: { readonly subscriber: number; readonly consents: readonly Consent[] },
): boolean {
  const { subscriber, consents } = put;
  return sql.transaction(() => {
    const row = sql.get<{ data_key?: Uint8Array }>(
      'SELECT data_key FROM subscribers WHERE key = ? AND removed = 0',
      subscriber,
    );
    if (row?.data_key === undefined) return false;
    for (const { category, channel, state, basis, at, by, evidence } of consents) {
      sql.run(
        'INSERT INTO consents (subscriber, category, channel, state, basis, at, by, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[subscriber, category, channel, state, basis, at, by],
        vault.seal(row.data_key, evidence.slice(0, 500)),
      );
    }
    sql.run(
      `DELETE FROM consents WHERE row IN (SELECT row FROM consents AS old WHERE subscriber = ? AND EXISTS (SELECT 1 FROM consents AS newer
         WHERE newer.subscriber = old.subscriber AND newer.category = old.category AND newer.channel = old.channel AND newer.row > old.row)
         ORDER BY row DESC LIMIT -1 OFFSET ?)`,
      ...[subscriber, mostKept],
    );
    const held = latest(sql, subscriber);
    sql.run('UPDATE subscribers SET withheld = ? WHERE key = ?', withheldText(held), subscriber);
    noteChange(sql, subscriber);
    return true;
  });
}

type Latest = Pick<Consent, 'category' | 'channel' | 'state'>;

const latest = (sql: Sql, subscriber: number): readonly Latest[] =>
  sql.all<Latest>(
    `SELECT category, channel, state FROM consents WHERE row IN (SELECT max(row) FROM consents WHERE subscriber = ? GROUP BY category, channel)
     ORDER BY category, channel`,
    subscriber,
  );

/** `feedback:sms` is withheld; `+feedback:sms` is agreed to where everything else of its category is withheld. */
function withheldText(held: readonly Latest[]): string {
  const words = held.flatMap(({ category, channel, state }) => {
    if (state === 'withdrawn') return [`${category}:${channel}`];
    const isExcepted = held.some(
      (one) => one.category === category && one.channel === everyChannel && one.state === 'withdrawn',
    );
    return channel !== everyChannel && isExcepted ? [`+${category}:${channel}`] : [];
  });
  return words.join(' ');
}

/** What of one channel wins over what of all. */
export function isWithheld(withheld: string, category: ConsentCategory, channel: string): boolean {
  if (withheld === '') return false;
  const words = withheld.split(' ');
  if (words.includes(`${category}:${channel}`)) return true;
  return words.includes(`${category}:${everyChannel}`) && !words.includes(`+${category}:${channel}`);
}

/** Newest first. */
export function consents(sql: Sql, vault: Vault, subscriber: number): readonly Consent[] {
  const key = sql.get<{ data_key?: Uint8Array }>(
    'SELECT data_key FROM subscribers WHERE key = ? AND removed = 0',
    subscriber,
  )?.data_key;
  if (key === undefined) return [];
  return sql
    .all<ConsentRow>('SELECT * FROM consents WHERE subscriber = ? ORDER BY row DESC LIMIT 500', subscriber)
    .map(({ category, channel, state, basis, at, by, evidence }) => ({
      ...{ category, channel, state, basis, at: instant(at), by, evidence: vault.open(key, evidence) },
    }));
}
