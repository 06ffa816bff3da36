/** Device profiles after compiling: what to ask a family of devices, and what the answers mean. */
import type { Oid } from './session.ts';

export interface Profiles {
  readonly byId: ReadonlyMap<string, Profile>;
}

export interface Profile {
  readonly id: string;
  readonly match: Match;
  readonly identity: Readonly<Partial<Record<IdentityField, IdentitySource>>>;
  readonly tables: readonly Table[];
}

/** A device fits when one prefix and, where given, one text fits. */
export interface Match {
  readonly sysObjectID: readonly Oid[];
  /** Plain parts of sysDescr, upper and lower case alike. */
  readonly sysDescr: readonly string[];
}

export const identityFields = [
  ...(['sysObjectID', 'sysDescr', 'sysName', 'sysUpTimeTicks'] as const),
  ...(['vendor', 'os', 'hardware', 'version', 'serial'] as const),
] as const;
type IdentityField = (typeof identityFields)[number];

export type IdentitySource =
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'get'; readonly oid: Oid }
  /** Text of sysDescr between two marks; without `until` up to the end of the line. */
  | { readonly kind: 'descr'; readonly after: string; readonly until: string | undefined };

export interface Table {
  readonly name: string;
  /** What a row is: `interface` rows make `interfaces`, all others make `readings` and `objects`. */
  readonly objectKind: string;
  /** Attributes of which the first that is not empty names the object for a person. */
  readonly nameFrom: readonly string[];
  /** All columns to walk; cells of a row are index-aligned with them. */
  readonly columns: readonly Oid[];
  /** How many of them are the table's own: only these make a row exist. */
  readonly ownColumns: number;
  readonly attributes: readonly Attribute[];
  readonly states: readonly State[];
  readonly metrics: readonly Metric[];
  readonly sensor: Sensor | undefined;
}

export interface Attribute {
  readonly name: string;
  readonly column: number;
  readonly as: 'text' | 'number' | 'mac' | 'oid';
}

interface State {
  readonly name: string;
  readonly column: number;
  readonly map: ReadonlyMap<number, string>;
}

export interface Metric {
  readonly name: string;
  readonly column: number;
  readonly unit: string;
  readonly kind: 'gauge' | 'counter';
  readonly scale: number;
  readonly offset: number;
  /** Column whose value multiplies this one (allocation units). */
  readonly times: number | undefined;
  /** Raw values that mean "no reading". */
  readonly sentinels: readonly number[];
  /** Plausible values, after scaling. */
  readonly range: readonly [number, number] | undefined;
  /** True: replaces the value of the same name from an earlier table (64-bit counters). */
  readonly replaces: boolean;
  /** Name by another column's value: its last sub-identifier or its number. */
  readonly nameBy: { readonly column: number; readonly map: ReadonlyMap<number, string> } | undefined;
}

/** RFC 3433: type, scale and precision stand in neighbouring columns. */
export interface Sensor {
  readonly type: number;
  readonly scale: number;
  readonly precision: number;
  readonly value: number;
  readonly status: number;
  /** True: power in watts of something named as received or transmitted light becomes dBm. */
  readonly hasOpticalWatts: boolean;
}
