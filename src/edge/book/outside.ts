/** Records that other systems handed in by the TM Forum APIs: whole, or what they say beyond a record of our own. */

import type { OutsideGone, OutsideRecord, OutsideWrite } from '../../model/outside.ts';
import { writeAudit } from './audit.ts';
import { feedOutside } from './hub-feed.ts';
import type { Page } from './records.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/** Of one kind; what comes above is refused until something is deleted. */
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
export function keepOutside(sql: Sql, vault: Vault, write: OutsideWrite): 'kept' | 'full' {
  const { kind, id, at, by, news } = write;
  return sql.transaction(() => {
    const isNew = sql.get('SELECT 1 FROM outside WHERE kind = ? AND id = ?', kind, id) === undefined;
    const held = sql.get<{ n: number }>('SELECT count(*) AS n FROM outside WHERE kind = ?', kind)?.n ?? 0;
    if (isNew && held >= mostOfKind) {
      if (write.replacesOldest !== true) return 'full';
      sql.run(
        'DELETE FROM outside WHERE row = (SELECT row FROM outside WHERE kind = ? ORDER BY row LIMIT 1)',
        kind,
      );
    }
    const { dataKey, sealed } = vault.sealNew(write.body);
    const external = write.external === undefined ? undefined : vault.index(write.external);
    sql.run(
      `INSERT INTO outside (kind, id, external, is_own, changed_at, data_key, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET external = coalesce(excluded.external, external), is_own = excluded.is_own,
         changed_at = excluded.changed_at, removed_at = NULL, data_key = excluded.data_key, body = excluded.body`,
      ...[kind, id, external, write.isOwn ? 1 : 0, at, dataKey, sealed],
    );
    if (news !== undefined)
      feedOutside(sql, vault, { kind, id, at, news, body: write.isOwn ? undefined : write.body });
    writeAudit(sql, [
      { at, actor: by, action: isNew ? 'keepOutside' : 'changeOutside', target: `${kind}/${id}` },
    ]);
    return 'kept';
  });
}

/** Of a record of our own a mark stays that hides it. */
export function dropOutside(sql: Sql, vault: Vault, { kind, id, at, by, isOwn }: OutsideGone): void {
  sql.transaction(() => {
    sql.run('DELETE FROM outside WHERE kind = ? AND id = ?', kind, id);
    if (isOwn) {
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
