/** Whose messages were thrown away, and how many: a flood is told with the name of who makes it. */

export interface Shed {
  readonly address: string;
  readonly count: number;
}

/** Forged senders may be as many as there are addresses. */
const mostSources = 1_024;
const mostNamed = 16;

export class ShedSources {
  readonly #counts = new Map<string, number>();

  add(address: string): void {
    const count = this.#counts.get(address);
    if (count !== undefined) this.#counts.set(address, count + 1);
    else if (this.#counts.size < mostSources) this.#counts.set(address, 1);
  }

  /** Those that lost most since the last call, worst first. */
  drain(): readonly Shed[] {
    if (this.#counts.size === 0) return [];
    const worst = [...this.#counts]
      .map(([address, count]) => ({ address, count }))
      .sort((a, b) => b.count - a.count || (a.address < b.address ? -1 : 1));
    this.#counts.clear();
    return worst.slice(0, mostNamed);
  }
}
