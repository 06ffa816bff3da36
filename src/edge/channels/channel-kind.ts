/** What a channel's file gives the index: its settings as a schema, what speaks against them, and how it is opened. */
import type { World } from '../../base/world.ts';
import type { Channel } from '../../notify/channel.ts';

export interface ChannelSettings {
  readonly kind: string;
  /** How many notices may be in flight at once. */
  readonly window?: number | undefined;
  /** Notices a second. */
  readonly ratePerSecond?: number | undefined;
  /** Sends without an answer before a notice is left alone. */
  readonly unanswered?: number | undefined;
  readonly uncertain?: 'hold' | 'next' | 'resend' | undefined;
  /** A length of time, or `off`. */
  readonly receiptWithin?: string | undefined;
  /** How long an answer is waited for. */
  readonly timeout?: string | undefined;
  /** Its peer may be in this machine or a private network. */
  readonly allowPrivate?: boolean | undefined;
}

export interface ChannelKind<Settings extends ChannelSettings> {
  /** JSON Schema (draft 7) of the settings; forms, docs and the configuration's check are made from it. */
  readonly schema: object;
  /** What a schema cannot say: each answer is a sentence and the setting it is about. */
  refusals(settings: Settings): readonly { readonly key: string; readonly reason: string }[];
  open(name: string, settings: Settings, world: World): Channel;
}

export const sharedProperties = {
  window: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000,
    description: 'notices in flight at once, 1 to 1000',
  },
  ratePerSecond: { type: 'number', exclusiveMinimum: 0, maximum: 100_000, description: 'notices a second' },
  unanswered: { type: 'integer', minimum: 1, maximum: 8, description: '1 to 8' },
  uncertain: { enum: ['hold', 'next', 'resend'] },
  receiptWithin: {
    type: 'string',
    pattern: '^(\\d{1,6}(ms|s|m)|off)$',
    description: 'a length of time such as 10m, or off',
  },
  timeout: { type: 'string', pattern: '^\\d{1,6}(ms|s|m)$', description: 'a length of time such as 5s' },
  allowPrivate: { type: 'boolean' },
};

/** Secrets are read before a channel sees them; the file may also name where they are. */
export const secretProperty = {
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      properties: { env: { type: 'string' } },
      required: ['env'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { file: { type: 'string' } },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

/** `5s`, `500ms`, `1m` in milliseconds; the schema has checked the form. */
export function lengthMs(text: string | undefined, otherwise: number): number {
  const found = /^(\d+)(ms|s|m)$/.exec(text ?? '');
  if (found === null) return otherwise;
  return Number(found[1]) * { ms: 1, s: 1_000, m: 60_000 }[found[2] as 'ms' | 's' | 'm'];
}
