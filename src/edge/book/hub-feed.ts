/** What changed and is still to be told to the hubs of the TM Forum APIs, written with the change itself. */
import type { Change } from '../../model/change.ts';
import type { HubNews, OutsideNews } from '../../model/outside.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/** Not yet turned into events; what comes above is counted and not told. */
const mostWaiting = 100_000;

const tables = { alarm: 'alarms', incident: 'incidents', ticket: 'tickets' } as const;

export const isHeard = (sql: Sql): boolean => sql.get('SELECT 1 FROM hubs LIMIT 1') !== undefined;

/** Call before the change is written: the record that stood there tells what is new about it. */
export function feedChange(sql: Sql, change: Change, at: number): void {
  if (change.kind !== 'alarm' && change.kind !== 'incident' && change.kind !== 'ticket') return;
  const record = recordIn(change);
  const held = sql.get<{ record: string }>(
    `SELECT record FROM ${tables[change.kind]} WHERE id = ?`,
    record.id,
  );
  const after = JSON.stringify(record);
  if (held?.record === after) return;
  addNews(sql, { kind: change.kind, id: record.id, at, before: held?.record, after });
}

function recordIn(change: Extract<Change, { kind: keyof typeof tables }>): { readonly id: string } {
  if (change.kind === 'alarm') return change.alarm;
  return change.kind === 'incident' ? change.incident : change.ticket;
}

/** A record from outside may speak of people: it is sealed under a key of its own. */
export function feedOutside(
  sql: Sql,
  vault: Vault,
  {
    kind,
    id,
    at,
    news,
    body,
  }: {
    readonly kind: string;
    readonly id: string;
    readonly at: number;
    readonly news: OutsideNews;
    /** Undefined: of one of our own, or gone. */
    readonly body?: string | undefined;
  },
): void {
  if (!isHeard(sql)) return;
  addNews(sql, { kind, id, at, news, sealed: body === undefined ? undefined : vault.sealNew(body) });
}

interface News {
  readonly kind: string;
  readonly id: string;
  readonly at: number;
  readonly news?: OutsideNews | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly sealed?: ReturnType<Vault['sealNew']> | undefined;
}

function addNews(sql: Sql, { kind, id, at, news, before, after, sealed }: News): void {
  const span = sql.get<{ first?: number | undefined; last?: number | undefined }>(
    // Each by itself is found at once; of both together SQLite reads the whole table.
    'SELECT (SELECT min(row) FROM hub_feed) AS first, (SELECT max(row) FROM hub_feed) AS last',
  );
  if ((span?.last ?? 0) - (span?.first ?? 0) >= mostWaiting) {
    sql.run(
      "INSERT INTO meta (name, value) VALUES ('hubNewsLost', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
    );
    return;
  }
  sql.run(
    'INSERT INTO hub_feed (at, kind, id, news, before, after, data_key, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[at, kind, id, news, before, after, sealed?.dataKey, sealed?.sealed],
  );
}

interface FeedRow {
  readonly row: number;
  readonly at: number;
  readonly kind: string;
  readonly id: string;
  readonly news?: OutsideNews | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly data_key?: Uint8Array | undefined;
  readonly body?: Uint8Array | undefined;
}

/** Oldest first, up to the first that is newer than `upTo`. Records come as the line wrote them. */
export function hubNews(
  sql: Sql,
  vault: Vault,
  { limit, upTo }: { readonly limit: number; readonly upTo: number },
): readonly HubNews[] {
  const record = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  const rows = sql.all<FeedRow>('SELECT * FROM hub_feed ORDER BY row LIMIT ?', limit);
  // The line's instants lag behind those of a record from outside: a later row may be older, and whoever is done with
  // it is done with all before it.
  const fresh = rows.findIndex(({ at }) => at > upTo);
  return (fresh < 0 ? rows : rows.slice(0, fresh)).map(
    ({ row, at, kind, id, news, before, after, data_key: key, body }) => ({
      ...{ row, at, kind, id, news, before: record(before), after: record(after) },
      body: key === undefined || body === undefined ? undefined : vault.open(key, body),
    }),
  );
}
