/** Hubs: systems that asked by a TM Forum API to be told of its events, and the events on their way to each. */
import { neverHappens } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import type { HubRecord } from '../../model/outside.ts';
import { writeAudit } from './audit.ts';
import type { HookSettlement, HubEventJob, HubEventPost } from './records.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/** More are refused until one is deleted. */
const mostHubs = 100;
/** Waiting for one hub; what comes above is refused at once. */
const mostWaiting = 50_000;
/** News of yesterday is no news: who was away that long reads the list. */
const staleAfterMs = 24 * 3_600_000;

interface HubRow {
  readonly id: string;
  readonly api: string;
  readonly base: string;
  readonly mount: string;
  readonly callback: string;
  readonly query: string;
  readonly is_local: number;
  readonly data_key: Uint8Array;
  readonly secret: Uint8Array;
}

export function addHub(
  sql: Sql,
  vault: Vault,
  hub: HubRecord & { readonly at: number; readonly by: string },
): 'added' | 'full' {
  return sql.transaction(() => {
    const held = sql.get<{ n: number }>('SELECT count(*) AS n FROM hubs')?.n ?? 0;
    if (held >= mostHubs) return 'full';
    const { dataKey, sealed } = vault.sealNew(hub.secret);
    sql.run(
      'INSERT INTO hubs (id, api, base, mount, callback, query, is_local, data_key, secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[
        hub.id,
        hub.api,
        hub.base,
        hub.mount,
        hub.callback,
        hub.query,
        hub.isLocal ? 1 : 0,
        dataKey,
        sealed,
      ],
    );
    const detail = { api: hub.api, callback: hub.callback };
    writeAudit(sql, [{ at: instant(hub.at), actor: hub.by, action: 'addHub', target: hub.id, detail }]);
    return 'added';
  });
}

export const hubs = (sql: Sql, vault: Vault): readonly HubRecord[] =>
  sql
    .all<HubRow>('SELECT * FROM hubs ORDER BY row')
    .map(({ id, api, base, mount, callback, query, is_local: isLocal, data_key: key, secret }) => ({
      ...{ id, api, base, mount, callback, query, isLocal: isLocal === 1 },
      secret: vault.open(key, secret),
    }));

/** With all that waited for it; false when there is no such hub at that API. */
export function dropHub(
  sql: Sql,
  {
    id,
    api,
    at,
    by,
  }: { readonly id: string; readonly api: string; readonly at: number; readonly by: string },
): boolean {
  return sql.transaction(() => {
    if (sql.run('DELETE FROM hubs WHERE id = ? AND api = ?', id, api) === 0) return false;
    sql.run('DELETE FROM hub_jobs WHERE hub = ?', id);
    sql.run('DELETE FROM hub_feed WHERE NOT EXISTS (SELECT 1 FROM hubs)');
    writeAudit(sql, [{ at: instant(at), actor: by, action: 'dropHub', target: id }]);
    return true;
  });
}

/** Puts events on their way and forgets the news they were made of: both or neither. */
export function addHubEvents(
  sql: Sql,
  vault: Vault,
  {
    upTo,
    at,
    posts,
  }: { readonly upTo: number; readonly at: number; readonly posts: readonly HubEventPost[] },
): void {
  // Counted once a call: counting anew for each event would make a storm slower the longer it lasts.
  const room = new Map<string, number>();
  sql.transaction(() => {
    for (const { key, hub, event } of posts) {
      const dataKey = sql.get<{ data_key: Uint8Array }>(
        'SELECT data_key FROM hubs WHERE id = ?',
        hub,
      )?.data_key;
      if (dataKey === undefined) continue;
      const waiting =
        room.get(hub) ??
        sql.get<{ n: number }>("SELECT count(*) AS n FROM hub_jobs WHERE hub = ? AND state = 'queued'", hub)
          ?.n ??
        0;
      room.set(hub, waiting + 1);
      if (waiting >= mostWaiting) {
        count(sql, 'Refused', 1);
        continue;
      }
      sql.run(
        `INSERT INTO hub_jobs (key, hub, state, post, attempts, due_at, created_at) VALUES (?, ?, 'queued', ?, 0, ?, ?)
         ON CONFLICT (key) DO NOTHING`,
        ...[key, hub, vault.seal(dataKey, event), at, at],
      );
    }
    sql.run('DELETE FROM hub_feed WHERE row <= ?', upTo);
  });
}

