/** Tells of the line: kept as ranges, expanded into one notice a subscriber in pages, released and taken back. */
import { hash } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import {
  categoryOf,
  isJoinedInMorning,
  type NoticeState,
  type NoticeType,
  questions,
  type SuppressReason,
  type Tell,
} from '../../model/notice.ts';
import { isWithheld } from './consents.ts';
import { CountChanges } from './notice-counts.ts';
import { writeUnreachable } from './receipts.ts';
import type { ChannelFacts, TellPage } from './records.ts';
import { gatherMs, sharedPoint } from './shared-points.ts';
import type { Sql } from './sql.ts';
import { leastUrgent, urgencyColumn } from './urgency.ts';

interface TellRow {
  readonly row: number;
  readonly incident: string;
  readonly type: NoticeType;
  readonly tell: string;
  readonly next: number;
}

/** 128 bit of SHA-256 over what makes a notice the same notice (design L9), in hex. */
export function noticeKey(notice: {
  readonly incident: string;
  readonly subscriber: number;
  readonly type: string;
  readonly revision: number;
  readonly channel: string;
}): string {
  const { incident, subscriber, type, revision, channel } = notice;
  const text = `${incident}\n${subscriber}\n${type}\n${revision}\n${channel}`;
  return hash('sha256', text, 'hex').slice(0, 32);
}

/** Whom the line left out counts as suppressed at once. */
export function addTell(
  sql: Sql,
  added: { readonly tell: Tell; readonly at: number; readonly counts: CountChanges },
): void {
  const { tell, at, counts } = added;
  sql.run(
    "INSERT INTO tells (incident, type, tell, next, state, created_at) VALUES (?, ?, ?, ?, 'open', ?)",
    ...[tell.incident, tell.type, JSON.stringify(tell), tell.from, at],
  );
  const suppressed = Object.values(tell.suppressed).reduce((sum, n) => sum + n, 0);
  if (suppressed > 0) counts.add(tell.incident, tell.type, 'suppressed', suppressed);
}

/** The next pages of `limit` subscriber numbers of the oldest tells that are not expanded, at most so many. */
export function nextTellPages(
  sql: Sql,
  { limit, pages: most }: { readonly limit: number; readonly pages: number },
): TellPage[] {
  const pages: TellPage[] = [];
  const rows = sql.all<TellRow>("SELECT * FROM tells WHERE state = 'open' ORDER BY row LIMIT ?", most);
  for (const row of rows) {
    const tell = JSON.parse(row.tell) as Tell;
    for (let from = row.next; from < tell.to && pages.length < most; from += limit) {
      const to = Math.min(tell.to, from + limit);
      const except = Uint32Array.from(tell.except.filter((number) => number >= from && number < to));
      const { incident, topologyVersion } = tell;
      pages.push({ job: row.row, incident, topologyVersion, from, to, except });
    }
  }
  return pages;
}

export interface NoticesAdded {
  readonly page: TellPage;
  readonly keys: Uint32Array;
  readonly channels: readonly ChannelFacts[];
  readonly now: number;
}

/** Notices of one page and the place in the tell, together: a page that was answered before adds nothing. */
export function addNotices(sql: Sql, added: NoticesAdded): void {
  sql.transaction(() => {
    const { page } = added;
    const row = sql.get<TellRow>("SELECT * FROM tells WHERE row = ? AND state = 'open'", page.job);
    if (row === undefined || row.next !== page.from) return;
    const tell = JSON.parse(row.tell) as Tell;
    const counts = new CountChanges();
    for (const [plan, notices] of plannedNotices(sql, tell, added)) {
      const [state, reason] =
        plan === '' ? ([tell.held ? 'held' : 'queued', undefined] as const) : (['suppressed', plan] as const);
      const n = insertNotices(sql, { tell, job: row.row, notices, state, reason, now: added.now });
      if (n > 0) counts.add(tell.incident, tell.type, state, n);
      // The line planned by older facts, and must not wait for an answer to what nobody was asked.
      if (tell.type === 'ask' && (plan === 'optedOut' || plan === 'noChannel'))
        for (const [, subscriber] of notices)
          writeUnreachable(sql, { incident: tell.incident, type: tell.type, subscriber });
    }
    counts.write(sql);
    sql.run(
      'UPDATE tells SET next = ?, state = ? WHERE row = ?',
      page.to,
      page.to >= tell.to ? 'done' : 'open',
      row.row,
    );
  });
}

