/** Running counts of notices by incident, type and state, written with the rows they count: reading them is O(1). */
import type { Incident } from '../../model/incident.ts';
import { type NoticeState, type NoticeTotals, noNotices } from '../../model/notice.ts';
import type { Sql } from './sql.ts';

interface CountChange {
  readonly incident: string;
  readonly type: string;
  readonly state: NoticeState;
  readonly n: number;
}

/** Gathers the changes of one transaction, so that 500 rows cost a few updates. */
export class CountChanges {
  readonly #changes = new Map<string, { incident: string; type: string; state: NoticeState; n: number }>();

  add(incident: string, type: string, state: NoticeState, n = 1): void {
    const key = `${incident}\n${type}\n${state}`;
    const change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, { incident, type, state, n });
    else change.n += n;
  }

  move(
    notice: { readonly incident: string; readonly type: string },
    from: NoticeState,
    to: NoticeState,
    n = 1,
  ): void {
    this.add(notice.incident, notice.type, from, -n);
    this.add(notice.incident, notice.type, to, n);
  }

  entries(): Iterable<CountChange> {
    return this.#changes.values();
  }

  write(sql: Sql): void {
    for (const { incident, type, state, n } of this.#changes.values()) {
      if (n === 0) continue;
      sql.run(
        `INSERT INTO notice_counts (incident, type, state, n) VALUES (?, ?, ?, ?)
         ON CONFLICT (incident, type, state) DO UPDATE SET n = n + excluded.n`,
        ...[incident, type, state, n],
      );
    }
    this.#changes.clear();
  }
}

/** `planned` is the sum of all states; what is being sent right now counts as queued. */
export function noticeCounts(sql: Sql, incident: string): NoticeTotals {
  const counts = { ...noNotices };
  const rows = sql.all<{ state: NoticeState; n: number }>(
    'SELECT state, sum(n) AS n FROM notice_counts WHERE incident = ? GROUP BY state',
    incident,
  );
  for (const { state, n } of rows) {
    counts[state === 'sending' ? 'queued' : state] += n;
    counts.planned += n;
  }
  const twice = `SELECT count(*) AS n FROM notices WHERE incident = ? AND maybe = 1 AND ${arrived}`;
  counts.maybeTwice = sql.get<{ n: number }>(twice, incident)?.n ?? 0;
  return counts;
}

/** Notices that people have; one in flight when the process died may have come or not. */
const arrived = "state IN ('sent', 'delivered')";

/**
 * How many subscribers were told that it is out, each once. Whoever is told once is counted by the running counts; only of
 * an incident that came back, or that others became part of, a subscriber may have several first words; and of a chain
 * the next channel may have brought what a silent one had brought already.
 */
export function peopleTold(sql: Sql, { id, history }: Incident): number {
  const parts = sql.all<{ id: string }>(
    "SELECT id FROM incidents WHERE state = 'merged' AND record ->> 'into' = ?",
    id,
  );
  if (parts.length === 0 && !history.some(({ event }) => event === 'reopen')) {
    const counted = `SELECT sum(n) AS n FROM notice_counts WHERE incident = ? AND type = 'detected' AND ${arrived}`;
    const twice = `SELECT count(*) AS n FROM notices AS n WHERE incident = ? AND place > 0 AND type = 'detected' AND ${arrived}
      AND EXISTS (SELECT 1 FROM notices AS p WHERE p.incident = n.incident AND p.subscriber = n.subscriber AND p.type = n.type
        AND p.revision = n.revision AND p.place < n.place AND p.${arrived})`;
    const count = (statement: string): number => sql.get<{ n?: number | undefined }>(statement, id)?.n ?? 0;
    return count(counted) - count(twice);
  }
  const rows = `SELECT count(DISTINCT subscriber) AS n FROM notices
    WHERE incident IN (SELECT value FROM json_each(?)) AND type = 'detected' AND ${arrived}`;
  return sql.get<{ n: number }>(rows, JSON.stringify([id, ...parts.map((part) => part.id)]))?.n ?? 0;
}
