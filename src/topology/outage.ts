/** What else loses service as more and more of the transport graph fails. */
import type { Reach, Transport } from './transport.ts';

export class Outage {
  readonly #transport: Transport;
  readonly #resources: number;
  readonly #reach: Reach;
  #nodesBefore: Uint8Array;
  #linksBefore: Uint8Array;
  readonly #dead = new Set<number>();

  /** `resources`: how many indexes are resources; `dead`: what has failed already. */
  constructor(transport: Transport, resources: number, dead: Iterable<number>) {
    this.#transport = transport;
    this.#resources = resources;
    this.#reach = transport.allAlive();
    for (const index of dead) this.#kill(index);
    this.#reach.flow();
    this.#nodesBefore = this.#reach.nodeServed.slice();
    this.#linksBefore = this.#reach.linkServed.slice();
  }

  isServed(index: number): boolean {
    if (index >= this.#resources) return this.#linksBefore[index - this.#resources] === 1;
    const node = this.#transport.nodeOf(index);
    return node >= 0 && this.#nodesBefore[node] === 1;
  }

  /** Indexes of resources and links that would lose service with these, ascending; these themselves left out. */
  lostWith(more: readonly number[]): number[] {
    const fresh = [...new Set(more)].filter((index) => !this.#dead.has(index));
    for (const index of fresh) this.#reach.mark(index);
    const lost = this.#lost(more);
    for (const index of fresh) this.#reach.mark(index, -1);
    return lost;
  }

  /** The same, and they stay dead. */
  fail(more: readonly number[]): number[] {
    for (const index of more) this.#kill(index);
    const lost = this.#lost(more);
    this.#nodesBefore = this.#reach.nodeServed.slice();
    this.#linksBefore = this.#reach.linkServed.slice();
    return lost;
  }

  #kill(index: number): void {
    if (this.#dead.has(index)) return;
    this.#dead.add(index);
    this.#reach.mark(index);
  }

  #lost(without: readonly number[]): number[] {
    const { nodes, roots } = this.#transport;
    // Where nothing is said to bring service, nothing can be cut off from it.
    if (roots.length === 0) return [];
    const left = new Set(without);
    const { nodeServed, linkServed } = this.#reach.flow();
    const lost: number[] = [];
    for (let node = 0; node < nodeServed.length; node++) {
      if (this.#nodesBefore[node] === 1 && nodeServed[node] === 0 && !left.has(nodes[node]!)) {
        lost.push(nodes[node]!);
      }
    }
    for (let link = 0; link < linkServed.length; link++) {
      const index = this.#resources + link;
      if (this.#linksBefore[link] === 1 && linkServed[link] === 0 && !left.has(index)) lost.push(index);
    }
    return lost;
  }
}
