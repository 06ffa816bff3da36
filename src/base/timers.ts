/** Due times by key, as data: nothing fires by itself, the owner asks what is due. */
import type { Instant } from './instant.ts';

interface Entry {
  readonly at: Instant;
  readonly key: string;
  readonly order: number;
}

/** Up to here what was moved or cleared is not worth tidying up. */
const fewStale = 64;

/**
 * Due times by key, as data: nothing fires by itself, the owner asks what is due. Ties fire in the order
 * of setting, so that a replay fires them alike. Setting a key again moves it. However often keys are moved and cleared,
 * the memory is that of the keys that wait.
 */
export class Timers {
  readonly #current = new Map<string, Entry>();
  #heap: Entry[] = [];
  #order = 0;

  set(key: string, at: Instant): void {
    const entry = { at, key, order: this.#order++ };
    this.#current.set(key, entry);
    this.#heap.push(entry);
    this.#siftUp(this.#heap.length - 1);
    if (this.#heap.length > 2 * this.#current.size + fewStale) this.#tidyUp();
  }

  clear(key: string): void {
    this.#current.delete(key);
  }

  /** How many entries are kept for the keys that wait, those moved or cleared since included. */
  get kept(): number {
    return this.#heap.length;
  }

  dueAt(key: string): Instant | undefined {
    return this.#current.get(key)?.at;
  }

  /** The earliest due time, or undefined when nothing waits. */
  get next(): Instant | undefined {
    this.#dropStale();
    return this.#heap[0]?.at;
  }

  /** Removes and returns every key due at or before `at`, earliest first, at most `limit` of them. */
  due(at: Instant, limit = Number.POSITIVE_INFINITY): string[] {
    const keys: string[] = [];
    while (keys.length < limit) {
      this.#dropStale();
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

  /** What was moved or cleared goes; what is left is a heap again in time that grows as it does, no faster. */
  #tidyUp(): void {
    this.#heap = this.#heap.filter((entry) => this.#current.get(entry.key) === entry);
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#siftDown(i);
  }

  #dropStale(): void {
    while (this.#heap.length > 0 && this.#current.get(this.#heap[0]!.key) !== this.#heap[0]) this.#pop();
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #siftDown(from: number): void {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && before(this.#heap[right]!, this.#heap[left]!) ? right : left;
      if (!before(this.#heap[child]!, this.#heap[i]!)) return;
      [this.#heap[child], this.#heap[i]] = [this.#heap[i]!, this.#heap[child]!];
      i = child;
    }
  }

  #siftUp(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(this.#heap[i]!, this.#heap[parent]!)) return;
      [this.#heap[parent], this.#heap[i]] = [this.#heap[i]!, this.#heap[parent]!];
      i = parent;
    }
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