/** Key, subscriber, channel and urgency of each notice, and in hex the point it goes to where others have it as well. */
type PlannedNotice = readonly [
  key: string,
  subscriber: number,
  channel: string,
  urgency: number,
  point: string | null,
];

/** By the reason why they are not sent; '' for those that are. */
function plannedNotices(
  sql: Sql,
  tell: Tell,
  added: NoticesAdded,
): Map<'' | SuppressReason, PlannedNotice[]> {
  const plans = new Map<'' | SuppressReason, PlannedNotice[]>();
  const reached = reachOf(sql, added.keys, tell.incident);
  const renewed = renewWaiting(sql, tell, added);
  const { incident, type, revision } = tell;
  for (const subscriber of added.keys) {
    const reach = reached.get(subscriber);
    const channel = nextChannel(reach, { order: tell.order, channels: added.channels, type }) ?? '';
    const isWithdrawn = reach?.opted_out === 1 || (reach?.withheld ?? '') !== '';
    const unreached = isWithdrawn && hasAddress(reach, added.channels, tell.order) ? 'optedOut' : 'noChannel';
    const planned = renewed.has(subscriber) ? 'saidInMorning' : tell.dryRun === true ? 'dryRun' : '';
    const plan = channel === '' ? unreached : planned;
    const notice = [
      noticeKey({ incident, subscriber, type, revision, channel }),
      subscriber,
      channel,
      reach?.urgency ?? leastUrgent,
      reach?.shares !== 1 ? null : hex(pointOf(sql, { subscriber, channel, type }, added.channels)),
    ] as const;
    const same = plans.get(plan);
    if (same === undefined) plans.set(plan, [notice]);
    else same.push(notice);
  }
  return plans;
}

/**
 * A new time of what waits for the morning is said by the notice that waits: it speaks as the newest tell does, and they
 * hear of it once. Answers of whom.
 */
function renewWaiting(sql: Sql, tell: Tell, { page, keys, now }: NoticesAdded): ReadonlySet<number> {
  if (tell.notBefore === undefined || (tell.type !== 'etr' && tell.type !== 'etr-changed')) return new Set();
  const rows = sql.all<{ subscriber: number }>(
    `UPDATE notices SET tell = ? WHERE incident = ? AND subscriber IN (SELECT value FROM json_each(?)) AND type = 'detected'
       AND state = 'queued' AND attempts = 0 AND maybe = 0 AND due_at > ? RETURNING subscriber`,
    ...[page.job, tell.incident, JSON.stringify([...keys]), now],
  );
  return new Set(rows.map(({ subscriber }) => subscriber));
}

/** One statement a page; who was told the same before is left out. Answers how many were added. */
function insertNotices(
  sql: Sql,
  one: {
    readonly tell: Tell;
    readonly job: number;
    readonly notices: readonly PlannedNotice[];
    readonly state: NoticeState;
    readonly reason: SuppressReason | undefined;
    readonly now: number;
  },
): number {
  const { tell, now } = one;
  return sql.run(
    `INSERT OR IGNORE INTO notices (key, subscriber, channel, chain, place, incident, type, revision, state, reason, tell,
       created_at, due_at, not_after, morning, urgency, point)
     SELECT value ->> 0, value ->> 1, value ->> 2, 0, 0, ?, ?, ?, ?, ?, ?, ?, ? + iif(value ->> 4 IS NULL, 0, ${gatherMs}), ?, ?,
       value ->> 3, unhex(value ->> 4) FROM json_each(?)`,
    ...[tell.incident, tell.type, tell.revision, one.state, one.reason, one.job],
    ...[now, Math.max(now, tell.notBefore ?? 0), tell.notAfter],
    ...[isJoinedInMorning(tell.type) ? tell.notBefore : undefined, JSON.stringify(one.notices)],
  );
}

