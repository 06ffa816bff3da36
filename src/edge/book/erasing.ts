/**
 * Erasing a person for good, as the law wants it (152-FZ art. 14 and 21, GDPR art. 17): name, numbers, words and tokens go with the
 * key that they are sealed under; what waits to be told is withdrawn. Key and id stay, so that counts and the record of deeds still
 * add up and a list that names the id again brings nobody back.
 */
import type { Instant } from '../../base/instant.ts';
import { confirmationId, type IncidentId, type SubscriberKey, type TicketId } from '../../model/ids.ts';
import { writeAudit } from './audit.ts';
import { feedOutside } from './hub-feed.ts';
import { forgetLinks, linkLifeMs } from './links.ts';
import { noteChange } from './note-change.ts';
import { CountChanges } from './notice-counts.ts';
import type { NoticeRow } from './outbox.ts';
import { writeReceipts } from './receipts.ts';
import type { Sql } from './sql.ts';
import { eraseSubscriber, phonesOf } from './subscribers.ts';
import type { Vault } from './vault.ts';

export interface Erasing {
  readonly key: SubscriberKey;
  readonly at: Instant;
  readonly by: string;
}

/** What went, in numbers. */
export interface Erased {
  /** Notices that waited. */
  readonly withdrawn: number;
  /** Texts on tickets, here and for the ticket system. */
  readonly texts: number;
  /** Records of other systems that name the person. */
  readonly records: number;
  /** Messages from their numbers of a time when nobody had these. */
  readonly strangers: number;
}

/** Of other systems: kinds that name people. More of one kind than are kept (outside.ts) there never are. */
const namingKinds = ['individual', 'organization', 'service', 'troubleTicket', 'communicationMessage'];
/** Events on their way to hubs that are looked through; they are forgotten after a day. */
const mostEvents = 20_000;

/** undefined: there is no such subscriber, or not any more. What is deleted is overwritten where it stood. */
export function erasePerson(sql: Sql, vault: Vault, erasing: Erasing): Erased | undefined {
  sql.exec('PRAGMA secure_delete = ON');
  try {
    const erased = sql.transaction(() => erase(sql, vault, erasing));
    // Also where it stood until the next checkpoint.
    if (erased !== undefined) sql.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return erased;
  } finally {
    sql.exec('PRAGMA secure_delete = OFF');
  }
}

function erase(sql: Sql, vault: Vault, { key, at, by }: Erasing): Erased | undefined {
  const found = sql.get<{ id: string; removed: number }>(
    'SELECT id, removed FROM subscribers WHERE key = ?',
    key,
  );
  if (found === undefined || found.removed === 2) return undefined;
  const { id } = found;
  const strangers = forgetStrangers(sql, vault, new Set(phonesOf(sql, vault, key)));
  const incidents = incidentsOf(sql, key, at);
  const erased = {
    withdrawn: withdrawNotices(sql, { key, at, incidents }),
    texts: forgetTexts(sql, key),
    records: forgetRecords(sql, vault, { id, at }),
    strangers,
  };
  forgetEvents(sql, vault, id);
  forgetLinks(
    sql,
    vault,
    ['' as IncidentId, ...incidents].map((incident) => confirmationId(incident, key)),
  );
  sql.run('DELETE FROM asked_numbers WHERE subscriber = ?', key);
  eraseSubscriber(sql, key, 2);
  noteChange(sql, key);
  writeAudit(sql, [{ at, actor: by, action: 'eraseSubscriber', target: id, detail: { ...erased } }]);
  return erased;
}

/** Whatever this subscriber may have been told of as long as a link lives; no index leads from them to their notices. */
function incidentsOf(sql: Sql, key: number, at: number): readonly IncidentId[] {
  return sql
    .all<{ incident: IncidentId }>(
      `SELECT DISTINCT incident FROM tells WHERE created_at > ? UNION SELECT incident FROM confirmations WHERE subscriber = ?
       UNION SELECT incident FROM tickets WHERE subscriber = ? AND incident IS NOT NULL
       UNION SELECT incident FROM notice_counts WHERE state IN ('queued', 'held', 'sending') AND n > 0`,
      ...[at - 2 * linkLifeMs, key, key],
    )
    .map(({ incident }) => incident);
}

