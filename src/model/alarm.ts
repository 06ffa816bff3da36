/** Alarms: an X.733 record with its lifecycles, and what happens to it. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IncidentId, ResourceId } from './ids.ts';
import type { ObservationSource, PerceivedSeverity } from './observation.ts';

/** X.733 clause 8.1.2.1 event types used here. */
export type AlarmType =
  | 'communicationsAlarm'
  | 'qualityOfServiceAlarm'
  | 'processingErrorAlarm'
  | 'equipmentAlarm'
  | 'environmentalAlarm';

/** An X.733 record with the three lifecycles of RFC 8632: resource, operator, administrative. */
export interface Alarm {
  readonly id: AlarmId;
  readonly resource: ResourceId;
  /** The cause as the stream names it, e.g. LOS, LINK_DOWN. */
  readonly cause: string;
  readonly by?: ResourceId | undefined;
  readonly alarmType: AlarmType;
  readonly perceivedSeverity: PerceivedSeverity;
  /** Resource lifecycle. */
  readonly state: 'raised' | 'cleared';
  /** Operator lifecycle. */
  readonly ackState: 'unacknowledged' | 'acknowledged';
  readonly ackBy?: string | undefined;
  /** Administrative: hidden from presentation until then, still updated (RFC 8632 section 3.6). */
  readonly shelvedUntil?: Instant | undefined;
  /** Who hid it, and whether the end of the alarm takes it off the shelf before that instant. */
  readonly shelf?: { readonly by: string; readonly untilCleared?: true | undefined } | undefined;
  /** How it came off the shelf; forgotten when it is shelved again or comes back as a new alarm. */
  readonly unshelved?: Unshelved | undefined;
  /** What people wrote about it, oldest first; they go when it comes back as a new alarm. */
  readonly notes?: readonly AlarmNote[] | undefined;
  /** Steady `unstable` state of a flapping alarm; counts as half evidence. */
  readonly flapping: boolean;
  /** Every source that says raised now. */
  readonly sources: readonly ObservationSource[];
  /** Who said raised last; known after it was cleared, too. */
  readonly source?: ObservationSource | undefined;
  readonly raisedAt: Instant;
  readonly changedAt: Instant;
  readonly clearedAt?: Instant | undefined;
  /** `reconciled` when a collector's list no longer holds it (design L11). */
  readonly clearReason?: 'cleared' | 'alive' | 'reconciled' | 'operator' | undefined;
  /** Raises since it was raised, the first included. */
  readonly count: number;
  readonly device?: string | undefined;
  readonly incident?: IncidentId | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The end of a shelf is news: what was hidden is presented again, or is over. */
export interface Unshelved {
  readonly at: Instant;
  readonly because: 'expired' | 'cleared' | 'operator';
}

/** A person's words about an alarm; they stand in the book, here is the row's id (design L18). */
interface AlarmNote {
  readonly at: Instant;
  readonly by: string;
  readonly text: string;
}

/** One subscriber's word about the service on a resource. */
export interface Word {
  readonly resource: ResourceId;
  /** Who says it; two words of one are one. */
  readonly who: string;
  /** The raise line, where it came as one. */
  readonly record?: string | undefined;
  readonly isDown: boolean;
  /** It answers a question about this incident. */
  readonly about?: IncidentId | undefined;
  /** It is another fault than these. */
  readonly notOf?: readonly IncidentId[] | undefined;
}

/** What the alarm room tells the next room. `record` is the id of the raise line, else the alarm's id. */
export type AlarmChange =
  | {
      readonly kind: 'raised';
      readonly alarm: Alarm;
      readonly record: string;
      readonly source: ObservationSource;
    }
  | {
      readonly kind: 'repeated';
      readonly alarm: Alarm;
      readonly record: string;
      readonly source: ObservationSource;
    }
  | { readonly kind: 'cleared'; readonly alarm: Alarm }
  /** Severity, flapping, acknowledgement, shelving: nothing about up or down. */
  | { readonly kind: 'changed'; readonly alarm: Alarm }
  | { readonly kind: 'alive'; readonly resource: ResourceId; readonly below: boolean }
  | { readonly kind: 'unknown'; readonly resource: ResourceId; readonly below: boolean }
  /** A subscriber's word about the service on a resource: no alarm, but evidence. `who` speaks once, however often. */
  | ({ readonly kind: 'said' } & Word)
  /** How many of all that hangs on the resource one poll found alive, and of how many it brought nothing. */
  | {
      readonly kind: 'counted';
      readonly resource: ResourceId;
      readonly alive: number;
      readonly unknown: number;
    };

/** Loss of sight or light: positive proof of life of the resource ends these (contract of alarm streams). */
export const endsWithProofOfLife: ReadonlySet<string> = new Set([
  'LOS',
  'DYING_GASP',
  'UNREACHABLE',
  'LINK_DOWN',
  'PORT_LOS',
]);
