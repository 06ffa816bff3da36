/** The form of a profile file as a JSON schema (draft 7): the one source of checks, hints and documentation. */
import { identityFields } from './profile.ts';

const oid = {
  type: 'string',
  pattern: '^[0-2](\\.[0-9]{1,10}){1,127}$',
  description: 'a numeric OID such as 1.3.6.1.2.1.2.2.1',
};
const column = { type: 'integer', minimum: 0, maximum: 4_294_967_295 };
const name = { type: 'string', minLength: 1, maxLength: 80 };
/** Names that become keys of readings and series. */
const word = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,79}$',
  description: 'a letter, then letters, digits, ".", "_" or "-"',
};
const id = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9/-]{0,79}$',
  description: 'lower-case words, "-" and "/"',
};
const texts = { type: 'array', items: name, minItems: 1 };
const numbersToNames = {
  type: 'object',
  propertyNames: { pattern: '^-?[0-9]{1,10}$' },
  additionalProperties: name,
};

const attribute = {
  type: 'object',
  additionalProperties: false,
  properties: { col: column, join: oid, as: { enum: ['text', 'number', 'mac', 'oid'] } },
};
const state = {
  type: 'object',
  additionalProperties: false,
  required: ['col', 'name', 'map'],
  properties: { col: column, name: word, map: numbersToNames },
};
const metric = {
  type: 'object',
  additionalProperties: false,
  required: ['col', 'name', 'unit'],
  properties: {
    col: column,
    name: word,
    unit: name,
    times: column,
    kind: { enum: ['gauge', 'counter'] },
    scale: { type: 'number' },
    offset: { type: 'number' },
    null: { type: 'array', items: { type: 'number' } },
    range: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    replaces: { type: 'boolean' },
    nameBy: {
      type: 'object',
      additionalProperties: false,
      required: ['col', 'map'],
      properties: { col: column, map: numbersToNames },
    },
  },
};
const sensor = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'scale', 'precision', 'value', 'status'],
  properties: {
    type: column,
    scale: column,
    precision: column,
    value: column,
    status: column,
    opticalWatts: { enum: ['dBm', 'asDeclared'] },
  },
};
const table = {
  type: 'object',
  additionalProperties: false,
  required: ['oid', 'object'],
  properties: {
    oid,
    object: {
      type: 'object',
      additionalProperties: false,
      required: ['kind'],
      properties: { kind: word, name: texts },
    },
    attributes: { type: 'object', propertyNames: word, additionalProperties: attribute },
    states: { type: 'array', items: state },
    metrics: { type: 'array', items: metric },
    sensor,
  },
};
const identitySource = {
  anyOf: [
    name,
    { type: 'object', additionalProperties: false, required: ['get'], properties: { get: oid } },
    {
      type: 'object',
      additionalProperties: false,
      required: ['after'],
      properties: { after: { type: 'string', maxLength: 80 }, until: name },
    },
  ],
};

export const profileSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: {
    id,
    extends: { type: 'array', items: id },
    match: {
      type: 'object',
      additionalProperties: false,
      properties: { sysObjectID: { type: 'array', items: oid, minItems: 1 }, sysDescr: texts },
    },
    identity: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(identityFields.map((field) => [field, identitySource])),
    },
    tables: { type: 'object', propertyNames: word, additionalProperties: table },
  },
} as const;

/** What a file that passes the schema holds. */
export interface ProfileSource {
  readonly id: string;
  readonly extends?: readonly string[];
  readonly match?: { readonly sysObjectID?: readonly string[]; readonly sysDescr?: readonly string[] };
  readonly identity?: Readonly<Record<string, IdentitySourceText>>;
  readonly tables?: Readonly<Record<string, TableSource>>;
}

export type IdentitySourceText =
  | string
  | { readonly get: string }
  | { readonly after: string; readonly until?: string };

export interface TableSource {
  readonly oid: string;
  readonly object: { readonly kind: string; readonly name?: readonly string[] };
  readonly attributes?: Readonly<Record<string, AttributeSource>>;
  readonly states?: readonly { readonly col: number; readonly name: string; readonly map: NumbersToNames }[];
  readonly metrics?: readonly MetricSource[];
  readonly sensor?: {
    readonly type: number;
    readonly scale: number;
    readonly precision: number;
    readonly value: number;
    readonly status: number;
    readonly opticalWatts?: 'dBm' | 'asDeclared';
  };
}

interface AttributeSource {
  readonly col?: number;
  readonly join?: string;
  readonly as?: 'text' | 'number' | 'mac' | 'oid';
}

export type NumbersToNames = Readonly<Record<string, string>>;

export interface MetricSource {
  readonly col: number;
  readonly name: string;
  readonly unit: string;
  readonly kind?: 'gauge' | 'counter';
  readonly scale?: number;
  readonly offset?: number;
  readonly null?: readonly number[];
  readonly range?: readonly [number, number];
  readonly times?: number;
  readonly replaces?: boolean;
  readonly nameBy?: { readonly col: number; readonly map: NumbersToNames };
}
