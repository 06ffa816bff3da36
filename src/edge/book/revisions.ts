/** How the set of those whom an incident touches changed: who came, who went, revision by revision. */
import { type Instant, instant } from '../../base/instant.ts';
import { sizeOf, without } from '../../base/ranges.ts';
import type { Impact, ImpactRevision } from '../../model/incident.ts';
import type { Sql } from './sql.ts';

/** Of one incident; the oldest make room. */
const mostRevisions = 200;

interface RevisionRow extends Omit<ImpactRevision, 'left'> {
  readonly gone: number;
}

/** Numbers of two topologies cannot be compared: then nobody came or went, and the count alone tells. */
export function noteRevision(sql: Sql, impact: Impact, at: number): void {
  const { incident, revision, topologyVersion, ranges, subscribers } = impact;
  const held = sql.get<{ record: string }>('SELECT record FROM impacts WHERE incident = ?', incident);
  const before = held === undefined ? undefined : (JSON.parse(held.record) as Impact);
  if (before?.revision !== revision || !isSameTime(before, impact)) noteVersion(sql, impact, at);
  if (before?.revision === revision) return;
  const isComparable = before === undefined || before.topologyVersion === topologyVersion;
  const joined = isComparable ? sizeOf(without(ranges, before?.ranges ?? [])) : 0;
  const gone = isComparable ? sizeOf(without(before?.ranges ?? [], ranges)) : 0;
  sql.run(
    'INSERT OR REPLACE INTO impact_revisions (incident, revision, at, subscribers, joined, gone, ranges) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[incident, revision, at, subscribers, joined, gone, JSON.stringify(ranges)],
  );
  sql.run(
    'DELETE FROM impact_revisions WHERE incident = ? AND revision <= ?',
    incident,
    revision - mostRevisions,
  );
}

const isSameTime = ({ etr: a }: Impact, { etr: b }: Impact): boolean =>
  a?.from === b?.from && a?.to === b?.to;

function noteVersion(sql: Sql, { incident, subscribers }: Impact, at: number): void {
  sql.run(
    'INSERT OR REPLACE INTO impact_versions (incident, at, subscribers) VALUES (?, ?, ?)',
    incident,
    at,
    subscribers,
  );
  sql.run(
    `DELETE FROM impact_versions WHERE incident = ? AND at NOT IN
     (SELECT at FROM impact_versions WHERE incident = ? ORDER BY at DESC LIMIT ?)`,
    ...[incident, incident, mostRevisions],
  );
}

/** When each of them touched other people or got another expected time, oldest first, and how many it touched then. */
export function impactVersions(
  sql: Sql,
  incidents: readonly string[],
): ReadonlyMap<string, readonly ImpactVersion[]> {
  return new Map(
    incidents
      .slice(0, 2_000)
      .map((incident) => [
        incident,
        sql
          .all<{ at: number; subscribers: number }>(
            'SELECT at, subscribers FROM impact_versions WHERE incident = ? ORDER BY at',
            incident,
          )
          .map(({ at, subscribers }) => ({ at: instant(at), subscribers })),
      ]),
  );
}

export interface ImpactVersion {
  readonly at: Instant;
  readonly subscribers: number;
}

/** Newest first. */
export const impactRevisions = (sql: Sql, incident: string): readonly ImpactRevision[] =>
  sql
    .all<RevisionRow>(
      'SELECT * FROM impact_revisions WHERE incident = ? ORDER BY revision DESC LIMIT 200',
      incident,
    )
    .map(({ revision, at, subscribers, joined, gone }) => ({
      ...{ revision, at: instant(at), subscribers, joined, left: gone },
    }));
