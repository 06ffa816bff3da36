/** Sets by key: a key is there as long as something stands under it. */
export class Sets<K, V> {
  readonly #of = new Map<K, Set<V>>();

  add(key: K, value: V): void {
    const known = this.#of.get(key);
    if (known === undefined) this.#of.set(key, new Set([value]));
    else known.add(value);
  }

  delete(key: K, value: V): void {
    const known = this.#of.get(key);
    known?.delete(value);
    if (known?.size === 0) this.#of.delete(key);
  }

  /** In order of adding; empty where nothing is. */
  at(key: K): ReadonlySet<V> {
    return this.#of.get(key) ?? none;
  }

  clear(): void {
    this.#of.clear();
  }
}

const none: ReadonlySet<never> = new Set();
