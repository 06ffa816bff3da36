/** Notices of an incident that are held or wait, counted by what they are, and who is left out for which reason. */
import type { NoticeType, SuppressReason, Tell } from '../../model/notice.ts';
import type { Sql } from './sql.ts';
import { tellOf } from './tells.ts';

export interface WaitingNotices {
  readonly type: NoticeType;
  readonly channel: string;
  /** '' where the import gave none. */
  readonly language: string;
  readonly state: 'held' | 'queued';
  readonly count: number;
  /** Less than `count` where several have one address: it gets one message. */
  readonly messages: number;
  /** The newest that they come from: what they speak of. */
  readonly tell: Tell;
}

export interface NoticesAhead {
  readonly waiting: readonly WaitingNotices[];
  readonly heldBack: readonly { readonly reason: SuppressReason; readonly count: number }[];
}

export function noticesAhead(sql: Sql, incident: string): NoticesAhead {
  const rows = sql.all<Omit<WaitingNotices, 'tell'> & { readonly job: number }>(
    // A message is in the language of whoever comes first of those that it speaks of, and counts there alone.
    `SELECT n.type, n.channel, s.language, n.state, count(*) AS count,
       sum(n.point IS NULL OR n.row = n.leader) AS messages, max(n.tell) AS job
     FROM (SELECT *, min(row) OVER (PARTITION BY type, channel, state, revision, point) AS leader FROM notices
       WHERE incident = ? AND state IN ('held', 'queued')) AS n JOIN subscribers AS s ON s.key = n.subscriber
     GROUP BY 1, 2, 3, 4 ORDER BY 4, 1, 2, 3`,
    incident,
  );
  const byBook = sql.all<{ reason: SuppressReason; n: number }>(
    "SELECT reason, count(*) AS n FROM notices WHERE incident = ? AND state = 'suppressed' GROUP BY 1",
    incident,
  );
  const byLine = sql.all<{ reason: SuppressReason; n: number }>(
    `SELECT s.key AS reason, sum(s.value) AS n FROM tells AS t, json_each(t.tell, '$.suppressed') AS s
     WHERE t.incident = ? GROUP BY 1`,
    incident,
  );
  const heldBack = new Map<SuppressReason, number>();
  for (const { reason, n } of [...byBook, ...byLine]) heldBack.set(reason, (heldBack.get(reason) ?? 0) + n);
  return {
    waiting: rows.map(({ job, ...row }) => ({ ...row, tell: { ...tellOf(sql, job), except: [] } })),
    heldBack: [...heldBack]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  };
}
