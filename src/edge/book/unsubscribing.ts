/** "No more such mails" by one click (RFC 8058): the token in the mail says who, and is good for its category and channel alone. */
import type { Instant } from '../../base/instant.ts';
import type { ConsentCategory } from '../../model/subscriber.ts';
import { writeAudit } from './audit.ts';
import { isWithheld, putConsents } from './consents.ts';
import { mostTogether, sharedPoint } from './shared-points.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';
import { equalBytes, hashOf } from './vault.ts';

/** A mail is found and clicked long after the page of its outage is gone. */
const lifeDays = 180;
const dayMs = 86_400_000;
const whoBytes = 6;
/** Of base64url: six bytes that say who and since when, sixteen that prove it. */
const whoLength = 8;
const tokenLength = 30;

/** What one click withdraws. */
export interface Unsubscribing {
  readonly category: ConsentCategory;
  readonly channel: string;
}

export interface UnsubscribingBy extends Unsubscribing {
  readonly token: string;
  readonly now: Instant;
}

/** Nothing is stored for it, so that a million mails cost no row: subscriber, day, category and channel are signed. */
export function unsubscribeToken(
  vault: Vault,
  { subscriber, now, ...what }: Unsubscribing & { readonly subscriber: number; readonly now: number },
): string {
  const who = Buffer.alloc(whoBytes);
  who.writeUInt32BE(subscriber, 0);
  who.writeUInt16BE(Math.floor(now / dayMs) % 0x1_0000, 4);
  return tokenOf(vault, who, what);
}

const tokenOf = (vault: Vault, who: Buffer, { category, channel }: Unsubscribing): string =>
  who.toString('base64url') +
  vault.token(`${who.toString('hex')} ${category} ${channel}`, 'unsubscribe', false);

/** What such a token opens; the same answer for a forged, an old and another's. `language`: of the subscriber. */
export function unsubscription(
  sql: Sql,
  vault: Vault,
  asked: UnsubscribingBy,
): { readonly isWithdrawn: boolean; readonly language?: 'ru' | 'en' | undefined } | undefined {
  const found = addressee(sql, vault, asked);
  if (found === undefined) return undefined;
  return {
    isWithdrawn: isWithheld(found.withheld, asked.category, asked.channel),
    language: found.language === 'ru' || found.language === 'en' ? found.language : undefined,
  };
}

/**
 * Withdraws that category on that channel and nothing else; a second click changes nothing. A mail to an address that several
 * subscribers have speaks for them all, so all of them withdraw: as many as one message names at a call, `more` while there are others.
 */
export function unsubscribe(
  sql: Sql,
  vault: Vault,
  asked: UnsubscribingBy,
): 'withdrawn' | 'more' | 'already' | 'unknown' {
  return sql.transaction(() => {
    const found = addressee(sql, vault, asked);
    if (found === undefined) return 'unknown';
    const { category, channel, now: at } = asked;
    const open = stillTold(sql, found, asked);
    if (open.length === 0) return 'already';
    const consent = { category, channel, state: 'withdrawn', basis: 'consent' } as const;
    const said = { ...consent, at, by: 'subscriber', evidence: 'List-Unsubscribe' };
    for (const { key } of open) putConsents(sql, vault, { subscriber: key, consents: [said] });
    writeAudit(
      sql,
      open.map(({ id }) => ({ at, actor: 'subscriber', action: 'unsubscribe', target: id, detail: consent })),
    );
    return open.length >= mostTogether ? 'more' : 'withdrawn';
  });
}

interface Addressee {
  readonly key: number;
  readonly id: string;
  readonly language: string;
  readonly withheld: string;
}

/** Whoever has the address to which the mail went, as a first or as a further one, and has not withdrawn. */
function stillTold(sql: Sql, found: Addressee, { category, channel }: Unsubscribing): readonly Addressee[] {
  const point = sharedPoint(sql, found.key, 'email');
  const isTold = ({ withheld }: Addressee): boolean => !isWithheld(withheld, category, channel);
  const open = [found].filter(isTold);
  if (point === undefined) return open;
  const others = sql.iterate<Addressee>(
    `SELECT key, id, language, withheld FROM subscribers WHERE email_hash = ? AND key <> ? AND removed = 0
     UNION SELECT s.key, s.id, s.language, s.withheld FROM contact_points AS p JOIN subscribers AS s ON s.key = p.subscriber
       WHERE p.hash = ? AND s.key <> ? AND s.removed = 0`,
    ...[point, found.key, point, found.key],
  );
  for (const other of others) {
    if (open.length >= mostTogether) break;
    if (isTold(other)) open.push(other);
  }
  return open;
}

function addressee(sql: Sql, vault: Vault, { token, now, ...what }: UnsubscribingBy): Addressee | undefined {
  const who = Buffer.from(token.slice(0, whoLength), 'base64url');
  if (token.length !== tokenLength || who.length !== whoBytes) return undefined;
  if (!equalBytes(hashOf(tokenOf(vault, who, what)), hashOf(token))) return undefined;
  const age = (Math.floor(now / dayMs) - who.readUInt16BE(4)) & 0xffff;
  if (age > lifeDays) return undefined;
  return sql.get<Addressee>(
    'SELECT key, id, language, withheld FROM subscribers WHERE key = ? AND removed = 0',
    who.readUInt32BE(0),
  );
}
