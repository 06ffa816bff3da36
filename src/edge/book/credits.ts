/** What subscribers are owed for outages: kept as it changed, and brought to the billing system in posts of many. */
import { hash } from 'node:crypto';
import type { Owed } from '../../model/compensation.ts';
import { pageOf } from './paging.ts';
import type { CreditPost, CreditRecord, CreditTotal, HookSettlement, Page, PageRequest } from './records.ts';
import type { Sql } from './sql.ts';

/** Of one post: a body of some 250 kB. */
const creditsOfPost = 500;
/** What the billing system does not take is tried again: it is money, and never too late. */
const refusedAgainMs = 3_600_000;

interface Row {
  readonly row: number;
  readonly key: string;
  readonly at: number;
  readonly incident: string;
  readonly subscriber: number;
  readonly service: string;
  readonly revision: number;
  readonly replaces?: string | undefined;
  readonly rule: string;
  readonly version: string;
  readonly class: string;
  readonly kind: string;
  readonly from_at: number;
  readonly to_at: number;
  readonly minutes: number;
  readonly amount: number;
  readonly change: number;
  readonly currency: string;
  readonly id?: string | undefined;
  readonly state?: string | undefined;
}

type Standing = Pick<Row, 'subscriber' | 'key' | 'revision' | 'amount' | 'currency' | 'rule' | 'version'>;

/** 128 bit of SHA-256 over what makes it the same event, in hex: the billing system drops what it has by it. */
const creditKey = (incident: string, subscriber: number, service: string, revision: number): string =>
  hash('sha256', `credit\n${incident}\n${subscriber}\n${service}\n${revision}`, 'hex').slice(0, 32);

/**
 * Keeps what is new about it: the same amount as before is no news, another one replaces it. CROSS JOIN: whom it is about
 * is looked up one by one, in place of looking through the list for each credit of the incident.
 */
export function addOwed(sql: Sql, owed: Owed, at: number): void {
  const { incident, service, money, rule } = owed;
  const standing = new Map(
    sql
      .all<Standing>(
        `SELECT c.subscriber, c.key, c.revision, c.amount, c.currency, c.rule, c.version FROM json_each(?) AS wanted
         CROSS JOIN credits AS c ON c.incident = ? AND c.subscriber = wanted.value AND c.service = ?
         WHERE c.revision = (SELECT max(revision) FROM credits AS o WHERE o.incident = c.incident AND o.subscriber = c.subscriber
           AND o.service = c.service)`,
        ...[JSON.stringify(owed.subscribers), incident, service],
      )
      .map((row) => [row.subscriber, row]),
  );
  const currency = money.currency ?? '';
  const rows: unknown[][] = [];
  for (const subscriber of owed.subscribers) {
    let last: Standing | undefined = standing.get(subscriber);
    const put = (next: Pick<Standing, 'amount' | 'currency' | 'rule' | 'version'>): void => {
      const revision = (last?.revision ?? 0) + 1;
      const key = creditKey(incident, subscriber, service, revision);
      const change = next.amount - (last?.amount ?? 0);
      const { rule: id, version, amount } = next;
      rows.push([key, subscriber, revision, last?.key ?? null, id, version, amount, change, next.currency]);
      last = { ...next, subscriber, key, revision };
    };
    if (money.thousandths === (last?.amount ?? 0) && (money.thousandths === 0 || last?.currency === currency))
      continue;
    const held = last;
    // Sums are of one currency: the old one goes before the new one comes.
    if (held !== undefined && held.amount > 0 && (money.thousandths === 0 || held.currency !== currency))
      put({ ...held, amount: 0 });
    if (money.thousandths > 0 && rule !== undefined)
      put({ amount: money.thousandths, currency, rule: rule.id, version: rule.version });
  }
  if (rows.length === 0) return;
  sql.run(
    `INSERT OR IGNORE INTO credits (key, at, incident, subscriber, service, revision, replaces, rule, version, class, kind, from_at, to_at,
       minutes, amount, change, currency)
     SELECT value ->> 0, ?, ?, value ->> 1, ?, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?, ?, ?, ?, ?, value ->> 6, value ->> 7,
       value ->> 8 FROM json_each(?)`,
    ...[at, incident, service, owed.class, owed.kind, owed.from, owed.to, owed.minutes, JSON.stringify(rows)],
  );
}

