/**
 * What subscribers said in the last day, in the order of hearing, and by everything above whoever said it: a call looks at
 * the words of its own branches only.
 */
import { hours, type Instant, minutes } from '../base/instant.ts';
import type { Word } from '../model/alarm.ts';
import type { Ancestry } from './ancestry.ts';

export interface Heard extends Word {
  readonly at: Instant;
}

/** Answers to a question count this long. */
const keptFor = hours(24);
/** Calls that come within it may have one cause. */
export const callWindow = minutes(60);
const wordLimit = 5_000;
const nobody: ReadonlySet<Heard> = new Set();

export class HeardWords {
  readonly #all = new Map<string, Heard>();
  /** In the order of `#all`. */
  readonly #below = new Map<number, Set<Heard>>();
  /** Calls of the last hour in the order of `#all`, and how many of them below each place: with thousands none is looked at. */
  readonly #calls = new Set<Heard>();
  readonly #callsBelow = new Map<number, number>();
  #ancestry: Ancestry;

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
  }

  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    this.restore(this.all());
  }

  restore(words: readonly Heard[]): void {
    this.#all.clear();
    this.#below.clear();
    this.#calls.clear();
    this.#callsBelow.clear();
    for (const heard of words) this.#add(heard);
  }

  /** In the order of hearing. */
  all(): Heard[] {
    return [...this.#all.values()];
  }

  values(): Iterable<Heard> {
    return this.#all.values();
  }

  /** Of everybody below this place or at it, in the order of hearing. */
  below(place: number): ReadonlySet<Heard> {
    return this.#below.get(place) ?? nobody;
  }

  /** Who called in the last hour; those below one place. */
  callsBelow(place: number, at: Instant): number {
    this.#forgetCalls(at);
    return this.#callsBelow.get(place) ?? 0;
  }

  calls(at: Instant): number {
    this.#forgetCalls(at);
    return this.#calls.size;
  }

  has(word: Word): boolean {
    return this.#all.has(keyOf(word));
  }

  /** The newest word of one stands. True when the oldest of all had to go for it. */
  keep(heard: Heard): boolean {
    this.drop(heard);
    this.#add(heard);
    if (this.#all.size <= wordLimit) return false;
    const [oldest] = this.#all.values();
    if (oldest !== undefined) this.drop(oldest);
    return true;
  }

  drop(word: Word): void {
    const key = keyOf(word);
    const known = this.#all.get(key);
    if (known === undefined) return;
    this.#all.delete(key);
    this.#dropCall(known);
    for (const place of this.#above(known)) {
      const words = this.#below.get(place);
      words?.delete(known);
      if (words?.size === 0) this.#below.delete(place);
    }
  }

  forget(at: Instant): void {
    for (const heard of this.#all.values()) {
      if (at - heard.at <= keptFor) return;
      this.drop(heard);
    }
  }

  #add(heard: Heard): void {
    this.#all.set(keyOf(heard), heard);
    const isOne = isCall(heard);
    if (isOne) this.#calls.add(heard);
    for (const place of this.#above(heard)) {
      if (isOne) this.#callsBelow.set(place, (this.#callsBelow.get(place) ?? 0) + 1);
      const words = this.#below.get(place);
      if (words === undefined) this.#below.set(place, new Set([heard]));
      else words.add(heard);
    }
  }

  #forgetCalls(at: Instant): void {
    for (const heard of this.#calls) {
      if (at - heard.at <= callWindow) return;
      this.#dropCall(heard);
    }
  }

  #dropCall(heard: Heard): void {
    if (!this.#calls.delete(heard)) return;
    for (const place of this.#above(heard)) {
      const left = (this.#callsBelow.get(place) ?? 0) - 1;
      if (left > 0) this.#callsBelow.set(place, left);
      else this.#callsBelow.delete(place);
    }
  }

  /** A resource that an import took away lies below nothing. */
  #above({ resource }: Heard): readonly number[] {
    const place = this.#ancestry.topology.indexOf(resource);
    return place < 0 ? [] : this.#ancestry.above(place);
  }
}

/** Somebody says that it does not work, and was not asked. */
export const isCall = ({ isDown, about }: Word): boolean => isDown && about === undefined;

const keyOf = ({ resource, who, about }: Word): string => `${about ?? ''} ${resource} ${who}`;
