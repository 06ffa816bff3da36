/** How fast a centre takes messages: nothing holds us until it throttles; then half of what it took, and slowly more again. */

const firstPauseMs = 250;
const longestPauseMs = 8_000;
/** Above it no throttling is remembered. */
const fastEnough = 10_000;

export class Pace {
  /** Messages a second; undefined while nothing was throttled. */
  #rate: number | undefined;
  #tokens = 0;
  #filledAt = 0;
  #pausedUntil = 0;
  #pauseMs = firstPauseMs;
  /** Answers of the second that runs, and of the one before. */
  #second = { from: 0, taken: 0, before: 0 };

  /** ms until the next message may leave, 0 for now. Times are monotonic ms, here and below. */
  waitMs(nowMs: number): number {
    if (nowMs < this.#pausedUntil) return Math.ceil(this.#pausedUntil - nowMs);
    if (this.#rate === undefined) return 0;
    const room = Math.max(1, this.#rate / 5);
    this.#tokens = Math.min(room, this.#tokens + ((nowMs - this.#filledAt) / 1_000) * this.#rate);
    this.#filledAt = nowMs;
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rate) * 1_000);
  }

  /** A message leaves; only when `waitMs` is 0. */
  spend(): void {
    if (this.#rate !== undefined) this.#tokens -= 1;
  }

  worked(nowMs: number): void {
    this.#count(nowMs);
    this.#pauseMs = firstPauseMs;
    if (this.#rate === undefined) return;
    // A twentieth a second and one message a second.
    this.#rate += 0.05 + 1 / this.#rate;
    if (this.#rate > fastEnough) this.#rate = undefined;
  }

  throttled(nowMs: number): void {
    // What was in flight when the centre began says nothing new.
    if (nowMs < this.#pausedUntil) return;
    const taken = Math.max(this.#second.taken, this.#second.before);
    this.#rate = Math.max(1, Math.min(this.#rate ?? taken, taken) / 2);
    this.#tokens = 0;
    this.#pausedUntil = nowMs + this.#pauseMs;
    this.#filledAt = this.#pausedUntil;
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  #count(nowMs: number): void {
    const { from, taken } = this.#second;
    if (nowMs - from >= 1_000)
      this.#second = { from: nowMs, taken: 0, before: nowMs - from < 2_000 ? taken : 0 };
    this.#second.taken++;
  }
}
