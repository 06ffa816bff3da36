/** The explanation of an incident as the page reads it: plain JSON of any shape, so that each part may be missing. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';

interface Remark {
  readonly at: number;
  readonly by: string;
  readonly said: string;
  readonly what: readonly string[];
}

/** What would make another cause the likelier: as src/correlate writes it. */
export interface Turn {
  readonly cause: string;
  readonly when: string;
  readonly of: readonly string[];
  readonly below: string | undefined;
  readonly outside: string | undefined;
  readonly atLeast: number;
}

/** How one alarm came into the incident. */
interface Step {
  readonly resource: string;
  readonly cause: string;
  readonly how: string;
  readonly alarm: string | undefined;
  readonly seconds: number;
  readonly share: number;
}

export interface Explained {
  readonly rule: string | undefined;
  readonly leaves: number;
  readonly spoken: number;
  readonly alive: number;
  readonly unknown: number;
  readonly silent: number;
  /** Of those who spoke: since the cause was stated. */
  readonly spokenSince: number;
  /** What the terminals suffer: `down`, `degraded`, `session`. */
  readonly population: string;
  /** They would have told of it and did not; the first of them by name. */
  readonly quiet: { readonly count: number; readonly of: readonly string[] } | undefined;
  readonly change: readonly Turn[];
  /** The first of a chain, then the latest. */
  readonly steps: readonly Step[];
  readonly symptoms: readonly (readonly [string, number])[];
  /** `resource symptom`, as many as are kept. */
  readonly evidence: readonly (readonly [resource: string, symptom: string])[];
  readonly measurement:
    | { readonly why: string; readonly between: readonly string[]; readonly resources: readonly string[] }
    | undefined;
  readonly answer: { readonly alive: number; readonly unknown: number } | undefined;
  readonly operators: readonly Remark[];
  readonly decidedBy: string | undefined;
  readonly subscribers: Said;
  readonly early: boolean;
  readonly outOfReach: number;
  readonly redundancyLost: boolean;
  /** The topology in force holds no root of that name. */
  readonly rootGone: { readonly nowCalled: string | undefined } | undefined;
  readonly alarmsLeftOut: number;
  readonly rules: string | undefined;
  readonly topology: number | undefined;
}

/** What subscribers said; `expected` so many would have called in `minutes` anyway. */
interface Said {
  readonly down: number;
  readonly notFixed: number;
  readonly by: readonly string[];
  readonly expected: number | undefined;
  readonly minutes: number;
}

export function explained({ explanation, topologyVersion }: IncidentJson): Explained {
  const of = (key: string): unknown => explanation[key];
  const number = (key: string): number => numberOf(of(key)) ?? 0;
  const judgedBy = record(of('judgedBy'));
  const measurement = record(of('measurement'));
  const answer = record(of('answer'));
  const gone = record(of('rootGone'));
  return {
    rule: textOf(of('rule')),
    leaves: number('leaves'),
    spoken: number('spoken'),
    alive: number('alive'),
    unknown: number('unknown'),
    silent: number('silent'),
    spokenSince: number('spokenSince'),
    population: textOf(of('population')) ?? 'down',
    quiet: quietOf(of('against')),
    change: list(of('change')).flatMap(turnOf),
    steps: [of('first'), ...list(of('steps'))].flatMap(stepOf),
    symptoms: Object.entries(record(of('symptoms')) ?? {}).flatMap(([name, count]) =>
      typeof count === 'number' ? [[name, count] as const] : [],
    ),
    evidence: texts(of('evidence')).map(apart),
    measurement:
      measurement === undefined
        ? undefined
        : {
            why: textOf(measurement['why']) ?? '',
            between: texts(measurement['between']),
            resources: texts(measurement['resources']),
          },
    answer:
      answer === undefined
        ? undefined
        : {
            alive: numberOf(answer['alive']) ?? 0,
            unknown: numberOf(answer['unknown']) ?? 0,
          },
    operators: list(of('operators')).flatMap(remarkOf),
    decidedBy: textOf(of('decidedBy')),
    subscribers: {
      down: number('subscribersSayDown'),
      notFixed: number('notFixed'),
      by: texts(of('saidBy')),
      expected: numberOf(of('expectedCalls')),
      minutes: number('withinMinutes'),
    },
    early: of('early') === true,
    outOfReach: number('outOfReach'),
    redundancyLost: of('redundancyLost') === true,
    rootGone: gone === undefined ? undefined : { nowCalled: textOf(gone['nowCalled']) },
    alarmsLeftOut: number('alarmsLeftOut'),
    rules: textOf(judgedBy?.['rules']),
    topology: numberOf(judgedBy?.['topologyVersion']) ?? topologyVersion ?? undefined,
  };
}

function remarkOf(one: unknown): Remark[] {
  const { at, by, said, alarms, incident } = record(one) ?? {};
  if (typeof at !== 'number' || typeof by !== 'string' || typeof said !== 'string') return [];
  return [{ at, by, said, what: typeof incident === 'string' ? [incident] : texts(alarms) }];
}

function quietOf(against: unknown): Explained['quiet'] {
  const { count, of } = record(against) ?? {};
  return typeof count === 'number' ? { count, of: texts(of) } : undefined;
}

function turnOf(one: unknown): Turn[] {
  const { cause, when, of, below, outside, atLeast } = record(one) ?? {};
  if (typeof cause !== 'string' || typeof when !== 'string') return [];
  const [inside, beside] = [textOf(below), textOf(outside)];
  return [{ cause, when, of: texts(of), below: inside, outside: beside, atLeast: numberOf(atLeast) ?? 1 }];
}

function stepOf(one: unknown): Step[] {
  const { resource, cause, how, alarm, seconds, share } = record(one) ?? {};
  if (typeof resource !== 'string' || typeof cause !== 'string' || typeof how !== 'string') return [];
  const figures = { seconds: numberOf(seconds) ?? 0, share: numberOf(share) ?? 0 };
  return [{ resource, cause, how, alarm: textOf(alarm), ...figures }];
}

/** The symptom is the last word. */
function apart(text: string): readonly [string, string] {
  const space = text.lastIndexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): readonly string[] =>
  list(value).filter((one): one is string => typeof one === 'string');
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
