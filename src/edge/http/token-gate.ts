/** Counts wrong tokens for a whole listener and says when to answer 429 in place of the usual refusal. */
import type { World } from '../../base/world.ts';

/**
 * A token bucket of constant size and constant work, one for all senders: behind carrier-grade NAT thousands of
 * subscribers share an address, so a limit by address would lock out people and not attackers. A right token always
 * passes: with 64 bits and more the key space, not the gate, keeps guessers out; the gate tells them to stop, keeps
 * them countable and gives a lock-out to nobody.
 */
export class TokenGate {
  readonly #world: World;
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #filledAtMs: number;
  #wrong = 0;

  constructor(world: World, limit: { readonly burst: number; readonly perSecond: number }) {
    this.#world = world;
    this.#burst = limit.burst;
    this.#perSecond = limit.perSecond;
    this.#left = limit.burst;
    this.#filledAtMs = world.monotonicMs();
  }

  /** How many wrong tokens came since the start. */
  get wrong(): number {
    return this.#wrong;
  }

  /** Counts one wrong token; true when there were too many lately. */
  countWrong(): boolean {
    this.#wrong++;
    const nowMs = this.#world.monotonicMs();
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond);
    this.#filledAtMs = nowMs;
    if (this.#left < 1) return true;
    this.#left--;
    return false;
  }
}
