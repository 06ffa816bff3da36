/** Who may sign in: users with scrypt-hashed passwords; API keys, sessions and sign-in links by hash only. */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { World } from '../../base/world.ts';
import type { Account, Role } from './records.ts';
import type { Sql } from './sql.ts';
import { equalBytes, hashOf } from './vault.ts';

const derive = promisify(scrypt) as (password: string, salt: Uint8Array, length: number) => Promise<Buffer>;

export async function putUser(
  sql: Sql,
  world: World,
  user: Account & { readonly password: string },
): Promise<void> {
  const salt = world.randomBytes(16);
  const hash = await derive(user.password, salt, 32);
  sql.run(
    `INSERT INTO users (name, role, salt, hash, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name)
     DO UPDATE SET role = excluded.role, salt = excluded.salt, hash = excluded.hash`,
    ...[user.name, user.role, salt, new Uint8Array(hash), world.now()],
  );
}

/** The same time is spent on an unknown name as on a wrong password. */
export async function checkPassword(sql: Sql, name: string, password: string): Promise<Account | undefined> {
  const row = sql.get<{ role: Role; salt: Uint8Array; hash: Uint8Array }>(
    'SELECT role, salt, hash FROM users WHERE name = ?',
    name,
  );
  const hash = await derive(password, row?.salt ?? new Uint8Array(16), 32);
  return row !== undefined && equalBytes(row.hash, hash) ? { name, role: row.role } : undefined;
}

export function users(sql: Sql): readonly Account[] {
  return sql
    .all<{ name: string; role: Role }>('SELECT name, role FROM users ORDER BY name')
    .map(({ name, role }) => ({ name, role }));
}

export type CredentialKind = 'apiKey' | 'session' | 'signIn';

export interface NewCredential extends Account {
  readonly kind: CredentialKind;
  readonly label: string;
  readonly expiresAt?: number | undefined;
}

/** Makes the secret (256 bit, base64url) and answers it; it cannot be read again. */
export function issueCredential(sql: Sql, world: World, made: NewCredential): string {
  const secret = Buffer.from(world.randomBytes(32)).toString('base64url');
  sql.run(
    'INSERT INTO credentials (hash, kind, user, role, label, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[hashOf(secret), made.kind, made.name, made.role, made.label, world.now(), made.expiresAt],
  );
  return secret;
}

/** undefined for an unknown and for an expired secret alike; `once` also uses it up. */
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
  const row = sql.get<{ hash: Uint8Array; user: string; role: Role }>(
    'SELECT * FROM credentials WHERE hash = ? AND kind = ? AND (expires_at IS NULL OR expires_at > ?)',
    ...[hash, asked.kind, asked.now],
  );
  if (row === undefined || !equalBytes(row.hash, hash)) return undefined;
  if (asked.once && sql.run('DELETE FROM credentials WHERE hash = ?', hash) === 0) return undefined;
  return { name: row.user, role: row.role };
}

export function revokeCredential(sql: Sql, secret: string): boolean {
  return sql.run('DELETE FROM credentials WHERE hash = ?', hashOf(secret)) > 0;
}
