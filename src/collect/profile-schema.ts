/** The form of a profile file as a JSON schema (draft 7): the one source of checks, hints and documentation. */
import { severities } from '../model/observation.ts';
import {
  absences,
  attributeForms,
  conversions,
  identityFields,
  numberForms,
  relationKinds,
} from './profile.ts';
import { rowTypes } from './profile-test.ts';

const oid = {
  type: 'string',
  pattern: '^[0-2](\\.[0-9]{1,10}){1,127}$',
  description: 'a numeric OID such as 1.3.6.1.2.1.2.2.1',
};
/** Below the device's own sysObjectID or what stands above it, too. */
const anyOid = {
  ...oid,
  pattern: '^([0-2]|sysObjectID(Parent)?)(\\.[0-9]{1,10}){1,127}$',
};
const column = { type: 'integer', minimum: 0, maximum: 4_294_967_295 };
const text = { type: 'string', minLength: 1, maxLength: 200 };
/** Names that become keys of readings and series. */
const word = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,79}$',
  description: 'a letter, then letters, digits, ".", "_" or "-"',
};
/** A name that may stand in arithmetic. */
const variable = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_]{0,39}$',
  description: 'a letter, then letters, digits or "_"',
};
const id = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9/-]{0,79}$',
  description: 'lower-case words, "-" and "/"',
};
const duration = {
  type: 'string',
  pattern: '^[1-9][0-9]{0,5}(s|m|h|d)$',
  description: 'a length of time such as 30s, 5m, 6h or 1d',
};
const texts = { type: 'array', items: text, minItems: 1 };
const numbers = { type: 'array', items: { type: 'number' } };
const oneOrMore = (of: object): object => ({ anyOf: [of, { type: 'array', items: of, minItems: 1 }] });
const words = {
  type: 'object',
  additionalProperties: text,
  propertyNames: { type: 'string', maxLength: 200 },
};
const wordsOrNull = {
  type: 'object',
  additionalProperties: { type: ['string', 'null'], maxLength: 200 },
  propertyNames: { type: 'string', maxLength: 200 },
};
const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const cell = { col: column, join: anyOid, by: text, index: variable, let: variable };
const values = { type: 'array', items: { type: ['string', 'number'] }, minItems: 1 };
const condition = closed({ ...cell, is: values, not: values, re: text });
const wording = { re: text, map: words };

