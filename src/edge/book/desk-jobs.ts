/** Tickets that the operator's ticket system must hear of: one row a ticket, the newest state wins. */
import { neverHappens } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import { contactText } from './contacts.ts';
import { incidentById, ticketById } from './queries.ts';
import type { DeskJob, DeskSettlement } from './records.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

interface DeskRow {
  readonly ticket: string;
  readonly version: number;
  readonly attempts: number;
}

export function dueDeskJobs(
  sql: Sql,
  vault: Vault,
  due: { readonly limit: number; readonly now: number },
): readonly DeskJob[] {
  const rows = sql.all<DeskRow>(
    "SELECT ticket, version, attempts FROM desk_jobs WHERE state = 'queued' AND due_at <= ? ORDER BY due_at LIMIT ?",
    ...[due.now, due.limit],
  );
  return rows.flatMap((row) => {
    const ticket = ticketById(sql, row.ticket);
    if (ticket === undefined) return [];
    const incident = ticket.incident === undefined ? undefined : incidentById(sql, ticket.incident)?.incident;
    const text = ticket.contact === undefined ? undefined : contactText(sql, vault, ticket.contact);
    return [{ ticket, version: row.version, attempts: row.attempts, incident, text }];
  });
}

/** A job that was asked for again meanwhile stays queued: its version is newer than the one settled. */
export function settleDesk(sql: Sql, results: readonly DeskSettlement[]): void {
  sql.transaction(() => {
    for (const result of results) {
      const where = 'WHERE ticket = ? AND version = ?';
      switch (result.kind) {
        case 'stored':
          sql.run(
            `UPDATE desk_jobs SET state = 'stored', reason = NULL ${where}`,
            result.ticket,
            result.version,
          );
          sql.run('UPDATE tickets SET external = ? WHERE id = ?', result.external, result.ticket);
          break;
        case 'retry':
          sql.run(
            `UPDATE desk_jobs SET attempts = attempts + 1, due_at = ?, reason = ? ${where}`,
            ...[instant(result.at), result.reason, result.ticket, result.version],
          );
          break;
        case 'refused':
          sql.run(
            `UPDATE desk_jobs SET state = 'refused', reason = ? ${where}`,
            result.reason,
            result.ticket,
            result.version,
          );
          break;
        default:
          neverHappens(result);
      }
    }
  });
}
