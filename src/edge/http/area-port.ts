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
  readonly from: Instant;
  readonly to: Instant;
  /** Slugs; empty where the works touch no area that is known. */
  readonly areas: readonly string[];
  /** `leastShown` or more. */
  readonly subscribers: number;
}

/** Fewer are not shown: who knows a house knows who lives in it. */
export const leastShown = 20;
