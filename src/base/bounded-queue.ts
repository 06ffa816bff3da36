/** A first-in first-out queue with a bound; what does not fit is refused and counted. */
export class BoundedQueue<T> {
  readonly #items: (T | undefined)[] = [];
  #head = 0;
  #refused = 0;
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest item, which stays. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** How many items were refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** True when taken; false when the queue was full and the item was counted as refused. */
  push(item: T): boolean {
    if (this.size >= this.capacity) {
      this.#refused++;
      return false;
    }
    this.#items.push(item);
    return true;
  }

  /** Removes and returns up to `limit` items, oldest first. */
  take(limit: number): T[] {
    const end = Math.min(this.#items.length, this.#head + limit);
    const taken = this.#items.slice(this.#head, end) as T[];
    for (let i = this.#head; i < end; i++) this.#items[i] = undefined;
    this.#head = end;
    // Compact only when at least half is spent, so that each item is moved at most once on average.
    if (this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
