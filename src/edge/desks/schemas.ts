/** Settings of all kinds of ticket systems, for the configuration's check. */
import { ticketStatuses } from '../../model/ticket.ts';

const text = { type: 'string', minLength: 1, maxLength: 200 };
const url = {
  type: 'string',
  pattern: '^https?://[^\\s@?#]+$',
  description: 'an address without user, ? and #',
};
const flag = { type: 'boolean' };
/** A name of a status there for one of ours. */
const statuses = {
  type: 'object',
  propertyNames: { enum: ticketStatuses },
  additionalProperties: text,
};
const attribute = {
  type: 'string',
  pattern: '^[a-z][a-z0-9_]{0,63}$',
  description: 'small letters, digits and "_"',
};

const schemaOf = (kind: string, properties: object, required: readonly string[]): object => ({
  type: 'object',
  properties: { kind: { const: kind }, ...properties },
  required: ['kind', ...required],
  additionalProperties: false,
});

const common = { url, statuses, contacts: flag, allowPrivate: flag, newsSecret: {} };

export const deskSchemas: readonly object[] = [
  schemaOf('none', {}, []),
  schemaOf(
    'requestTracker',
    { ...common, queue: text, user: text, password: {}, token: {}, keyField: text },
    ['url', 'queue', 'user'],
  ),
  schemaOf(
    'zammad',
    {
      ...common,
      token: {},
      group: text,
      customer: { type: 'string', pattern: '^[^\\s@<>]+@[^\\s@<>]+$', description: 'an e-mail address' },
      keyField: attribute,
      dueField: attribute,
    },
    ['url', 'token', 'group', 'customer'],
  ),
  schemaOf('tmf621', { ...common, token: {} }, ['url']),
  schemaOf(
    'webhook',
    {
      url: { type: 'string', pattern: '^https?://[^\\s@]+$' },
      secret: {},
      allowPrivate: flag,
      contacts: flag,
    },
    ['url', 'secret'],
  ),
];
