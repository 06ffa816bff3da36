/** Due times by key, as data: nothing fires by itself, the owner asks what is due. */
import type { Instant } from './instant.ts';

interface Entry {
  readonly key: string;
  at: Instant;
  order: number;
  isCleared: boolean;
  /** Where it stands in the heap, and as what: as what it is, or as earlier, for as long as it does not come to the top. */
  index: number;
  standsAt: Instant;
  standsOrder: number;
}

/** Up to here what was cleared is not worth tidying up. */
const fewStale = 64;

/**
 * Due times by key, as data: nothing fires by itself, the owner asks what is due. Ties fire in the order
 * of setting, so that a replay fires them alike. Setting a key again moves it: what is put off, as most is, stays where
 * it stands until it comes to the top. However often keys are moved and cleared, the memory is that of the keys that wait.
 */
export class Timers {
  readonly #current = new Map<string, Entry>();
  #heap: Entry[] = [];
  #order = 0;

  set(key: string, at: Instant): void {
    const order = this.#order++;
    const known = this.#current.get(key);
    if (known === undefined) return this.#add(key, at, order);
    known.at = at;
    known.order = order;
    if (at >= known.standsAt) return;
    known.standsAt = at;
    known.standsOrder = order;
    this.#siftUp(known.index);
  }

  clear(key: string): void {
    const known = this.#current.get(key);
    if (known === undefined) return;
    known.isCleared = true;
    this.#current.delete(key);
    if (this.#heap.length > 2 * this.#current.size + fewStale) this.#tidyUp();
  }

  /** How many entries are kept for the keys that wait, those cleared since included. */
  get kept(): number {
    return this.#heap.length;
  }

  dueAt(key: string): Instant | undefined {
    return this.#current.get(key)?.at;
  }

  /** The earliest due time, or undefined when nothing waits. */
  get next(): Instant | undefined {
    this.#settle();
    return this.#heap[0]?.at;
  }

  /** Removes and returns every key due at or before `at`, earliest first, at most `limit` of them. */
  due(at: Instant, limit = Number.POSITIVE_INFINITY): string[] {
    const keys: string[] = [];
    while (keys.length < limit) {
      this.#settle();
      const top = this.#heap[0];
      if (top === undefined || top.at > at) break;
      this.#pop();
      this.#current.delete(top.key);
      keys.push(top.key);
    }
    return keys;
  }

  /** Moves every due time by `delta` ms: after a stop, waiting times do not run (design L10). */
  shift(delta: number, only: (key: string) => boolean): void {
    for (const [key, at] of this.entries()) if (only(key)) this.set(key, (at + delta) as Instant);
  }

  /** All waiting keys in firing order: the snapshot form. */
  entries(): [string, Instant][] {
    return [...this.#current.values()]
      .sort((a, b) => a.at - b.at || a.order - b.order)
      .map((entry) => [entry.key, entry.at]);
  }

  restore(entries: readonly (readonly [string, Instant])[]): void {
    this.#current.clear();
    this.#heap = [];
    this.#order = 0;
    for (const [key, at] of entries) this.set(key, at);
  }

  #add(key: string, at: Instant, order: number): void {
    const index = this.#heap.length;
    const entry = { key, at, order, isCleared: false, index, standsAt: at, standsOrder: order };
    this.#current.set(key, entry);
    this.#heap.push(entry);
    this.#siftUp(index);
  }

  /** What was cleared goes; what is left is a heap again in time that grows as it does, no faster. */
  #tidyUp(): void {
    this.#heap = this.#heap.filter(({ isCleared }) => !isCleared);
    for (const [index, entry] of this.#heap.entries()) entry.index = index;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#siftDown(i);
  }

  /** Until what is on top waits, and stands there as what it is. */
  #settle(): void {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.isCleared) this.#pop();
      else if (top.standsOrder !== top.order) {
        top.standsAt = top.at;
        top.standsOrder = top.order;
        this.#siftDown(0);
      } else return;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    last.index = 0;
    this.#siftDown(0);
  }

  #siftDown(from: number): void {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && before(this.#heap[right]!, this.#heap[left]!) ? right : left;
      if (!before(this.#heap[child]!, this.#heap[i]!)) return;
      this.#swap(i, child);
      i = child;
    }
  }

  #siftUp(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(this.#heap[i]!, this.#heap[parent]!)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #swap(i: number, j: number): void {
    const [one, other] = [this.#heap[i]!, this.#heap[j]!];
    this.#heap[i] = other;
    this.#heap[j] = one;
    other.index = i;
    one.index = j;
  }
}

const before = (a: Entry, b: Entry): boolean =>
  a.standsAt < b.standsAt || (a.standsAt === b.standsAt && a.standsOrder < b.standsOrder);
