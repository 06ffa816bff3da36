/** One token bucket for each source address, so that a device gone mad does not crowd out the others. */

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export class SourceRates {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #mostSources: number;

  constructor(limits: { readonly perSecond: number; readonly burst: number; readonly mostSources: number }) {
    this.#perSecond = limits.perSecond;
    this.#burst = limits.burst;
    this.#mostSources = limits.mostSources;
  }

  /** Takes a token; false when the source has none left. */
  take(source: string, nowMs: number): boolean {
    let bucket = this.#buckets.get(source);
    if (bucket === undefined) {
      // The longest known source makes room: at worst it gets a full bucket once more.
      if (this.#buckets.size >= this.#mostSources) {
        for (const oldest of this.#buckets.keys()) {
          this.#buckets.delete(oldest);
          break;
        }
      }
      bucket = { tokens: this.#burst, filledAtMs: nowMs };
      this.#buckets.set(source, bucket);
    }
    const filled = bucket.tokens + ((nowMs - bucket.filledAtMs) * this.#perSecond) / 1_000;
    bucket.tokens = Math.min(this.#burst, filled);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** What it was taken for did not happen. */
  giveBack(source: string): void {
    const bucket = this.#buckets.get(source);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#burst, bucket.tokens + 1);
  }
}
