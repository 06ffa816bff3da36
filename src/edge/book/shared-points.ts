/**
 * Contact points that several subscribers have: flats of one family, services of one company. One message goes to such a
 * point of each change of an incident, and names them all. Who shares is known by keyed hashes, which stay in the book.
 */
import type { AddressKind } from '../../model/subscriber.ts';
import { type DueRow, drop, dueRowsOf, isReady, markSending, type Sweep } from './due-rows.ts';
import { keepKey, leavingWith, readyTogether, speakersOf, speaksOf } from './morning-digest.ts';
import type { NoticeRow } from './outbox.ts';
import type { DueNotice } from './records.ts';
import type { Sql } from './sql.ts';
import { tellOf } from './tells.ts';
import type { Vault } from './vault.ts';

/** A message waits so long for the others that it is to speak of. */
export const gatherMs = 3_000;
/** Of one point; the rest has a message of its own. */
export const mostTogether = 500;
const dayMs = 86_400_000;
const gone = "'sending', 'sent', 'delivered', 'uncertain'";

/** Where a channel of this kind of address brings what is meant for them, if others have it as well. */
export function sharedPoint(sql: Sql, subscriber: number, kind: AddressKind): Uint8Array | undefined {
  const first = sql.get<{ hash?: Uint8Array | undefined }>(
    `SELECT iif(? = 'phone', phone_hash, email_hash) AS hash FROM subscribers WHERE key = ? AND shares = 1`,
    ...[kind, subscriber],
  );
  if (first === undefined) return undefined;
  const known = sql.all<{ hash: Uint8Array; place: number; state: string }>(
    'SELECT hash, place, state FROM contact_points WHERE subscriber = ? AND kind = ? ORDER BY place',
    ...[subscriber, kind],
  );
  const isDead = (hash: Uint8Array): boolean =>
    known.some((one) => Buffer.compare(one.hash, hash) === 0 && ['failing', 'disabled'].includes(one.state));
  const further = known.filter(({ place }) => place > 0).map(({ hash }) => hash);
  return [...(first.hash === undefined ? [] : [first.hash]), ...further].find((hash) => !isDead(hash));
}

/** After a list gave these points: whoever has one of them as well shares, and so does this one. */
export function noteSharing(sql: Sql, key: number, hashes: readonly Uint8Array[]): void {
  for (const hash of hashes) {
    const others = sql.all<{ key: number }>(
      // Each bounded by itself: one number may stand with all of a very long list, for whoever gave none.
      `SELECT key FROM (SELECT key FROM subscribers WHERE phone_hash = ? LIMIT 2)
       UNION SELECT key FROM (SELECT key FROM subscribers WHERE email_hash = ? LIMIT 2)
       UNION SELECT key FROM (SELECT subscriber AS key FROM contact_points WHERE hash = ? LIMIT 2)`,
      ...[hash, hash, hash],
    );
    // Of three or more all but the last one were marked when they came.
    if (others.length < 2) continue;
    const keys = JSON.stringify([key, ...others.map((other) => other.key)]);
    sql.run(
      'UPDATE subscribers SET shares = 1 WHERE shares = 0 AND key IN (SELECT value FROM json_each(?))',
      keys,
    );
  }
}

const hashedAtOnce = 5_000;

/** Once, for a book of a time when e-mail addresses had no hash: they stand sealed with their subscribers. */
export function hashEmails(sql: Sql, vault: Vault): void {
  for (;;) {
    const from = sql.get<{ value: number }>("SELECT value FROM meta WHERE name = 'emailsHashed'")?.value ?? 0;
    if (from < 0) return;
    const rows = sql.all<{ key: number; data_key: Uint8Array; contact: Uint8Array }>(
      `SELECT key, data_key, contact FROM subscribers WHERE key > ? AND removed = 0 AND data_key IS NOT NULL AND email_hash IS NULL
       ORDER BY key LIMIT ?`,
      ...[from, hashedAtOnce],
    );
    sql.transaction(() => {
      for (const { key, data_key: dataKey, contact } of rows) {
        const { email } = JSON.parse(vault.open(dataKey, contact)) as { email?: string };
        if (email === undefined) continue;
        const hash = vault.index(email);
        sql.run('UPDATE subscribers SET email_hash = ? WHERE key = ?', hash, key);
        noteSharing(sql, key, [hash]);
      }
      sql.run(
        "INSERT INTO meta (name, value) VALUES ('emailsHashed', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        rows.at(-1)?.key ?? -1,
      );
    });
  }
}

