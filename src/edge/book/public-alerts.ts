/** Messages to other systems about outages, as they were published: each has its address for ever, until the oldest are forgotten. */
import type { PublicAlert } from '../../model/public-alert.ts';
import type { Sql } from './sql.ts';

/** The newest of an outage that is not cancelled stays beyond it: what comes next has to name it. */
const mostKept = 500;

/** One that is there already stays as it was. */
export function keepAlerts(sql: Sql, alerts: readonly PublicAlert[]): void {
  sql.transaction(() => {
    for (const alert of alerts)
      sql.run(
        'INSERT OR IGNORE INTO public_alerts (outage, revision, is_cancel, record) VALUES (?, ?, ?, ?)',
        ...[alert.outage, alert.revision, alert.type === 'Cancel' ? 1 : 0, JSON.stringify(alert)],
      );
    sql.run(
      `DELETE FROM public_alerts WHERE row <= (SELECT row FROM public_alerts ORDER BY row DESC LIMIT 1 OFFSET ?)
       AND (is_cancel = 1 OR row < (SELECT max(row) FROM public_alerts AS newer WHERE newer.outage = public_alerts.outage))`,
      mostKept,
    );
  });
}

/** Newest first. */
export const publicAlerts = (sql: Sql): readonly PublicAlert[] =>
  sql
    .all<{ record: string }>('SELECT record FROM public_alerts ORDER BY row DESC')
    .map(({ record }) => JSON.parse(record) as PublicAlert);