/** How somebody can be reached: bit 1 phone, bit 2 e-mail, bit 4 a chat. */
export interface Reach {
  readonly key: number;
  readonly reach: number;
  readonly consent: string;
  readonly opted_out: number;
  readonly withheld: string;
}

export const reachBits = { phone: 1, email: 2, chat: 4 } as const;

/** Addresses and chats of a row of subscribers, as bits. */
export const reachColumn = (table: 's' | 'subscribers'): string =>
  `${table}.reach | iif(${table}.key IN (SELECT subscriber FROM chats), ${reachBits.chat}, 0) AS reach`;

interface Planned extends Reach {
  readonly urgency: number;
  /** 1: somebody else has one of their addresses as well. */
  readonly shares: number;
}

/** undefined where nobody else has the address, and for questions: each is answered on its own. */
export function pointOf(
  sql: Sql,
  notice: { readonly subscriber: number; readonly channel: string; readonly type: NoticeType },
  channels: readonly ChannelFacts[],
): Uint8Array | undefined {
  const kind = channels.find(({ name }) => name === notice.channel)?.address;
  if (kind === undefined || kind === 'chat' || questions.includes(notice.type)) return undefined;
  return sharedPoint(sql, notice.subscriber, kind);
}

const hex = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined ? null : Buffer.from(bytes).toString('hex');