/** What is being sent right now may still arrive, but is not tried again. */
function withdrawNotices(
  sql: Sql,
  {
    key,
    at,
    incidents,
  }: { readonly key: number; readonly at: number; readonly incidents: readonly string[] },
): number {
  const counts = new CountChanges();
  const finals = new CountChanges();
  const theirs = 'incident IN (SELECT value FROM json_each(?)) AND subscriber = ?';
  const of = [JSON.stringify(incidents), key];
  const waiting = sql.all<NoticeRow>(
    `SELECT * FROM notices WHERE ${theirs} AND state IN ('queued', 'held')`,
    ...of,
  );
  for (const row of waiting) {
    const state = row.maybe === 1 ? 'uncertain' : 'suppressed';
    sql.run("UPDATE notices SET state = ?, reason = 'noChannel' WHERE row = ?", state, row.row);
    counts.move(row, row.state, state);
    finals.add(row.incident, row.type, state);
  }
  sql.run(`UPDATE notices SET not_after = ? WHERE ${theirs} AND state = 'sending'`, at, ...of);
  sql.run(`UPDATE notices SET await_until = NULL WHERE ${theirs} AND await_until IS NOT NULL`, ...of);
  counts.write(sql);
  writeReceipts(sql, finals);
  return waiting.length;
}

/** What staff wrote on their tickets may name them as well. */
function forgetTexts(sql: Sql, key: number): number {
  const tickets = sql.all<{ id: TicketId; note?: string | undefined }>(
    "SELECT id, record ->> 'note' AS note FROM tickets WHERE subscriber = ?",
    key,
  );
  const ids = JSON.stringify(tickets.map(({ id }) => id));
  const notes = sql.run(
    'DELETE FROM notes WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(tickets.flatMap(({ note }) => note ?? [])),
  );
  const words = sql.run(
    `UPDATE desk_words SET state = CASE state WHEN 'queued' THEN 'refused' ELSE state END,
       reason = CASE state WHEN 'queued' THEN 'erased' ELSE reason END, data_key = NULL, body = NULL
     WHERE ticket IN (SELECT value FROM json_each(?)) AND body IS NOT NULL`,
    ids,
  );
  const said = sql.run(
    "DELETE FROM outside WHERE kind = 'troubleTicket' AND is_own = 1 AND id IN (SELECT value FROM json_each(?))",
    ids,
  );
  return notes + words + said;
}

interface SealedRow {
  readonly row: number;
  readonly kind: string;
  readonly id: string;
  readonly is_own: number;
  readonly data_key: Uint8Array;
  readonly body: Uint8Array;
}

/** A record whose id or whose party it is: the whole record goes, and hubs hear that it did. */
function forgetRecords(
  sql: Sql,
  vault: Vault,
  { id, at }: { readonly id: string; readonly at: number },
): number {
  const named = `"id":${JSON.stringify(id)}`;
  let gone = 0;
  for (const kind of namingKinds) {
    for (const row of sql.all<SealedRow>('SELECT * FROM outside WHERE kind = ?', kind)) {
      if (row.id !== id && !vault.open(row.data_key, row.body).includes(named)) continue;
      sql.run('DELETE FROM outside WHERE row = ?', row.row);
      sql.run('DELETE FROM hub_feed WHERE kind = ? AND id = ?', kind, row.id);
      if (row.is_own === 0 && row.id !== id)
        feedOutside(sql, vault, { kind, id: row.id, at, news: 'delete' });
      gone++;
    }
  }
  return gone;
}

/** Events that wait for hubs. */
function forgetEvents(sql: Sql, vault: Vault, id: string): void {
  const jobs = sql.all<{ row: number; data_key: Uint8Array; post: Uint8Array }>(
    `SELECT j.row, h.data_key, j.post FROM hub_jobs AS j JOIN hubs AS h ON h.id = j.hub
     WHERE j.state = 'queued' AND j.post IS NOT NULL ORDER BY j.row DESC LIMIT ?`,
    mostEvents,
  );
  const named = `"id":${JSON.stringify(id)}`;
  for (const { row, data_key: dataKey, post } of jobs)
    if (vault.open(dataKey, post).includes(named)) sql.run('DELETE FROM hub_jobs WHERE row = ?', row);
}

/** Also the parts of messages that wait for their others. */
function forgetStrangers(sql: Sql, vault: Vault, phones: ReadonlySet<string>): number {
  if (phones.size === 0) return 0;
  let gone = 0;
  for (const table of ['strangers', 'reply_parts']) {
    for (const row of sql.all<SealedRow>(`SELECT * FROM ${table}`)) {
      const { from } = JSON.parse(vault.open(row.data_key, row.body)) as { readonly from: string };
      if (phones.has(from)) gone += sql.run(`DELETE FROM ${table} WHERE row = ?`, row.row);
    }
  }
  return gone;
}
