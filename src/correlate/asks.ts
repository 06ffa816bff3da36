/** Which measurements were asked for, so that each pair of causes leads to one question while it lasts. */
import { after, type Instant, minutes } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Measurement, MeasurementAnswer } from '../model/measurement.ts';
import { type Doubt, isSure, measurementFor } from './measurement.ts';
import { limits } from './timing.ts';

interface Asked {
  readonly at: Instant;
  /** Undefined: nothing would tell the two apart. */
  readonly measurement?: Measurement | undefined;
  readonly answer?: MeasurementAnswer | undefined;
}

/** A question and what came of it. */
export interface Answered {
  readonly measurement: Measurement;
  readonly answer: MeasurementAnswer;
}

/** By the two causes. */
export type AsksSnapshot = readonly (readonly [string, Asked])[];

/** The same two causes in doubt later are another fault. */
const askAgainAfter = minutes(2);
/** Of one instant: a storm leaves no time to think about more, and its answers would come too late. */
const mostNew = 16;
const mostLooks = 256;

export class Asks {
  /** The oldest first. */
  readonly #asked = new Map<string, Asked>();
  #open: Measurement[] = [];
  /** Of these an answer may still come. */
  readonly #young = new Set<string>();
  #now = { at: undefined as Instant | undefined, looks: 0, found: 0 };

  /** False: enough doubts were looked at, or enough was asked, in this instant. */
  hasTime(at: Instant): boolean {
    return this.#now.at !== at || (this.#now.looks < mostLooks && this.#now.found < mostNew);
  }

  /** What would tell the two likeliest causes apart; asked for when it was not lately. Undefined when there is no doubt. */
  consider(doubt: Doubt, at: Instant): Measurement | undefined {
    const [first, second] = doubt.candidates;
    if (first === undefined || isSure(doubt.candidates)) return undefined;
    const key = JSON.stringify([first.root, second?.root]);
    const known = this.#asked.get(key);
    if (this.#now.at !== at) this.#now = { at, looks: 0, found: 0 };
    this.#now.looks++;
    if (known !== undefined && at < after(known.at, askAgainAfter)) return known.measurement;
    if (this.#now.found++ >= mostNew) return undefined;
    const measurement = measurementFor(doubt);
    this.#asked.delete(key);
    this.#asked.set(key, { at, measurement });
    if (this.#asked.size > limits.asks) this.#asked.delete(this.#asked.keys().next().value!);
    if (measurement !== undefined) {
      this.#open.push(measurement);
      this.#young.add(key);
    }
    return measurement;
  }

  /** What was asked lately. */
  awaited(at: Instant): readonly { key: string; at: Instant; measurement: Measurement }[] {
    if (this.#young.size === 0) return [];
    return [...this.#young].flatMap((key) => {
      const { at: askedAt, measurement } = this.#asked.get(key) ?? {};
      if (askedAt !== undefined && measurement !== undefined && at < after(askedAt, askAgainAfter))
        return [{ key, at: askedAt, measurement }];
      this.#young.delete(key);
      return [];
    });
  }

  /** What is known of it by now. */
  answer(key: string, answer: MeasurementAnswer): void {
    const asked = this.#asked.get(key);
    if (asked !== undefined) this.#asked.set(key, { ...asked, answer });
  }

  /** What was answered lately about this cause. */
  answeredAbout(root: ResourceId, at: Instant): Answered | undefined {
    for (const { key, measurement } of this.awaited(at)) {
      const answer = this.#asked.get(key)?.answer;
      if (answer !== undefined && measurement.between.includes(root)) return { measurement, answer };
    }
    return undefined;
  }

  /** What is to be asked since the last call. */
  take(): readonly Measurement[] {
    const open = this.#open;
    this.#open = [];
    return open;
  }

  /** Whoever was asked may have ended with the question: what was asked shortly before the stop is asked again. */
  resume(at: Instant, stoppedMs: number): void {
    for (const { at: askedAt, measurement } of this.#asked.values()) {
      if (measurement === undefined || at >= after(askedAt, askAgainAfter) + stoppedMs) continue;
      this.#open.push(measurement);
    }
  }

  snapshot(): AsksSnapshot {
    return [...this.#asked];
  }

  restore(snapshot: AsksSnapshot): void {
    this.#asked.clear();
    this.#open = [];
    this.#young.clear();
    for (const [key, asked] of snapshot) {
      this.#asked.set(key, asked);
      if (asked.measurement !== undefined) this.#young.add(key);
    }
  }
}
