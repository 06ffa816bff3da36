/** One line of a list of subscribers brought into the book, and which of its fields differ from what the book has. */
import type { SubscriberRow } from '../../model/subscriber.ts';
import { putFurther, reachNow, refreshReach } from './contact-points.ts';
import { maskEmail, maskPhone, maskText } from './masks.ts';
import { listedQuiet } from './quiet-choice.ts';
import type { FieldChange, SubscriberContact } from './records.ts';
import { listServices, ownText, rememberMove } from './services.ts';
import { noteSharing } from './shared-points.ts';
import type { Sql } from './sql.ts';
import type { StoredSubscriber } from './subscribers.ts';
import type { Vault } from './vault.ts';

export interface RowOutcome {
  readonly kind: 'added' | 'changed' | 'unchanged';
  /** What of a changed one differs, masked. */
  readonly fields: readonly FieldChange[];
  /** Absent for one that a dry run would add. */
  readonly key?: number | undefined;
}

/** What of a subscriber tells whether a row changes it. */
export type HeldRow = Pick<StoredSubscriber, 'id' | 'removed' | 'digest'> & { readonly key: number };

/** Those of these rows whom the book knows, by id. */
export function heldRows(sql: Sql, rows: readonly SubscriberRow[]): Map<string, HeldRow> {
  const found = sql.all<HeldRow>(
    'SELECT key, id, removed, digest FROM subscribers WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(rows.map(({ id }) => id)),
  );
  return new Map(found.map((held) => [held.id, held]));
}

/** What an import does to one subscriber; `dry` writes nothing. */
export function importRow(
  sql: Sql,
  vault: Vault,
  one: {
    readonly row: SubscriberRow;
    readonly held: HeldRow | undefined;
    readonly isDry: boolean;
    readonly now: number;
  },
): RowOutcome {
  const { row, held, isDry, now } = one;
  const digest = vault.digest(contentOf(row));
  if (held !== undefined && held.removed === 0 && Buffer.compare(held.digest, digest) === 0)
    return { kind: 'unchanged', fields: [], key: held.key };
  const found =
    held === undefined
      ? undefined
      : sql.get<StoredSubscriber>('SELECT * FROM subscribers WHERE key = ?', held.key);
  const fields = found === undefined || found.removed === 1 ? undefined : differing(vault, found, row);
  const key = isDry ? held?.key : write(sql, vault, { row, found, digest, now });
  return { kind: fields === undefined ? 'added' : 'changed', fields: fields ?? [], key };
}

interface Writing {
  readonly row: SubscriberRow;
  readonly found: StoredSubscriber | undefined;
  readonly digest: Uint8Array;
  readonly now: number;
}

/** Answers the subscriber's key. */
function write(sql: Sql, vault: Vault, { row, found, digest, now }: Writing): number {
  const { name, phone, email, address, attributes } = row;
  const content = JSON.stringify({ name, phone, email, address, attributes });
  const kept = found?.data_key;
  const { dataKey, sealed: contact } =
    kept === undefined ? vault.sealNew(content) : { dataKey: kept, sealed: vault.seal(kept, content) };
  const firsts = [phone, email].map((one) => (one === undefined ? undefined : vault.index(one)));
  const services = row.services === undefined ? (found?.services ?? '') : ownText(row.services);
  const columns = [
    ...[row.resource, row.class, row.language ?? '', row.timezone ?? '', row.consent.join(' ')],
    ...[reachNow(firstPoints(row)), digest, dataKey, contact, services],
    ...listedQuiet(row.quietHours, found),
    ...firsts,
  ];
  const key = found?.key ?? insert(sql, row.id, columns);
  if (found !== undefined) {
    if (found.removed === 0 && found.resource !== row.resource)
      rememberMove(sql, { subscriber: key, services: found.services, resource: found.resource, now });
    sql.run(
      `UPDATE subscribers SET resource = ?, class = ?, language = ?, zone = ?, consent = ?, reach = ?, digest = ?, data_key = ?,
         contact = ?, services = ?, quiet = ?, quiet_listed = ?, phone_hash = ?, email_hash = ?, removed = 0 WHERE key = ?`,
      ...[...columns, key],
    );
  }
  if (row.services !== undefined)
    listServices(sql, { subscriber: key, services: row.services, resource: row.resource, now });
  const further = row.further ?? [];
  const hashes = [...firsts, ...further.map(({ address }) => vault.index(address))];
  noteSharing(
    sql,
    key,
    hashes.filter((hash) => hash !== undefined),
  );
  if (found === undefined && further.length === 0) return key;
  // A list without a column for them says nothing of what else is known.
  if (row.further !== undefined) putFurther(sql, vault, { key, dataKey, further, now });
  refreshReach(sql, vault, { key, dataKey, firsts: { phone, email } });
  return key;
}