/** What is due for one hub, in order; what is too old ends as refused. */
export function dueHubEvents(
  sql: Sql,
  vault: Vault,
  { hub, limit, now }: { readonly hub: string; readonly limit: number; readonly now: number },
): readonly HubEventJob[] {
  // The oldest stand first, so a part of them is looked at each time and not all that wait.
  const stale = sql.run(
    `DELETE FROM hub_jobs WHERE created_at <= ?
     AND row IN (SELECT row FROM hub_jobs WHERE hub = ? AND state = 'queued' ORDER BY row LIMIT 1000)`,
    ...[now - staleAfterMs, hub],
  );
  if (stale > 0) count(sql, 'Refused', stale);
  const rows = sql.all<{
    key: string;
    post: Uint8Array;
    attempts: number;
    due_at: number;
    data_key: Uint8Array;
  }>(
    `SELECT j.key, j.post, j.attempts, j.due_at, h.data_key FROM hub_jobs AS j JOIN hubs AS h ON h.id = j.hub
     WHERE j.hub = ? AND j.state = 'queued' ORDER BY j.row LIMIT ?`,
    ...[hub, limit],
  );
  // One that waits to be tried again keeps those behind it: a hub hears of things in the order in which they were.
  const waits = rows.findIndex((row) => row.due_at > now);
  return (waits < 0 ? rows : rows.slice(0, waits)).map(({ key, post, attempts, data_key: dataKey }) => ({
    ...{ key, attempts },
    event: vault.open(dataKey, post),
  }));
}

export function settleHubEvents(sql: Sql, results: readonly HookSettlement[]): void {
  sql.transaction(() => {
    for (const result of results) {
      switch (result.kind) {
        case 'taken':
        case 'refused':
          sql.run('DELETE FROM hub_jobs WHERE key = ?', result.key);
          count(sql, result.kind === 'taken' ? 'Taken' : 'Refused', 1);
          break;
        case 'retry':
          sql.run(
            'UPDATE hub_jobs SET attempts = attempts + 1, due_at = ?, reason = ? WHERE key = ?',
            ...[result.at, result.reason, result.key],
          );
          break;
        default:
          neverHappens(result);
      }
    }
  });
}

/** What ended is counted and not kept. */
function count(sql: Sql, how: 'Taken' | 'Refused', events: number): void {
  sql.run(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    ...[`hubEvents${how}`, events],
  );
}

/** All hubs together; what was forgotten of records from outside, and resources of theirs that the topology does not have. */
export function hubCounts(sql: Sql): Readonly<Record<string, number>> {
  const counted = sql.all<{ name: string; value: number }>(
    `SELECT name, value FROM meta
     WHERE name IN ('hubEventsTaken', 'hubEventsRefused', 'hubNewsLost', 'outsideNotesForgotten')`,
  );
  return {
    ...{ hubEventsTaken: 0, hubEventsRefused: 0, hubNewsLost: 0, outsideNotesForgotten: 0 },
    ...Object.fromEntries(counted.map(({ name, value }) => [name, value])),
    outsideResourcesApart:
      sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM outside WHERE kind IN ('resource', 'physicalResource', 'logicalResource') AND is_own = 0",
      )?.n ?? 0,
    hubEventsQueued:
      sql.get<{ n: number }>("SELECT count(*) AS n FROM hub_jobs WHERE state = 'queued'")?.n ?? 0,
  };
}
