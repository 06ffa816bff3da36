/** The explanation of an incident as the page reads it: plain JSON of any shape, so that each part may be missing. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';

interface Remark {
  readonly at: number;
  readonly by: string;
  readonly said: string;
  readonly what: readonly string[];
}

export interface Explained {
  readonly rule: string | undefined;
  readonly leaves: number;
  readonly spoken: number;
  readonly alive: number;
  readonly unknown: number;
  readonly silent: number;
  readonly symptoms: readonly (readonly [string, number])[];
  /** `resource symptom`, as many as are kept. */
  readonly evidence: readonly (readonly [resource: string, symptom: string])[];
  readonly measurement:
    | { readonly why: string; readonly between: readonly string[]; readonly resources: readonly string[] }
    | undefined;
  readonly answer: { readonly alive: number; readonly unknown: number } | undefined;
  readonly operators: readonly Remark[];
  readonly decidedBy: string | undefined;
  readonly suspectedBy: string | undefined;
  readonly early: boolean;
  readonly outOfReach: number;
  readonly redundancyLost: boolean;
  readonly alarmsLeftOut: number;
  readonly rules: string | undefined;
  readonly topology: number | undefined;
}

export function explained({ explanation, topologyVersion }: IncidentJson): Explained {
  const of = (key: string): unknown => explanation[key];
  const number = (key: string): number => numberOf(of(key)) ?? 0;
  const judgedBy = record(of('judgedBy'));
  const measurement = record(of('measurement'));
  const answer = record(of('answer'));
  return {
    rule: textOf(of('rule')),
    leaves: number('leaves'),
    spoken: number('spoken'),
    alive: number('alive'),
    unknown: number('unknown'),
    silent: number('silent'),
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
    suspectedBy: textOf(of('suspectedBy')),
    early: of('early') === true,
    outOfReach: number('outOfReach'),
    redundancyLost: of('redundancyLost') === true,
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
