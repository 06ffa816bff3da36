/** What subscribers wrote to us: free text lives here only, sealed under their own key (design L18). */
import { Fault } from '../../base/fault.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

const longestText = 10_000;

export interface NewContact {
  /** Random, drawn by the caller of the book. */
  readonly id: string;
  readonly subscriber: number;
  readonly at: number;
  /** Cut at 10,000 characters. */
  readonly text: string;
}

/** Refuses a subscriber the book does not know; the id then goes with the input to the line. */
export function addContact(sql: Sql, vault: Vault, contact: NewContact): void {
  const row = sql.get<{ data_key?: Uint8Array | undefined }>(
    'SELECT data_key FROM subscribers WHERE key = ? AND removed = 0',
    contact.subscriber,
  );
  if (row?.data_key === undefined)
    throw new Fault('book/unknown-subscriber', `the book has no subscriber ${contact.subscriber}`);
  sql.run(
    'INSERT INTO contacts (id, subscriber, at, body) VALUES (?, ?, ?, ?)',
    ...[
      contact.id,
      contact.subscriber,
      contact.at,
      vault.seal(row.data_key, contact.text.slice(0, longestText)),
    ],
  );
}

/** undefined when there is no such row, or its subscriber was erased. */
export function contactText(sql: Sql, vault: Vault, id: string): string | undefined {
  const row = sql.get<{ body: Uint8Array; data_key?: Uint8Array | undefined }>(
    'SELECT c.body, s.data_key FROM contacts AS c JOIN subscribers AS s ON s.key = c.subscriber WHERE c.id = ?',
    id,
  );
  return row?.data_key === undefined ? undefined : vault.open(row.data_key, row.body);
}
