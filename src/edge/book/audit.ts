/** Who did what: rows that are only ever added, each chained to the one before by SHA-256. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical.ts';
import { pageOf } from './paging.ts';
import type { AuditEntry, Page, PageRequest } from './records.ts';
import type { Sql } from './sql.ts';

interface AuditRow {
  readonly row: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
  readonly previous: string;
  readonly hash: string;
}

/** Call inside the transaction of the deed. */
export function writeAudit(sql: Sql, entries: readonly AuditEntry[]): void {
  for (const entry of entries) {
    const previous =
      sql.get<{ hash: string }>('SELECT hash FROM audit ORDER BY row DESC LIMIT 1')?.hash ?? '';
    const detail = canonicalJson(entry.detail ?? {});
    const row = {
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      target: entry.target,
      detail,
      previous,
    };
    sql.run(
      'INSERT INTO audit (at, actor, action, target, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[row.at, row.actor, row.action, row.target, detail, previous, hashOfRow(row)],
    );
  }
}

/** Walks the whole chain; `brokenAt` is the number of the first row that was changed, added or taken away. */
export function verifyAudit(sql: Sql): { readonly rows: number; readonly brokenAt?: number | undefined } {
  let previous = '';
  let rows = 0;
  for (const row of sql.iterate<AuditRow>('SELECT * FROM audit ORDER BY row')) {
    rows++;
    if (row.row !== rows || row.previous !== previous || row.hash !== hashOfRow(row))
      return { rows, brokenAt: rows };
    previous = row.hash;
  }
  return { rows };
}

export function auditPage(sql: Sql, request: PageRequest): Page<AuditEntry> {
  return pageOf<AuditRow, AuditEntry>(sql, request, {
    from: 'audit',
    where: '1',
    values: [],
    item: ({ at, actor, action, target, detail }) => ({
      at: at as AuditEntry['at'],
      actor,
      action,
      target,
      detail: JSON.parse(detail) as Readonly<Record<string, unknown>>,
    }),
  });
}

function hashOfRow(row: Omit<AuditRow, 'row' | 'hash'>): string {
  const { at, actor, action, target, detail, previous } = row;
  return createHash('sha256')
    .update(canonicalJson([previous, at, actor, action, target, detail]))
    .digest('hex');
}
