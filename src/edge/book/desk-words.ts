/** What is said on tickets between us and the ticket system: texts of ours on their way there, and what was written there. */
import { neverHappens } from '../../base/fault.ts';
import type { Instant } from '../../base/instant.ts';
import type { NewTicketWords, TicketWords } from '../../model/ticket-words.ts';
import { contactText } from './contacts.ts';
import type { DeskWordsJob, DeskWordsSettlement } from './records.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

const longestText = 10_000;
/** Tickets below one that a text goes onto at once. */
const mostBelow = 10_000;
/** Of all; beyond it the oldest that wait for nothing are forgotten. */
const mostKept = 500_000;

export interface NewDeskWords extends NewTicketWords {
  /** Random, drawn by the caller of the book. */
  readonly id: string;
  readonly at: Instant;
}

/** Queues a text for the desk; answers onto how many tickets. */
export function addDeskWords(sql: Sql, vault: Vault, words: NewDeskWords): number {
  const { dataKey, sealed } = vault.sealNew(words.text.slice(0, longestText));
  const { id, at, author, audience, ticket } = words;
  const which = words.below
    ? `t.record ->> 'parent' = ? AND t.incident = (SELECT incident FROM tickets WHERE id = ?)
         AND t.status NOT IN ('closed', 'cancelled', 'rejected')`
    : 't.id = ? AND t.id = ?';
  return sql.transaction(() => {
    sql.run(
      `INSERT INTO desk_words (key, ticket, at, author, audience, state, attempts, due_at, data_key, body)
       SELECT ? || '.' || t.row, t.id, ?, ?, ?, 'queued', 0, ?, ?, ? FROM tickets AS t WHERE ${which} ORDER BY t.row LIMIT ?`,
      ...[id, at, author, audience, at, dataKey, sealed, ticket, ticket, mostBelow],
    );
    const added = sql.get<{ n: number }>('SELECT changes() AS n')?.n ?? 0;
    forgetOldest(sql);
    return added;
  });
}

function forgetOldest(sql: Sql): void {
  sql.run(
    "DELETE FROM desk_words WHERE state <> 'queued' AND row <= (SELECT max(row) FROM desk_words) - ?",
    mostKept,
  );
}

/** A ticket that the desk does not have yet keeps its texts waiting. */
export function dueDeskWords(
  sql: Sql,
  vault: Vault,
  due: { readonly limit: number; readonly now: number },
): readonly DeskWordsJob[] {
  return sql
    .all<Omit<DeskWordsJob, 'text'> & { readonly data_key: Uint8Array; readonly body: Uint8Array }>(
      `SELECT w.key, t.external, w.audience, w.attempts, w.data_key, w.body FROM desk_words AS w
       JOIN tickets AS t ON t.id = w.ticket
       WHERE w.state = 'queued' AND w.due_at <= ? AND t.external IS NOT NULL ORDER BY w.due_at, w.row LIMIT ?`,
      ...[due.now, due.limit],
    )
    .map(({ data_key: dataKey, body, ...job }) => ({ ...job, text: vault.open(dataKey, body) }));
}

export function settleDeskWords(sql: Sql, results: readonly DeskWordsSettlement[]): void {
  sql.transaction(() => {
    for (const result of results) {
      switch (result.kind) {
        case 'stored':
          sql.run("UPDATE desk_words SET state = 'stored', reason = NULL WHERE key = ?", result.key);
          break;
        case 'retry':
          sql.run(
            'UPDATE desk_words SET attempts = attempts + 1, due_at = ?, reason = ? WHERE key = ?',
            ...[result.at, result.reason, result.key],
          );
          break;
        case 'refused':
          sql.run(
            "UPDATE desk_words SET state = 'refused', reason = ? WHERE key = ?",
            ...[result.reason, result.key],
          );
          break;
        default:
          neverHappens(result);
      }
    }
  });
}

/** What was written in the desk: text of staff, or the row of what a subscriber said (design L18). */
export function keepHeardWords(
  sql: Sql,
  vault: Vault,
  heard: {
    readonly key: string;
    readonly ticket: string;
    readonly at: Instant;
    readonly by: 'subscriber' | 'staff';
    readonly text?: string | undefined;
    readonly contact?: string | undefined;
  },
): void {
  const made = heard.text === undefined ? undefined : vault.sealNew(heard.text.slice(0, longestText));
  sql.run(
    `INSERT INTO desk_words (key, ticket, at, author, audience, state, attempts, due_at, contact, data_key, body)
     VALUES (?, ?, ?, ?, 'staff', 'heard', 0, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    ...[heard.key, heard.ticket, heard.at, heard.by, heard.at],
    ...[heard.contact, made?.dataKey, made?.sealed],
  );
  forgetOldest(sql);
}

export const isHeard = (sql: Sql, key: string): boolean =>
  sql.get('SELECT 1 FROM desk_words WHERE key = ?', key) !== undefined;

interface HeldWords extends Omit<TicketWords, 'text'> {
  readonly contact?: string | undefined;
  readonly data_key?: Uint8Array | undefined;
  readonly body?: Uint8Array | undefined;
}

/** The latest of a ticket, oldest first. */
export function deskWordsOf(sql: Sql, vault: Vault, ticket: string, most: number): readonly TicketWords[] {
  return sql
    .all<HeldWords>('SELECT * FROM desk_words WHERE ticket = ? ORDER BY row DESC LIMIT ?', ...[ticket, most])
    .map(({ at, author, audience, state, reason, contact, data_key: dataKey, body }) => ({
      ...{ at, author, audience, state, reason },
      text:
        contact !== undefined
          ? contactText(sql, vault, contact)
          : dataKey === undefined || body === undefined
            ? undefined
            : vault.open(dataKey, body),
    }))
    .reverse();
}

const cursorName = 'desk cursor';

/** How far what happens in that desk is known. */
export function deskCursor(sql: Sql, desk: string): string | undefined {
  const value = sql.get<{ value: string }>('SELECT value FROM meta WHERE name = ?', cursorName)?.value;
  return value?.startsWith(`${desk} `) === true ? value.slice(desk.length + 1) : undefined;
}

export function keepDeskCursor(sql: Sql, desk: string, cursor: string): void {
  sql.run(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ...[cursorName, `${desk} ${cursor}`],
  );
}
