/** Observations: what polls, notifications and log lines say of a resource, in one form. */
import type { Instant } from '../base/instant.ts';
import type { ResourceId } from './ids.ts';

/** X.733 perceivedSeverity without `cleared`, which is a state of ours. */
export type PerceivedSeverity = 'critical' | 'major' | 'minor' | 'warning' | 'indeterminate';

export const severities: readonly PerceivedSeverity[] = [
  'critical',
  'major',
  'minor',
  'warning',
  'indeterminate',
];

export type ObservationSource = 'trap' | 'poll' | 'syslog' | 'reply' | 'collector' | 'api';

/**
 * What one source says about one resource (design L1): the only thing that leaves `detect`.
 * `raise` and `clear` are about (resource, cause, by); a clear without `by` ends all of (resource, cause).
 * `alive` is positive proof, `unknown` loss of sight; with `below` they speak for all below in `access`,
 * or for all watched by that collector.
 */
export interface Observation {
  readonly event: 'raise' | 'clear' | 'alive' | 'unknown';
  readonly resource: ResourceId;
  /** Present on raise and clear. */
  readonly cause?: string | undefined;
  readonly by?: ResourceId | undefined;
  readonly below?: boolean | undefined;
  readonly severity?: PerceivedSeverity | undefined;
  readonly source: ObservationSource;
  /** The device's own clock: a hint, never an order. */
  readonly deviceAt?: Instant | undefined;
  /** Id of the alarm-stream record, where the source gave one. */
  readonly record?: string | undefined;
  /** Device id that spoke, where known. */
  readonly device?: string | undefined;
  /** Free facts for people; every byte of it is hostile. At most 64 entries of 1 KiB. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}
