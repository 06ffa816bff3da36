/**
 * What is presented to one operator position, by intervals of ten minutes: EEMUA 191 and ISA-18.2 call about one in ten
 * minutes very likely acceptable, more than ten the beginning of a flood, and less than five its end.
 */
import { type Instant, minutes } from '../base/instant.ts';

export interface AlarmLoadSnapshot {
  /** Number of the running interval since 1970; absent before the first. */
  readonly interval?: number | undefined;
  readonly count: number;
  readonly isFlood: boolean;
  readonly intervals: number;
  readonly floods: number;
  readonly most: number;
  readonly presented: number;
}

const intervalMs = minutes(10);
const begins = 10;
const ends = 5;

export class AlarmLoad {
  #now: AlarmLoadSnapshot = {
    interval: undefined,
    count: 0,
    isFlood: false,
    intervals: 0,
    floods: 0,
    most: 0,
    presented: 0,
  };

  /** Time goes on: intervals that are over are judged. */
  at(at: Instant): void {
    const interval = Math.floor(at / intervalMs);
    const now = this.#now;
    if (now.interval === undefined) this.#now = { ...now, interval };
    else if (interval > now.interval) {
      const isFlood = isInFlood(now);
      // Nothing was presented in those between: a flood is over with the first of them.
      const isNext = interval === now.interval + 1;
      this.#now = {
        ...now,
        interval,
        count: 0,
        isFlood: isNext && isFlood,
        intervals: now.intervals + interval - now.interval,
        floods: now.floods + Number(isFlood),
      };
    }
  }

  /** One more is shown. */
  present(): void {
    const { count, most, presented } = this.#now;
    this.#now = { ...this.#now, count: count + 1, most: Math.max(most, count + 1), presented: presented + 1 };
  }

  /** Over intervals that are complete, but for the running one's count. */
  figures(): Readonly<Record<string, number>> {
    const { count, intervals, floods, most, presented } = this.#now;
    return {
      presented,
      presentedInInterval: count,
      presentedMostInInterval: most,
      presentedIntervals: intervals,
      presentedFloodIntervals: floods,
    };
  }

  snapshot(): AlarmLoadSnapshot {
    return this.#now;
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: AlarmLoadSnapshot): void {
    this.#now = { ...snapshot, interval: snapshot.interval };
  }
}

const isInFlood = ({ count, isFlood }: AlarmLoadSnapshot): boolean =>
  count > begins || (isFlood && count >= ends);
