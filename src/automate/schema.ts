/** The form of an automation file (`format: automations/1`) as JSON schema, and the same as types. */
import type { Words } from '../model/automation.ts';

export interface AutomationSource {
  readonly id: string;
  /** What people read; the program does not. */
  readonly title?: Words;
  /** Takes an automation of that name out of force. */
  readonly off?: true;
  /** Kinds of change; whether there are such is said by who compiles. */
  readonly on?: string | readonly string[];
  readonly where?: string;
  readonly after?: string;
  readonly once?: boolean;
  readonly shadow?: boolean;
  readonly limit?: { readonly most: number; readonly per: string };
  readonly do?: readonly ActionSource[];
}

interface WorkSource {
  readonly skill: string | readonly string[];
  readonly due: string;
  readonly text: Words;
}

export interface ActionSource {
  readonly task?: WorkSource;
  readonly reminder?: WorkSource & { readonly after?: string; readonly at?: string };
  readonly draft?: WorkSource;
  readonly webhook?: { readonly to: string; readonly text?: Words };
}

const id = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,63}$',
  description: 'small letters, digits and "-"',
};
const skill = {
  type: 'string',
  pattern: '^[^\\s]{1,64}$',
  description: 'a skill of the staff, such as care',
};
const length = {
  type: 'string',
  pattern: '^\\d{1,6}(ms|s|m|h|d)$',
  description: 'a length of time such as 10m or 2h',
} as const;
const text = { type: 'string', minLength: 1, maxLength: 800 } as const;

const object = (properties: Readonly<Record<string, object>>, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
/** A word, or a list of words. */
const oneOrMore = (word: object): object => ({
  ...word,
  type: ['string', 'array'],
  minItems: 1,
  maxItems: 20,
  items: word,
});

const words = object({ en: text, ru: text }, ['en', 'ru']);
const work = { skill: oneOrMore(skill), due: length, text: words };
const workKeys = ['skill', 'due', 'text'];
const action = {
  ...object({
    task: object(work, workKeys),
    reminder: object(
      {
        ...work,
        after: length,
        at: {
          type: 'string',
          pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
          description: 'a time of the day such as "08:00"',
        },
      },
      workKeys,
    ),
    draft: object(work, workKeys),
    webhook: object({ to: { type: 'string', minLength: 1, maxLength: 64 }, text: words }, ['to']),
  }),
  minProperties: 1,
  maxProperties: 1,
};

/** `examples` is the schema of examples: whoever plays them knows their form. */
export const automationsSchema = (given: {
  readonly examples: object;
  readonly definitions: object;
}): object => ({
  ...object(
    {
      format: { const: 'automations/1' },
      automations: {
        type: 'array',
        maxItems: 200,
        items: object(
          {
            id,
            title: words,
            off: { const: true },
            on: oneOrMore({ type: 'string', maxLength: 64 }),
            where: { type: 'string', minLength: 1, maxLength: 1_000 },
            after: length,
            once: { type: 'boolean' },
            shadow: { type: 'boolean' },
            limit: object(
              {
                most: { type: 'integer', minimum: 1, maximum: 1_000, description: 'how often, 1 to 1000' },
                per: length,
              },
              ['most', 'per'],
            ),
            do: { type: 'array', minItems: 1, maxItems: 8, items: action },
          },
          ['id'],
        ),
      },
      examples: given.examples,
    },
    ['format'],
  ),
  definitions: given.definitions,
});
