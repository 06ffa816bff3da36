/**
 * Subscribers named by ranges of one topology version, read as stable keys, a slice at a time: what was said in
 * numbers of an older version is carried over to the next one (design L6). It keeps the older columns alive until it
 * is empty, so at most a few slices long; a snapshot writes keys, since only the newest version is loaded again.
 */
import { firstOf, type Range, sizeOf, without } from '../base/ranges.ts';
import { type SubscriberKey, subscriberKey } from './ids.ts';
import type { SubscriberColumns } from './subscriber-columns.ts';

export interface KeyQueueSnapshot {
  readonly ranges?: readonly Range[] | undefined;
  readonly keys?: readonly SubscriberKey[] | undefined;
}

export class KeyQueue {
  readonly #columns: SubscriberColumns | undefined;
  #ranges: Range[];
  #keys: SubscriberKey[];

  private constructor(columns: SubscriberColumns | undefined, ranges: Range[], keys: SubscriberKey[]) {
    this.#columns = columns;
    this.#ranges = ranges;
    this.#keys = keys;
  }

  static ofRanges(ranges: readonly Range[], columns: SubscriberColumns): KeyQueue {
    return new KeyQueue(columns, [...ranges], []);
  }

  static ofKeys(keys: readonly SubscriberKey[]): KeyQueue {
    return new KeyQueue(undefined, [], [...keys]);
  }

  get left(): number {
    return sizeOf(this.#ranges) + this.#keys.length;
  }

  /** The next keys, at most `limit`, in the order of their numbers. */
  take(limit: number): SubscriberKey[] {
    const taken = this.#keys.slice(0, limit);
    this.#keys = this.#keys.slice(limit);
    const first = firstOf(this.#ranges, limit - taken.length);
    this.#ranges = without(this.#ranges, first);
    for (const { from, to } of first)
      for (let n = from; n < to; n++) taken.push(subscriberKey(this.#columns!.keyOf(n)));
    return taken;
  }

  /** Ranges where they are of the `newest` version, else keys. */
  snapshot(newest: SubscriberColumns | undefined): KeyQueueSnapshot {
    if (this.#ranges.length === 0) return { keys: this.#keys };
    if (this.#columns === newest) return { ranges: this.#ranges, keys: this.#keys };
    return {
      keys: new KeyQueue(this.#columns, [...this.#ranges], this.#keys).take(Number.POSITIVE_INFINITY),
    };
  }

  static restored(snapshot: KeyQueueSnapshot, newest: SubscriberColumns | undefined): KeyQueue {
    return new KeyQueue(newest, [...(snapshot.ranges ?? [])], [...(snapshot.keys ?? [])]);
  }
}
