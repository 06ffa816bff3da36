/** Device profiles after compiling: what to ask a family of devices, and what the answers mean. */
import type { ObjectAlarm } from '../model/object-alarm.ts';
import type { PerceivedSeverity } from '../model/observation.ts';
import type { Expression } from './expression.ts';
import type { Pattern } from './pattern.ts';
import type { ProfileTest } from './profile-test.ts';
import type { Oid } from './session.ts';
import type { IndexPart } from './table-index.ts';
import type { Template } from './template.ts';

export interface Profiles {
  readonly byId: ReadonlyMap<string, Profile>;
}

export interface Profile {
  readonly id: string;
  /** Path as it was read from. */
  readonly file: string;
  /** Written from the MIB alone: nobody has recorded such a device yet. */
  readonly isUnverified: boolean;
  readonly match: Match;
  readonly identity: Readonly<Partial<Record<IdentityField, IdentitySource>>>;
  readonly tables: readonly Table[];
  /** The same without what seldom changes: numbers, states, and what is needed to tell them. */
  readonly measuredTables: readonly Table[];
  readonly tests: readonly ProfileTest[];
}

/** A device fits when one prefix and, where given, one text fits, and it answers one of the scalars. */
export interface Match {
  readonly sysObjectID: readonly Oid[];
  /** Plain parts of sysDescr, upper and lower case alike. */
  readonly sysDescr: readonly string[];
  /** The vendor's own scalars: tell appliances apart that all name the agent they are built on. */
  readonly answers: readonly Oid[];
}

export const identityFields = [
  ...(['sysObjectID', 'sysDescr', 'sysName', 'sysUpTimeTicks'] as const),
  ...(['vendor', 'os', 'hardware', 'version', 'serial'] as const),
] as const;
type IdentityField = (typeof identityFields)[number];

export type IdentitySource =
  | { readonly kind: 'constant'; readonly text: string }
  /** `by`: a scalar whose number is the index below `oid`. */
  | ({ readonly kind: 'get'; readonly oid: Oid; readonly by: Oid | undefined } & Wording)
  /** The first row of a column that says something; `where` picks the row by another column. */
  | ({
      readonly kind: 'column';
      readonly oid: Oid;
      readonly where: { readonly oid: Oid; readonly is: ReadonlySet<string> } | undefined;
    } & Wording)
  /** First group of a pattern in sysDescr. */
  | ({ readonly kind: 'pattern' } & Wording)
  /** Text of sysDescr between two marks; without `until` up to the end of the line. */
  | { readonly kind: 'descr'; readonly after: string; readonly until: string | undefined }
  /** The word for the longest prefix of sysObjectID. */
  | { readonly kind: 'objectID'; readonly words: ReadonlyMap<Oid, string> }
  | {
      readonly kind: 'join';
      readonly parts: readonly IdentitySource[];
      readonly between: string;
      /** Nothing at all unless every part says something. */
      readonly needsAll: boolean;
    }
  | { readonly kind: 'first'; readonly parts: readonly IdentitySource[] };

/** What is made of a text: the first group of a pattern, then another word for it. */
export interface Wording {
  readonly pattern: Pattern | undefined;
  readonly map: ReadonlyMap<string, string> | undefined;
}

export interface Table {
  readonly name: string;
  /** What a row is; rows of `interface` without `is` make `interfaces`, all others `readings` and `objects`. */
  readonly objectKind: string | undefined;
  /** Of which the first that is complete names the object for a person. */
  readonly nameFrom: readonly Template[];
  /** What stands after the kind in an object's id; undefined: the index. */
  readonly idFrom: Template | undefined;
  /** The kind by another cell; ids keep `objectKind`. */
  readonly kindBy: { readonly source: Source; readonly map: ReadonlyMap<string, string> } | undefined;
  /** Attribute that stays when the index does not. */
  readonly key: string | undefined;
  /** Id of the object above. */
  readonly parent: Template | undefined;
  /** Id of the object that these rows are more about. */
  readonly is: Template | undefined;
  readonly index: readonly IndexPart[];
  readonly lets: readonly { readonly name: string; readonly expression: Expression }[];
  /** Rows for which one does not hold are passed over. */
  readonly only: readonly Condition[];
  /** Each byte of this cell is a row of its own; its number from 1 is this part of the index. */
  readonly bytes: { readonly source: CellSource; readonly as: string } | undefined;
  /** All columns to walk: own ones, joined ones of the same index, then those of other indexes. */
  readonly columns: readonly Oid[];
  /** How many of them are the table's own: only these make a row exist. */
  readonly ownColumns: number;
  readonly attributes: readonly Attribute[];
  readonly states: readonly State[];
  readonly metrics: readonly Metric[];
  readonly sensor: Sensor | undefined;
  readonly link: LinkRow | undefined;
  readonly relation: RelationRow | undefined;
  readonly counts: readonly Count[];
  readonly alarms: readonly ObjectAlarm[];
  /** Undefined: in every poll. */
  readonly everyMs: number | undefined;
  /** True: asked for objects under suspicion at once, for all only as often as `everyMs`. */
  readonly onSuspicion: boolean;
}

/** A cell of a row. */
export interface CellSource {
  readonly kind: 'cell';
  /** Place in `columns`. */
  readonly column: number;
  /** Index in a column of another table; undefined: that of the row. */
  readonly key: Template | undefined;
}
/** A cell, or a part of the index or the byte of a byte map as if it were one. */
export type Source = CellSource | { readonly kind: 'part'; readonly name: string };

