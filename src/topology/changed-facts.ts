/** The side list of a topology version: what single subscribers changed since its columns were written (design L6). */
import { type ConsentCategory, consentCategories, type SubscriberFacts } from '../model/subscriber.ts';

/** What is beyond it waits for the next topology version; the book asks for one long before. */
const mostChanged = 250_000;
const languageBit = 2 ** 32;
const optedOutBit = 2 ** 33;
/** Above it stand 16 bits of quiet hours. */
const quietBits = 2 ** 34;

/** By key; four masks of eight bits, then language, opting out and quiet hours. In the order of keys. */
export type ChangedFactsSnapshot = readonly (readonly [key: number, facts: number])[];

export class ChangedFacts {
  /** By number: one number each, so that 100,000 of them take some megabytes. */
  readonly #facts = new Map<number, number>();
  /** Names of the channels that the bits of the columns stand for. */
  readonly #channels: readonly string[];
  refused = 0;

  constructor(channels: readonly string[]) {
    this.#channels = channels;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** `channels` names the bits of the masks as the facts have them; channels that the columns do not know are left out. */
  change(number: number, facts: Omit<SubscriberFacts, 'subscriber'>, channels: readonly string[]): void {
    if (this.#facts.size >= mostChanged && !this.#facts.has(number)) {
      this.refused++;
      return;
    }
    const { masks, language, optedOut, quiet = 0 } = facts;
    const packed = masks.reduce((sum, mask, i) => sum + this.#bitsOf(mask, channels) * 2 ** (8 * i), 0);
    const said = (language === 'ru' ? languageBit : 0) + (optedOut ? optedOutBit : 0);
    this.#facts.set(number, packed + said + quiet * quietBits);
  }

  #bitsOf(mask: number, channels: readonly string[]): number {
    let bits = 0;
    for (const [bit, name] of channels.entries()) {
      const own = (mask >> bit) & 1 ? this.#channels.indexOf(name) : -1;
      if (own >= 0) bits |= 1 << own;
    }
    return bits;
  }

  /** undefined: as the columns say, here and below. */
  maskOf(number: number, category: ConsentCategory): number | undefined {
    const facts = this.#of(number);
    // A shift of 24 keeps the upper eight bits; what lies above 32 falls away in `>>>`.
    return facts === undefined ? undefined : (facts >>> (8 * consentCategories.indexOf(category))) & 0xff;
  }

  languageOf(number: number): number | undefined {
    const facts = this.#of(number);
    return facts === undefined ? undefined : Math.floor(facts / languageBit) & 1;
  }

  isOptedOut(number: number): boolean | undefined {
    const facts = this.#of(number);
    return facts === undefined ? undefined : (Math.floor(facts / optedOutBit) & 1) === 1;
  }

  quietOf(number: number): number | undefined {
    const facts = this.#of(number);
    return facts === undefined ? undefined : Math.floor(facts / quietBits);
  }

  #of(number: number): number | undefined {
    return this.#facts.size === 0 ? undefined : this.#facts.get(number);
  }

  snapshot(keyOf: (number: number) => number): ChangedFactsSnapshot {
    const rows = [...this.#facts].map(([number, facts]) => [keyOf(number), facts] as const);
    return rows.sort(([a], [b]) => a - b);
  }

  restore(snapshot: ChangedFactsSnapshot, numberOf: (key: number) => number): void {
    for (const [key, facts] of snapshot) {
      const number = numberOf(key);
      if (number >= 0) this.#facts.set(number, facts);
    }
  }
}