/** Which of the notices that are due leave as one message. */
export class Gathering {
  readonly #sql: Sql;
  readonly #sweep: Sweep;
  readonly #led = new Map<number, readonly DueRow[]>();
  /** By the row that carries them: those whose words a message of several says. */
  readonly #speakers = new Map<number, readonly DueRow[]>();
  readonly #seen = new Set<number>();

  constructor(sql: Sql, sweep: Sweep) {
    this.#sql = sql;
    this.#sweep = sweep;
  }

  get led(): readonly DueRow[] {
    return [...this.#led.values()].flat();
  }

  ledBy(row: DueRow): readonly DueRow[] {
    return this.#led.get(row.row) ?? [];
  }

  /** What the message that the row carries is about, and what it says. */
  wordsOf(row: DueRow): { readonly about: DueRow; readonly speaks: DueNotice['speaks'] } {
    const speakers = this.#speakers.get(row.row) ?? [];
    const about = speakers.find(({ subscriber }) => subscriber === row.subscriber) ?? speakers[0] ?? row;
    const { incident, type, revision, tell } = about;
    // The message, its key and its addressee are those of the row; its link and its first words are of what is out still.
    return { about: { ...row, incident, type, revision, tell }, speaks: speaksOf(speakers) };
  }

  /** The row that carries the message of this one, if it leaves now; those of which it speaks are on their way with it. */
  gather(row: DueRow): readonly DueRow[] {
    const { now } = this.#sweep;
    if (this.#seen.has(row.row)) return [];
    if (row.morning !== undefined) return this.#gatherMorning(row);
    if (isGathering(this.#sql, row)) {
      this.#sql.run('UPDATE notices SET due_at = ? WHERE row = ?', now + 1_000, row.row);
      return [];
    }
    const waiting = dueRowsOf(this.#sql, together(this.#sql, row, now)).filter((one) => {
      this.#seen.add(one.row);
      return isReady(this.#sql, one, this.#sweep);
    });
    const [first, ...led] = waiting;
    // What is tried again is the same message, whatever left meanwhile.
    const isNew = first === undefined || !isLead(this.#sql, first);
    const before = isNew ? goneBefore(this.#sql, row) : undefined;
    if (before !== undefined) this.#follow(waiting, before);
    if (before !== undefined || first === undefined || this.#isOverCap(first, waiting)) return [];
    // The first one carries it, also when they are tried again: its key stays.
    this.#sql.run('UPDATE notices SET lead = NULL WHERE row = ?', first.row);
    this.#lead(first, led);
    return [first];
  }

  /** The same for what waited for a morning: of all incidents. */
  #gatherMorning(row: DueRow): readonly DueRow[] {
    const sql = this.#sql;
    const numbers = leavingWith(sql, row, this.#sweep.now);
    const rows = numbers.length === 1 && numbers[0] === row.row ? [row] : dueRowsOf(sql, numbers);
    for (const one of [row, ...rows]) this.#seen.add(one.row);
    let waiting = readyTogether(sql, rows, this.#sweep);
    const isNew = waiting.every(({ maybe, lead }) => maybe === 0 && lead === undefined);
    if (row.point !== undefined && isNew) waiting = this.#notToldThere(waiting);
    const [first, ...led] = waiting;
    if (first === undefined) return [];
    if (first.lead !== undefined) keepKey(sql, first);
    this.#lead(first, led);
    if (led.length > 0) this.#speakers.set(first.row, speakersOf(waiting));
    return [{ ...first, key: keyOf(sql, first) }];
  }

  /** Of each incident: less those whose message had left, and those that the address has had enough of. */
  #notToldThere(rows: readonly DueRow[]): DueRow[] {
    const words = new Map<string, DueRow[]>();
    for (const row of rows) {
      const key = `${row.incident} ${row.type} ${row.revision}`;
      const same = words.get(key);
      if (same === undefined) words.set(key, [row]);
      else same.push(row);
    }
    return [...words.values()]
      .flatMap((same) => {
        const before = goneBefore(this.#sql, same[0]!);
        if (before !== undefined) this.#follow(same, before);
        return before !== undefined || this.#isOverCap(same[0]!, same) ? [] : same;
      })
      .sort((a, b) => a.row - b.row);
  }

  #lead(first: DueRow, led: readonly DueRow[]): void {
    if (led.length === 0) return;
    this.#join(led, first);
    markSending(this.#sql, led, this.#sweep);
    this.#led.set(first.row, led);
  }

  /** Their message does not leave by its own address: each is on its own again. */
  release(rows: readonly DueRow[]): void {
    this.#sql.run(
      "UPDATE notices SET state = 'queued', lead = NULL, lease_until = NULL WHERE row IN (SELECT value FROM json_each(?))",
      JSON.stringify(rows.map(({ row }) => row)),
    );
    for (const row of rows) this.#sweep.counts.move(row, 'sending', 'queued');
  }

  #join(rows: readonly DueRow[], lead: NoticeRow): void {
    this.#sql.run(
      'UPDATE notices SET lead = ? WHERE row IN (SELECT value FROM json_each(?))',
      ...[lead.row, JSON.stringify(rows.map(({ row }) => row))],
    );
  }

  /** Told there already: planned so late that the message had left. What becomes of it becomes of them. */
  #follow(rows: readonly DueRow[], lead: NoticeRow): void {
    const { counts, finals } = this.#sweep;
    this.#join(rows, lead);
    this.#sql.run(
      `UPDATE notices SET state = ?, lease_until = (SELECT lease_until FROM notices WHERE row = ?)
       WHERE row IN (SELECT value FROM json_each(?))`,
      ...[lead.state, lead.row, JSON.stringify(rows.map(({ row }) => row))],
    );
    for (const row of rows) {
      counts.move(row, 'queued', lead.state);
      if (lead.state !== 'sending') finals.add(row.incident, row.type, lead.state);
    }
  }

  #isOverCap(first: DueRow, waiting: readonly DueRow[]): boolean {
    const { caps } = tellOf(this.#sql, first.tell);
    if (caps === undefined) return false;
    const had = messagesAt(this.#sql, first, this.#sweep.now);
    if (had.ofIncident < caps.ofIncident && had.all < caps.all) return false;
    for (const row of waiting)
      drop(this.#sql, row, { from: 'queued', to: 'suppressed', reason: 'cap', sweep: this.#sweep });
    return true;
  }
}

/** Not all who are told the same are in the outbox yet. */
const isGathering = (sql: Sql, { incident, type }: NoticeRow): boolean =>
  sql.get(
    "SELECT 1 AS found FROM tells WHERE incident = ? AND type = ? AND state = 'open' LIMIT 1",
    ...[incident, type],
  ) !== undefined;

const sameMessage = 'point = ? AND incident = ? AND type = ? AND revision = ? AND channel = ?';
const messageOf = (row: NoticeRow) => [row.point, row.incident, row.type, row.revision, row.channel];

/** One that has room: what nobody would read in it needs a message of its own. In the morning it speaks of others, too. */
const goneBefore = (sql: Sql, row: NoticeRow): NoticeRow | undefined =>
  sql.get<NoticeRow>(
    `SELECT * FROM notices WHERE row IN (SELECT coalesce(lead, row) FROM notices WHERE ${sameMessage} AND state IN (${gone}))
       AND state IN (${gone}) AND (SELECT count(*) FROM notices AS led WHERE led.lead = notices.row) < ? LIMIT 1`,
    ...[...messageOf(row), mostTogether - 1],
  );

const keyOf = (sql: Sql, { row, key }: DueRow): string =>
  sql.get<{ key: string }>('SELECT key FROM notices WHERE row = ?', row)?.key ?? key;

const isLead = (sql: Sql, { row }: NoticeRow): boolean =>
  sql.get('SELECT 1 AS found FROM notices WHERE lead = ? LIMIT 1', row) !== undefined;

const together = (sql: Sql, row: NoticeRow, now: number): number[] =>
  sql
    .all<{ row: number }>(
      `SELECT row FROM notices WHERE ${sameMessage} AND state = 'queued' AND due_at <= ? ORDER BY row LIMIT ?`,
      ...[...messageOf(row), now, mostTogether],
    )
    .map((one) => one.row);

/** How many messages this point had in a day; each counts once, of whomever and however many incidents it speaks. */
function messagesAt(
  sql: Sql,
  row: NoticeRow,
  now: number,
): { readonly ofIncident: number; readonly all: number } {
  const count = sql.get<{ own: number; n: number }>(
    `SELECT count(DISTINCT coalesce(lead, row)) AS n, count(DISTINCT iif(incident = ?, coalesce(lead, row), NULL)) AS own
       FROM notices WHERE point = ? AND created_at > ? AND state IN (${gone})`,
    ...[row.incident, row.point, now - dayMs],
  )!;
  return { ofIncident: count.own, all: count.n };
}

/** Those whom the messages of these rows speak of beside their own subscribers. */
export const ledBy = (sql: Sql, rows: readonly NoticeRow[]): NoticeRow[] => {
  const leads = rows
    .filter((one) => one.point !== undefined || one.morning !== undefined)
    .map(({ row }) => row);
  return leads.length === 0
    ? []
    : sql.all<NoticeRow>(
        'SELECT * FROM notices WHERE lead IN (SELECT value FROM json_each(?)) ORDER BY row',
        JSON.stringify(leads),
      );
};
