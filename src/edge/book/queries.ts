/** What the front asks of the book: lists in pages and single records, as the line wrote them. */

import { instant } from '../../base/instant.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { Confirmation, ConfirmationState } from '../../model/confirmation.ts';
import type { IncidentId, SubscriberKey } from '../../model/ids.ts';
import type { Impact, Incident } from '../../model/incident.ts';
import type { NoticeState } from '../../model/notice.ts';
import { severities } from '../../model/observation.ts';
import type { Task } from '../../model/task.ts';
import { conditions, type RecordRow, recordConditions, recordIn } from './conditions.ts';
import { noticeCounts, peopleTold } from './notice-counts.ts';
import type { NoticeRow } from './outbox.ts';
import { pageOf } from './paging.ts';
import type { IncidentRecord, NoticeRecord, Page, PageRequest } from './records.ts';
import type { Sql } from './sql.ts';

export function incidents(
  sql: Sql,
  query: PageRequest & { readonly states?: readonly Incident['state'][] | undefined },
): Page<IncidentRecord> {
  return pageOf<RecordRow, IncidentRecord>(sql, query, {
    from: 'incidents',
    ...recordConditions(query, { state: query.states }),
    item: (row) => incidentRecord(sql, row),
  });
}

export function incidentById(sql: Sql, id: string): IncidentRecord | undefined {
  const row = sql.get<RecordRow>('SELECT * FROM incidents WHERE id = ?', id);
  return row === undefined ? undefined : incidentRecord(sql, row);
}

function incidentRecord(sql: Sql, row: RecordRow): IncidentRecord {
  const tickets =
    sql.get<{ n: number }>(
      'SELECT count(*) AS n FROM tickets WHERE incident = ? AND subscriber IS NOT NULL',
      row.id,
    )?.n ?? 0;
  const impact = sql.get<{ record: string }>('SELECT record FROM impacts WHERE incident = ?', row.id);
  const worst = sql.get<{ severity: number }>(
    "SELECT severity FROM alarms WHERE incident = ? ORDER BY state = 'raised' DESC, severity LIMIT 1",
    row.id,
  );
  const incident = recordIn<Incident>(row);
  return {
    severity: severities[worst?.severity ?? severities.length - 1] ?? 'indeterminate',
    incident,
    impact: impact === undefined ? undefined : (JSON.parse(impact.record) as Impact),
    tickets,
    notices: noticeCounts(sql, row.id),
    told: peopleTold(sql, incident),
  };
}

export function alarms(
  sql: Sql,
  query: PageRequest & {
    readonly state?: Alarm['state'] | undefined;
    readonly incident?: string | undefined;
  },
): Page<Alarm> {
  return pageOf<RecordRow, Alarm>(sql, query, {
    from: 'alarms',
    ...recordConditions(query, { state: query.state, incident: query.incident }),
    item: (row) => recordIn<Alarm>(row),
  });
}

/** A page of the alarms of an incident: what those of the given causes are raised at, and where the next page begins. */
export interface DeadResources {
  readonly resources: readonly string[];
  readonly next?: readonly [severity: number, row: number] | undefined;
}

/** Every alarm that is read counts towards `limit`, whatever its cause, so that a page is as short as it says. */
export function deadResources(
  sql: Sql,
  asked: {
    readonly incident: string;
    readonly causes: readonly string[];
    readonly after: readonly [severity: number, row: number] | undefined;
    readonly limit: number;
  },
): DeadResources {
  const rows = sql.all<{ row: number; severity: number; resource: string; dead: number }>(
    `SELECT row, severity, record ->> 'resource' AS resource, record ->> 'cause' IN (SELECT value FROM json_each(?)) AS dead
     FROM alarms WHERE incident = ? AND state = 'raised' AND (severity, row) > (?, ?) ORDER BY severity, row LIMIT ?`,
    ...[JSON.stringify(asked.causes), asked.incident, ...(asked.after ?? [-1, 0]), asked.limit],
  );
  const last = rows.at(-1);
  return {
    resources: rows.filter(({ dead }) => dead === 1).map(({ resource }) => resource),
    next: last === undefined || rows.length < asked.limit ? undefined : [last.severity, last.row],
  };
}

export function alarmById(sql: Sql, id: string): Alarm | undefined {
  const row = sql.get<RecordRow>('SELECT * FROM alarms WHERE id = ?', id);
  return row === undefined ? undefined : recordIn<Alarm>(row);
}

