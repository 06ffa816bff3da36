/** Who is told at night as well: those who depend on the line, and those who turned to us a short while ago. */
import { after, hours, type Instant } from '../base/instant.ts';
import type { SubscriberKey } from '../model/ids.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';

const awakeFor = hours(2);
/** In a storm of calls the oldest are forgotten first: they then hear of it in the morning. */
const mostHeard = 20_000;

export type AwakeSnapshot = readonly (readonly [SubscriberKey, Instant])[];

export class Awake {
  /** The latest last. */
  readonly #heard = new Map<SubscriberKey, Instant>();

  /** They called, wrote or asked. */
  heard(subscriber: SubscriberKey, at: Instant): void {
    this.#heard.delete(subscriber);
    this.#heard.set(subscriber, at);
    for (const [one, when] of this.#heard) {
      if (this.#heard.size <= mostHeard && after(when, awakeFor) > at) break;
      this.#heard.delete(one);
    }
  }

  is(number: number, columns: SubscriberColumns, at: Instant): boolean {
    if (columns.classOf(number) === 'priority') return true;
    const when = this.#heard.size === 0 ? undefined : this.#heard.get(columns.keyOf(number) as SubscriberKey);
    return when !== undefined && after(when, awakeFor) > at;
  }

  snapshot(): AwakeSnapshot {
    return [...this.#heard];
  }

  restore(heard: AwakeSnapshot): void {
    this.#heard.clear();
    for (const [subscriber, at] of heard) this.#heard.set(subscriber, at);
  }
}
