/** An example in a rule file: a small network, what is heard of it when, and what must be said of it by when. */
import { type ObservationSource, type PerceivedSeverity, severities } from '../model/observation.ts';

export interface RuleExample {
  readonly name: string;
  readonly topology: ExampleTopology;
  readonly script: readonly ExampleStep[];
  readonly expect: readonly Expectation[];
}

export interface ExampleTopology
  extends Readonly<Partial<Record<(typeof exampleTrees)[number], ExampleTree>>> {
  /** Service roots. */
  readonly roots?: readonly string[];
  /** By id: its two ends, then the segments it runs through. */
  readonly links?: Readonly<Record<string, readonly string[]>>;
}

/** Names are `kind id` where they stand first and the id alone afterwards; a list holds what has nothing below. */
export interface ExampleTree {
  readonly [name: string]: ExampleTree | readonly string[];
}

export const exampleTrees = ['access', 'power', 'cable', 'site', 'collector'] as const;

export interface ExampleStep {
  readonly at: string;
  readonly raise?: string;
  readonly clear?: string;
  readonly on?: readonly string[];
  readonly alive?: readonly string[];
  readonly unknown?: readonly string[];
  /** Of alive and unknown: it speaks for all below. */
  readonly below?: true;
  /** The resources speak evenly over this time, in the order given; all at once where it is absent. */
  readonly over?: string;
  readonly by?: string;
  readonly severity?: PerceivedSeverity;
  readonly source?: ObservationSource;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Expectation {
  /** It holds at this time. */
  readonly by: string;
  /** One of all incidents so far has at least these fields. */
  readonly incident?: Readonly<Record<string, ExpectedValue>>;
  /** None of them has these. */
  readonly none?: Readonly<Record<string, ExpectedValue>>;
  /** So many are open that people are told of. */
  readonly incidents?: number;
  /** One alarm has at least these fields. */
  readonly alarm?: Readonly<Record<string, ExpectedValue>>;
}

/** Numbers may be written as `>0.9`, `>=2`, `<5`. */
export type ExpectedValue = string | number | boolean | readonly string[];

const id = { type: 'string', minLength: 1, maxLength: 200 } as const;
const ids = { type: 'array', minItems: 1, maxItems: 1_000, items: id } as const;
const length = {
  type: 'string',
  pattern: '^\\d{1,6}(ms|s|m|h|d)$',
  description: 'a length of time from the start, such as 8s or 500ms',
} as const;
const tree = { $ref: '#/definitions/tree' } as const;

const object = (properties: Readonly<Record<string, object>>, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const value = { type: ['string', 'number', 'boolean', 'array'], items: id } as const;
const fields = (names: readonly string[]): object => ({
  ...object(Object.fromEntries(names.map((name) => [name, value]))),
  minProperties: 1,
});
const incidentFields = [
  ...['kind', 'root', 'state', 'probability', 'alarms', 'subscribers', 'actionable', 'planned'],
  ...['explains', 'parentRoot'],
] as const;
const alarmFields = ['resource', 'cause', 'state', 'severity', 'by'] as const;

/** To stand under `definitions` of the schema that uses `examplesSchema`. */
export const exampleDefinitions = {
  tree: {
    anyOf: [
      { type: 'array', maxItems: 1_000, items: id },
      { type: 'object', additionalProperties: tree },
    ],
  },
};

/** Also of kinds of rules that know further steps and expectations. */
export const examplesSchemaWith = (further: {
  readonly steps: Readonly<Record<string, object>>;
  readonly expectations: Readonly<Record<string, object>>;
}): object => ({
  type: 'array',
  maxItems: 1_000,
  items: object(
    {
      name: { type: 'string', minLength: 1, maxLength: 200 },
      topology: object({
        ...Object.fromEntries(exampleTrees.map((name) => [name, tree])),
        roots: ids,
        links: { type: 'object', additionalProperties: { ...ids, minItems: 2 } },
      }),
      script: {
        type: 'array',
        minItems: 1,
        maxItems: 500,
        items: object(
          {
            ...{ at: length, raise: id, clear: id, on: ids, alive: ids, unknown: ids },
            ...{ below: { const: true }, over: length, by: id, severity: { enum: severities } },
            source: { enum: ['trap', 'poll', 'syslog', 'reply', 'collector', 'api'] },
            attributes: { type: 'object', maxProperties: 32, additionalProperties: { type: 'string' } },
            ...further.steps,
          },
          ['at'],
        ),
      },
      expect: {
        type: 'array',
        minItems: 1,
        maxItems: 200,
        items: object(
          {
            by: length,
            incident: fields(incidentFields),
            none: fields(incidentFields),
            incidents: { type: 'integer', minimum: 0 },
            alarm: fields(alarmFields),
            ...further.expectations,
          },
          ['by'],
        ),
      },
    },
    ['name', 'topology', 'script', 'expect'],
  ),
});

export const examplesSchema: object = examplesSchemaWith({ steps: {}, expectations: {} });

/** What further steps and expectations are written with. */
export const examplePieces = { id, ids, length, fields };
