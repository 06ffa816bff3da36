/** `POST /api/v1/alarms`: alarm-stream records from outside become observations, each line judged by itself. */
import { readAlarmRecord } from '../../flow/alarm-record.ts';
import type { Observation } from '../../model/observation.ts';
import type { IntakeJson } from './contract.ts';
import type { FrontPorts } from './ports.ts';
import { ok, type Reply, refusal } from './route.ts';

export const maxIntakeBytes = 8 * 1024 * 1024;
const maxRecords = 50_000;
/** Submitted at once; the line's own queue is the bound behind it. */
const slice = 1_000;

interface Line {
  readonly number: number;
  readonly record: unknown;
  /** Why it could not be read. */
  readonly broken?: string | undefined;
}

export async function takeIn(ports: FrontPorts, body: string): Promise<Reply> {
  const lines = readLines(body);
  if ('status' in lines) return lines;
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

/** The records with their line numbers, or why the body as a whole is not taken. */
function readLines(body: string): readonly Line[] | Reply {
  const trimmed = body.trimStart();
  if (trimmed === '') return refusal(400, 'The body is empty.');
  if (trimmed.startsWith('[')) {
    const parsed = parse(trimmed);
    if (!Array.isArray(parsed.record)) return refusal(400, `The body is not a JSON array: ${parsed.broken}.`);
    if (parsed.record.length > maxRecords) return tooMany;
    return parsed.record.map((record: unknown, index) => ({ number: index + 1, record }));
  }
  const lines: Line[] = [];
  // Line by line: megabytes of empty lines would become as many objects at once.
  for (let from = 0, number = 1; from < body.length; number++) {
    const found = body.indexOf('\n', from);
    const end = found < 0 ? body.length : found;
    const text = body.slice(from, end).trim();
    from = end + 1;
    if (text === '') continue;
    if (lines.length === maxRecords) return tooMany;
    lines.push({ number, ...parse(text) });
  }
  return lines;
}

const tooMany = refusal(413, `At most ${maxRecords} records a call.`);

function parse(text: string): { readonly record: unknown; readonly broken?: string } {
  try {
    return { record: JSON.parse(text) };
  } catch {
    return { record: undefined, broken: 'not JSON' };
  }
}

/** The observation, or why there is none. The daemon sets the arrival itself, so `at` is the sender's clock here. */
function readObservation(line: Line): Observation | string {
  const read = line.broken ?? readAlarmRecord(line.record);
  if (typeof read === 'string') return read;
  const { at, observation } = read;
  const placed = { ...observation, deviceAt: observation.deviceAt ?? at };
  // A clear of a stream ends its key whoever raised it; of the other sources one ends what it raised itself.
  return placed.event === 'clear' && placed.record === undefined ? { ...placed, source: 'api' } : placed;
}
