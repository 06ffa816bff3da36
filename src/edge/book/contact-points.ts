/** Numbers and addresses of subscribers beyond the first, in order of preference, and which of all of them are dead. */
import type { AddressKind, FurtherPoint } from '../../model/subscriber.ts';
import { noteChange } from './note-change.ts';
import type { Sql } from './sql.ts';
import { reachBits } from './tells.ts';
import type { Vault } from './vault.ts';

/** `failing`: what is sent there does not arrive; it is tried again after a month. */
export type PointState = 'unverified' | 'active' | 'failing' | 'disabled';

/** Of one subscriber. */
const mostFurther = 8;
/** In a row that did not arrive. */
const bouncesToFail = 3;
const tryAgainAfterMs = 30 * 86_400_000;
/** A gateway that is out of order must not make everybody's number a dead one: a day at most so many. */
const mostFailingShare = 0.01;
const mostFailingAtLeast = 100;

interface PointRow {
  readonly subscriber: number;
  readonly hash: Uint8Array;
  readonly kind: AddressKind;
  /** 0: the first of its kind, which stands with its subscriber. */
  readonly place: number;
  readonly state: PointState;
  readonly bounces: number;
  readonly body: Uint8Array;
}

export interface Point {
  readonly kind: AddressKind;
  readonly address: string;
  readonly state: PointState;
}

interface Firsts {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
}

const isUsable = ({ state }: Point): boolean => state !== 'failing' && state !== 'disabled';

/** Where each of them is written to: of what works the one they prefer. Others are left out of the answer. */
export function pointsInUse(
  sql: Sql,
  vault: Vault,
  people: readonly { readonly key: number; readonly dataKey: Uint8Array; readonly firsts: Firsts }[],
): Map<number, Firsts> {
  const rows = sql.all<PointRow>(
    'SELECT * FROM contact_points WHERE subscriber IN (SELECT value FROM json_each(?)) ORDER BY subscriber, place',
    JSON.stringify(people.map(({ key }) => key)),
  );
  const used = new Map<number, Firsts>();
  if (rows.length === 0) return used;
  const bySubscriber = new Map<number, PointRow[]>();
  for (const row of rows)
    bySubscriber.set(row.subscriber, [...(bySubscriber.get(row.subscriber) ?? []), row]);
  for (const { key, dataKey, firsts } of people) {
    const known = bySubscriber.get(key);
    if (known === undefined) continue;
    const points = merged(vault, { dataKey, firsts, rows: known });
    const of = (kind: AddressKind): string | undefined =>
      points.find((point) => point.kind === kind && isUsable(point))?.address;
    used.set(key, { phone: of('phone'), email: of('email') });
  }
  return used;
}

/** All of one subscriber, the preferred ones of each kind first. */
export function pointsOf(
  sql: Sql,
  vault: Vault,
  of: { readonly key: number; readonly dataKey: Uint8Array; readonly firsts: Firsts },
): readonly Point[] {
  const rows = sql.all<PointRow>('SELECT * FROM contact_points WHERE subscriber = ? ORDER BY place', of.key);
  return merged(vault, { ...of, rows });
}

function merged(
  vault: Vault,
  of: { readonly dataKey: Uint8Array; readonly firsts: Firsts; readonly rows: readonly PointRow[] },
): readonly Point[] {
  const known = of.rows.map((row) => ({ ...row, address: vault.open(of.dataKey, row.body) }));
  const first = (kind: AddressKind): Point[] => {
    const address = of.firsts[kind];
    if (address === undefined) return [];
    return [{ kind, address, state: known.find((row) => row.address === address)?.state ?? 'unverified' }];
  };
  const further = known.filter((row) => row.place > 0 && row.address !== of.firsts[row.kind]);
  return [...first('phone'), ...first('email'), ...further].map(({ kind, address, state }) => ({
    ...{ kind, address, state },
  }));
}

/** The list's further ones; what is known of an address stays known. */
export function putFurther(
  sql: Sql,
  vault: Vault,
  given: {
    readonly key: number;
    readonly dataKey: Uint8Array;
    readonly further: readonly FurtherPoint[];
    readonly now: number;
  },
): void {
  const { key, dataKey, now } = given;
  const further = given.further.slice(0, mostFurther);
  const hashes = further.map(({ address }) => vault.index(address));
  const held = sql.all<PointRow>('SELECT * FROM contact_points WHERE subscriber = ?', key);
  for (const row of held) {
    if (row.place > 0 && !hashes.some((hash) => Buffer.compare(hash, row.hash) === 0))
      sql.run('DELETE FROM contact_points WHERE subscriber = ? AND hash = ?', key, row.hash);
  }
  for (const [i, { kind, address }] of further.entries()) {
    sql.run(
      `INSERT INTO contact_points (subscriber, hash, kind, place, state, changed_at, body) VALUES (?, ?, ?, ?, 'unverified', ?, ?)
       ON CONFLICT (subscriber, hash) DO UPDATE SET place = excluded.place`,
      ...[key, hashes[i]!, kind, i + 1, now, vault.seal(dataKey, address)],
    );
  }
}

/** Which kinds of addresses work, as bits. */
export function reachNow(points: readonly Point[]): number {
  return points.filter(isUsable).reduce((reach, { kind }) => reach | reachBits[kind], 0);
}

