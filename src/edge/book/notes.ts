/** What people wrote about alarms: free text lives here only, each row sealed under a key of its own (design L18). */
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/** Beyond it a note is cut. */
const longestNote = 4_000;

export interface NewNote {
  /** Random, drawn by the caller of the book; goes with the command to the line. */
  readonly id: string;
  readonly at: number;
  readonly text: string;
}

export function addNote(sql: Sql, vault: Vault, { id, at, text }: NewNote): void {
  const { dataKey, sealed } = vault.sealNew(text.slice(0, longestNote));
  sql.run('INSERT INTO notes (id, at, data_key, body) VALUES (?, ?, ?, ?)', id, at, dataKey, sealed);
}

/** Texts by id; ids without a row are left out. */
export function noteTexts(sql: Sql, vault: Vault, ids: readonly string[]): ReadonlyMap<string, string> {
  if (ids.length === 0) return new Map();
  const rows = sql.all<{ id: string; data_key: Uint8Array; body: Uint8Array }>(
    'SELECT id, data_key, body FROM notes WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(ids),
  );
  return new Map(rows.map(({ id, data_key: key, body }) => [id, vault.open(key, body)]));
}
