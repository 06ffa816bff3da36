/** When what is told of a place began, as far as stray words that came before do not belong to it. */
import type { Instant } from '../base/instant.ts';
import type { Evidence, Tally } from './tally.ts';

export class Onsets {
  /** Nothing was said before. */
  readonly first: number;
  readonly #evidence: readonly Evidence[];
  #times: Map<number, Evidence[]> | undefined;

  constructor(evidence: readonly Evidence[]) {
    this.#evidence = evidence;
    this.first = evidence.reduce((least, { firstAt }) => Math.min(least, firstAt), Number.POSITIVE_INFINITY);
  }

  /** By then it was there: more than a stray word was said of it before. */
  isBefore({ place, oldest, newest }: Tally, at: Instant): boolean {
    if (at <= oldest || at > newest) return at > oldest;
    let [before, all] = [0, 0];
    for (const { firstAt, standsFor = 1 } of this.#at(place)) {
      all += standsFor;
      if (firstAt < at) before += standsFor;
    }
    return before > straysIn * all;
  }

  #at(place: number): readonly Evidence[] {
    if (this.#times === undefined) {
      this.#times = new Map();
      for (const piece of this.#evidence) {
        for (const above of piece.above) {
          const known = this.#times.get(above);
          if (known === undefined) this.#times.set(above, [piece]);
          else known.push(piece);
        }
      }
    }
    return this.#times.get(place) ?? [];
  }
}

/** Customers who switched off just before: of many that tell of one fault a few. */
const straysIn = 0.12;
