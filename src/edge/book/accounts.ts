/** Proofs of who calls: API keys, sessions and sign-in links, each 256 random bits of which only the hash is kept. */
import type { World } from '../../base/world.ts';
import type { Account, Role } from './records.ts';
import type { Sql } from './sql.ts';
import { equalBytes, hashOf } from './vault.ts';

export type CredentialKind = 'apiKey' | 'session' | 'signIn';

export interface NewCredential extends Account {
  readonly kind: CredentialKind;
  readonly label: string;
  readonly expiresAt?: number | undefined;
}

/** Whom the link of a start signs in: nobody in the list of users, and no name that one of them may have. */
export const starter = 'administrator';

/** Makes the secret (256 bit, base64url) and answers it; it cannot be read again. */
export function issueCredential(sql: Sql, world: World, made: NewCredential): string {
  const secret = Buffer.from(world.randomBytes(32)).toString('base64url');
  sql.run(
    'INSERT INTO credentials (hash, kind, user, role, label, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[hashOf(secret), made.kind, made.name, made.role, made.label, world.now(), made.expiresAt],
  );
  return secret;
}

/** A key that is used all the time is not written all the time. */
const usedEveryMs = 60_000;

/**
 * undefined for an unknown and for an expired secret alike; `once` also uses it up. A session and a sign-in link are worth
 * what their user is worth now; a key has a role of its own.
 */
export function checkCredential(
  sql: Sql,
  asked: {
    readonly kind: CredentialKind;
    readonly secret: string;
    readonly now: number;
    readonly once: boolean;
  },
): Account | undefined {
  const hash = hashOf(asked.secret);
  const row = sql.get<CredentialRow>(
    `SELECT c.hash, c.user, c.role, c.used_at, u.role AS own, u.disabled_at FROM credentials c
     LEFT JOIN users u ON u.name = c.user AND c.kind <> 'apiKey'
     WHERE c.hash = ? AND c.kind = ? AND (c.expires_at IS NULL OR c.expires_at > ?)`,
    ...[hash, asked.kind, asked.now],
  );
  if (row === undefined || !equalBytes(row.hash, hash)) return undefined;
  const role = asked.kind === 'apiKey' || row.user === starter ? row.role : row.own;
  if (role === undefined || row.disabled_at !== undefined) return undefined;
  if (asked.once && sql.run('DELETE FROM credentials WHERE hash = ?', hash) === 0) return undefined;
  if (asked.kind === 'signIn')
    sql.run('UPDATE users SET signed_in_at = ? WHERE name = ?', asked.now, row.user);
  if (asked.kind === 'apiKey' && (row.used_at === undefined || row.used_at <= asked.now - usedEveryMs))
    sql.run('UPDATE credentials SET used_at = ? WHERE hash = ?', asked.now, hash);
  return { name: row.user, role };
}

interface CredentialRow {
  readonly hash: Uint8Array;
  readonly user: string;
  readonly role: Role;
  readonly used_at: number | undefined;
  /** Of the user now. */
  readonly own: Role | undefined;
  readonly disabled_at: number | undefined;
}

export function revokeCredential(sql: Sql, secret: string): boolean {
  return sql.run('DELETE FROM credentials WHERE hash = ?', hashOf(secret)) > 0;
}
