/** Subscribers: stable keys, contact data sealed under a key of their own, found by a keyed hash of the phone. */

import type { SubscriberKey } from '../../model/ids.ts';
import type { SubscriberClass } from '../../model/incident.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import { writeAudit } from './audit.ts';
import { pageOf } from './paging.ts';
import type { AuditEntry, Page, PageRequest, SubscriberContact, SubscriberRecord } from './records.ts';
import type { Sql } from './sql.ts';
import { reachBits } from './tells.ts';
import type { Vault } from './vault.ts';

interface StoredSubscriber {
  readonly key: SubscriberKey;
  readonly id: string;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language: string;
  readonly zone: string;
  readonly opted_out: number;
  readonly digest: Uint8Array;
  readonly removed: number;
  readonly data_key?: Uint8Array | undefined;
  readonly contact?: Uint8Array | undefined;
}

/** What an import does to one subscriber; `dry` writes nothing. */
export function importRow(
  sql: Sql,
  vault: Vault,
  { row, isDry }: { row: SubscriberRow; isDry: boolean },
): 'added' | 'changed' | 'unchanged' {
  const found = sql.get<StoredSubscriber>(
    'SELECT key, digest, removed, data_key FROM subscribers WHERE id = ?',
    row.id,
  );
  const digest = vault.digest(contentOf(row));
  if (found !== undefined && found.removed === 0 && Buffer.compare(found.digest, digest) === 0) {
    return 'unchanged';
  }
  const kind = found === undefined || found.removed === 1 ? 'added' : 'changed';
  if (isDry) return kind;
  const { name, phone, email, address, attributes } = row;
  const content = JSON.stringify({ name, phone, email, address, attributes });
  const kept = found?.data_key;
  const { dataKey, sealed: contact } =
    kept === undefined ? vault.sealNew(content) : { dataKey: kept, sealed: vault.seal(kept, content) };
  const reach = (phone === undefined ? 0 : reachBits.phone) | (email === undefined ? 0 : reachBits.email);
  const columns = [
    row.resource,
    row.class,
    row.language ?? '',
    row.timezone ?? '',
    row.consent.join(' '),
    reach,
    digest,
    dataKey,
    contact,
  ];
  const phoneHash = phone === undefined ? undefined : vault.index(phone);
  if (found === undefined) {
    // Rows are never deleted, so the next key was never given before.
    sql.run(
      `INSERT INTO subscribers (resource, class, language, zone, consent, reach, digest, data_key, contact, phone_hash, id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[...columns, phoneHash, row.id],
    );
    return kind;
  }
  sql.run(
    `UPDATE subscribers SET resource = ?, class = ?, language = ?, zone = ?, consent = ?, reach = ?, digest = ?, data_key = ?,
       contact = ?, phone_hash = ?, removed = 0 WHERE key = ?`,
    ...[...columns, phoneHash, found.key],
  );
  return kind;
}

/** Equal for equal rows, in whatever order the columns stood. */
function contentOf(row: SubscriberRow): string {
  const { resource, name, language, phone, email, timezone, address, consent, attributes } = row;
  const others = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    resource,
    row.class,
    name,
    language,
    phone,
    email,
    timezone,
    address,
    consent,
    others,
  ]);
}

/** Erases contact data and its key (design L18); id and number stay, so that the number is never given again. */
export function eraseSubscriber(sql: Sql, key: number): void {
  sql.transaction(() => {
    sql.run(
      `UPDATE subscribers SET removed = 1, data_key = NULL, contact = NULL, phone_hash = NULL, reach = 0, consent = '' WHERE key = ?`,
      key,
    );
    sql.run('DELETE FROM contacts WHERE subscriber = ?', key);
  });
}

export interface Person {
  readonly id: string;
  readonly language: 'ru' | 'en' | undefined;
  readonly zone: string | undefined;
  readonly contact: SubscriberContact;
}

/** Without those who are unknown, removed or erased. */
export function peopleOf(sql: Sql, vault: Vault, keys: readonly number[]): Map<number, Person> {
  const rows = sql.all<Readonly<StoredSubscriber>>(
    `SELECT key, id, language, zone, data_key, contact FROM subscribers
     WHERE key IN (SELECT value FROM json_each(?)) AND removed = 0`,
    JSON.stringify(keys),
  );
  const people = new Map<number, Person>();
  for (const row of rows) {
    if (row.data_key === undefined || row.contact === undefined) continue;
    people.set(row.key, {
      id: row.id,
      language: languageOf(row),
      zone: row.zone === '' ? undefined : row.zone,
      contact: JSON.parse(vault.open(row.data_key, row.contact)) as SubscriberContact,
    });
  }
  return people;
}

const languageOf = (row: { readonly language: string }): 'ru' | 'en' | undefined =>
  row.language === 'ru' || row.language === 'en' ? row.language : undefined;

export interface SubscriberQuery extends PageRequest {
  readonly id?: string | undefined;
  readonly phone?: string | undefined;
  readonly resource?: string | undefined;
  readonly isBusiness?: boolean | undefined;
}

/** All conditions must hold; contact data comes masked. */
export function findSubscribers(sql: Sql, vault: Vault, query: SubscriberQuery): Page<SubscriberRecord> {
  const conditions: [string, string | number | Uint8Array][] = [];
  if (query.id !== undefined) conditions.push(['id = ?', query.id]);
  if (query.phone !== undefined) conditions.push(['phone_hash = ?', vault.index(query.phone)]);
  if (query.resource !== undefined) conditions.push(['resource = ?', query.resource]);
  if (query.isBusiness !== undefined) conditions.push(["(class = 'business') = ?", query.isBusiness ? 1 : 0]);
  return pageOf<StoredSubscriber, SubscriberRecord>(sql, query, {
    from: 'subscribers',
    rowOf: 'key',
    where: ['removed = 0', ...conditions.map(([text]) => text)].join(' AND '),
    values: conditions.map(([, value]) => value),
    item: (row) => masked(vault, row),
  });
}

export function subscriberByKey(sql: Sql, vault: Vault, key: number): SubscriberRecord | undefined {
  const row = sql.get<StoredSubscriber>('SELECT * FROM subscribers WHERE key = ? AND removed = 0', key);
  return row === undefined ? undefined : masked(vault, row);
}

/** Contact data in clear, with an audit row in the same transaction. */
export function revealSubscriber(
  sql: Sql,
  vault: Vault,
  asked: { key: number; audit: AuditEntry },
): SubscriberContact | undefined {
  return sql.transaction(() => {
    const person = peopleOf(sql, vault, [asked.key]).get(asked.key);
    if (person !== undefined) writeAudit(sql, [asked.audit]);
    return person?.contact;
  });
}

function masked(vault: Vault, row: StoredSubscriber): SubscriberRecord {
  const contact =
    row.data_key === undefined || row.contact === undefined
      ? undefined
      : (JSON.parse(vault.open(row.data_key, row.contact)) as SubscriberContact);
  return {
    key: row.key,
    id: row.id,
    resource: row.resource,
    class: row.class,
    language: languageOf(row),
    zone: row.zone === '' ? undefined : row.zone,
    phone: contact?.phone === undefined ? undefined : maskPhone(contact.phone),
    email: contact?.email === undefined ? undefined : maskEmail(contact.email),
    optedOut: row.opted_out === 1,
  };
}

/** `+7 *** ***-12-34`: the first digits and the last four. */
function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  const front = digits.startsWith('7') || digits.startsWith('1') ? digits.slice(0, 1) : digits.slice(0, 2);
  return `+${front} *** ***-${digits.slice(-4, -2)}-${digits.slice(-2)}`;
}

function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}***${email.slice(at)}`;
}
