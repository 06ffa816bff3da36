/** How a gateway wants to be asked and what its answers mean, as its operator writes it: data, never code. */
import type { Secret } from '../../../base/secret.ts';
import { type ChannelSettings, secretProperty, sharedProperties } from '../channel-kind.ts';

/** Names of fields with texts in which `{to}`, `{text}` and the like stand for what is sent. */
type Fields = Readonly<Record<string, FieldValue>>;
export type FieldValue =
  | string
  | number
  | boolean
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue };

export interface AnswerReading {
  /** `json`: places are paths such as `messages.0.id`; `text`: the words in front, such as `ID - `. */
  readonly format?: 'json' | 'text' | undefined;
  /** Where the gateway's id of the message stands. */
  readonly id?: string | undefined;
  /** Where it says what became of the request. */
  readonly code?: string | undefined;
  /** Codes of a message that was taken; left out: whatever has an id was taken. */
  readonly taken?: readonly string[] | undefined;
  /** Codes of a gateway that took nothing and may be asked again. */
  readonly later?: readonly string[] | undefined;
  /** Codes that say that nothing reaches this number. */
  readonly deadNumber?: readonly string[] | undefined;
}

export interface PostedReading {
  /** The list in which they come; left out: the post is one. */
  readonly each?: string | undefined;
  readonly receipt?:
    | {
        readonly id: string;
        readonly state: string;
        readonly delivered: readonly string[];
        readonly failed: readonly string[];
      }
    | undefined;
  readonly reply?:
    | { readonly from: string; readonly to?: string | undefined; readonly text: string }
    | undefined;
  /** Header with the HMAC-SHA256 of the body under `inboundSecret`, in hex or base64; left out: the secret ends the address. */
  readonly signature?: string | undefined;
}

export interface SmsHttpSettings extends ChannelSettings {
  readonly kind: 'sms-http';
  readonly url: string;
  readonly method?: 'POST' | 'PUT' | 'GET' | undefined;
  readonly query?: Fields | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: Fields | undefined;
  readonly form?: Fields | undefined;
  /** User and secret go along as HTTP Basic (RFC 7617). */
  readonly basic?: boolean | undefined;
  readonly user?: string | undefined;
  readonly secret?: Secret | undefined;
  readonly from?: string | undefined;
  readonly honoursKey?: boolean | undefined;
  readonly answer?: AnswerReading | undefined;
  readonly inbound?: PostedReading | undefined;
  readonly inboundSecret?: Secret | undefined;
}

const place = { type: 'string', minLength: 1, maxLength: 200 };
const codes = { type: 'array', items: { type: 'string', maxLength: 100 }, maxItems: 200 };
const fields = { type: 'object', maxProperties: 50 };

export const descriptionSchema = {
  type: 'object',
  properties: {
    kind: { const: 'sms-http' },
    url: {
      type: 'string',
      pattern: '^https?://[^\\s@{}/?#]+([/?][^\\s@]*)?$',
      description: 'an address such as https://gw.example/send, without a password in it',
    },
    method: { enum: ['POST', 'PUT', 'GET'] },
    query: fields,
    headers: {
      type: 'object',
      propertyNames: { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$" },
      additionalProperties: { type: 'string', pattern: '^[\\x20-\\x7e]{0,2000}$' },
      maxProperties: 50,
    },
    json: fields,
    form: fields,
    basic: { type: 'boolean' },
    user: { type: 'string', minLength: 1, maxLength: 200 },
    secret: secretProperty,
    from: { type: 'string', minLength: 1, maxLength: 50 },
    honoursKey: { type: 'boolean' },
    answer: {
      type: 'object',
      properties: {
        format: { enum: ['json', 'text'] },
        ...{ id: place, code: place, taken: codes, later: codes, deadNumber: codes },
      },
      additionalProperties: false,
    },
    inbound: {
      type: 'object',
      properties: {
        each: place,
        receipt: {
          type: 'object',
          properties: { id: place, state: place, delivered: codes, failed: codes },
          required: ['id', 'state', 'delivered', 'failed'],
          additionalProperties: false,
        },
        reply: {
          type: 'object',
          properties: { from: place, to: place, text: place },
          required: ['from', 'text'],
          additionalProperties: false,
        },
        signature: { type: 'string', pattern: '^[A-Za-z0-9-]{1,100}$' },
      },
      additionalProperties: false,
    },
    inboundSecret: secretProperty,
    ...sharedProperties,
  },
  required: ['kind', 'url'],
  additionalProperties: false,
};
