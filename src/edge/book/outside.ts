/** Records that other systems handed in by the TM Forum APIs: whole, or what they say beyond a record of our own. */

import type { OutsideGone, OutsideRecord, OutsideWrite } from '../../model/outside.ts';
import { writeAudit } from './audit.ts';
import { feedOutside } from './hub-feed.ts';
import type { Page } from './records.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/**
 * Of one kind, records from outside and notes on our own apart. More records are refused until one is deleted; a note more
 * makes place for itself, for an alarm must be raised whatever was said of those before.
 */
const mostOfKind = 10_000;

interface OutsideRow {
  readonly kind: string;
  readonly id: string;
  readonly is_own: number;
  readonly changed_at: number;
  readonly removed_at?: number | undefined;
  readonly data_key: Uint8Array;
  readonly body: Uint8Array;
}

/** Sealed under a key of its own, for names and numbers of people may stand in it. Audited, and told to the hubs. */
export function keepOutside(sql: Sql, vault: Vault, write: OutsideWrite): 'kept' | 'full' | 'taken' {
  const { kind, id, at, by, news, isOwn } = write;
  const external = typeof write.external === 'string' ? vault.index(write.external) : undefined;
  return sql.transaction(() => {
    const isNew = sql.get('SELECT 1 FROM outside WHERE kind = ? AND id = ?', kind, id) === undefined;
    const namesake = 'SELECT 1 FROM outside WHERE kind = ? AND external = ? AND id <> ?';
    if (external !== undefined && sql.get(namesake, kind, external, id) !== undefined) return 'taken';
    if (isNew && heldOf(sql, { kind, isOwn }) >= mostOfKind) {
      if (!isOwn && write.replacesOldest !== true) return 'full';
      forgetOldest(sql, { kind, isOwn });
    }
    const { dataKey, sealed } = vault.sealNew(write.body);
    sql.run(
      `INSERT INTO outside (kind, id, external, is_own, changed_at, data_key, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET external = iif(?, excluded.external, external), is_own = excluded.is_own,
         changed_at = excluded.changed_at, removed_at = NULL, data_key = excluded.data_key, body = excluded.body`,
      ...[kind, id, external, isOwn ? 1 : 0, at, dataKey, sealed, write.external === undefined ? 0 : 1],
    );
    if (news !== undefined)
      feedOutside(sql, vault, { kind, id, at, news, body: isOwn ? undefined : write.body });
    writeAudit(sql, [
      { at, actor: by, action: isNew ? 'keepOutside' : 'changeOutside', target: `${kind}/${id}` },
    ]);
    return 'kept';
  });
}

interface Drawer {
  readonly kind: string;
  readonly isOwn: boolean;
}

const heldOf = (sql: Sql, { kind, isOwn }: Drawer): number =>
  sql.get<{ n: number }>(
    'SELECT count(*) AS n FROM outside WHERE kind = ? AND is_own = ?',
    ...[kind, isOwn ? 1 : 0],
  )?.n ?? 0;

/** Of a kind that is kept for looking up it was to be expected; of a note it is counted. */
function forgetOldest(sql: Sql, { kind, isOwn }: Drawer): void {
  sql.run(
    'DELETE FROM outside WHERE row = (SELECT min(row) FROM outside WHERE kind = ? AND is_own = ?)',
    ...[kind, isOwn ? 1 : 0],
  );
  if (!isOwn) return;
  sql.run(
    "INSERT INTO meta (name, value) VALUES ('outsideNotesForgotten', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
  );
}

/** Of a record of our own a mark stays that hides it. */
export function dropOutside(sql: Sql, vault: Vault, { kind, id, at, by, isOwn }: OutsideGone): void {
  sql.transaction(() => {
    sql.run('DELETE FROM outside WHERE kind = ? AND id = ?', kind, id);
    if (isOwn) {
      if (heldOf(sql, { kind, isOwn }) >= mostOfKind) forgetOldest(sql, { kind, isOwn });
      const { dataKey, sealed } = vault.sealNew('{}');
      sql.run(
        'INSERT INTO outside (kind, id, is_own, changed_at, removed_at, data_key, body) VALUES (?, ?, 1, ?, ?, ?, ?)',
        ...[kind, id, at, at, dataKey, sealed],
      );
    }
    feedOutside(sql, vault, { kind, id, at, news: 'delete' });
    writeAudit(sql, [{ at, actor: by, action: 'dropOutside', target: `${kind}/${id}` }]);
  });
}

/** By id, hidden ones too. */
export function outside(
  sql: Sql,
  vault: Vault,
  kind: string,
  ids: readonly string[],
): readonly OutsideRecord[] {
  return sql
    .all<OutsideRow>(
      'SELECT * FROM outside WHERE kind = ? AND id IN (SELECT value FROM json_each(?))',
      ...[kind, JSON.stringify(ids)],
    )
    .map((row) => recordOf(vault, row));
}

/** The one that came with this key of the sender's. */
export function outsideByExternal(
  sql: Sql,
  vault: Vault,
  kind: string,
  external: string,
): OutsideRecord | undefined {
  const row = sql.get<OutsideRow>(
    'SELECT * FROM outside WHERE kind = ? AND external = ?',
    ...[kind, vault.index(external)],
  );
  return row === undefined ? undefined : recordOf(vault, row);
}

/** Those that are no records of our own, newest first. */
export function outsidePage(
  sql: Sql,
  vault: Vault,
  { kind, limit, offset }: { readonly kind: string; readonly limit: number; readonly offset: number },
): Page<OutsideRecord> & { readonly hidden: number } {
  const counted = sql.get<{ n: number; hidden: number }>(
    'SELECT sum(is_own = 0) AS n, sum(removed_at IS NOT NULL) AS hidden FROM outside WHERE kind = ?',
    kind,
  );
  const rows = sql.all<OutsideRow>(
    'SELECT * FROM outside WHERE kind = ? AND is_own = 0 ORDER BY row DESC LIMIT ? OFFSET ?',
    ...[kind, limit, offset],
  );
  return {
    items: rows.map((row) => recordOf(vault, row)),
    total: counted?.n ?? 0,
    hidden: counted?.hidden ?? 0,
  };
}

const recordOf = (vault: Vault, row: OutsideRow): OutsideRecord => ({
  id: row.id,
  isOwn: row.is_own === 1,
  changedAt: row.changed_at,
  removedAt: row.removed_at,
  body: vault.open(row.data_key, row.body),
});
