/** What really happened: reads `truth.json` of the alarm-stream contract into plain records. */
import { jsonMistake } from '../../base/json-mistake.ts';
import type { Parsed, Problem } from '../../base/problem.ts';

/** Everything below `under` (or equal to it), less what is below `except`: ids of resources or links. */
export interface Extent {
  readonly under: readonly string[];
  readonly except: readonly string[];
}

export interface TrueFault {
  readonly id: string;
  readonly kind: string;
  /** All kinds that are equally right, `kind` among them. */
  readonly kinds: ReadonlySet<string>;
  /** All roots that are equally right; empty where the truth names none. */
  readonly roots: ReadonlySet<string>;
  /** ms since 1970, like all times here. */
  readonly startAt: number | undefined;
  readonly decidableAt: number | undefined;
  /** Ids of raise lines. */
  readonly alarms: readonly string[];
  /** Raises whose membership in this fault is not judged. */
  readonly optional: readonly string[];
  readonly subscribers: number | undefined;
  readonly affected: Extent | undefined;
  readonly planned: boolean;
  /** A form of its kind that has figures of its own, such as `second-cut`. */
  readonly variant: string | undefined;
}

export interface Truth {
  readonly faults: readonly TrueFault[];
  /** Noise that belongs together. */
  readonly noiseGroups: readonly (readonly string[])[];
  /** Noise that looks exactly like a fault: an incident of it is neither right nor false. */
  readonly tolerated: readonly (readonly string[])[];
  /** Never judged. */
  readonly optional: readonly string[];
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

const nothing: Truth = {
  faults: [],
  noiseGroups: [],
  tolerated: [],
  optional: [],
  from: undefined,
  to: undefined,
};

/** A fault that cannot be judged is left out and told; unknown fields are ignored. */
export function parseTruth(text: string, file: string): Parsed<Truth> {
  const problems: Problem[] = [];
  const read = parseJson(text, file);
  if ('problem' in read) return { value: nothing, problems: [read.problem] };
  const { value } = read;
  if (!isFields(value) || !Array.isArray(value['faults'])) {
    const problem = truthProblem(
      { file, line: 1 },
      'no object with a list "faults"',
      'truth.json of `generate`',
    );
    return { value: nothing, problems: [problem] };
  }
  const faults: TrueFault[] = [];
  const seen = new Set<string>();
  value['faults'].forEach((entry: unknown, number) => {
    const fault = readFault(entry, seen);
    if (typeof fault !== 'string') {
      seen.add(fault.id);
      faults.push(fault);
      return;
    }
    const id = isFields(entry) ? text1(entry['id']) : undefined;
    const line = id === undefined ? 1 : lineOf(text, JSON.stringify(id));
    problems.push(
      truthProblem(
        { file, line },
        `faults[${number}]${id === undefined ? '' : ` "${id}"`} is left out`,
        fault,
      ),
    );
  });
  for (const name of ['noiseGroups', 'tolerated', 'optional'] as const) {
    const list = value[name] ?? [];
    const isSound = name === 'optional' ? isTexts(list) : Array.isArray(list) && list.every(isTexts);
    if (isSound) continue;
    const hint = name === 'optional' ? 'write ["id", ..]' : 'write [["id", ..], ..]';
    problems.push(
      truthProblem({ file, line: lineOf(text, `"${name}"`) }, `"${name}" holds what is no list of ids`, hint),
    );
  }
  return {
    value: {
      faults,
      noiseGroups: groupsOf(value['noiseGroups']),
      tolerated: groupsOf(value['tolerated']),
      optional: textsOf(value['optional']),
      from: timeOf(value['from']),
      to: timeOf(value['to']),
    },
    problems,
  };
}

/** A text is what is wrong with it. */
function readFault(entry: unknown, seen: ReadonlySet<string>): TrueFault | string {
  if (!isFields(entry)) return 'a fault is an object';
  const id = text1(entry['id']);
  const kind = text1(entry['kind']);
  if (id === undefined) return '"id" must be a text';
  if (seen.has(id)) return 'another fault has this "id"';
  if (kind === undefined) return '"kind" must be a text';
  if (!isTexts(entry['alarms'])) return '"alarms" must be a list of ids of raise lines';
  const root = text1(entry['root']);
  return {
    id,
    kind,
    kinds: new Set([kind, ...textsOf(entry['kinds'])]),
    roots: new Set([...(root === undefined ? [] : [root]), ...textsOf(entry['roots'])]),
    startAt: timeOf(entry['startAt']),
    decidableAt: timeOf(entry['decidableAt']),
    alarms: entry['alarms'],
    optional: textsOf(entry['optional']),
    subscribers: timeOf(entry['subscribers']),
    affected: extentOf(entry['affected']),
    // A flag, or the id of the works.
    planned: entry['planned'] === true || typeof entry['planned'] === 'string',
    variant: text1(entry['variant']),
  };
}

export function extentOf(value: unknown): Extent | undefined {
  if (!isFields(value) || !isTexts(value['under'])) return undefined;
  return { under: value['under'], except: textsOf(value['except']) };
}

/** The value of a text of JSON, or the problem with its place. */
function parseJson(text: string, file: string): { readonly value: unknown } | { readonly problem: Problem } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    const { line, column, reason } = jsonMistake(text);
    return {
      problem: truthProblem({ file, line, column }, `not JSON: ${reason}`, 'truth.json of `generate`'),
    };
  }
}

function truthProblem(
  { file, line, column = 1 }: { readonly file: string; readonly line: number; readonly column?: number },
  message: string,
  hint: string,
): Problem {
  return { file, line, column, severity: 'error', code: 'score/truth', message, hint };
}

function lineOf(text: string, needle: string): number {
  const at = text.indexOf(needle);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
/** Not empty. */
export const text1 = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const textsOf = (value: unknown): readonly string[] => (isTexts(value) ? value : []);
export const timeOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const groupsOf = (value: unknown): readonly (readonly string[])[] =>
  Array.isArray(value) ? value.filter(isTexts) : [];
