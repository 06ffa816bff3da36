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

/** What became of works over time, as far as anybody was told. */
export interface WorksHistory extends Times {
  readonly works: string;
  readonly isCancelled: boolean;
  /** How often they were moved, called off or put up again. */
  readonly changes: number;
  readonly changedAt: Instant;
  /** Who was told last, as numbers of that topology. */
  readonly topologyVersion: number;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

/** Of works that anybody was told of since then, at most 1,000. */
export function worksHistories(sql: Sql, since: number): readonly WorksHistory[] {
  const rows = sql.all<{ incident: string; type: NoticeType; tell: string; created_at: number }>(
    `SELECT incident, type, tell, created_at FROM tells WHERE incident >= 'works:' AND incident < 'works;' AND created_at >= ?
     AND type IN ('planned', 'planned-changed', 'planned-cancelled') ORDER BY row DESC LIMIT 10000`,
    since,
  );
  const found = new Map<string, WorksHistory>();
  for (const { incident, type, tell, created_at: at } of rows.reverse()) {
    const { facts, topologyVersion, from, to } = JSON.parse(tell) as Tell;
    const now = {
      from: facts.startedAt,
      to: instant(facts.etr?.to ?? facts.startedAt),
      isCancelled: type === 'planned-cancelled',
    };
    const before = found.get(incident);
    const isSame =
      before?.from === now.from && before.to === now.to && before.isCancelled === now.isCancelled;
    const told = { from, to };
    if (before !== undefined && isSame) {
      const ranges = before.topologyVersion === topologyVersion ? [...before.ranges, told] : [told];
      found.set(incident, { ...before, topologyVersion, ranges });
      continue;
    }
    const changes = before === undefined ? 0 : before.changes + 1;
    if (found.size >= 1_000 && before === undefined) continue;
    found.set(incident, {
      works: incident.slice('works:'.length),
      ...now,
      changes,
      changedAt: instant(at),
      topologyVersion,
      ranges: [told],
    });
  }
  return [...found.values()];
}
