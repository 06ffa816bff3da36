/** Subscribers: found by a keyed hash of the phone, shown masked, revealed with an audit row, erased for good. */

import type { SubscriberKey } from '../../model/ids.ts';
import type { SubscriberClass } from '../../model/incident.ts';
import { writeAudit } from './audit.ts';
import { pointsInUse, pointsOf } from './contact-points.ts';
import { maskEmail, maskPhone } from './masks.ts';
import { pageOf } from './paging.ts';
import type { AuditEntry, Page, PageRequest, SubscriberContact, SubscriberRecord } from './records.ts';
import { servicesOf } from './services.ts';
import type { Sql } from './sql.ts';
import type { Reach } from './tells.ts';
import type { Vault } from './vault.ts';

export interface StoredSubscriber {
  readonly key: SubscriberKey;
  readonly id: string;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language: string;
  readonly zone: string;
  readonly opted_out: number;
  readonly consent: string;
  readonly withheld: string;
  readonly services: string;
  readonly quiet: string;
  readonly quiet_listed: string;
  readonly digest: Uint8Array;
  readonly removed: number;
  readonly data_key?: Uint8Array | undefined;
  readonly contact?: Uint8Array | undefined;
}

/**
 * Erases contact data and its key (design L18); id and number stay, so that the number is never given again. `removed`: 1 of one
 * who is in the list no more, and 2 of one who was erased for good, whom no list brings back.
 */
export function eraseSubscriber(sql: Sql, key: number, removed: 1 | 2 = 1): void {
  sql.transaction(() => {
    sql.run(
      `UPDATE subscribers SET removed = ?, data_key = NULL, contact = NULL, phone_hash = NULL, email_hash = NULL, shares = 0, reach = 0, consent = '', services = '',
         withheld = '', quiet = '', quiet_listed = '' WHERE key = ?`,
      removed,
      key,
    );
    for (const table of [
      'contacts',
      'services',
      'contact_points',
      'bounces',
      'consents',
      'chats',
      'chat_codes',
    ])
      sql.run(`DELETE FROM ${table} WHERE subscriber = ?`, key);
  });
}

/** Every number that is known of them, in clear. */
export function phonesOf(sql: Sql, vault: Vault, key: number): readonly string[] {
  const row = sql.get<StoredSubscriber>('SELECT * FROM subscribers WHERE key = ?', key);
  if (row?.data_key === undefined || row.contact === undefined) return [];
  const firsts = JSON.parse(vault.open(row.data_key, row.contact)) as SubscriberContact;
  const points = pointsOf(sql, vault, { key, dataKey: row.data_key, firsts });
  return points.flatMap(({ kind, address }) => (kind === 'phone' ? [address] : []));
}

export interface Person {
  readonly id: string;
  readonly language: 'ru' | 'en' | undefined;
  readonly zone: string | undefined;
  readonly contact: SubscriberContact;
  readonly agreed: Pick<Reach, 'consent' | 'opted_out' | 'withheld'>;
}

/** Without those who are unknown, removed or erased. */
export function peopleOf(sql: Sql, vault: Vault, keys: readonly number[]): Map<number, Person> {
  const rows = sql.all<Readonly<StoredSubscriber>>(
    `SELECT key, id, language, zone, consent, opted_out, withheld, data_key, contact FROM subscribers
     WHERE key IN (SELECT value FROM json_each(?)) AND removed = 0`,
    JSON.stringify(keys),
  );
  const people = new Map<number, Person>();
  const opened = rows.flatMap((row) => {
    if (row.data_key === undefined || row.contact === undefined) return [];
    const contact = JSON.parse(vault.open(row.data_key, row.contact)) as SubscriberContact;
    return [{ row, key: row.key, dataKey: row.data_key, firsts: contact }];
  });
  const used = pointsInUse(sql, vault, opened);
  for (const { row, key, firsts } of opened) {
    people.set(key, {
      id: row.id,
      language: languageOf(row),
      zone: row.zone === '' ? undefined : row.zone,
      contact: { ...firsts, ...used.get(key) },
      agreed: { consent: row.consent, opted_out: row.opted_out, withheld: row.withheld },
    });
  }
  return people;
}

const languageOf = (row: { readonly language: string }): 'ru' | 'en' | undefined =>
  row.language === 'ru' || row.language === 'en' ? row.language : undefined;

export interface SubscriberQuery extends PageRequest {
  /** Services that ended before it are left out. */
  readonly now: number;
  readonly id?: string | undefined;
  readonly phone?: string | undefined;
  readonly resource?: string | undefined;
  readonly isBusiness?: boolean | undefined;
}

/** All conditions must hold; contact data comes masked. */
export function findSubscribers(sql: Sql, vault: Vault, query: SubscriberQuery): Page<SubscriberRecord> {
  const conditions: [string, ...(string | number | Uint8Array)[]][] = [];
  if (query.id !== undefined) conditions.push(['id = ?', query.id]);
  if (query.phone !== undefined) {
    const hash = vault.index(query.phone);
    const isFurther = 'key IN (SELECT subscriber FROM contact_points WHERE hash = ?)';
    conditions.push([`(phone_hash = ? OR ${isFurther})`, hash, hash]);
  }
  if (query.resource !== undefined) {
    const hasService = 'key IN (SELECT subscriber FROM services WHERE resource = ? AND to_at IS NULL)';
    conditions.push([`(resource = ? OR ${hasService})`, query.resource, query.resource]);
  }
  if (query.isBusiness !== undefined) conditions.push(["(class = 'business') = ?", query.isBusiness ? 1 : 0]);
  return pageOf<StoredSubscriber, SubscriberRecord>(sql, query, {
    from: 'subscribers',
    rowOf: 'key',
    where: ['removed = 0', ...conditions.map(([text]) => text)].join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
    item: (row) => masked(sql, vault, { row, now: query.now }),
  });
}

export function subscriberByKey(
  sql: Sql,
  vault: Vault,
  { key, now }: { readonly key: number; readonly now: number },
): SubscriberRecord | undefined {
  const row = sql.get<StoredSubscriber>('SELECT * FROM subscribers WHERE key = ? AND removed = 0', key);
  return row === undefined ? undefined : masked(sql, vault, { row, now });
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

function masked(
  sql: Sql,
  vault: Vault,
  { row, now }: { readonly row: StoredSubscriber; readonly now: number },
): SubscriberRecord {
  const { key, data_key: dataKey } = row;
  const contact =
    dataKey === undefined || row.contact === undefined
      ? undefined
      : (JSON.parse(vault.open(dataKey, row.contact)) as SubscriberContact);
  const points =
    contact === undefined || dataKey === undefined
      ? []
      : pointsOf(sql, vault, { key, dataKey, firsts: contact });
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
    quietHours: row.quiet === '' ? undefined : row.quiet,
    services: servicesOf(sql, { key, resource: row.resource, services: row.services, now }),
    points: points.map(({ kind, address, state }) => ({
      ...{ kind, state, masked: kind === 'phone' ? maskPhone(address) : maskEmail(address) },
    })),
  };
}