const firstPoints = ({ phone, email }: SubscriberRow) => [
  ...(phone === undefined ? [] : [{ kind: 'phone', address: phone, state: 'unverified' } as const]),
  ...(email === undefined ? [] : [{ kind: 'email', address: email, state: 'unverified' } as const]),
];

/** Rows are never deleted, so the key was never given before. */
function insert(
  sql: Sql,
  id: string,
  columns: readonly (string | number | Uint8Array | undefined)[],
): number {
  const made = sql.get<{ key: number }>(
    `INSERT INTO subscribers (resource, class, language, zone, consent, reach, digest, data_key, contact, services, quiet,
       quiet_listed, phone_hash, email_hash, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key`,
    ...[...columns, id],
  );
  return made!.key;
}

/** Equal for equal rows, in whatever order the columns stood. */
function contentOf(row: SubscriberRow): string {
  const { resource, name, language, phone, email, timezone, address, consent, attributes } = row;
  const others = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const hasMore = row.services !== undefined || (row.further?.length ?? 0) > 0;
  const more = hasMore ? [row.services, row.further] : [];
  const quiet = row.quietHours === undefined ? [] : [{ quiet: row.quietHours }];
  return JSON.stringify([
    ...[resource, row.class, name, language, phone, email, timezone, address, consent, others],
    ...[...more, ...quiet],
  ]);
}

function differing(vault: Vault, found: StoredSubscriber, row: SubscriberRow): readonly FieldChange[] {
  const held = contactOf(vault, found);
  const changes: FieldChange[] = [];
  const compare = (
    field: string,
    [before, after]: readonly [string | undefined, string | undefined],
    mask: (text: string) => string = (text) => text,
  ): void => {
    const [was, is] = [before ?? '', after ?? ''];
    if (was !== is)
      changes.push({ field, before: was === '' ? '' : mask(was), after: is === '' ? '' : mask(is) });
  };
  compare('resource', [found.resource, row.resource]);
  compare('class', [found.class, row.class]);
  compare('language', [found.language, row.language]);
  compare('timezone', [found.zone, row.timezone]);
  compare('consent', [found.consent, row.consent.join(' ')]);
  compare('phone', [held?.phone, row.phone], maskPhone);
  compare('email', [held?.email, row.email], maskEmail);
  compare('name', [held?.name, row.name], maskText);
  compare('address', [held?.address, row.address], maskText);
  const names = new Set([...Object.keys(held?.attributes ?? {}), ...Object.keys(row.attributes)]);
  for (const name of names) compare(name, [held?.attributes[name], row.attributes[name]], maskText);
  if (row.quietHours !== undefined) compare('quietHours', [found.quiet_listed, row.quietHours]);
  // What is left can only be in the services or the further contact points.
  if (row.services !== undefined && ownText(row.services) !== found.services)
    compare('services', [found.services || 'internet', ownText(row.services) || 'internet']);
  else if (changes.length === 0) changes.push({ field: 'services or contacts', before: '', after: '' });
  return changes;
}

function contactOf(vault: Vault, found: StoredSubscriber): SubscriberContact | undefined {
  if (found.data_key === undefined || found.contact === undefined) return undefined;
  return JSON.parse(vault.open(found.data_key, found.contact)) as SubscriberContact;
}
