/** The JSON schema of `allclear.yaml` (format allclear/1); channel settings are added from edge/channels. */

import { countries } from '../../edge/files/telephone-number.ts';
import { compensationSchema } from './compensation.ts';
import { askedOf, guardsOf, ticketed } from './policy.ts';
import { probeSchemas } from './probes-schema.ts';

const text = { type: 'string', minLength: 1 };
const duration = {
  type: 'string',
  pattern: '^\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h|d)$',
  description: 'write a length of time such as 60s, 4m or 7d',
};
const hostPort = {
  type: 'string',
  pattern: '^(\\[[0-9a-fA-F:.]+\\]|[^:\\s\\[\\]]+):\\d{1,5}$',
  description: 'write HOST:PORT, e.g. 127.0.0.1:8080',
};
const secretSchema = {
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      properties: { env: text },
      required: ['env'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { file: text },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

const snmpUser = {
  type: 'object',
  properties: {
    user: text,
    level: { enum: ['noAuthNoPriv', 'authNoPriv', 'authPriv'] },
    auth: { enum: ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] },
    authKey: secretSchema,
    priv: { enum: ['des', 'aes', 'aes192b', 'aes192r', 'aes256b', 'aes256r'] },
    privKey: secretSchema,
  },
  required: ['user', 'level'],
  additionalProperties: false,
};

const device = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^[^\\s/~%]{1,128}$', description: 'an id has no space, slash, ~ or %' },
    address: text,
    port: { type: 'integer', minimum: 1, maximum: 65_535 },
    version: { enum: ['1', '2c', 1] },
    community: secretSchema,
    v3: snmpUser,
    resource: text,
    profile: text,
    poll: { type: 'boolean' },
    heartbeat: {
      type: 'string',
      pattern: '^[1-9]\\d{0,3}[mhd]$',
      description: 'write how long it may say nothing, in whole minutes, hours or days: 15m, 2h, 1d',
    },
  },
  required: ['id', 'address'],
  additionalProperties: false,
};

export const configSchema = (given: {
  readonly channels: readonly object[];
  readonly desks: readonly object[];
  readonly hook: object;
}): object => ({
  type: 'object',
  properties: {
    format: { const: 'allclear/1' },
    data: text,
    http: hostPort,
    public: hostPort,
    publicUrl: { type: 'string', pattern: '^https?://' },
    traps: hostPort,
    syslog: hostPort,
    syslogTls: {
      type: 'object',
      properties: { listen: hostPort, cert: text, key: text, ca: text },
      required: ['cert', 'key'],
      additionalProperties: false,
    },
    language: { enum: ['ru', 'en'] },
    country: { enum: countries },
    snmp: {
      type: 'object',
      properties: {
        interval: duration,
        timeout: duration,
        retries: { type: 'integer', minimum: 0, maximum: 10 },
        trapCommunities: { type: 'array', items: secretSchema, maxItems: 1_000 },
      },
      additionalProperties: false,
    },
    devices: { type: 'array', items: device, maxItems: 100_000 },
    ...probeSchemas({ duration, secret: secretSchema }),
    topology: text,
    subscribers: text,
    rules: text,
    profiles: { anyOf: [text, { type: 'array', items: text, maxItems: 16 }] },
    policy: text,
    positions: { type: 'integer', minimum: 1, maximum: 1_000 },
    channels: { type: 'object', additionalProperties: { anyOf: given.channels }, maxProperties: 8 },
    notify: {
      type: 'object',
      properties: {
        order: { type: 'array', items: text, maxItems: 8 },
        hold: duration,
        quietHours: { type: 'string', description: 'write "22:00-08:00" or off' },
        ...guardsOf,
        aloneHold: duration,
        inventoryEvery: duration,
      },
      additionalProperties: false,
    },
    confirm: {
      type: 'object',
      properties: {
        ask: { type: 'boolean' },
        stableFor: duration,
        remindAfter: duration,
        remindAgainAfter: duration,
        expireAfter: duration,
        rateEvery: duration,
        rateAfterComplaint: duration,
        ...askedOf,
      },
      additionalProperties: false,
    },
    compensation: compensationSchema(duration),
    tickets: ticketed,
    staff: {
      type: 'array',
      maxItems: 10_000,
      items: {
        type: 'object',
        properties: {
          id: text,
          name: text,
          skills: { type: 'array', items: text },
          limit: { type: 'integer', minimum: 1, maximum: 100 },
        },
        required: ['id', 'skills'],
        additionalProperties: false,
      },
    },
    spool: {
      type: 'object',
      properties: { keep: duration, keepGigabytes: { type: 'number', minimum: 0, maximum: 10_000 } },
      additionalProperties: false,
    },
    series: {
      type: 'object',
      properties: {
        kind: { enum: ['embedded', 'influx', 'victoriametrics'] },
        retention: duration,
        hours: duration,
        url: text,
        database: {
          type: 'string',
          pattern: '^[A-Za-z0-9_.-]{1,64}$',
          description: 'letters, digits, "_", "." and "-"',
        },
        user: text,
        password: secretSchema,
        token: secretSchema,
        spoolGigabytes: { type: 'number', exclusiveMinimum: 0, maximum: 100_000 },
      },
      additionalProperties: false,
    },
    desk: { anyOf: given.desks },
    telephone: {
      type: 'object',
      properties: { token: secretSchema },
      required: ['token'],
      additionalProperties: false,
    },
    automations: text,
    webhooks: {
      type: 'object',
      additionalProperties: given.hook,
      propertyNames: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' },
      maxProperties: 32,
    },
  },
  additionalProperties: false,
});
