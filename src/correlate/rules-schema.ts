/** The form of a correlation rule file (`format: correlation/1`) as JSON schema, and the same as types. */
import type { FaultWords } from '../model/fault-words.ts';
import { exampleDefinitions, examplesSchema, type RuleExample } from './example.ts';
import { type PatternSource, patternsSchema } from './pattern-rules.ts';
import { type Symptom, symptoms } from './symptoms.ts';
import { timings } from './timing.ts';

export interface CorrelationSource {
  readonly format: 'correlation/1';
  readonly symptoms?: Readonly<Record<string, Symptom>>;
  readonly probes?: Readonly<Record<string, string>>;
  readonly upkeep?: readonly string[];
  readonly shows?: Readonly<Partial<Record<'signal' | 'power', Readonly<Partial<Record<Symptom, number>>>>>>;
  readonly silence?: Readonly<Partial<Record<(typeof silences)[number], number>>>;
  readonly alone?: Readonly<Partial<Record<'gasp' | 'other', number>>>;
  readonly resources?: Readonly<Record<string, ResourceSource>>;
  readonly faults?: Readonly<Record<string, FaultWords>>;
  readonly follows?: readonly FollowsSource[];
  readonly patterns?: readonly PatternSource[];
  readonly examples?: readonly RuleExample[];
  readonly timing?: Readonly<Partial<Record<(typeof timings)[number], string>>>;
}

interface FollowsSource {
  readonly id: string;
  readonly cause: string;
  readonly effect: string;
  readonly on: 'same' | 'adjacent';
  readonly within: string;
  readonly share?: number;
}

interface ResourceSource {
  readonly prior?: number;
  readonly fault?: string;
  readonly degraded?: string;
  readonly speaks?: boolean;
  readonly gasps?: boolean;
}

export const silences = [
  'leaf',
  'degradedLeaf',
  'aliveLeaf',
  'missingOwnAlarm',
  'underOwnAlarm',
  'sparedChild',
  'mute',
  'deaf',
  'muteKind',
  'lostClear',
] as const;

const name = { type: 'string', pattern: '^[\\w./*-]{1,64}$' } as const;
const share = {
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1,
  description: 'a share above 0 and up to 1, such as 0.93',
} as const;
const length = {
  type: 'string',
  pattern: '^\\d{1,6}(ms|s|m|h|d)$',
  description: 'a length of time such as 8s or 500ms',
} as const;
const words = { type: 'string', minLength: 1, maxLength: 200 } as const;
const steps = { type: 'array', minItems: 1, maxItems: 20, items: words } as const;
const symptom = { enum: symptoms } as const;

const object = (properties: Readonly<Record<string, object>>, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const each = (names: readonly string[], schema: object): object =>
  object(Object.fromEntries(names.map((one) => [one, schema])));
const table = (schema: object): object => ({
  type: 'object',
  maxProperties: 1_000,
  propertyNames: name,
  additionalProperties: schema,
});

const schema = object(
  {
    format: { const: 'correlation/1' },
    symptoms: table(symptom),
    probes: table(name),
    upkeep: { type: 'array', maxItems: 1_000, items: name },
    shows: each(['signal', 'power'], each(symptoms, share)),
    silence: each(silences, share),
    alone: each(['gasp', 'other'], share),
    resources: table(
      object({
        prior: share,
        fault: name,
        degraded: name,
        speaks: { type: 'boolean' },
        gasps: { type: 'boolean' },
      }),
    ),
    faults: table(
      object(
        {
          title: object({ en: words, ru: words }, ['en', 'ru']),
          runbook: object({ en: steps, ru: steps }, ['en', 'ru']),
        },
        ['title'],
      ),
    ),
    follows: {
      type: 'array',
      maxItems: 1_000,
      items: object(
        { id: name, cause: name, effect: name, on: { enum: ['same', 'adjacent'] }, within: length, share },
        [...['id', 'cause', 'effect', 'on', 'within']],
      ),
    },
    patterns: patternsSchema,
    examples: examplesSchema,
    timing: each(timings, length),
  },
  ['format'],
);

/** JSON schema, draft 7. */
export const correlationSchema: object = { ...schema, definitions: exampleDefinitions };
