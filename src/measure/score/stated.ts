/** What was said to have happened: reads the lines of `replay --jsonl` as far as they are judged. */
import { jsonMistake } from '../../base/json-mistake.ts';
import type { Parsed, Problem } from '../../base/problem.ts';
import { type Extent, extentOf, isFields, isTexts, text1, timeOf } from './truth.ts';

interface StatedCandidate {
  readonly root: string | undefined;
  readonly kind: string | undefined;
}

export interface StatedIncident {
  readonly id: string;
  /** Of the file it stands in, from 1. */
  readonly line: number;
  readonly kind: string | undefined;
  readonly root: string | undefined;
  /** 0..1 */
  readonly probability: number | undefined;
  /** The winner first; at least the winner. */
  readonly candidates: readonly StatedCandidate[];
  /** Its alarms stand in the incident it was merged into. */
  readonly merged: boolean;
  readonly actionable: boolean;
  readonly planned: boolean;
  /** ms since 1970 */
  readonly decidedAt: number | undefined;
  readonly alarms: readonly string[];
  readonly subscribers: number | undefined;
  readonly affected: Extent | undefined;
}

/** A line that is no incident is left out and told; unknown fields are ignored. */
export function parseIncidents(text: string, file: string): Parsed<readonly StatedIncident[]> {
  const incidents: StatedIncident[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  text.split('\n').forEach((line, number) => {
    const written = number === 0 && line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
    if (written.trim() === '') return;
    const read = readLine(written, number + 1, seen);
    if ('incident' in read) {
      seen.add(read.incident.id);
      incidents.push(read.incident);
      return;
    }
    const place = { file, line: number + 1, column: 1 } as const;
    problems.push({ ...place, severity: 'error', code: 'score/incident', ...read });
  });
  return { value: incidents, problems };
}

type Read =
  | { readonly incident: StatedIncident }
  | { readonly message: string; readonly hint: string; readonly column?: number };

function readLine(written: string, line: number, seen: ReadonlySet<string>): Read {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    const { column, reason } = jsonMistake(written);
    return {
      message: `not JSON: ${reason}`,
      column,
      hint: 'one incident a line, as `replay --jsonl` prints them',
    };
  }
  if (isFields(value) && Array.isArray(value['incidents'])) {
    return { message: 'all incidents in one object', hint: 'print them with `replay --jsonl`, not `--json`' };
  }
  const id = isFields(value) ? text1(value['incident']) : undefined;
  if (!isFields(value) || id === undefined) {
    return {
      message: '"incident" must be a text',
      hint: 'one incident a line, as `replay --jsonl` prints them',
    };
  }
  if (seen.has(id)) {
    return {
      message: `incident "${id}" stands above already`,
      hint: 'each incident once, in its last state',
    };
  }
  const alarms = value['alarms'] ?? [];
  if (!isTexts(alarms))
    return { message: '"alarms" must be a list', hint: 'ids of the raise lines of the stream' };
  const probability = timeOf(value['probability']);
  if (probability !== undefined && (probability < 0 || probability > 1)) {
    return { message: `"probability" is ${probability}`, hint: 'a share from 0 to 1' };
  }
  const kind = text1(value['kind']);
  const root = text1(value['root']);
  const others = Array.isArray(value['candidates']) ? value['candidates'].filter(isFields) : [];
  return {
    incident: {
      id,
      line,
      kind,
      root,
      probability,
      candidates:
        others.length === 0
          ? [{ root, kind }]
          : others.map((other) => ({ root: text1(other['root']), kind: text1(other['kind']) })),
      merged: value['state'] === 'merged',
      actionable: value['actionable'] !== false,
      planned: value['planned'] === true,
      decidedAt: timeOf(value['decidedAt']),
      alarms,
      subscribers: timeOf(value['subscribers']),
      affected: extentOf(value['affected']),
    },
  };
}