const attribute = closed({ ...cell, ...wording, as: { enum: attributeForms }, subtype: closed(cell) });
const state = closed(
  {
    ...cell,
    name: word,
    as: { enum: ['number', 'text', 'bits', 'oid'] },
    re: text,
    map: wordsOrNull,
    none: text,
    order: { type: 'array', items: { type: 'integer' } },
    nullWhen: oneOrMore(condition),
    where: oneOrMore(condition),
  },
  ['name', 'map'],
);
const bySeverity = (of: object): object => closed(Object.fromEntries(severities.map((one) => [one, of])));
const limits = bySeverity(closed({ ...cell, scale: { type: 'number' }, as: { enum: numberForms } }));
const cellOrColumn = { anyOf: [column, closed(cell)] };
const metric = closed(
  {
    ...cell,
    name: word,
    unit: text,
    kind: { enum: ['gauge', 'counter'] },
    scale: { type: 'number' },
    offset: { type: 'number' },
    expr: text,
    convert: { enum: conversions },
    as: { enum: numberForms },
    re: text,
    lane: { type: 'integer', minimum: 1, maximum: 64 },
    lanes: { type: 'boolean' },
    times: cellOrColumn,
    divideBy: cellOrColumn,
    scaleBy: cellOrColumn,
    decimals: cellOrColumn,
    null: numbers,
    nullText: { type: 'array', items: { type: 'string', maxLength: 200 } },
    absent: { enum: absences },
    nullWhen: oneOrMore(condition),
    where: oneOrMore(condition),
    if: closed({ version: closed({ below: text, from: text }) }, ['version']),
    range: { ...numbers, minItems: 2, maxItems: 2 },
    replaces: { type: 'boolean' },
    nameBy: closed({ ...cell, map: words }, ['map']),
    limits: closed({ high: limits, low: limits }),
  },
  ['unit'],
);
const sensor = closed(
  {
    type: column,
    scale: column,
    precision: column,
    value: column,
    status: column,
    opticalWatts: { enum: ['dBm', 'asDeclared'] },
    zero: { enum: ['no-light'] },
    nullWhen: oneOrMore(condition),
  },
  ['type', 'value'],
);
const link = closed(
  {
    protocol: { enum: ['lldp', 'cdp'] },
    localPort: oneOrMore(text),
    remoteChassis: oneOrMore(text),
    remotePort: oneOrMore(text),
    remoteName: oneOrMore(text),
  },
  ['protocol', 'localPort'],
);
const stateIs = { state: word, is: texts };
const thresholds = bySeverity({ type: 'number' });
const alarm = closed(
  {
    ...stateIs,
    cause: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,39}$', description: 'capitals, such as LOS' },
    for: { type: 'integer', minimum: 1, maximum: 100 },
    severity: {
      anyOf: [
        { enum: severities },
        closed({ state: word, map: { type: 'object', additionalProperties: { enum: severities } } }, [
          'state',
        ]),
      ],
    },
    wasGood: { const: true },
    when: closed(stateIs, ['state', 'is']),
    unless: closed(stateIs, ['state', 'is']),
    metric: word,
    below: thresholds,
    above: thresholds,
    limits: { type: 'boolean' },
    hysteresis: { type: 'number', minimum: 0 },
    rate: word,
    share: word,
    of: oneOrMore(word),
    least: { type: 'number', minimum: 0 },
    count: word,
    average: word,
    slope: word,
    per: duration,
    over: duration,
    group: { enum: ['parent'] },
    atLeast: { type: 'integer', minimum: 1 },
  },
  ['cause'],
);
const table = closed(
  {
    oid: anyOid,
    scalars: { type: 'boolean' },
    index: { type: 'object', propertyNames: variable, additionalProperties: text },
    let: { type: 'object', propertyNames: variable, additionalProperties: text },
    only: oneOrMore(condition),
    bytes: closed({ col: column, as: variable }, ['col', 'as']),
    object: closed(
      {
        kind: word,
        kindBy: closed({ ...cell, map: words }, ['map']),
        id: text,
        name: oneOrMore(text),
        key: word,
        parent: text,
        is: text,
      },
      ['kind'],
    ),
    every: duration,
    onSuspicion: { type: 'boolean' },
    null: numbers,
    attributes: { type: 'object', propertyNames: word, additionalProperties: attribute },
    states: { type: 'array', items: state },
    metrics: { type: 'array', items: metric },
    sensor,
    link,
    relation: closed({ kind: { enum: relationKinds }, from: text, to: text }, ['kind', 'from', 'to']),
    counts: {
      type: 'array',
      items: closed({ on: text, name: word, unit: text, where: oneOrMore(condition) }, [
        'on',
        'name',
        'unit',
      ]),
    },
    alarms: { type: 'array', items: alarm },
  },
  ['oid'],
);

const identity = { $ref: '#/definitions/identity' };
const identityForms = [
  text,
  closed({ get: anyOid, by: oid, ...wording }, ['get']),
  closed({ column: anyOid, ...wording, where: closed({ column: oid, is: values }, ['column', 'is']) }, [
    'column',
  ]),
  closed({ descr: text, map: words }, ['descr']),
  closed({ after: { type: 'string', maxLength: 80 }, until: text }, ['after']),
  closed({ objectID: { ...words, propertyNames: oid } }, ['objectID']),
  closed(
    {
      join: { type: 'array', items: identity, minItems: 1 },
      with: { type: 'string', maxLength: 20 },
      all: { type: 'boolean' },
    },
    ['join'],
  ),
  closed({ first: { type: 'array', items: identity, minItems: 1 } }, ['first']),
];
const row = {
  type: 'array',
  items: [{ enum: rowTypes }, { type: ['string', 'number'] }],
  minItems: 2,
  additionalItems: false,
};
const test = closed(
  {
    rows: { type: 'object', propertyNames: oid, additionalProperties: row },
    recording: text,
    expect: { type: 'object', additionalProperties: { type: ['string', 'number', 'null'] } },
  },
  ['expect'],
);

export const profileSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  definitions: { identity: { anyOf: identityForms } },
  properties: {
    id,
    status: { enum: ['unverified'] },
    extends: { type: 'array', items: id },
    match: closed({
      sysObjectID: { type: 'array', items: oid, minItems: 1 },
      sysDescr: texts,
      answers: { type: 'array', items: oid, minItems: 1, maxItems: 4 },
    }),
    identity: closed(Object.fromEntries(identityFields.map((field) => [field, identity]))),
    tables: {
      type: 'object',
      propertyNames: word,
      additionalProperties: { anyOf: [table, { type: 'null' }] },
    },
    tests: { type: 'array', items: test },
  },
} as const;
