/** Facts about subscribers that decide, as columns by number. */
import type { Range } from '../base/ranges.ts';
import type { SubscriberClass } from './incident.ts';
import type { ConsentCategory } from './subscriber.ts';

/** The facts of subscribers that rooms decide with, by number in access-tree order of one topology version (design L6). */
export interface SubscriberColumns {
  readonly count: number;
  /** The stable key. */
  keyOf(number: number): number;
  /** Undefined when the version does not hold that key. */
  numberOf(key: number): number | undefined;
  classOf(number: number): SubscriberClass;
  /** One bit a channel that may be used for that category, `outage` where none is named; 0: there is no way to reach the subscriber. */
  channelMaskOf(number: number, category?: ConsentCategory): number;
  /** Position in `zones`. */
  zoneOf(number: number): number;
  isOptedOut(number: number): boolean;
  /** Everybody on the same last-mile branch, e.g. below one splitter; left out: the subscriber alone. */
  branchOf?(number: number): Range;
  /** Names of time zones; a subscriber whose zone is not in it counts as UTC. */
  readonly zones?: readonly string[] | undefined;
}

export const zoneNameOf = (columns: SubscriberColumns, number: number): string | undefined =>
  columns.zones?.[columns.zoneOf(number)];
