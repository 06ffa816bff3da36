/** The best explanation of what lies below each place of one tree, no piece of evidence counted twice. */
import type { Ancestry } from './ancestry.ts';
import type { Tallies } from './tally.ts';

/**
 * A terminal hangs on the feed of its house and, through the amplifier that serves it, on the feed of that. Where both feeds
 * hang on one, what is gained by explaining the house and what by explaining the amplifier is gained of the same words:
 * of each word its share counts, or the best of them explains alone.
 */
export class Below {
  readonly #ancestry: Ancestry;
  readonly #tallies: Tallies;
  readonly #isPower: boolean;
  /** By slot: not a number where nothing lies below. */
  readonly #sums: Float64Array;
  /** By slot: pieces below, each as often as it is below something; and what is gained over separate faults. */
  readonly #pieces: Int32Array;
  readonly #gains: Float64Array;
  /** Of the one place below that gains most. */
  readonly #most: Float64Array;

  constructor(ancestry: Ancestry, tallies: Tallies, tree: 'access' | 'cable' | 'power') {
    const count = tallies.list.length;
    this.#ancestry = ancestry;
    this.#tallies = tallies;
    this.#isPower = tree === 'power';
    this.#sums = new Float64Array(count).fill(Number.NaN);
    this.#pieces = new Int32Array(this.#isPower ? count : 0);
    this.#gains = new Float64Array(this.#isPower ? count : 0);
    this.#most = new Float64Array(this.#isPower ? count : 0);
  }

  addLeaf(parent: number, single: number): void {
    const slot = parent < 0 ? -1 : this.#tallies.indexOf(parent);
    if (slot >= 0) this.#add(slot, { best: single, pieces: 1, gain: 0 });
  }

  /** A place with the best explanation of what it holds goes into the place above it. */
  add(parent: number, slot: number, best: number): void {
    const above = parent < 0 ? -1 : this.#tallies.indexOf(parent);
    if (above < 0) return;
    const { place, pieces, singles, own } = this.#tallies.list[slot]!;
    // What hangs on a head does not hang on its supply: of a head only its own word counts.
    const isHead = this.#isPower && this.#ancestry.topology.isAccessHead(place);
    const held = isHead ? { pieces: own === undefined ? 0 : 1, gain: 0 } : { pieces, gain: best - singles };
    this.#add(above, { best, ...held });
  }

  isInside(slot: number): boolean {
    return !Number.isNaN(this.#sums[slot]!);
  }

  best(slot: number): number {
    if (!this.#isPower) return this.#sums[slot]!;
    const { pieces, singles, own, alone } = this.#tallies.list[slot]!;
    const all = own === undefined ? pieces : pieces - 1;
    const counted = this.#pieces[slot]!;
    if (counted <= all) return this.#sums[slot]!;
    const rest = own === undefined ? singles : singles - alone;
    return rest + Math.max(this.#most[slot]!, Math.round((this.#gains[slot]! * all) / counted));
  }

  #add(
    slot: number,
    { best, pieces, gain }: { readonly best: number; readonly pieces: number; readonly gain: number },
  ): void {
    this.#sums[slot] = this.isInside(slot) ? this.#sums[slot]! + best : best;
    if (!this.#isPower) return;
    this.#pieces[slot]! += pieces;
    this.#gains[slot]! += gain;
    this.#most[slot] = Math.max(this.#most[slot]!, gain);
  }
}