const columns = `c.*, s.id AS id, coalesce(p.state, 'queued') AS state`;
const joined = `credits AS c LEFT JOIN subscribers AS s ON s.key = c.subscriber LEFT JOIN credit_posts AS p ON p.row = c.post`;

const recordOf = ({ row, from_at: from, to_at: to, currency, id, state, ...rest }: Row): CreditRecord => ({
  ...rest,
  row,
  ...{ from, to, currency: currency === '' ? undefined : currency },
  subscriberId: id,
  state: state as CreditRecord['state'],
});

/** Posts that are due, oldest first; what is new becomes posts, each with the same events at every try. */
export function dueCreditPosts(
  sql: Sql,
  { limit, now }: { readonly limit: number; readonly now: number },
): readonly CreditPost[] {
  return sql.transaction(() => {
    for (let made = 0; made < limit; made++) {
      const span = sql.get<{ n: number; first: number; last: number }>(
        `SELECT count(*) AS n, min(row) AS first, max(row) AS last FROM (SELECT row FROM credits WHERE post IS NULL ORDER BY row LIMIT ${creditsOfPost})`,
      );
      if (span === undefined || span.n === 0) break;
      const key = hash('sha256', `credits\n${span.first}\n${span.last}`, 'hex').slice(0, 32);
      sql.run("INSERT INTO credit_posts (key, state, attempts, due_at) VALUES (?, 'queued', 0, ?)", key, now);
      sql.run(
        'UPDATE credits SET post = (SELECT max(row) FROM credit_posts) WHERE post IS NULL AND row BETWEEN ? AND ?',
        ...[span.first, span.last],
      );
    }
    return sql
      .all<{ row: number; key: string; attempts: number }>(
        "SELECT row, key, attempts FROM credit_posts WHERE state <> 'taken' AND due_at <= ? ORDER BY due_at, row LIMIT ?",
        ...[now, limit],
      )
      .map(({ row, key, attempts }) => ({
        ...{ key, attempts },
        credits: sql
          .all<Row>(`SELECT ${columns} FROM ${joined} WHERE c.post = ? ORDER BY c.row`, row)
          .map(recordOf),
      }));
  });
}

export function settleCreditPosts(sql: Sql, results: readonly HookSettlement[], now: number): void {
  sql.transaction(() => {
    for (const result of results) {
      if (result.kind === 'taken') {
        sql.run("UPDATE credit_posts SET state = 'taken', reason = NULL WHERE key = ?", result.key);
        continue;
      }
      const [state, at] =
        result.kind === 'refused' ? ['refused', now + refusedAgainMs] : (['queued', result.at] as const);
      sql.run(
        'UPDATE credit_posts SET state = ?, attempts = attempts + 1, due_at = ?, reason = ? WHERE key = ?',
        ...[state, at, result.reason, result.key],
      );
    }
  });
}

export interface CreditQuery extends PageRequest {
  readonly incident?: string | undefined;
}

/** Newest first. */
export function creditPage(sql: Sql, { incident, ...request }: CreditQuery): Page<CreditRecord> {
  const [where, values] = incident === undefined ? ['1', []] : ['incident = ?', [incident]];
  const total = sql.get<{ n: number }>(`SELECT count(*) AS n FROM credits WHERE ${where}`, ...values)?.n;
  const from = `(SELECT ${columns} FROM ${joined})`;
  return pageOf<Row, CreditRecord>(sql, request, { from, where, values, total, item: recordOf });
}

/** By rule and currency: to how many, how much in the end, and how much of it the billing system has. */
export function creditTotals(sql: Sql, incident: string): readonly CreditTotal[] {
  return sql
    .all<Omit<CreditTotal, 'currency'> & { currency: string }>(
      `SELECT rule, version, c.currency AS currency, sum(amount) AS amount, count(*) AS credits, count(DISTINCT subscriber) AS subscribers,
         sum(revision > 1) AS corrected, sum(coalesce(p.state = 'taken', 0)) AS taken, sum(coalesce(p.state = 'refused', 0)) AS refused
       FROM credits AS c LEFT JOIN credit_posts AS p ON p.row = c.post WHERE incident = ? AND amount > 0 AND revision =
         (SELECT max(revision) FROM credits AS o WHERE o.incident = c.incident AND o.subscriber = c.subscriber AND o.service = c.service)
       GROUP BY rule, version, c.currency ORDER BY rule, version, c.currency`,
      incident,
    )
    .map(({ currency, ...total }) => ({ ...total, currency: currency === '' ? undefined : currency }));
}
