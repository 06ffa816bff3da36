/** What the book says of incidents, read beside a running daemon without touching it. */
import type { Impact, Incident } from '../../model/incident.ts';
import { openPlainSqlite } from '../disk/sqlite.ts';

export interface RecordedIncidents {
  /** Sequence of the last input that the book has. */
  readonly applied: number;
  /** In order of opening. */
  readonly incidents: readonly { readonly incident: Incident; readonly subscribers: number }[];
}

/** One moment of it: what is written meanwhile is not seen. */
export function recordedIncidents(folder: string): RecordedIncidents {
  const sqlite = openPlainSqlite({ file: `${folder}/book.sqlite` });
  try {
    sqlite.exec('BEGIN');
    const applied = sqlite.prepare<{ value: number }>("SELECT value FROM meta WHERE name = 'applied'").get();
    const rows = sqlite
      .prepare<{ record: string; impact?: string | undefined }>(
        `SELECT i.record AS record, p.record AS impact FROM incidents AS i
         LEFT JOIN impacts AS p ON p.incident = i.id ORDER BY i.row`,
      )
      .all();
    sqlite.exec('COMMIT');
    const incidents = rows.map(({ record, impact }) => ({
      incident: JSON.parse(record) as Incident,
      subscribers: impact === undefined ? 0 : (JSON.parse(impact) as Impact).subscribers,
    }));
    return { applied: applied?.value ?? 0, incidents };
  } finally {
    sqlite.close();
  }
}
