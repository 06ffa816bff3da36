/**
 * The SNMP world behind four methods: what `collect` asks of a device. edge/snmp implements it for v1,
 * v2c and v3.
 */

import type { TableCells } from './table-cells.ts';

export {
  compareOids,
  isOid,
  LARGEST_SUB_IDENTIFIER,
  MOST_SUB_IDENTIFIERS,
  oidText,
  type Span,
} from './oid-bytes.ts';
export { grownRows, mostGrowth } from './row-bounds.ts';
export { notPlaced, TableCells } from './table-cells.ts';
export { valueTag } from './value-tag.ts';

/** Numeric object identifier without a leading dot, e.g. `1.3.6.1.2.1.1.3.0`. */
export type Oid = string;

/** One decoded variable binding (RFC 3416 section 3). */
export type VarbindValue =
  | { readonly type: 'integer' | 'gauge32' | 'counter32' | 'timeticks'; readonly number: number }
  | { readonly type: 'counter64'; readonly bigint: bigint }
  | { readonly type: 'octets' | 'opaque'; readonly bytes: Uint8Array }
  | { readonly type: 'oid'; readonly oid: Oid }
  | { readonly type: 'ipAddress'; readonly address: string }
  | { readonly type: 'null' | 'noSuchObject' | 'noSuchInstance' | 'endOfMibView' };

export interface Varbind {
  readonly oid: Oid;
  readonly value: VarbindValue;
}

/** What an SNMPv3 agent found wrong (RFC 3414 section 5, RFC 3413 section 3): the key to be corrected. */
export type SecurityRefusal =
  | 'unknownUser'
  | 'authKey'
  | 'privKey'
  | 'securityLevel'
  | 'timeWindow'
  | 'engineId'
  | 'context';

/** Why a request or walk ended without its whole answer; what did arrive is kept. */
export type SessionProblem =
  | { readonly kind: 'timeout' }
  | {
      readonly kind: 'refused';
      readonly reason: 'unreachable' | 'authentication' | 'noAccess';
      readonly detail?: SecurityRefusal | undefined;
    }
  | {
      readonly kind: 'badAnswer';
      readonly reason: 'malformed' | 'oidNotIncreasing' | 'tooBig' | 'errorStatus';
    }
  | { readonly kind: 'overBudget'; readonly budget: 'requests' | 'rows' | 'time' };

export interface Answer {
  readonly varbinds: readonly Varbind[];
  /** Absent when everything asked for arrived. */
  readonly problem?: SessionProblem | undefined;
}

/** Bounds of one walk; a device cannot make us exceed them. */
export interface WalkBudget {
  readonly requests: number;
  readonly rows: number;
  readonly timeMs: number;
  /** Of all tables of one `fill` together. */
  readonly totalMs?: number | undefined;
}

/** What became of one `fill`; what did arrive is in the tables. */
export interface FillOutcome {
  /** Of each table in the order asked: undefined where everything arrived. */
  readonly problems: readonly (SessionProblem | undefined)[];
  /** sysUpTime (1/100 s) in the first answer: a smaller one than last time means that the agent restarted. */
  readonly upTimeTicks: number | undefined;
  /** snmpEngineBoots of an agent that proved it (RFC 3414 section 2.2); undefined without SNMPv3. */
  readonly engineBoots?: number | undefined;
  /** Wall clock in ms of the last answer; undefined when none came. */
  readonly answeredAtMs: number | undefined;
}

export interface Session {
  /** Exact instances; absent ones come back as noSuchObject/noSuchInstance (v1: noSuchName is mapped to it). */
  get(oids: readonly Oid[]): Promise<Answer>;
  /** All rows below each of the columns, asked together; OIDs must increase strictly (RFC 3416 section 4.2.3). */
  walk(columns: readonly Oid[], budget: WalkBudget): Promise<Answer>;
  /**
   * A new reading of each of the tables, straight into their cells; one at a time. The budget is that of each table.
   * `done` is called once, maybe before `fill` returns; the tables belong to the session until then.
   */
  fill(tables: readonly TableCells[], budget: WalkBudget, done: (outcome: FillOutcome) => void): void;
  close(): void;
}
