/** The form of a detection rule file (`format: detection/1`) as JSON schema, and the same as types. */
import { type PerceivedSeverity, severities } from '../model/observation.ts';

export interface RulesSource {
  readonly format: 'detection/1';
  readonly reachability?: {
    readonly cause: string;
    readonly severity: PerceivedSeverity;
    readonly raiseAfter: number;
    readonly clearAfter: number;
  };
  readonly interfaces?: {
    readonly cause: string;
    readonly severity: PerceivedSeverity;
    readonly roles?: Readonly<Partial<Record<'link' | 'access', PerceivedSeverity>>>;
    readonly downFor: number;
    readonly upFor: number;
    readonly settle: string;
  };
  readonly thresholds?: readonly (LevelsSource & {
    readonly id: string;
    readonly metric: string;
    readonly unit?: string;
    readonly cause: string;
  })[];
  readonly ratios?: readonly (LevelsSource & {
    readonly id: string;
    readonly of: readonly string[];
    readonly per: readonly string[];
    readonly least?: number;
    readonly cause: string;
  })[];
  readonly baselines?: readonly (Omit<LevelsSource, 'examples'> & {
    readonly id: string;
    readonly metric: string;
    readonly unit?: string;
    readonly cause: string;
    readonly floor: number;
    readonly examples?: readonly BaselineExample[];
  })[];
  readonly states?: readonly {
    readonly id: string;
    readonly kind: string;
    readonly raise: readonly string[];
    readonly clear: readonly string[];
    readonly cause: string;
    readonly severity: PerceivedSeverity;
    readonly for?: number;
  }[];
  readonly traps?: readonly TrapSource[];
  readonly syslog?: readonly {
    readonly id: string;
    readonly contains: readonly string[];
    readonly raise?: string;
    readonly clear?: string;
    readonly severity?: PerceivedSeverity;
    readonly by?: { readonly name: string; readonly behind: string };
    readonly examples?: readonly SyslogExample[];
  }[];
  /** What a probable cause of a syslog alarm (RFC 5674) is called here. */
  readonly probableCauses?: Readonly<Record<string, string>>;
  readonly unknownTraps?: { readonly endAfter: string };
  /** Of raises without a clear. */
  readonly hintsEndAfter?: string;
}

export interface LevelsSource {
  readonly above?: Readonly<Partial<Record<PerceivedSeverity, number>>>;
  readonly below?: Readonly<Partial<Record<PerceivedSeverity, number>>>;
  readonly hysteresis?: number;
  readonly for?: number;
  readonly examples?: readonly { readonly values: readonly number[]; readonly seen: readonly string[] }[];
}

export interface TrapSource {
  readonly id: string;
  readonly oid: string;
  readonly raise?: string;
  readonly clear?: string;
  readonly alive?: true;
  readonly ignore?: true;
  /** Of a raise: the notification that ends it, or what this one says when it ends it. */
  readonly clearedBy?: string;
  readonly clearedWhen?: ConditionSource | readonly ConditionSource[];
  readonly probableCause?: number;
  readonly severity?: PerceivedSeverity;
  readonly severityBy?: ValueSource & {
    readonly bits?: true;
    readonly map: Readonly<Record<string, PerceivedSeverity>>;
  };
  readonly when?: ConditionSource | readonly ConditionSource[];
  readonly part?: PartSource;
  readonly by?: PartSource;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly endsAfter?: string;
  readonly rediscover?: true;
  readonly examples?: readonly TrapExample[];
}

interface ValueSource {
  readonly varbind: string;
  readonly octet?: number;
  readonly last?: true;
}

export interface ConditionSource extends ValueSource {
  readonly is?: readonly (string | number)[];
  readonly isNot?: readonly (string | number)[];
  readonly contains?: string;
  readonly bits?: readonly number[];
}

export interface PartSource {
  readonly name: string;
  readonly is?: string;
  readonly of?: readonly {
    readonly value?: string;
    readonly values?: readonly string[];
    readonly index?: string;
    readonly behind?: string;
  }[];
}

/** What device `r-1` sends, and what is then observed: nothing where `seen` is `nothing`. */
interface TrapExample {
  /** It sends the notification of `clearedBy`. */
  readonly cleared?: true;
  readonly varbinds?: Readonly<Record<string, string | number>>;
  readonly seen: Seen;
}

/** The text of a message without its header, and what is then observed of device `r-1`. */
interface SyslogExample {
  readonly line: string;
  readonly seen: Seen;
}

/** What was seen at that hour before, and what each value in order makes of it. */
interface BaselineExample {
  readonly usual: readonly number[];
  readonly values: readonly number[];
  readonly seen: readonly string[];
}

export type Seen = 'nothing' | Readonly<Record<string, string>>;

