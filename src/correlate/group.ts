/** Undecided evidence that hangs together, and what is made of it. */
import type { Instant } from '../base/instant.ts';
import type { Explanation } from './explain.ts';
import type { Now, Recent } from './recent.ts';
import type { SightingsOf } from './tally.ts';
import type { Piece } from './undecided.ts';

export interface Group {
  /** The later it began, the higher. */
  readonly order: number;
  readonly pieces: Set<Piece>;
  /** Taken out since it began: what is left may stand apart. */
  removed: number;
  /** Above its own pieces, and where some were; leaves, which stand above nothing, are left out. */
  readonly places: number[];
  /** Incidents decided lately whose root lies under one of those places. */
  recent: readonly Recent[];
  /** Above what those hold. */
  recentPlaces: number[];
  /** Of the trees that hold its evidence. */
  tops: ReadonlySet<number>;
  /** Undefined: to be explained anew. */
  found: readonly Explanation[] | undefined;
  /** The explanation may be another one after this. */
  validUntil: number;
  /** When one of them is to be decided or asked for; undefined: to be found out. */
  dueAt: Instant | undefined;
  /** Some measurement is still to be considered. */
  hasQuestions: boolean;
  /** Whose measurement was considered already. */
  readonly asked: Set<Explanation>;
  isGone: boolean;
}

export interface Judging extends Now {
  readonly sightingsOf: SightingsOf;
}

export const none: readonly never[] = [];
export const noTops: ReadonlySet<number> = new Set();

export const newGroup = (order: number): Group => ({
  order,
  ...{ pieces: new Set(), removed: 0, places: [], recent: none, recentPlaces: [], tops: noTops },
  ...{ found: undefined, validUntil: Number.POSITIVE_INFINITY, dueAt: undefined, asked: new Set() },
  ...{ hasQuestions: false, isGone: false },
});
