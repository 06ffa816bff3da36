/** `POST /api/v1/alarms`: alarm-stream records from outside become observations, each line judged by itself. */
import { instant } from '../../base/instant.ts';
import { resourceId } from '../../model/ids.ts';
import {
  type Observation,
  type ObservationSource,
  type PerceivedSeverity,
  severities,
} from '../../model/observation.ts';
import type { IntakeJson } from './contract.ts';
import type { FrontPorts } from './ports.ts';
import { ok, type Reply, refusal } from './route.ts';

export const maxIntakeBytes = 8 * 1024 * 1024;
const maxRecords = 50_000;
/** Submitted at once; the line's own queue is the bound behind it. */
const slice = 1_000;
const events = ['raise', 'clear', 'alive', 'unknown'] as const;
const sources: readonly ObservationSource[] = ['trap', 'poll', 'syslog', 'reply', 'collector', 'api'];

interface Line {
  readonly number: number;
  readonly record: unknown;
  /** Why it could not be read. */
  readonly broken?: string | undefined;
}

export async function takeIn(ports: FrontPorts, body: string): Promise<Reply> {
  const lines = readLines(body);
  if (typeof lines === 'string') return refusal(400, lines);
  if (lines.length > maxRecords) return refusal(413, `At most ${maxRecords} records a call.`);
  const refused: { line: number; reason: string }[] = [];
  let accepted = 0;
  for (let from = 0; from < lines.length; from += slice) {
    const part = lines.slice(from, from + slice).map((line) => ({ line, read: readObservation(line) }));
    // All of a slice are handed in before the first is awaited, so that one disk write may carry them all.
    const outcomes = await Promise.allSettled(
      part.map(({ read }) =>
        typeof read === 'string' ? undefined : ports.submit({ kind: 'observation', observation: read }),
      ),
    );
    for (const [index, { line, read }] of part.entries()) {
      if (typeof read === 'string') refused.push({ line: line.number, reason: read });
      else if (outcomes[index]!.status === 'fulfilled') accepted++;
      else refused.push({ line: line.number, reason: 'the line takes no inputs now; send it again' });
    }
  }
  const answer: IntakeJson = { accepted, refused };
  return ok(answer);
}

/** The records with their line numbers, or why the body as a whole is not understood. */
function readLines(body: string): readonly Line[] | string {
  const trimmed = body.trimStart();
  if (trimmed === '') return 'The body is empty.';
  if (trimmed.startsWith('[')) {
    const parsed = parse(trimmed);
    if (!Array.isArray(parsed.record)) return `The body is not a JSON array: ${parsed.broken}.`;
    return parsed.record.map((record: unknown, index) => ({ number: index + 1, record }));
  }
  return body
    .split('\n')
    .map((text, index) => ({ text: text.trim(), number: index + 1 }))
    .filter(({ text }) => text !== '')
    .map(({ text, number }) => ({ number, ...parse(text) }));
}

function parse(text: string): { readonly record: unknown; readonly broken?: string } {
  try {
    return { record: JSON.parse(text) };
  } catch {
    return { record: undefined, broken: 'not JSON' };
  }
}

/** The observation, or why there is none. Unknown fields are ignored, as in every alarm stream. */
function readObservation(line: Line): Observation | string {
  if (line.broken !== undefined) return line.broken;
  const { record } = line;
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
  const source = field['source'] === undefined ? 'api' : sources.find((known) => known === field['source']);
  if (source === undefined) return `source must be one of ${sources.join(', ')}`;
  const deviceAt = field['deviceAt'] ?? field['at'];
  if (deviceAt !== undefined && !isTime(deviceAt))
    return 'at and deviceAt must be whole milliseconds since 1970';
  return {
    event,
    resource: resourceId(resource),
    cause,
    by: by === undefined ? undefined : resourceId(by),
    below: field['below'] === true ? true : undefined,
    severity,
    source,
    deviceAt: deviceAt === undefined ? undefined : instant(deviceAt as number),
    record: name(field['id']),
    attributes: readAttributes(field['attributes']),
  };
}

const name = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= 500 ? value : undefined;

const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

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
