/** Detection rules as plain data, after compiling: what traps, syslog lines and readings mean. */
import type { DurationMs } from '../base/instant.ts';
import type { PerceivedSeverity } from '../model/observation.ts';

export interface DetectionRules {
  readonly reachability: ReachabilityRule;
  readonly interfaces: InterfaceRule;
  readonly thresholds: readonly ThresholdRule[];
  readonly ratios: readonly RatioRule[];
  readonly states: readonly StateRule[];
  /** By trap OID; within one OID the first rule whose condition holds counts. */
  readonly traps: ReadonlyMap<string, readonly TrapRule[]>;
  readonly syslog: readonly SyslogRule[];
  /** Notifications that no rule knows end by themselves after this time. */
  readonly unknownTrapsEndAfterMs: DurationMs;
}

export interface ReachabilityRule {
  readonly cause: string;
  readonly severity: PerceivedSeverity;
  /** Polls without an answer, polls with one. */
  readonly raiseAfter: number;
  readonly clearAfter: number;
}

export interface InterfaceRule {
  readonly cause: string;
  readonly severity: PerceivedSeverity;
  readonly downFor: number;
  readonly upFor: number;
  /** Ports come up one after the other: nothing is raised this long after the device started. */
  readonly settleMs: DurationMs;
}

/** Limits from mildest to worst; `side` says on which side of them is bad. */
export interface Levels {
  readonly side: 'above' | 'below';
  readonly limits: readonly { readonly severity: PerceivedSeverity; readonly at: number }[];
  /** How far back over a limit the value must come. */
  readonly hysteresis: number;
  /** Readings in a row. */
  readonly for: number;
}

interface ThresholdRule extends Levels {
  readonly id: string;
  readonly metric: string;
  readonly unit?: string | undefined;
  readonly cause: string;
}

/** Share of `of` in `per`, both sums of interface counters over one polling interval. */
export interface RatioRule extends Levels {
  readonly id: string;
  readonly of: readonly string[];
  readonly per: readonly string[];
  /** Fewer of `per` than this say nothing. */
  readonly least: number;
  readonly cause: string;
}

/** State of objects of one kind, such as fans. */
export interface StateRule {
  readonly id: string;
  readonly kind: string;
  readonly raise: readonly string[];
  readonly clear: readonly string[];
  readonly cause: string;
  readonly severity: PerceivedSeverity;
  readonly for: number;
}

export interface TrapRule {
  readonly id: string;
  readonly oid: string;
  readonly event: 'raise' | 'clear' | 'alive' | 'ignore';
  /** Present on raise and clear. */
  readonly cause?: string | undefined;
  readonly severity?: PerceivedSeverity | undefined;
  readonly severityBy?:
    | { readonly varbind: string; readonly map: Readonly<Record<string, PerceivedSeverity>> }
    | undefined;
  readonly when?:
    | {
        readonly varbind: string;
        readonly is?: readonly string[] | undefined;
        readonly isNot?: readonly string[] | undefined;
      }
    | undefined;
  /** Part of the device it is about: `<device>/<name>/<found>`; the device itself where absent or not found. */
  readonly part?: PartOf | undefined;
  /** The end that reports it, in the same form. */
  readonly by?: PartOf | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly endsAfterMs?: DurationMs | undefined;
}

export interface PartOf {
  readonly name: string;
  /** Tried in order: the value of the varbind below this OID, or what follows the OID in its name. */
  readonly of: readonly { readonly take: 'value' | 'index'; readonly varbind: string }[];
}

/** A line that holds all of `contains`; no expression is run over what a device wrote. */
interface SyslogRule {
  readonly id: string;
  readonly contains: readonly string[];
  readonly event: 'raise' | 'clear';
  readonly cause: string;
  readonly severity?: PerceivedSeverity | undefined;
  /** The word behind this text becomes `by`: `<device>/<name>/<word>`. */
  readonly by?: { readonly name: string; readonly behind: string } | undefined;
}