/** Reasons that speak of the address, not of the text or the gateway. */
const ofAddress =
  /^(notDelivered|not a telephone number|not one plain address|HTTP (404|410))$|\b5\.1\.\d\b|\b55[013]\b/;

/** What was sent there did not arrive. */
export function noteBounce(
  sql: Sql,
  bounce: {
    readonly subscriber: number;
    readonly kind: AddressKind;
    readonly reason: string;
    /** The channel knows it of the address; else the reason has to say so. */
    readonly isDeadContact?: boolean | undefined;
  },
): void {
  if (bounce.isDeadContact !== true && !ofAddress.test(bounce.reason)) return;
  sql.run(
    'INSERT INTO bounces (subscriber, kind, n) VALUES (?, ?, 1) ON CONFLICT (subscriber, kind) DO UPDATE SET n = n + 1',
    ...[bounce.subscriber, bounce.kind],
  );
}

/** It arrived: what did not arrive before counts no more. */
export function noteArrival(sql: Sql, subscriber: number, kind: AddressKind): void {
  sql.run('DELETE FROM bounces WHERE subscriber = ? AND kind = ?', subscriber, kind);
}

interface Bounced {
  readonly subscriber: number;
  readonly kind: AddressKind;
  readonly n: number;
}

/** Addresses at which nothing arrives any more are left alone: the next one takes their place. Answers how many. */
export function markFailing(sql: Sql, vault: Vault, now: number): number {
  // With every result of sending: the number stands in the text, so that the index of such rows alone is read.
  const bounced = sql.all<Bounced>(`SELECT * FROM bounces WHERE n >= ${bouncesToFail} LIMIT 1000`);
  if (bounced.length === 0) return 0;
  let room = roomToFail(sql, now);
  let marked = 0;
  for (const { subscriber, kind, n } of bounced) {
    noteArrival(sql, subscriber, kind);
    if (room-- <= 0) continue;
    const row = subscriberRow(sql, subscriber);
    if (row === undefined) continue;
    const of = { key: subscriber, dataKey: row.data_key, firsts: firstsOf(vault, row) };
    const points = pointsOf(sql, vault, of);
    const dead = points.find((point) => point.kind === kind && isUsable(point));
    if (dead === undefined) continue;
    setState(sql, vault, { ...of, address: dead.address, kind, state: 'failing', bounces: n, now });
    marked++;
  }
  return marked;
}

function roomToFail(sql: Sql, now: number): number {
  const count = (text: string, ...values: readonly number[]): number =>
    sql.get<{ n: number }>(text, ...values)?.n ?? 0;
  // Keys are given one after the other: the highest says how many there are without counting five million.
  const base = count('SELECT max(key) AS n FROM subscribers');
  const lately = "SELECT count(*) AS n FROM contact_points WHERE state = 'failing' AND changed_at > ?";
  return Math.max(mostFailingAtLeast, base * mostFailingShare) - count(lately, now - 86_400_000);
}

interface ContactRow {
  readonly data_key: Uint8Array;
  readonly contact: Uint8Array;
}

const subscriberRow = (sql: Sql, key: number): ContactRow | undefined =>
  sql.get<ContactRow>(
    'SELECT data_key, contact FROM subscribers WHERE key = ? AND removed = 0 AND data_key IS NOT NULL',
    key,
  );

const firstsOf = (vault: Vault, row: ContactRow): Firsts =>
  JSON.parse(vault.open(row.data_key, row.contact)) as Firsts;

function setState(
  sql: Sql,
  vault: Vault,
  set: Pick<Point, 'kind' | 'address' | 'state'> & {
    readonly key: number;
    readonly dataKey: Uint8Array;
    readonly firsts: Firsts;
    readonly bounces: number;
    readonly now: number;
  },
): void {
  sql.run(
    `INSERT INTO contact_points (subscriber, hash, kind, place, state, bounces, changed_at, body) VALUES (?, ?, ?, 0, ?, ?, ?, ?)
     ON CONFLICT (subscriber, hash) DO UPDATE SET state = excluded.state, bounces = excluded.bounces, changed_at = excluded.changed_at`,
    ...[set.key, vault.index(set.address), set.kind, set.state, set.bounces, set.now],
    vault.seal(set.dataKey, set.address),
  );
  refreshReach(sql, vault, set);
  noteChange(sql, set.key);
}

export function refreshReach(
  sql: Sql,
  vault: Vault,
  of: { readonly key: number; readonly dataKey: Uint8Array; readonly firsts: Firsts },
): void {
  sql.run('UPDATE subscribers SET reach = ? WHERE key = ?', reachNow(pointsOf(sql, vault, of)), of.key);
}

/** After a month a dead number may be somebody's again. */
export function tryAgain(sql: Sql, vault: Vault, now: number): number {
  const rows = sql.all<{ subscriber: number }>(
    "SELECT DISTINCT subscriber FROM contact_points WHERE state = 'failing' AND changed_at < ? LIMIT 1000",
    now - tryAgainAfterMs,
  );
  for (const { subscriber } of rows) {
    sql.run(
      `UPDATE contact_points SET state = 'unverified', bounces = 0, changed_at = ? WHERE subscriber = ? AND state = 'failing'`,
      now,
      subscriber,
    );
    const row = subscriberRow(sql, subscriber);
    if (row === undefined) continue;
    refreshReach(sql, vault, { key: subscriber, dataKey: row.data_key, firsts: firstsOf(vault, row) });
    noteChange(sql, subscriber);
  }
  return rows.length;
}
