/** API keys for programs: each with a role of its own, a name, perhaps an end. */
import type { Instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { AddedKey, KeyRecord } from '../../model/account.ts';
import { issueCredential } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { AuditEntry, Role } from './records.ts';
import type { Sql } from './sql.ts';

const mostKeys = 200;

export interface NewKey extends Pick<KeyRecord, 'name' | 'role' | 'expiresAt'> {
  readonly audit: AuditEntry;
}

export interface GoneKey {
  readonly name: string;
  readonly audit: AuditEntry;
}

/** What a program does is on record under this: no user can be called so. */
const accountOf = (name: string): string => `key:${name}`;

/** The secret is in this answer and nowhere else. */
export function addKey(sql: Sql, world: World, made: NewKey): AddedKey {
  return sql.transaction(() => {
    const known = keys(sql, world.now());
    const folded = made.name.toLowerCase();
    if (known.some(({ name }) => name.toLowerCase() === folded)) return { kind: 'taken' };
    if (known.length >= mostKeys) return { kind: 'tooMany', most: mostKeys };
    const { role, expiresAt, audit } = made;
    const account = { name: accountOf(made.name), role, label: audit.actor };
    const secret = issueCredential(sql, world, { ...account, kind: 'apiKey', expiresAt });
    writeAudit(sql, [audit]);
    const key = keys(sql, world.now()).find(({ name }) => name === made.name)!;
    return { kind: 'added', key, secret };
  });
}

/** Those that are not over, oldest first; never their secrets. */
export function keys(sql: Sql, now: Instant): readonly KeyRecord[] {
  return sql
    .all<KeyRow>(
      `SELECT user, role, label, created_at, expires_at, used_at FROM credentials
       WHERE kind = 'apiKey' AND (expires_at IS NULL OR expires_at > ?) ORDER BY created_at, user`,
      now,
    )
    .map((row) => ({
      name: row.user.replace(/^key:/, ''),
      role: row.role,
      createdAt: row.created_at,
      createdBy: row.label,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
    }));
}

interface KeyRow {
  readonly user: string;
  readonly role: Role;
  readonly label: string;
  readonly created_at: Instant;
  readonly expires_at: Instant | undefined;
  readonly used_at: Instant | undefined;
}

/** False: there is none of that name. */
export function revokeKey(sql: Sql, { name, audit }: GoneKey): boolean {
  return sql.transaction(() => {
    const account = accountOf(name);
    if (sql.run("DELETE FROM credentials WHERE kind = 'apiKey' AND user = ?", account) === 0) return false;
    writeAudit(sql, [audit]);
    return true;
  });
}
