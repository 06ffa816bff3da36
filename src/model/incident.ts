/** Incidents: alarms with one root cause, whom they touch, and when it will be over. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IncidentId, ResourceId, SubscriberRange } from './ids.ts';
import type { PerceivedSeverity } from './observation.ts';

/** Fault kinds of the alarm-stream contract; more may be added, so any text is a kind. */
export type FaultKind = string;

export interface Candidate {
  readonly root: ResourceId;
  readonly kind: FaultKind;
  /** 0..1; all candidates of an incident add up to at most 1. */
  readonly probability: number;
  /** What nothing that reports could tell apart from it, in order of likelihood; the probability is that of all together. */
  readonly indistinguishable?: readonly Blamed[] | undefined;
}

/** A resource, and the kind of fault it would have. */
export interface Blamed {
  readonly root: ResourceId;
  readonly kind: FaultKind;
}

export interface IncidentEvent {
  readonly at: Instant;
  readonly event:
    | 'open'
    | 'decide'
    | 're-root'
    | 'merge'
    | 'split'
    | 'join'
    | 'mitigate'
    | 'resolve'
    | 'reopen'
    | 'close';
  readonly root?: ResourceId | undefined;
  readonly kind?: FaultKind | undefined;
  readonly probability?: number | undefined;
  /** Who ordered it; the engine did where nobody is named. */
  readonly by?: string | undefined;
}

/** All leaves below `under` (or equal to it), less those below `except`. */
export interface Affected {
  readonly under: readonly ResourceId[];
  readonly except: readonly ResourceId[];
}

/** Alarms with one root cause (TMF656 service problem at the API). */
export interface Incident {
  readonly id: IncidentId;
  readonly kind: FaultKind;
  readonly root?: ResourceId | undefined;
  readonly probability: number;
  /** Winner first. */
  readonly candidates: readonly Candidate[];
  readonly state: 'open' | 'uncertain' | 'mitigated' | 'resolved' | 'merged' | 'closed';
  readonly into?: IncidentId | undefined;
  readonly parent?: IncidentId | undefined;
  /** Only subscribers say so: nobody is told of it until an alarm agrees. */
  readonly suspected?: boolean | undefined;
  /** False: kept for noise, nobody is told. */
  readonly actionable: boolean;
  readonly planned: boolean;
  readonly works?: string | undefined;
  /** Estimated onset. */
  readonly startedAt: Instant;
  /** When the root stated now was first stated. */
  readonly decidedAt?: Instant | undefined;
  readonly resolvedAt?: Instant | undefined;
  readonly closedAt?: Instant | undefined;
  /** Ids of raise records, first to last. */
  readonly alarms: readonly string[];
  /** Resources that are symptoms of the root: suppressed, never deleted. */
  readonly suppressed: number;
  readonly affected: Affected;
  /** Why: counts, evidence for and against, the rule; plain JSON for the page. */
  readonly explanation: Readonly<Record<string, unknown>>;
  readonly history: readonly IncidentEvent[];
}

const leastByPeople: readonly (readonly [number, PerceivedSeverity])[] = [
  [100, 'critical'],
  [10, 'major'],
  [1, 'minor'],
];

/** An outage of many is severe whatever its devices call it; undefined where it touches nobody. */
export const severityByPeople = (subscribers: number): PerceivedSeverity | undefined =>
  leastByPeople.find(([people]) => subscribers >= people)?.[1];

/** Works were announced, noise is nobody's outage, and what only subscribers suspect may be none. */
export const isToBeTold = ({ actionable, planned, suspected }: Incident): boolean =>
  actionable && !planned && suspected !== true;

export interface IncidentChange {
  readonly kind:
    | 'opened'
    | 'rerooted'
    | 'grew'
    | 'shrank'
    | 'mitigated'
    | 'resolved'
    | 'reopened'
    | 'merged'
    | 'closed';
  readonly incident: Incident;
  /** Alarms that became members with this change. */
  readonly joined: readonly AlarmId[];
}

/** Expected time of restoration as a range (p50 to p80), and where it comes from. */
export interface Etr {
  readonly from: Instant;
  readonly to: Instant;
  /** `history` where the line's own repairs weigh more than the table. */
  readonly source: 'table' | 'history' | 'operator';
  readonly revision: number;
}

export type SubscriberClass = 'residential' | 'business' | 'priority' | 'vip' | 'staff';

export const subscriberClasses: readonly SubscriberClass[] = [
  'residential',
  'business',
  'priority',
  'vip',
  'staff',
];

/** What the subscribers of one service lose. */
export interface ServiceLoss {
  readonly service: string;
  /** How many have lost it now. */
  readonly affected: number;
  /** Minutes lost, of all together, each from its own start to its own end. */
  readonly minutes: number;
}

/** How one revision of an impact differs from the one before. */
export interface ImpactRevision {
  readonly revision: number;
  readonly at: Instant;
  readonly subscribers: number;
  readonly joined: number;
  readonly left: number;
}

/** Who is touched by an incident, as ranges of one topology version (design L5, L6). */
export interface Impact {
  readonly incident: IncidentId;
  /** Rises with each change of the affected set. */
  readonly revision: number;
  readonly topologyVersion: number;
  readonly ranges: readonly SubscriberRange[];
  /** From the imported list where there is one, else the topology's own counts. */
  readonly subscribers: number;
  readonly byClass: Readonly<Record<SubscriberClass, number>>;
  readonly etr?: Etr | undefined;
  /** As they stood at `lossesAt`; from then on everybody affected loses more. Absent where nobody is listed. */
  readonly losses?: readonly ServiceLoss[] | undefined;
  readonly lossesAt?: Instant | undefined;
}

export interface ImpactChange {
  readonly kind: 'assessed' | 'etrChanged';
  readonly incident: Incident;
  readonly impact: Impact;
  /** Ranges that came and went against the revision before. */
  readonly joined: readonly SubscriberRange[];
  readonly left: readonly SubscriberRange[];
  /** Who has lost what, in numbers of the impact's version; absent where nobody is listed, or only the time changed. */
  readonly lost?: readonly LostRanges[] | undefined;
}

/** Subscribers who have lost one service that hangs elsewhere, or all services at their own resource. */
export interface LostRanges {
  /** Undefined: those at their own resource. */
  readonly service?: string | undefined;
  readonly ranges: readonly SubscriberRange[];
}
