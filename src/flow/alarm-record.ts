/** One record of an alarm stream: plain JSON from a file or a caller becomes an observation, or a reason why not. */
import { type Instant, instant } from '../base/instant.ts';
import { resourceId } from '../model/ids.ts';
import {
  type Observation,
  type ObservationSource,
  type PerceivedSeverity,
  severities,
} from '../model/observation.ts';

export interface AlarmRecord {
  /** Arrival, where the record says so. */
  readonly at: Instant | undefined;
  readonly observation: Observation;
}

const events = ['raise', 'clear', 'alive', 'unknown'] as const;
const sources: readonly ObservationSource[] = ['trap', 'poll', 'syslog', 'reply', 'collector', 'api'];

/** Unknown fields are ignored; a text is the reason why the record cannot be taken. */
export function readAlarmRecord(record: unknown): AlarmRecord | string {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return 'not an object';
  const field = record as Readonly<Record<string, unknown>>;
  const event = events.find((known) => known === field['event']);
  if (event === undefined) return `event must be one of ${events.join(', ')}`;
  const resource = name(field['resource']);
  if (resource === undefined) return 'resource must be a text of 1 to 500 characters';
  const cause = name(field['cause']);
  if ((event === 'raise' || event === 'clear') && cause === undefined) {
    return `${event} needs a cause, a text of 1 to 500 characters`;
  }
  const by = name(field['by']);
  if (by === undefined && (field['by'] ?? undefined) !== undefined)
    return 'by must be a text of 1 to 500 characters';
  const severity = readSeverity(field['severity']);
  if (severity === 'wrong') return `severity must be one of ${severities.join(', ')}`;
  const source =
    (field['source'] ?? undefined) === undefined ? 'api' : sources.find((known) => known === field['source']);
  if (source === undefined) return `source must be one of ${sources.join(', ')}`;
  const at = field['at'] ?? undefined;
  const deviceAt = field['deviceAt'] ?? undefined;
  if (!isTimeOrAbsent(at) || !isTimeOrAbsent(deviceAt))
    return 'at and deviceAt must be whole milliseconds since 1970';
  return {
    at: instantOf(at),
    observation: {
      event,
      cause,
      severity,
      source,
      resource: resourceId(resource),
      by: by === undefined ? undefined : resourceId(by),
      below: field['below'] === true ? true : undefined,
      deviceAt: instantOf(deviceAt),
      record: name(field['id']),
      attributes: readAttributes(field['attributes']),
    },
  };
}

const name = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= 500 ? value : undefined;

const isTimeOrAbsent = (value: unknown): value is number | undefined =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);

const instantOf = (value: number | undefined): Instant | undefined =>
  value === undefined ? undefined : instant(value);

function readSeverity(value: unknown): PerceivedSeverity | undefined | 'wrong' {
  if (value === undefined || value === null) return undefined;
  return severities.find((known) => known === value) ?? 'wrong';
}

/** At most 64 texts of 1 KiB, as an observation allows; what is more or no text is left out. */
function readAttributes(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== '__proto__')
    .slice(0, 64)
    .map(([key, held]) => [key.slice(0, 200), held.slice(0, 1024)] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
