/** Tickets that the operator's ticket system must hear of: one row a ticket, the newest state wins. */
import { neverHappens } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import type { Ticket } from '../../model/ticket.ts';
import { contactText } from './contacts.ts';
import { incidentById } from './queries.ts';
import type { DeskJob, DeskSettlement } from './records.ts';
import type { Sql } from './sql.ts';
import { ticketById } from './tickets.ts';
import type { Vault } from './vault.ts';

interface DeskRow {
  readonly ticket: string;
  readonly version: number;
  readonly attempts: number;
  readonly external?: string | undefined;
  readonly parent?: string | undefined;
  readonly linked?: string | undefined;
}

// In the order of its index: with tens of thousands waiting, none of them is looked at but those that are due first.
const selectDue = `
SELECT j.ticket, j.version, j.attempts, j.linked, t.external,
  (SELECT p.external FROM tickets AS p WHERE p.id = t.record ->> 'parent') AS parent
FROM desk_jobs AS j JOIN tickets AS t ON t.id = j.ticket WHERE j.state = 'queued' AND j.below = ? AND j.due_at <= ?
  AND NOT EXISTS (SELECT 1 FROM desk_jobs AS above JOIN tickets AS p ON p.id = above.ticket
    WHERE above.ticket = t.record ->> 'parent' AND above.state = 'queued' AND p.external IS NULL)
ORDER BY j.due_at LIMIT ?`;

/**
 * Incidents' tickets first: a subscriber's waits until the desk has the one above it, or has refused it. `contacts`: addresses of
 * subscribers may leave for the desk.
 */
export function dueDeskJobs(
  sql: Sql,
  vault: Vault,
  due: { readonly limit: number; readonly now: number; readonly contacts: boolean },
): readonly DeskJob[] {
  const rows: DeskRow[] = [];
  for (const below of [0, 1])
    if (rows.length < due.limit)
      rows.push(...sql.all<DeskRow>(selectDue, below, due.now, due.limit - rows.length));
  return rows.flatMap(({ version, attempts, external, parent, linked, ...row }) => {
    const ticket = ticketById(sql, row.ticket);
    if (ticket === undefined) return [];
    const incident = ticket.incident === undefined ? undefined : incidentById(sql, ticket.incident)?.incident;
    const text = ticket.contact === undefined ? undefined : contactText(sql, vault, ticket.contact);
    const subscriber =
      ticket.subscriber === undefined ? undefined : partyOf(sql, vault, ticket.subscriber, due.contacts);
    return [{ ticket, version, attempts, incident, text, external, parent, linked, subscriber }];
  });
}

function partyOf(sql: Sql, vault: Vault, key: number, withEmail: boolean): DeskJob['subscriber'] {
  const row = sql.get<{ id: string; data_key?: Uint8Array; contact?: Uint8Array }>(
    'SELECT id, data_key, contact FROM subscribers WHERE key = ? AND removed = 0',
    key,
  );
  if (row === undefined) return undefined;
  if (!withEmail || row.data_key === undefined || row.contact === undefined) return { id: row.id };
  const { email } = JSON.parse(vault.open(row.data_key, row.contact)) as { readonly email?: string };
  return { id: row.id, email };
}

/**
 * By what the desk calls it, or by our key on it while that is not known yet, as a ticket of ours; whether its newest state still
 * waits to be brought there.
 */
export function ticketInDesk(
  sql: Sql,
  { external, key }: { readonly external: string; readonly key?: string | undefined },
): { readonly ticket: Ticket; readonly isWaiting: boolean } | undefined {
  const by = (where: string, name: string) =>
    sql.get<{ id: string; state?: string | undefined }>(
      `SELECT t.id, j.state FROM tickets AS t LEFT JOIN desk_jobs AS j ON j.ticket = t.id
       WHERE ${where} ORDER BY t.row DESC LIMIT 1`,
      name,
    );
  const row = by('t.external = ?', external) ?? (key === undefined ? undefined : by('t.id = ?', key));
  const ticket = row === undefined ? undefined : ticketById(sql, row.id);
  return ticket === undefined ? undefined : { ticket, isWaiting: row?.state === 'queued' };
}

export const deskCounts = (sql: Sql): Readonly<Record<string, number>> =>
  Object.fromEntries(
    sql
      .all<{ state: string; n: number }>('SELECT state, count(*) AS n FROM desk_jobs GROUP BY state')
      .map(({ state, n }) => [state, n]),
  );

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
          // Whatever was asked for meanwhile: that is how it hangs there.
          sql.run('UPDATE desk_jobs SET linked = ? WHERE ticket = ?', result.linked, result.ticket);
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
