/** Facts about subscribers that decide, as columns by number. */
import type { Range } from '../base/ranges.ts';
import type { QuietHours } from './calendar.ts';
import type { SubscriberClass } from './incident.ts';
import { quietOfCode } from './quiet-hours.ts';
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
  /** Their own quiet hours (`quietCode`); 0, or left out: the policy's. */
  quietOf?(number: number): number;
  /** By name, wherever it is; left out: nobody's services are known. */
  hasService?(number: number, service: string): boolean;
  /** Everybody on the same last-mile branch, e.g. below one splitter; left out: the subscriber alone. */
  branchOf?(number: number): Range;
  /** Names of time zones; a subscriber whose zone is not in it counts as UTC. */
  readonly zones?: readonly string[] | undefined;
}

/** Where they live, and when they are not to be disturbed there: what they chose beats the policy. */
export function restOf(columns: SubscriberColumns, number: number, policys: QuietHours | undefined): Rest {
  const own = columns.quietOf?.(number) ?? 0;
  return { zone: zoneNameOf(columns, number), own, quiet: own === 0 ? policys : quietOfCode(own) };
}

interface Rest {
  readonly zone: string | undefined;
  /** 0: it is the policy's. */
  readonly own: number;
  readonly quiet: QuietHours | undefined;
}

export const zoneNameOf = (columns: SubscriberColumns, number: number): string | undefined =>
  columns.zones?.[columns.zoneOf(number)];
