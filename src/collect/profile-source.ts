/** What a profile file that passes the schema holds. */
import type { PerceivedSeverity } from '../model/observation.ts';
import type { Attribute, absences, conversions, numberForms, RelationRow, State } from './profile.ts';

export interface ProfileSource {
  readonly id: string;
  readonly status?: 'unverified';
  readonly extends?: readonly string[];
  readonly match?: {
    readonly sysObjectID?: readonly string[];
    readonly sysDescr?: readonly string[];
    readonly answers?: readonly string[];
  };
  readonly identity?: Readonly<Record<string, IdentityText>>;
  /** null takes a base's table away. */
  readonly tables?: Readonly<Record<string, TableSource | null>>;
  readonly tests?: readonly TestSource[];
}

interface WordingSource {
  readonly re?: string;
  readonly map?: WordMap;
}

export type IdentityText =
  | string
  | ({ readonly get: string; readonly by?: string } & WordingSource)
  | ({
      readonly column: string;
      readonly where?: { readonly column: string; readonly is: readonly (string | number)[] };
    } & WordingSource)
  | { readonly descr: string; readonly map?: WordMap }
  | { readonly after: string; readonly until?: string }
  | { readonly objectID: Readonly<Record<string, string>> }
  | { readonly join: readonly IdentityText[]; readonly with?: string; readonly all?: boolean }
  | { readonly first: readonly IdentityText[] };

/** null: no reading. */
export type WordMap = Readonly<Record<string, string | null>>;

/** One of `col`, `join`, `index` and `let`. */
export interface CellText {
  readonly col?: number;
  readonly join?: string;
  readonly by?: string;
  readonly index?: string;
  readonly let?: string;
}

export interface ConditionText extends CellText {
  readonly is?: readonly (string | number)[];
  readonly not?: readonly (string | number)[];
  readonly re?: string;
}

type OneOrMore<T> = T | readonly T[];

export interface TableSource {
  readonly oid: string;
  readonly scalars?: boolean;
  readonly index?: Readonly<Record<string, string>>;
  readonly let?: Readonly<Record<string, string>>;
  readonly only?: OneOrMore<ConditionText>;
  readonly bytes?: { readonly col: number; readonly as: string };
  readonly object?: {
    readonly kind: string;
    readonly kindBy?: CellText & { readonly map: Readonly<Record<string, string>> };
    readonly id?: string;
    readonly name?: OneOrMore<string>;
    readonly key?: string;
    readonly parent?: string;
    readonly is?: string;
  };
  readonly every?: string;
  readonly onSuspicion?: boolean;
  readonly null?: readonly number[];
  readonly attributes?: Readonly<Record<string, AttributeText>>;
  readonly states?: readonly StateText[];
  readonly metrics?: readonly MetricText[];
  readonly sensor?: {
    readonly type: number;
    readonly scale?: number;
    readonly precision?: number;
    readonly value: number;
    readonly status?: number;
    readonly opticalWatts?: 'dBm' | 'asDeclared';
    readonly zero?: 'no-light';
    readonly nullWhen?: OneOrMore<ConditionText>;
  };
  readonly link?: {
    readonly protocol: 'lldp' | 'cdp';
    readonly localPort: OneOrMore<string>;
    readonly remoteChassis?: OneOrMore<string>;
    readonly remotePort?: OneOrMore<string>;
    readonly remoteName?: OneOrMore<string>;
  };
  readonly counts?: readonly {
    readonly on: string;
    readonly name: string;
    readonly unit: string;
    readonly where?: OneOrMore<ConditionText>;
  }[];
  readonly relation?: { readonly kind: RelationRow['kind']; readonly from: string; readonly to: string };
  readonly alarms?: readonly AlarmText[];
}

interface AttributeText extends CellText, WordingSource {
  readonly as?: Attribute['as'];
  readonly subtype?: CellText;
}

export interface StateText extends CellText {
  readonly name: string;
  readonly as?: State['as'];
  readonly re?: string;
  readonly map: WordMap;
  readonly none?: string;
  readonly order?: readonly number[];
  readonly nullWhen?: OneOrMore<ConditionText>;
  readonly where?: OneOrMore<ConditionText>;
}

type CellOrColumn = number | CellText;
export type LimitTexts = Readonly<
  Record<string, CellText & { readonly scale?: number; readonly as?: (typeof numberForms)[number] }>
>;

export interface MetricText extends CellText {
  readonly name?: string;
  readonly unit: string;
  readonly kind?: 'gauge' | 'counter';
  readonly scale?: number;
  readonly offset?: number;
  readonly expr?: string;
  readonly convert?: (typeof conversions)[number];
  readonly as?: (typeof numberForms)[number];
  readonly re?: string;
  readonly lane?: number;
  readonly lanes?: boolean;
  readonly times?: CellOrColumn;
  readonly divideBy?: CellOrColumn;
  readonly scaleBy?: CellOrColumn;
  readonly decimals?: CellOrColumn;
  readonly null?: readonly number[];
  readonly nullText?: readonly string[];
  readonly absent?: (typeof absences)[number];
  readonly nullWhen?: OneOrMore<ConditionText>;
  readonly where?: OneOrMore<ConditionText>;
  readonly if?: { readonly version: { readonly below?: string; readonly from?: string } };
  readonly range?: readonly [number, number];
  readonly replaces?: boolean;
  readonly nameBy?: CellText & { readonly map: Readonly<Record<string, string>> };
  readonly limits?: { readonly high?: LimitTexts; readonly low?: LimitTexts };
}

interface StateIsText {
  readonly state: string;
  readonly is: readonly string[];
}
type ThresholdTexts = Readonly<Record<string, number>>;

export interface AlarmText {
  readonly cause: string;
  readonly for?: number;
  readonly state?: string;
  readonly is?: readonly string[];
  readonly severity?:
    | PerceivedSeverity
    | { readonly state: string; readonly map?: Readonly<Record<string, PerceivedSeverity>> };
  readonly wasGood?: true;
  readonly when?: StateIsText;
  readonly unless?: StateIsText;
  readonly metric?: string;
  readonly below?: ThresholdTexts;
  readonly above?: ThresholdTexts;
  readonly limits?: boolean;
  readonly hysteresis?: number;
  readonly rate?: string;
  readonly share?: string;
  readonly of?: OneOrMore<string>;
  readonly least?: number;
  readonly count?: string;
  readonly average?: string;
  readonly slope?: string;
  readonly per?: string;
  readonly over?: string;
  readonly group?: 'parent';
  readonly atLeast?: number;
}

export interface TestSource {
  readonly rows?: Readonly<Record<string, readonly [type: string, value: string | number]>>;
  readonly recording?: string;
  readonly expect: Readonly<Record<string, string | number | null>>;
}