export interface NoticeQuery extends PageRequest {
  readonly incident?: string | undefined;
  readonly state?: NoticeState | undefined;
  readonly subscriber?: number | undefined;
}

type StoredNotice = NoticeRow & {
  readonly created_at: number;
  readonly sent_at?: number | undefined;
  readonly reason?: string | undefined;
  readonly external_id?: string | undefined;
};

export function notices(sql: Sql, query: NoticeQuery): Page<NoticeRecord> {
  const { incident, state, subscriber } = query;
  return pageOf<StoredNotice, NoticeRecord>(sql, query, {
    from: 'notices',
    ...conditions({ incident, state, subscriber }),
    item: (row) => ({
      id: String(row.row),
      key: row.key,
      incident: row.incident as IncidentId,
      subscriber: row.subscriber as SubscriberKey,
      subscriberId:
        sql.get<{ id: string }>('SELECT id FROM subscribers WHERE key = ?', row.subscriber)?.id ?? '',
      type: row.type,
      revision: row.revision,
      channel: row.channel,
      state: row.state,
      reason: row.reason,
      attempts: row.attempts,
      createdAt: instant(row.created_at),
      externalId: row.external_id,
      maybeTwice: row.maybe === 1 && (row.state === 'sent' || row.state === 'delivered'),
      sentAt: row.sent_at === undefined ? undefined : instant(row.sent_at),
    }),
  });
}

export function confirmations(
  sql: Sql,
  query: PageRequest & { readonly incident?: string | undefined; readonly subscriber?: number | undefined },
): Page<Confirmation> {
  return pageOf<RecordRow, Confirmation>(sql, query, {
    from: 'confirmations',
    ...recordConditions(query, { incident: query.incident, subscriber: query.subscriber }),
    item: (row) => recordIn<Confirmation>(row),
  });
}

/** How many confirmations of the incident are in which state. */
/** By cause, how many subscribers named it since then: with a mark at or below `low`, or when we called them about one. */
export function causesNamed(
  sql: Sql,
  { since, low }: { readonly since: number; readonly low: number },
): ReadonlyMap<string, number> {
  const rows = sql.all<{ cause: string; n: number }>(
    `SELECT cause, count(DISTINCT subscriber) AS n FROM (
       SELECT record ->> '$.rating.cause' AS cause, subscriber FROM confirmations
         WHERE record ->> '$.rating.cause' IS NOT NULL AND record ->> '$.rating.at' >= ? AND record ->> '$.rating.score' <= ?
       UNION ALL SELECT record ->> '$.cause', record ->> '$.subscriber' FROM tasks
         WHERE record ->> '$.cause' IS NOT NULL AND record ->> '$.doneAt' >= ?) GROUP BY cause`,
    ...[since, low, since],
  );
  return new Map(rows.map(({ cause, n }) => [cause, n]));
}

export function confirmationCounts(sql: Sql, incident: string): Partial<Record<ConfirmationState, number>> {
  const rows = sql.all<{ state: ConfirmationState; n: number }>(
    'SELECT state, count(*) AS n FROM confirmations WHERE incident = ? GROUP BY state',
    incident,
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

export function confirmationById(sql: Sql, id: string): Confirmation | undefined {
  const row = sql.get<RecordRow>('SELECT * FROM confirmations WHERE id = ?', id);
  return row === undefined ? undefined : recordIn<Confirmation>(row);
}

export function tasks(
  sql: Sql,
  query: PageRequest & { readonly states?: readonly Task['state'][] | undefined },
): Page<Task> {
  return pageOf<RecordRow, Task>(sql, query, {
    from: 'tasks',
    ...recordConditions(query, { state: query.states }),
    item: (row) => recordIn<Task>(row),
  });
}

export function taskById(sql: Sql, id: string): Task | undefined {
  const row = sql.get<RecordRow>('SELECT * FROM tasks WHERE id = ?', id);
  return row === undefined ? undefined : recordIn<Task>(row);
}

/** How many of the newest incidents are of each kind of fault, and when the last of them began. */
export function incidentKinds(
  sql: Sql,
  newest: number,
): readonly { readonly kind: string; readonly n: number; readonly last: number }[] {
  return sql.all(
    `SELECT record ->> 'kind' AS kind, count(*) AS n, max(record ->> 'startedAt') AS last
     FROM (SELECT record FROM incidents WHERE state <> 'merged' ORDER BY row DESC LIMIT ?) GROUP BY 1`,
    newest,
  );
}
