/** Personal links: a token names one confirmation and one purpose; only its hash is kept, for 7 days. */
import { instant } from '../../base/instant.ts';
import { confirmationId, type IncidentId, type SubscriberKey } from '../../model/ids.ts';
import type { DueNotice, LinkPurpose, LinkRecord } from './records.ts';
import type { Sql } from './sql.ts';
import { equalBytes, hashOf, type Vault } from './vault.ts';

export const linkLifeMs = 7 * 86_400_000;

export interface LinkWish {
  readonly incident: IncidentId;
  readonly subscriber: SubscriberKey;
  readonly purpose: LinkPurpose;
  /** 64 bit for SMS, else 128. */
  readonly short: boolean;
  readonly now: number;
}

export interface GrantedLink {
  readonly token: string;
  readonly expiresAt: number;
}

/** The same wish gives the same token; asking again makes it live longer. */
export function grantLink(sql: Sql, vault: Vault, wish: LinkWish): GrantedLink {
  const token = vault.token(confirmationId(wish.incident, wish.subscriber), wish.purpose, wish.short);
  const expiresAt = wish.now + linkLifeMs;
  sql.run(
    `INSERT INTO links (hash, incident, subscriber, purpose, expires_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at`,
    ...[linkHash(token), wish.incident, wish.subscriber, wish.purpose, expiresAt],
  );
  return { token, expiresAt };
}

/** The links that notices carry, all at once. */
export function grantLinks(sql: Sql, notices: readonly DueNotice[], now: number): void {
  const links = notices.map(({ token, incident, subscriber, purpose }) => [
    ...[Buffer.from(linkHash(token)).toString('hex'), incident, subscriber, purpose],
  ]);
  sql.run(
    `INSERT INTO links (hash, incident, subscriber, purpose, expires_at)
     SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, ? FROM json_each(?) WHERE true
     ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at`,
    ...[now + linkLifeMs, JSON.stringify(links)],
  );
}

/** All that may have been given for these, whoever holds them. */
export function forgetLinks(sql: Sql, vault: Vault, confirmations: readonly string[]): void {
  const hashes = confirmations.flatMap((confirmation) =>
    (['request', 'confirm'] as const).flatMap((purpose) =>
      [true, false].map((short) =>
        Buffer.from(linkHash(vault.token(confirmation, purpose, short))).toString('hex'),
      ),
    ),
  );
  sql.run('DELETE FROM links WHERE hash IN (SELECT unhex(value) FROM json_each(?))', JSON.stringify(hashes));
}

/** 128 bit of the token's hash; the table is written at random places, so its rows are kept small. */
const linkHash = (token: string): Uint8Array => hashOf(token).subarray(0, 16);

/** The same answer for unknown and expired tokens; the work done is the same too. */
export function findLink(sql: Sql, token: string, now: number): LinkRecord | undefined {
  const hash = linkHash(token);
  const row = sql.get<LinkRow>('SELECT * FROM links WHERE hash = ?', hash);
  const isRight = equalBytes(row?.hash ?? new Uint8Array(hash.length), hash);
  if (row === undefined || !isRight || row.expires_at <= now) return undefined;
  const { subscriber, incident, purpose } = row;
  return {
    confirmation: confirmationId(incident, subscriber),
    subscriber,
    incident,
    purpose,
    expiresAt: instant(row.expires_at),
  };
}

interface LinkRow {
  readonly hash: Uint8Array;
  readonly incident: IncidentId;
  readonly subscriber: SubscriberKey;
  readonly purpose: LinkPurpose;
  readonly expires_at: number;
}

/** Forgets links and credentials past their time; answers how many. */
export function forgetExpired(sql: Sql, now: number): number {
  return sql.transaction(
    () =>
      sql.run('DELETE FROM links WHERE expires_at <= ?', now) +
      sql.run('DELETE FROM credentials WHERE expires_at IS NOT NULL AND expires_at <= ?', now),
  );
}
