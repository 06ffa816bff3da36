/** What everybody may read without a link: what is out in an area, and which works are planned. Nothing of single households. */
import type { Instant } from '../../base/instant.ts';
import type { Etr } from '../../model/incident.ts';

export interface AreaPort {
  /** As it stands; rejects when the book does not answer. */
  news(): Promise<PublicNews>;
}

export interface PublicNews {
  /** By slug. */
  readonly areas: ReadonlyMap<string, AreaNews>;
  /** Running and ahead, soonest first. */
  readonly works: readonly WorksNews[];
  /** Those of all areas, newest first, and those that ended within a day. */
  readonly outages: readonly PublicOutage[];
}

/** An outage as other systems are told of it. */
export interface PublicOutage extends Omit<AreaOutage, 'subscribers'> {
  readonly id: string;
  /** All it touches; `leastShown` or more. */
  readonly subscribers: number;
  /** When something of it became known or another, oldest first; never empty. */
  readonly versions: readonly Instant[];
  readonly endedAt?: Instant | undefined;
  /** Slugs of those areas in which it touches `leastShown` or more. */
  readonly areas: readonly string[];
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
