/** How the files of a day are called, and what their names say. */

export const DAY_MS = 86_400_000;

export interface DayName {
  /** Whole days since 1970-01-01 UTC. */
  readonly day: number;
  /** `part`: some samples of the day; `whole`: all that parts of lower numbers had; the others are SQLite files of former versions. */
  readonly kind: 'part' | 'whole' | 'oldOpen' | 'oldWhole';
  /** Files of higher numbers of a day hold what came later; 0 for files of former versions. */
  readonly number: number;
}

const names = /^series-(\d{4}-\d\d-\d\d)(?:\.(\d{6,})\.(part|whole)|(\.open)?\.sqlite)$/;

/** Names of files that are being written: nothing counts that stands in them. */
export const unfinished = /^series-\d{4}-\d\d-\d\d\.(writing|sealing|sealing\.sqlite.*)$/;

export function parseDayName(name: string): DayName | undefined {
  const match = names.exec(name);
  const day = Math.floor(Date.parse(`${match?.[1]}T00:00:00Z`) / DAY_MS);
  if (match === null || Number.isNaN(day)) return undefined;
  const [, , number, kind, open] = match;
  if (kind === undefined) return { day, kind: open === undefined ? 'oldWhole' : 'oldOpen', number: 0 };
  return { day, kind: kind as 'part' | 'whole', number: Number(number) };
}

export function segmentName(day: number, number: number, kind: 'part' | 'whole'): string {
  return `${dayName(day)}.${String(number).padStart(6, '0')}.${kind}`;
}

export function dayName(day: number): string {
  return `series-${new Date(day * DAY_MS).toISOString().slice(0, 10)}`;
}
