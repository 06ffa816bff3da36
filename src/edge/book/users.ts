/** People who may sign in. Each deed and its record are one transaction; an administrator is left in any case. */
import type { Instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { SignInOutcome, UserChange, UserOutcome, UserRecord } from '../../model/account.ts';
import { issueCredential } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { AuditEntry, Role } from './records.ts';
import type { Sql } from './sql.ts';

const mostUsers = 1_000;

export interface NewUser extends Pick<UserRecord, 'name' | 'role' | 'language'> {
  readonly audit: AuditEntry;
}

export interface AuditedChange extends UserChange {
  readonly name: string;
  readonly audit: AuditEntry;
}

export interface Gone {
  readonly name: string;
  readonly audit: AuditEntry;
}

export interface NewSignIn extends Gone {
  readonly expiresAt: Instant;
}

export function users(sql: Sql): readonly UserRecord[] {
  return sql.all<UserRow>('SELECT * FROM users ORDER BY folded').map(fromRow);
}

/** How many people can let go what waits for a second one. */
export function releasers(sql: Sql): number {
  const asked = "SELECT count(*) AS count FROM users WHERE disabled_at IS NULL AND role <> 'viewer'";
  return sql.get<{ count: number }>(asked)?.count ?? 0;
}

/** Names that differ in capitals only are one name: two people of that name would be one on record. */
export function addUser(sql: Sql, { name, role, language, audit }: NewUser): UserOutcome {
  return sql.transaction(() => {
    const folded = name.toLowerCase();
    if (sql.get('SELECT 1 FROM users WHERE folded = ?', folded) !== undefined) return { kind: 'taken' };
    if (users(sql).length >= mostUsers) return { kind: 'tooMany', most: mostUsers };
    sql.run(
      'INSERT INTO users (name, folded, role, language, created_at) VALUES (?, ?, ?, ?, ?)',
      ...[name, folded, role, language, audit.at],
    );
    writeAudit(sql, [audit]);
    return { kind: 'done', user: find(sql, name)! };
  });
}

export function changeUser(sql: Sql, change: AuditedChange): UserOutcome {
  return sql.transaction(() => {
    const { name, audit } = change;
    const user = find(sql, name);
    if (user === undefined) return { kind: 'unknown' };
    const { role = user.role, language = user.language } = change;
    const isDisabled = change.isDisabled ?? user.disabledAt !== undefined;
    const stays = role === 'administrator' && !isDisabled;
    if (!stays && isLastAdministrator(sql, user)) return { kind: 'lastAdministrator' };
    const disabledAt = isDisabled ? (user.disabledAt ?? audit.at) : undefined;
    sql.run(
      'UPDATE users SET role = ?, language = ?, disabled_at = ? WHERE name = ?',
      ...[role, language, disabledAt, name],
    );
    if (isDisabled) endAll(sql, name);
    writeAudit(sql, [audit]);
    return { kind: 'done', user: find(sql, name)! };
  });
}

export function removeUser(sql: Sql, { name, audit }: Gone): UserOutcome {
  return sql.transaction(() => {
    const user = find(sql, name);
    if (user === undefined) return { kind: 'unknown' };
    if (isLastAdministrator(sql, user)) return { kind: 'lastAdministrator' };
    endAll(sql, name);
    sql.run('DELETE FROM users WHERE name = ?', name);
    writeAudit(sql, [audit]);
    return { kind: 'done', user };
  });
}

/** A new link that signs in once; the one before it, unless it was used, works no more. */
export function linkUser(sql: Sql, world: World, { name, expiresAt, audit }: NewSignIn): SignInOutcome {
  return sql.transaction(() => {
    const user = find(sql, name);
    if (user === undefined) return { kind: 'unknown' };
    if (user.disabledAt !== undefined) return { kind: 'disabled' };
    sql.run("DELETE FROM credentials WHERE user = ? AND kind = 'signIn'", name);
    const made = { name, role: user.role, kind: 'signIn', label: audit.actor, expiresAt } as const;
    const token = issueCredential(sql, world, made);
    writeAudit(sql, [audit]);
    return { kind: 'done', token };
  });
}

const endAll = (sql: Sql, name: string): void => {
  sql.run("DELETE FROM credentials WHERE user = ? AND kind <> 'apiKey'", name);
};

function isLastAdministrator(sql: Sql, user: UserRecord): boolean {
  if (user.role !== 'administrator' || user.disabledAt !== undefined) return false;
  const others =
    "SELECT 1 FROM users WHERE role = 'administrator' AND disabled_at IS NULL AND name <> ? LIMIT 1";
  return sql.get(others, user.name) === undefined;
}

function find(sql: Sql, name: string): UserRecord | undefined {
  const row = sql.get<UserRow>('SELECT * FROM users WHERE name = ?', name);
  return row === undefined ? undefined : fromRow(row);
}

interface UserRow {
  readonly name: string;
  readonly role: Role;
  readonly language: 'ru' | 'en';
  readonly created_at: Instant;
  readonly disabled_at: Instant | undefined;
  readonly signed_in_at: Instant | undefined;
}

const fromRow = (row: UserRow): UserRecord => ({
  name: row.name,
  role: row.role,
  language: row.language,
  createdAt: row.created_at,
  disabledAt: row.disabled_at,
  signedInAt: row.signed_in_at,
});
