/** The JSON schema of `probes` and `dns` in `allclear.yaml`. */

const text = { type: 'string', minLength: 1, maxLength: 1_024 };
const id = {
  type: 'string',
  pattern: '^[^\\s/~%]{1,128}$',
  description: 'an id has no space, slash, ~ or %',
};
const name = { type: 'string', minLength: 1, maxLength: 255 };
const rounds = { type: 'integer', minimum: 1, maximum: 100 };
const percent = { type: 'number', minimum: 0, maximum: 100 };
const status = { type: 'integer', minimum: 100, maximum: 599 };
const records = { type: 'array', items: text, maxItems: 100 };

const group = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

export interface ProbeSchemas {
  readonly probes: object;
  readonly dns: object;
}

/** `duration` and `secret` are those of the other keys. */
export function probeSchemas({ duration, secret }: { duration: object; secret: object }): ProbeSchemas {
  const probe = group(
    {
      id,
      kind: { enum: ['icmp', 'tcp', 'http', 'tls', 'dns', 'radius'] },
      target: text,
      resource: text,
      every: duration,
      timeout: duration,
      from: text,
      access: id,
      allowPrivate: { type: 'boolean' },
      raiseAfter: rounds,
      clearAfter: rounds,
      count: { type: 'integer', minimum: 1, maximum: 20 },
      status: { anyOf: [status, { type: 'array', items: status, minItems: 1, maxItems: 20 }] },
      contains: text,
      serverName: name,
      authorities: text,
      name,
      type: { type: 'string', maxLength: 10 },
      expect: records,
      secret,
      limits: group({ latency: duration, jitter: duration, loss: percent, expires: duration }),
    },
    ['id', 'kind', 'target'],
  );
  return {
    probes: { type: 'array', items: probe, maxItems: 20_000 },
    dns: dnsSchema(duration),
  };
}

const dnsSchema = (duration: object): object =>
  group({
    resource: text,
    every: duration,
    timeout: duration,
    from: text,
    raiseAfter: rounds,
    clearAfter: rounds,
    resolvers: {
      type: 'array',
      maxItems: 1_000,
      items: group(
        {
          id,
          resource: text,
          address: text,
          port: { type: 'integer', minimum: 1, maximum: 65_535 },
          view: id,
          platform: { enum: ['old', 'new'] },
          statistics: { type: 'string', pattern: '^https?://[^\\s@]+$', maxLength: 1_024 },
        },
        ['id', 'address'],
      ),
    },
    zones: {
      type: 'array',
      maxItems: 100,
      items: group(
        { name, resource: text, serialFrom: { type: 'array', items: text, minItems: 1, maxItems: 16 } },
        ['name', 'serialFrom'],
      ),
    },
    checks: group({
      hit: name,
      miss: name,
      answers: {
        type: 'array',
        maxItems: 100,
        items: group({ name, type: { type: 'string', maxLength: 10 }, expect: records }, ['name']),
      },
      signed: name,
      broken: name,
      open: group({ from: text, name }, ['from', 'name']),
      amplification: group({ name, type: { type: 'string', maxLength: 10 } }, ['name']),
    }),
    limits: group({
      hit: duration,
      miss: duration,
      failures: percent,
      nxdomain: percent,
      amplification: { type: 'number', minimum: 1, maximum: 10_000 },
      serialLag: duration,
    }),
  });