export interface Condition {
  readonly source: Source;
  /** Numbers as text. */
  readonly is: ReadonlySet<string> | undefined;
  readonly not: ReadonlySet<string> | undefined;
  readonly pattern: Pattern | undefined;
}

export const attributeForms = [
  ...(['text', 'number', 'mac', 'ip', 'oid', 'dateAndTime', 'gponSerial', 'bits', 'hex'] as const),
  ...(['chassisId', 'portId', 'id'] as const),
] as const;

export interface Attribute extends Wording {
  readonly name: string;
  readonly source: Source;
  readonly as: (typeof attributeForms)[number];
  /** IEEE 802.1AB: tells what the bytes of a chassis or port id are. */
  readonly subtype: Source | undefined;
}

export interface State {
  readonly name: string;
  readonly source: Source;
  readonly as: 'number' | 'text' | 'bits' | 'oid';
  readonly pattern: Pattern | undefined;
  /** Numbers as text, words in lower case; null: no reading. For bits in the order that counts. */
  readonly map: ReadonlyMap<string, string | null>;
  /** For all that `map` lacks; undefined: no reading. */
  readonly other: string | null | undefined;
  /** The word when no bit is set. */
  readonly none: string | undefined;
  /** As of metrics. */
  readonly nullWhen: readonly Condition[];
  readonly where: readonly Condition[];
}

export const numberForms = ['number', 'float32', 'signed16', 'signed32', 'text', 'hex', 'bytes'] as const;
export const conversions = [
  'W-to-dBm',
  'mW-to-dBm',
  'uW-to-dBm',
  'tenth-uW-to-dBm',
  'dBm-or-uW',
  'F-to-Cel',
] as const;
export const absences = ['sentinel', 'no-light', 'offline'] as const;

export interface Metric {
  readonly name: string;
  readonly source: Source;
  readonly unit: string;
  readonly kind: 'gauge' | 'counter';
  readonly as: (typeof numberForms)[number];
  readonly pattern: Pattern | undefined;
  /** From 1, of a text with commas; `all`: one reading a lane. */
  readonly lane: number | 'all' | undefined;
  /** On the raw value `v`. */
  readonly expression: Expression | undefined;
  /** Cells that multiply and divide (allocation units). */
  readonly times: Source | undefined;
  readonly divideBy: Source | undefined;
  /** A cell with a sign: a positive factor multiplies, a negative one divides, 0 is 1. */
  readonly scaleBy: Source | undefined;
  /** A cell with the number of decimals of the raw value: 3 of 1234 is 1.234. */
  readonly decimals: Source | undefined;
  readonly scale: number;
  readonly offset: number;
  /** After scaling. */
  readonly convert: (typeof conversions)[number] | undefined;
  /** Raw values that mean "no reading". */
  readonly sentinels: readonly number[];
  readonly sentinelTexts: ReadonlySet<string>;
  readonly absent: (typeof absences)[number];
  /** No reading while one of these holds. */
  readonly nullWhen: readonly Condition[];
  /** It exists only in rows where all hold. */
  readonly where: readonly Condition[];
  readonly versions: { readonly from: string | undefined; readonly below: string | undefined } | undefined;
  /** Plausible values, after scaling; undefined: those that the name implies. */
  readonly range: readonly [number, number] | undefined;
  readonly limits: readonly Limit[];
  /** True: replaces the value of the same name from an earlier table (64-bit counters). */
  readonly replaces: boolean;
  /** Name by another column's value: its last sub-identifier or its number. */
  readonly nameBy: { readonly source: Source; readonly map: ReadonlyMap<string, string> } | undefined;
}

/** One limit that the device itself sends, scaled as the metric unless it says otherwise. */
export interface Limit {
  readonly side: 'high' | 'low';
  readonly severity: PerceivedSeverity;
  readonly source: Source;
  readonly scale: number | undefined;
  readonly as: Metric['as'];
}

/** RFC 3433: type, scale and precision stand in neighbouring columns. */
export interface Sensor {
  readonly type: Source;
  readonly scale: Source | undefined;
  readonly precision: Source | undefined;
  readonly value: Source;
  readonly status: Source | undefined;
  readonly sentinels: readonly number[];
  readonly nullWhen: readonly Condition[];
  /** True: a level of exactly 0 dBm is no light. */
  readonly isZeroDark: boolean;
  /** True: power in watts of something named as received or transmitted light becomes dBm. */
  readonly hasOpticalWatts: boolean;
}

/** Each the first that is complete. */
export interface LinkRow {
  readonly protocol: 'lldp' | 'cdp';
  readonly localPort: readonly Template[];
  readonly remoteChassis: readonly Template[];
  readonly remotePort: readonly Template[];
  readonly remoteName: readonly Template[];
}

/** How many rows are about one object: modems of an upstream. */
export interface Count {
  readonly name: string;
  readonly unit: string;
  /** Id of the object that they are about. */
  readonly on: Template;
  readonly where: readonly Condition[];
}

export const relationKinds = [
  'member',
  'contains',
  'serves',
  'feeds',
  'forwards',
  'session',
  'resolves',
] as const;

export interface RelationRow {
  readonly kind: (typeof relationKinds)[number];
  readonly from: Template;
  readonly to: Template;
}
