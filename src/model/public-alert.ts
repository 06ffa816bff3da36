/** One message of the Common Alerting Protocol about an outage, as it was published: never changed, whatever becomes of the outage. */
import type { Instant } from '../base/instant.ts';
import type { Etr } from './incident.ts';

export interface PublicAlert {
  readonly type: 'Alert' | 'Update' | 'Cancel';
  /** Of the incident. */
  readonly outage: string;
  /** Seconds since 1970 when it was sent: with the outage its address for ever. */
  readonly revision: number;
  readonly sentAt: Instant;
  /** What it was made of. */
  readonly facts: PublicFacts;
  readonly xml: string;
}

/** What everybody may know of an outage. */
export interface PublicFacts {
  /** Fault kind. */
  readonly kind: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant | undefined;
  readonly etr?: Etr | undefined;
  readonly subscribers: number;
  readonly planned: boolean;
  readonly suspected: boolean;
  /** Slugs of areas. */
  readonly areas: readonly string[];
}
