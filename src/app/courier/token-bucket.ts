/** A rate per second with room for a burst of a fifth of it: no second ever sees more than 1.2 times the rate. */

export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: number;

  /** `nowMs` is monotonic, here and below. */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#capacity = Math.max(1, perSecond / 5);
    this.#tokens = this.#capacity;
    this.#filledAt = nowMs;
  }

  /** Whole tokens there are now. */
  available(nowMs: number): number {
    this.#tokens = Math.min(
      this.#capacity,
      this.#tokens + ((nowMs - this.#filledAt) / 1_000) * this.#perSecond,
    );
    this.#filledAt = nowMs;
    return Math.floor(this.#tokens);
  }

  spend(count: number): void {
    this.#tokens -= count;
  }

  /** ms until the next whole token. */
  waitMs(nowMs: number): number {
    return this.available(nowMs) >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1_000);
  }
}
