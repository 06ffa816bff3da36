/** Pattern rules: what is made of alarms before causes are looked for, as they are written and as they are applied. */
import type { DurationMs } from '../base/instant.ts';
import { type ObservationSource, type PerceivedSeverity, severities } from '../model/observation.ts';

/** Which alarms; what is absent fits all. */
export interface Matcher {
  readonly cause?: readonly string[] | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly severity?: readonly PerceivedSeverity[] | undefined;
  readonly source?: readonly ObservationSource[] | undefined;
  /** A condition over the alarm, for what is left. */
  readonly where?: string | undefined;
}

/** What is counted together: alarms of one resource, of one device, below one head, or all. */
const scopes = ['resource', 'device', 'head', 'network'] as const;
type Scope = (typeof scopes)[number];

interface Common {
  readonly id: string;
  readonly by: Scope;
}

interface Raising extends Common {
  readonly raise: Raise;
}

export interface Raise {
  readonly cause: string;
  readonly severity: PerceivedSeverity;
  /** Instead of what the scope names. */
  readonly on?: string | undefined;
  /** It ends by itself after this time. */
  readonly endAfterMs?: DurationMs | undefined;
}

export type PatternRule =
  /** An alarm is raised beside each that fits, and ends with it. */
  | (Raising & { readonly kind: 'single'; readonly on: Matcher })
  /** Kept from the search for causes while one alarm of each of these is raised in the same scope; always without any. */
  | (Common & {
      readonly kind: 'suppress';
      readonly on: Matcher;
      readonly while: readonly Matcher[];
      /** So long is waited for those that come later than what they suppress. */
      readonly waitMs: DurationMs;
    })
  /** Kept back so long: what ends before never gets on. */
  | (Common & { readonly kind: 'window'; readonly on: Matcher; readonly holdMs: DurationMs })
  /** Kept back in these hours of these days of the week (0 is Sunday). */
  | (Common & {
      readonly kind: 'calendar';
      readonly on: Matcher;
      readonly days: readonly number[];
      readonly hours: { readonly fromMinute: number; readonly toMinute: number };
      readonly zone?: string | undefined;
    })
  /** So many of each within a time, in any order. */
  | (Raising & {
      readonly kind: 'group';
      readonly of: readonly { readonly on: Matcher; readonly atLeast: number }[];
      readonly withinMs: DurationMs;
      /** Ends when fewer than this of the first are left within the time. */
      readonly below: number;
      /** Every raise, or alarms that are raised now. */
      readonly counts: 'raises' | 'alarms';
    })
  /** One after the other within a time. */
  | (Raising & {
      readonly kind: 'sequence';
      readonly steps: readonly Matcher[];
      readonly withinMs: DurationMs;
    })
  /** The first came and the other did not follow within a time. */
  | (Raising & {
      readonly kind: 'absence';
      readonly after: Matcher;
      readonly no: Matcher;
      readonly withinMs: DurationMs;
    });

type Words<T> = T | readonly T[];

export interface MatcherSource {
  readonly cause?: Words<string>;
  readonly kind?: Words<string>;
  readonly severity?: Words<PerceivedSeverity>;
  readonly source?: Words<ObservationSource>;
  readonly where?: string;
}

/** All keys that some kind of pattern has; the schema says which has which. */
export interface PatternSource {
  /** What people read; the program does not. */
  readonly title?: { readonly en: string; readonly ru: string };
  readonly id: string;
  readonly kind: (typeof patternKinds)[number];
  readonly by?: Scope;
  readonly on?: MatcherSource;
  readonly while?: readonly MatcherSource[];
  readonly wait?: string;
  readonly hold?: string;
  readonly days?: readonly (typeof weekdays)[number][];
  readonly hours?: string;
  readonly zone?: string;
  readonly of?: readonly { readonly on: MatcherSource; readonly atLeast?: number }[];
  readonly atLeast?: number;
  readonly below?: number;
  readonly counts?: 'raises' | 'alarms';
  readonly within?: string;
  readonly steps?: readonly MatcherSource[];
  readonly first?: MatcherSource;
  readonly second?: MatcherSource;
  readonly after?: MatcherSource;
  readonly no?: MatcherSource;
  readonly raise?: {
    readonly cause: string;
    readonly severity: PerceivedSeverity;
    readonly on?: string;
    readonly endAfter?: string;
  };
}

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const patternKinds = [
  ...['single', 'suppress', 'window', 'calendar'],
  ...['threshold', 'group', 'pair', 'sequence', 'absence'],
] as const;

