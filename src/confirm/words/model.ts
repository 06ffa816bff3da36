/**
 * How likely a message is each of the five sayings: logistic regression over hashed groups of 3 to 5 letters, words
 * and pairs of words, learned from examples when it is first asked.
 */
import { seededRandom } from '../../base/random.ts';
import type { Example } from './examples.ts';
import type { Saying } from './rules.ts';

const sayings: readonly Saying[] = ['yes', 'no', 'call', 'stop', 'other'];
const classes = sayings.length;
/** 2^14 buckets of five weights are 320 KiB. */
const buckets = 1 << 14;
const mostFeatures = 512;
const rounds = 4;
const rate = 0.5;
const decay = 2e-6;

export interface Guess {
  readonly says: Saying;
  /** 0..1. */
  readonly probability: number;
}

export class Model {
  readonly #weights = new Float32Array(buckets * classes);
  readonly #bias = new Float32Array(classes);
  readonly #features = new Uint16Array(mostFeatures);
  readonly #scores = new Float64Array(classes);

  /** Stochastic gradient descent with AdaGrad steps (Duchi, Hazan, Singer 2011) in a fixed order. */
  static learned(examples: readonly Example[]): Model {
    const model = new Model();
    const random = seededRandom(1);
    const order = examples.map((_, at) => at);
    const squares = new Float32Array(buckets * classes).fill(1);
    // Rare classes count as much as common ones.
    const count = new Map<Saying, number>();
    for (const { says } of examples) count.set(says, (count.get(says) ?? 0) + 1);
    for (let round = 0; round < rounds; round++) {
      for (let at = order.length - 1; at > 0; at--) {
        const other = random.below(at + 1);
        [order[at], order[other]] = [order[other]!, order[at]!];
      }
      for (const at of order) {
        const { form, says } = examples[at]!;
        model.#step(form, says, { squares, weight: examples.length / (classes * count.get(says)!) });
      }
    }
    return model;
  }

  guess(form: string): Guess {
    this.#score(this.#featuresOf(form));
    let best = 0;
    for (let of = 1; of < classes; of++) if (this.#scores[of]! > this.#scores[best]!) best = of;
    return { says: sayings[best]!, probability: this.#scores[best]! };
  }

  /** Bytes of what was learned. */
  get size(): number {
    return this.#weights.byteLength + this.#bias.byteLength;
  }

  #step(
    form: string,
    says: Saying,
    { squares, weight }: { readonly squares: Float32Array; readonly weight: number },
  ): void {
    const found = this.#featuresOf(form);
    this.#score(found);
    const share = 1 / Math.sqrt(found);
    for (let of = 0; of < classes; of++) {
      const error = (this.#scores[of]! - (sayings[of] === says ? 1 : 0)) * weight;
      this.#bias[of]! -= 0.02 * error;
      for (let at = 0; at < found; at++) {
        const place = this.#features[at]! * classes + of;
        const slope = error * share + decay * this.#weights[place]!;
        squares[place]! += slope * slope;
        this.#weights[place]! -= (rate * slope) / Math.sqrt(squares[place]!);
      }
    }
  }

  /** Softmax over the classes, into `#scores`. */
  #score(found: number): void {
    const share = 1 / Math.sqrt(found);
    let most = Number.NEGATIVE_INFINITY;
    for (let of = 0; of < classes; of++) {
      let sum = 0;
      for (let at = 0; at < found; at++) sum += this.#weights[this.#features[at]! * classes + of]!;
      this.#scores[of] = sum * share + this.#bias[of]!;
      most = Math.max(most, this.#scores[of]!);
    }
    let total = 0;
    for (let of = 0; of < classes; of++) total += this.#scores[of] = Math.exp(this.#scores[of]! - most);
    for (let of = 0; of < classes; of++) this.#scores[of]! /= total;
  }

  /** How many buckets of `#features` the text fills: at least one. */
  #featuresOf(form: string): number {
    const text = ` ${form} `;
    let found = 0;
    const add = (hash: number): void => {
      if (found < mostFeatures) this.#features[found++] = (hash ^ (hash >>> 15)) & (buckets - 1);
    };
    for (let from = 0; from < text.length; from++) {
      let hash = 0x811c9dc5;
      for (let length = 1; length <= 5 && from + length <= text.length; length++) {
        hash = Math.imul(hash ^ text.charCodeAt(from + length - 1), 0x01000193);
        if (length >= 3) add(hash);
      }
    }
    let before = 1;
    for (const word of form.split(' ')) {
      let hash = 0x9e3779b1;
      for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
      add(hash);
      add(Math.imul(hash ^ Math.imul(before, 0x85ebca6b), 0x01000193));
      before = hash;
    }
    return found;
  }
}