const text = { type: 'string', minLength: 1, maxLength: 200 } as const;
const oid = {
  type: 'string',
  pattern: '^[0-2](\\.\\d{1,10})+$',
  description: 'a numeric OID without a leading dot',
} as const;
const length = {
  type: 'string',
  pattern: '^\\d{1,6}(s|m|h|d)$',
  description: 'a length of time such as 30s, 10m, 2h or 1d',
} as const;
const count = { type: 'integer', minimum: 1, maximum: 1_000 } as const;
const severity = { enum: severities } as const;
const list = (items: object) => ({ type: 'array', items, minItems: 1, maxItems: 10_000 }) as const;
const object = (properties: Readonly<Record<string, object>>, required: readonly string[]) =>
  ({ type: 'object', properties, required, additionalProperties: false }) as const;
const limits = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: { critical: number(), major: number(), minor: number(), warning: number() },
} as const;
const multiple = { type: 'number', minimum: 2, maximum: 1_000 } as const;
const multiples = {
  ...limits,
  properties: { critical: multiple, major: multiple, minor: multiple, warning: multiple },
  description: 'multiples of the usual scatter, 2 at the least',
} as const;
const levels = {
  above: limits,
  below: limits,
  hysteresis: { type: 'number', minimum: 0 },
  for: count,
  examples: list(object({ values: list(number()), seen: list({ type: 'string' }) }, ['values', 'seen'])),
} as const;
const seen = {
  anyOf: [{ const: 'nothing' }, { type: 'object', additionalProperties: { type: 'string' } }],
} as const;
const part = object(
  {
    name: text,
    is: text,
    of: list(object({ value: oid, values: list(oid), index: oid, behind: oid }, [])),
  },
  ['name'],
);
const scalars = list({ type: ['string', 'number'] });
const valueIn = {
  varbind: oid,
  octet: { type: 'integer', minimum: 1, maximum: 255 },
  last: { const: true },
} as const;
const condition = object(
  {
    ...valueIn,
    is: scalars,
    isNot: scalars,
    contains: text,
    bits: list({ type: 'integer', minimum: 0, maximum: 2_047 }),
  },
  ['varbind'],
);
const conditions = { anyOf: [condition, list(condition)] } as const;
const trap = object(
  {
    id: text,
    oid,
    raise: text,
    clear: text,
    alive: { const: true },
    ignore: { const: true },
    severity,
    part,
    by: part,
    severityBy: object(
      { ...valueIn, bits: { const: true }, map: { type: 'object', additionalProperties: severity } },
      ['varbind', 'map'],
    ),
    when: conditions,
    clearedBy: oid,
    clearedWhen: conditions,
    probableCause: { type: 'integer', minimum: 1, maximum: 1_024 },
    rediscover: { const: true },
    attributes: { type: 'object', maxProperties: 32, additionalProperties: oid },
    endsAfter: length,
    examples: list(
      object(
        {
          cleared: { const: true },
          varbinds: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
          seen,
        },
        ['seen'],
      ),
    ),
  },
  ['id', 'oid'],
);

/** JSON schema, draft 7. */
export const detectionSchema: object = object(
  {
    format: { const: 'detection/1' },
    reachability: object({ cause: text, severity, raiseAfter: count, clearAfter: count }, [
      'cause',
      'severity',
      'raiseAfter',
      'clearAfter',
    ]),
    interfaces: object(
      {
        ...{ cause: text, severity, downFor: count, upFor: count, settle: length },
        roles: object({ link: severity, access: severity }, []),
      },
      ['cause', 'severity', 'downFor', 'upFor', 'settle'],
    ),
    thresholds: list(
      object({ id: text, metric: text, unit: text, cause: text, ...levels }, ['id', 'metric', 'cause']),
    ),
    ratios: list(
      object({ id: text, of: list(text), per: list(text), least: number(), cause: text, ...levels }, [
        'id',
        'of',
        'per',
        'cause',
      ]),
    ),
    baselines: list(
      object(
        {
          ...{ id: text, metric: text, unit: text, cause: text, ...levels },
          ...{ above: multiples, below: multiples, floor: { type: 'number', exclusiveMinimum: 0 } },
          examples: list(
            object({ usual: list(number()), values: list(number()), seen: list({ type: 'string' }) }, [
              'usual',
              'values',
              'seen',
            ]),
          ),
        },
        ['id', 'metric', 'cause', 'floor'],
      ),
    ),
    states: list(
      object(
        { id: text, kind: text, raise: list(text), clear: list(text), cause: text, severity, for: count },
        ['id', 'kind', 'raise', 'clear', 'cause', 'severity'],
      ),
    ),
    traps: list(trap),
    syslog: list(
      object(
        {
          id: text,
          contains: list(text),
          raise: text,
          clear: text,
          severity,
          by: object({ name: text, behind: text }, ['name', 'behind']),
          examples: list(object({ line: { type: 'string' }, seen }, ['line', 'seen'])),
        },
        ['id', 'contains'],
      ),
    ),
    probableCauses: { type: 'object', maxProperties: 1_000, additionalProperties: text },
    unknownTraps: object({ endAfter: length }, ['endAfter']),
    hintsEndAfter: length,
  },
  ['format'],
);

function number() {
  return { type: 'number' } as const;
}
