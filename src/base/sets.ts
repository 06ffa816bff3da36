/** Sets by key: a key is there as long as something stands under it. Values are no sets themselves. */
export class Sets<K, V extends string | number | object> {
  /** Most keys hold one value, which stands there by itself: a set of its own takes ten times the room. */
  readonly #of = new Map<K, V | Set<V>>();

  /** Answers whether it is the first of its key. */
  add(key: K, value: V): boolean {
    const known = this.#of.get(key);
    if (known === undefined) this.#of.set(key, value);
    else if (known instanceof Set) known.add(value);
    else if (known !== value) this.#of.set(key, new Set([known, value]));
    return known === undefined;
  }

  /** Answers whether it was the last of its key. */
  delete(key: K, value: V): boolean {
    const known = this.#of.get(key);
    const isLast = known instanceof Set ? known.delete(value) && known.size === 0 : known === value;
    if (known === undefined || !isLast) return false;
    return this.#of.delete(key);
  }

  /** In order of adding; empty where nothing is. */
  at(key: K): Iterable<V> {
    const known = this.#of.get(key);
    if (known === undefined) return none;
    return known instanceof Set ? known : [known];
  }

  has(key: K): boolean {
    return this.#of.has(key);
  }

  /** How many keys are there. */
  get size(): number {
    return this.#of.size;
  }

  keys(): Iterable<K> {
    return this.#of.keys();
  }

  clear(): void {
    this.#of.clear();
  }
}

const none: readonly never[] = [];
