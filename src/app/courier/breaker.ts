/** Stops asking a channel that does not answer, and tries it again with one notice at a time. */
import type { Random } from '../../base/random.ts';

const failuresToOpen = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class Breaker {
  readonly #random: Random;
  #failures = 0;
  #pauseMs = firstPauseMs;
  #openUntil: number | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  /** How many notices may be in flight: all, one as a trial, or none. Times are monotonic ms. */
  allows(nowMs: number): 'all' | 'one' | 'none' {
    if (this.#openUntil === undefined) return 'all';
    return nowMs >= this.#openUntil ? 'one' : 'none';
  }

  /** ms until a trial is allowed. */
  waitMs(nowMs: number): number {
    return this.#openUntil === undefined ? 0 : Math.max(0, Math.ceil(this.#openUntil - nowMs));
  }

  worked(): void {
    this.#failures = 0;
    this.#pauseMs = firstPauseMs;
    this.#openUntil = undefined;
  }

  failed(nowMs: number): void {
    this.#failures++;
    // What was in flight when it opened says nothing new.
    if (this.allows(nowMs) === 'none') return;
    if (this.#openUntil === undefined && this.#failures < failuresToOpen) return;
    this.#openUntil = nowMs + this.#pauseMs * (0.75 + this.#random.next() / 2);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  /** The peer named the time itself (Retry-After). */
  pause(nowMs: number, lengthMs: number): void {
    this.#openUntil = Math.max(this.#openUntil ?? 0, nowMs + lengthMs);
  }
}