const text = { type: 'string', minLength: 1, maxLength: 200 } as const;
const length = {
  type: 'string',
  pattern: '^\\d{1,6}(ms|s|m|h|d)$',
  description: 'a length of time such as 8s or 500ms',
} as const;
const count = { type: 'integer', minimum: 1, maximum: 1_000 } as const;
const object = (properties: Readonly<Record<string, object>>, required: readonly string[]): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const list = (items: object, most = 100): object => ({ type: 'array', minItems: 1, maxItems: most, items });
/** One word or a list of them. */
const words = (item: { readonly enum?: readonly string[] } & object): object => ({
  anyOf: [item, list(item)],
});
const matcher = object(
  {
    cause: words(text),
    kind: words(text),
    severity: words({ enum: severities }),
    source: words({ enum: ['trap', 'poll', 'syslog', 'reply', 'collector', 'api'] }),
    where: { type: 'string', minLength: 1, maxLength: 1_000 },
  },
  [],
);
const raise = object({ cause: text, severity: { enum: severities }, on: text, endAfter: length }, [
  'cause',
  'severity',
]);
const by = { enum: scopes } as const;
/** Counts are kept under it and what they are of. */
const id = { type: 'string', pattern: '^\\S{1,200}$', description: 'a name without blanks' } as const;

const title = object({ en: text, ru: text }, ['en', 'ru']);
const kindOf = (kind: string, own: Readonly<Record<string, object>>, required: readonly string[]): object =>
  object({ id, title, kind: { const: kind }, by, ...own }, ['id', 'kind', ...required]);

export const patternsSchema: object = {
  type: 'array',
  maxItems: 1_000,
  items: {
    anyOf: [
      kindOf('single', { on: matcher, raise }, ['on', 'raise']),
      kindOf('suppress', { on: matcher, while: list(matcher, 8), wait: length }, ['on']),
      kindOf('window', { on: matcher, hold: length }, ['on', 'hold']),
      kindOf(
        'calendar',
        {
          on: matcher,
          days: list({ enum: weekdays }, 7),
          hours: {
            type: 'string',
            pattern: '^\\d{2}:\\d{2}-\\d{2}:\\d{2}$',
            description: 'hours such as 22:00-06:00',
          },
          zone: text,
        },
        ['on', 'hours'],
      ),
      kindOf(
        'threshold',
        {
          on: matcher,
          atLeast: count,
          below: count,
          within: length,
          counts: { enum: ['raises', 'alarms'] },
          raise,
        },
        ['on', 'atLeast', 'within', 'raise'],
      ),
      kindOf(
        'group',
        { of: list(object({ on: matcher, atLeast: count }, ['on']), 8), within: length, raise },
        [...['of', 'within', 'raise']],
      ),
      kindOf('pair', { first: matcher, second: matcher, within: length, raise }, [
        ...['first', 'second', 'within', 'raise'],
      ]),
      kindOf('sequence', { steps: { ...list(matcher, 8), minItems: 2 }, within: length, raise }, [
        ...['steps', 'within', 'raise'],
      ]),
      kindOf('absence', { after: matcher, no: matcher, within: length, raise }, [
        ...['after', 'no', 'within', 'raise'],
      ]),
    ],
  },
};
