/** What subscribers were last told of planned works: works that are called off are in no topology, but in what was told. */
import { type Instant, instant } from '../../base/instant.ts';
import type { IncidentId } from '../../model/ids.ts';
import type { NoticeType, Tell } from '../../model/notice.ts';
import type { Sql } from './sql.ts';

interface Times {
  readonly from: Instant;
  readonly to: Instant;
}

export interface WorksTold extends Times {
  readonly isCancelled: boolean;
  /** When they were over sooner than `to`, or at `to`. */
  readonly endedAt?: Instant | undefined;
  /** The times they had before they moved. */
  readonly before?: Times | undefined;
}

/** undefined where nothing was told under this id of notices. */
export function worksTold(sql: Sql, notices: IncidentId): WorksTold | undefined {
  const rows = sql.all<{ type: NoticeType; tell: string }>(
    `SELECT type, tell FROM tells WHERE row IN (SELECT max(row) FROM tells WHERE incident = ? AND type LIKE 'planned%' GROUP BY type)
     ORDER BY row DESC`,
    notices,
  );
  const [newest, ...older] = rows.map(({ type, tell }) => ({
    type,
    facts: (JSON.parse(tell) as Tell).facts,
  }));
  if (newest === undefined) return undefined;
  const { startedAt: from, etr, restoredAt } = newest.facts;
  const to = instant(etr?.to ?? from);
  // Whoever came to live below them later was told "planned", after the others were told that they had moved.
  const changed = [newest, ...older].find(({ type }) => type === 'planned-changed')?.facts;
  const isSame = changed?.startedAt === from && changed.etr?.to === to;
  const before = isSame && changed.previousEtr !== undefined ? changed.previousEtr : undefined;
  return {
    from,
    to,
    isCancelled: newest.type === 'planned-cancelled',
    endedAt: newest.type === 'planned-end' ? (restoredAt ?? to) : undefined,
    before: before === undefined ? undefined : { from: before.from, to: before.to },
  };
}