function reachOf(sql: Sql, keys: Uint32Array, incident: string): Map<number, Planned> {
  const rows = sql.all<Planned>(
    `SELECT s.key, ${reachColumn('s')}, s.consent, s.opted_out, s.withheld, s.shares, ${urgencyColumn} FROM json_each(?) AS wanted JOIN subscribers AS s ON s.key = wanted.value
     WHERE s.removed = 0`,
    ...[incident, JSON.stringify([...keys])],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** The first channel of `order` that this subscriber has and agreed to for that type of notice. */
export function nextChannel(
  reach: Omit<Reach, 'key'> | undefined,
  wanted: {
    readonly order: readonly string[];
    readonly channels: readonly ChannelFacts[];
    readonly type: NoticeType;
  },
): string | undefined {
  if (reach === undefined) return undefined;
  return wanted.order.find((name) => {
    const channel = wanted.channels.find((one) => one.name === name);
    if (channel === undefined || (reach.reach & reachBits[channel.address]) === 0) return false;
    return agreesTo(reach, name, wanted.type);
  });
}

/** For a channel of `order`; without one nobody asks what they want to hear. */
const hasAddress = (
  reach: Pick<Reach, 'reach'> | undefined,
  channels: readonly ChannelFacts[],
  order: readonly string[],
): boolean =>
  reach !== undefined &&
  channels.some(({ name, address }) => order.includes(name) && (reach.reach & reachBits[address]) !== 0);

/** Notices of that type may come by that channel. */
export function agreesTo(
  { consent, opted_out: optedOut, withheld }: Pick<Reach, 'consent' | 'opted_out' | 'withheld'>,
  channel: string,
  type: NoticeType,
): boolean {
  if (optedOut !== 0 || (consent !== '' && !consent.split(' ').includes(channel))) return false;
  return !isWithheld(withheld, categoryOf(type), channel);
}

/** A second person agreed. */
export function releaseHeld(
  sql: Sql,
  asked: { readonly incident: string; readonly counts: CountChanges },
): void {
  const { incident, counts } = asked;
  for (const { type, n } of countWhere(sql, incident, 'held'))
    counts.move({ incident, type }, 'held', 'queued', n);
  sql.run("UPDATE notices SET state = 'queued' WHERE incident = ? AND state = 'held'", incident);
  // What is not expanded yet is released in the tell itself.
  sql.run(
    "UPDATE tells SET tell = json_set(tell, '$.held', json('false')) WHERE incident = ? AND state = 'open'",
    incident,
  );
}

/**
 * Takes back what was not sent: `detected` becomes suppressed, all else expired. A notice that a peer may have got in
 * an earlier try becomes uncertain, so that its addressee still hears of the repair. What is being sent right now may
 * end as sent, but is not tried again.
 */
export function withdraw(
  sql: Sql,
  asked: {
    readonly incident: string;
    readonly types: readonly NoticeType[];
    readonly at: number;
    readonly counts: CountChanges;
  },
): void {
  const { incident, at, counts } = asked;
  for (const type of asked.types) {
    sql.run(
      `UPDATE notices SET not_after = ? WHERE incident = ? AND type = ? AND state = 'sending'
       AND (not_after IS NULL OR not_after > ?)`,
      ...[at, incident, type, at],
    );
    // What a silent channel was given is not told once more by the next one.
    sql.run(
      'UPDATE notices SET await_until = NULL WHERE incident = ? AND type = ? AND await_until IS NOT NULL',
      ...[incident, type],
    );
    const [state, reason]: [NoticeState, string] =
      type === 'detected' ? ['suppressed', 'clearedBeforeHold'] : ['expired', 'withdrawn'];
    for (const from of ['held', 'queued'] as const) {
      const where = `incident = ? AND type = ? AND state = '${from}'`;
      const maybe = sql.run(
        `UPDATE notices SET state = 'uncertain' WHERE ${where} AND maybe = 1`,
        incident,
        type,
      );
      const gone = sql.run(
        `UPDATE notices SET state = ?, reason = ? WHERE ${where}`,
        state,
        reason,
        incident,
        type,
      );
      if (maybe > 0) counts.move({ incident, type }, from, 'uncertain', maybe);
      if (gone > 0) counts.move({ incident, type }, from, state, gone);
    }
    const open = sql.all<TellRow>(
      "SELECT * FROM tells WHERE incident = ? AND type = ? AND state = 'open'",
      incident,
      type,
    );
    for (const row of open) {
      const tell = JSON.parse(row.tell) as Tell;
      const rest = tell.to - row.next - tell.except.filter((number) => number >= row.next).length;
      if (rest > 0) counts.add(incident, type, state, rest);
      sql.run("UPDATE tells SET state = 'withdrawn' WHERE row = ?", row.row);
    }
  }
}

/** After a restore nobody knows what was sent since: everything undecided waits for a person. Answers how many rows. */
export function holdUndecided(sql: Sql): number {
  return sql.transaction(() => {
    const counts = new CountChanges();
    const found = sql.all<{ incident: string; type: string; state: NoticeState; n: number }>(
      `SELECT incident, type, state, count(*) AS n FROM notices WHERE state IN ('queued', 'sending') GROUP BY incident, type, state`,
    );
    for (const { incident, type, state, n } of found) counts.move({ incident, type }, state, 'held', n);
    const held = sql.run(
      "UPDATE notices SET state = 'held', lease_until = NULL WHERE state IN ('queued', 'sending')",
    );
    sql.run('UPDATE notices SET await_until = NULL WHERE await_until IS NOT NULL');
    sql.run("UPDATE tells SET tell = json_set(tell, '$.held', json('true')) WHERE state = 'open'");
    counts.write(sql);
    return held;
  });
}

function countWhere(sql: Sql, incident: string, state: NoticeState): { type: string; n: number }[] {
  return sql.all(
    'SELECT type, n FROM notice_counts WHERE incident = ? AND state = ? AND n > 0',
    incident,
    state,
  );
}

/** The tell a notice belongs to. */
export function tellOf(sql: Sql, job: number): Tell {
  const row = sql.get<{ tell: string }>('SELECT tell FROM tells WHERE row = ?', job);
  if (row === undefined) throw new Fault('book/tell-missing', `the book has no tell ${job}`);
  return JSON.parse(row.tell) as Tell;
}
