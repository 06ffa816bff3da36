/** The draws of the generator: distributions over one seeded source, so that the same seed gives the same network. */
import { type Random, seededRandom } from '../../base/random.ts';

export class Chance {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A number in [0, 1). */
  share(): number {
    return this.#random.next();
  }

  happens(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A whole number from least to most, both included. */
  whole(least: number, most: number): number {
    return least + this.#random.below(Math.max(0, most - least) + 1);
  }

  between(least: number, most: number): number {
    return least + this.#random.next() * (most - least);
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.#random.below(from.length)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  }

  /** The first of each pair by the weight that is its second. */
  weighted<T>(from: readonly (readonly [T, number])[]): T {
    let left = this.#random.next() * from.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of from) {
      left -= weight;
      if (left < 0) return value;
    }
    return from.at(-1)![0];
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random.next()));
    return radius * Math.cos(2 * Math.PI * this.#random.next());
  }

  lognormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#random.next());
  }

  /** In place, every order equally likely. */
  shuffle<T>(items: T[]): T[] {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.#random.below(at + 1);
      [items[at], items[other]] = [items[other]!, items[at]!];
    }
    return items;
  }

  /** A source of its own, so that one part drawing more does not move the draws of another. */
  branch(): Chance {
    return new Chance(this.#random.below(0x1_0000_0000));
  }
}

export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;
