/** What everybody may read without a link: what is out in an area, and which works are planned. Nothing of single households. */
import type { Instant } from '../../base/instant.ts';
import type { Etr } from '../../model/incident.ts';
import type { PublicAlert, PublicFacts } from '../../model/public-alert.ts';

export interface AreaPort {
  /** As it stands; rejects when the book does not answer. */
  news(): Promise<PublicNews>;
  /** Messages about outages that were published, newest first. */
  alerts(): Promise<readonly PublicAlert[]>;
  /** Resolves when they are kept; one that is there already stays as it was. */
  keepAlerts(alerts: readonly PublicAlert[]): Promise<void>;
}

export interface PublicNews {
  /** By slug. */
  readonly areas: ReadonlyMap<string, AreaNews>;
  /** Running and ahead, soonest first. */
  readonly works: readonly WorksNews[];
  /** Those of all areas, newest first, and those that ended within a day. */
  readonly outages: readonly PublicOutage[];
}

/** An outage as other systems are told of it; `leastShown` or more subscribers, also in each of its areas. */
export interface PublicOutage extends PublicFacts {
  readonly id: string;
}

export interface AreaNews {
  readonly slug: string;
  /** As the topology calls it. */
  readonly name: string;
  /** Newest first; those that touch too few here to be told without pointing at somebody are left out. */
  readonly outages: readonly AreaOutage[];
}

export interface AreaOutage {
  /** Fault kind. */
  readonly kind: string;
  readonly startedAt: Instant;
  readonly etr?: Etr | undefined;
  /** In this area; `leastShown` or more. */
  readonly subscribers: number;
  readonly planned: boolean;
  /** Only subscribers say so: it is looked into. */
  readonly suspected: boolean;
}

export interface WorksNews {
  /** Of the operator; never shown. */
  readonly id: string;
  /** Called off: they stand here until they would have been over. */
  readonly isCancelled: boolean;
  /** How often they were moved or called off after they were told, and when last. */
  readonly changes: number;
  readonly changedAt?: Instant | undefined;
  readonly from: Instant;
  readonly to: Instant;
  /** Slugs; empty where the works touch no area that is known. */
  readonly areas: readonly string[];
  /** `leastShown` or more. */
  readonly subscribers: number;
}

/** Fewer are not shown: who knows a house knows who lives in it. */
export const leastShown = 20;
