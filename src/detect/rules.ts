/** Detection rules as plain data, after compiling: what traps, syslog lines and readings mean. */
import type { DurationMs } from '../base/instant.ts';
import type { PerceivedSeverity } from '../model/observation.ts';

export interface DetectionRules {
  readonly reachability: ReachabilityRule;
  readonly interfaces: InterfaceRule;
  readonly thresholds: readonly ThresholdRule[];
  readonly ratios: readonly RatioRule[];
  readonly baselines: readonly BaselineRule[];
  readonly states: readonly StateRule[];
  /** By trap OID; within one OID the first rule whose condition holds counts, the operator's own before the shipped. */
  readonly traps: ReadonlyMap<string, readonly TrapRule[]>;
  readonly syslog: readonly SyslogRule[];
  /** Names of IANAItuProbableCause as causes of ours; others stay as they are. */
  readonly probableCauses: ReadonlyMap<string, string>;
  /** Notifications that no rule knows end by themselves after this time. */
  readonly unknownTrapsEndAfterMs: DurationMs;
  /** What a notification or line raised and nobody ended or confirmed ends after this time, so that a lost clear does not matter. */
  readonly hintsEndAfterMs: DurationMs;
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
  /** In place of `severity` where it is known what a port is for. */
  readonly roles: Readonly<Partial<Record<PortRole['role'], PerceivedSeverity>>>;
  readonly downFor: number;
  readonly upFor: number;
  /** Ports come up one after the other: nothing is raised this long after the device started. */
  readonly settleMs: DurationMs;
}

/** What a port is known to be for: it joins devices that are watched, or it ends at stations and subscribers. */
export interface PortRole {
  readonly role: 'link' | 'access';
  /** Of a link: the device or the link of the topology. */
  readonly leadsTo?: string | undefined;
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

export interface ThresholdRule extends Levels {
  readonly id: string;
  /** Of the operator's own folder, not of the product. */
  readonly isOwn: boolean;
  readonly metric: string;
  readonly unit?: string | undefined;
  readonly cause: string;
}

/** Share of `of` in `per`, both sums of interface counters over one polling interval. */
export interface RatioRule extends Levels {
  readonly id: string;
  readonly isOwn: boolean;
  readonly of: readonly string[];
  readonly per: readonly string[];
  /** Fewer of `per` than this say nothing. */
  readonly least: number;
  readonly cause: string;
}

/** How many times the usual scatter a value lies beside what is usual at this hour of the week. */
export interface BaselineRule extends Levels {
  readonly id: string;
  readonly metric: string;
  readonly unit?: string | undefined;
  readonly cause: string;
  /** In the value's unit: a smaller deviation is none. */
  readonly floor: number;
}

/** State of objects of one kind, such as fans. */
export interface StateRule {
  readonly id: string;
  readonly isOwn: boolean;
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
  /** Number of IANAItuProbableCause (IANA-ITU-ALARM-TC-MIB); shown with the alarm. */
  readonly probableCause?: number | undefined;
  readonly severity?: PerceivedSeverity | undefined;
  readonly severityBy?:
    | (ValueIn & {
        readonly map: Readonly<Record<string, PerceivedSeverity>>;
        /** The names in the map are numbers of bits; the lowest that is set counts. */
        readonly bits?: boolean | undefined;
      })
    | undefined;
  /** All of them hold. */
  readonly when: readonly TrapCondition[];
  /** Part of the device it is about: `<device>/<name>/<found>`; the device itself where absent or not found. */
  readonly part?: PartOf | undefined;
  /** The end that reports it, in the same form. */
  readonly by?: PartOf | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly endsAfterMs?: DurationMs | undefined;
  /** Parts or neighbours of the device have changed: everything is read anew. */
  readonly rediscover: boolean;
}

/** A value of a notification, or a piece of it. */
export interface ValueIn {
  /** The first varbind at or below this OID. */
  readonly varbind: string;
  /** Number of one octet of it, from 1. */
  readonly octet?: number | undefined;
  /** The last number of an OID. */
  readonly last?: boolean | undefined;
}

export interface TrapCondition extends ValueIn {
  readonly is?: readonly string[] | undefined;
  readonly isNot?: readonly string[] | undefined;
  readonly contains?: string | undefined;
  /** One of these bits of BITS is set; bit 0 is the highest of the first octet (RFC 2578 section 7.1.4). */
  readonly bits?: readonly number[] | undefined;
}

export interface PartOf {
  readonly name: string;
  /** What it always is, where the notification alone says which. */
  readonly is?: string | undefined;
  /** Tried in order; what several varbinds give is joined by dots. */
  readonly of: readonly PlaceOf[];
}

export type PlaceOf =
  | { readonly take: 'value'; readonly varbinds: readonly string[] }
  /** What follows the OID in the varbind's name. */
  | { readonly take: 'index'; readonly varbind: string }
  /** What follows `behind` in a value that is an OID. */
  | { readonly take: 'pointer'; readonly varbind: string; readonly behind: string };

/** A line that holds all of `contains`; no expression is run over what a device wrote. */
export interface SyslogRule {
  readonly id: string;
  readonly contains: readonly string[];
  readonly event: 'raise' | 'clear';
  readonly cause: string;
  readonly severity?: PerceivedSeverity | undefined;
  /** The word behind this text becomes `by`: `<device>/<name>/<word>`. */
  readonly by?: { readonly name: string; readonly behind: string } | undefined;
}
