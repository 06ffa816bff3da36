/** How often one automation may act within a time, and what became of its occasions. */
import type { DurationMs, Instant } from '../base/instant.ts';

export interface BoundSnapshot {
  readonly times: readonly Instant[];
  readonly acted: number;
  readonly wouldHave: number;
  readonly stopped: number;
  readonly lastAt?: Instant | undefined;
  readonly stoppedAt?: Instant | undefined;
  readonly refusedAt?: Instant | undefined;
}

export class Bound {
  /** When it acted within the time that counts, oldest first; never more than the bound. */
  #times: Instant[] = [];
  #acted = 0;
  #wouldHave = 0;
  #stopped = 0;
  #lastAt: Instant | undefined;
  /** Of the first and the last refusal since it acted. */
  #stoppedAt: Instant | undefined;
  #refusedAt: Instant | undefined;

  /** True: it may act now, and that is counted. */
  takes(
    at: Instant,
    of: { readonly most: number; readonly perMs: DurationMs; readonly isShadow: boolean },
  ): boolean {
    this.#forget(at, of.perMs);
    if (this.#times.length >= of.most) {
      this.refuse(at);
      return false;
    }
    this.#times.push(at);
    this.#stoppedAt = undefined;
    this.#lastAt = at;
    if (of.isShadow) this.#wouldHave++;
    else this.#acted++;
    return true;
  }

  /** It found no room. */
  refuse(at: Instant): void {
    this.#stopped++;
    this.#stoppedAt ??= at;
    this.#refusedAt = at;
  }

  /** As it stands then: one that nothing has stopped for that long is not stopped any more. */
  standing(at: Instant, perMs: DurationMs) {
    const isStopped = this.#stoppedAt !== undefined && (this.#refusedAt ?? 0) > at - perMs;
    return {
      acted: this.#acted,
      wouldHave: this.#wouldHave,
      stopped: this.#stopped,
      lastAt: this.#lastAt,
      stoppedAt: isStopped ? this.#stoppedAt : undefined,
    };
  }

  snapshot(): BoundSnapshot {
    return {
      times: [...this.#times],
      acted: this.#acted,
      wouldHave: this.#wouldHave,
      stopped: this.#stopped,
      lastAt: this.#lastAt,
      stoppedAt: this.#stoppedAt,
      refusedAt: this.#refusedAt,
    };
  }

  restore({ times, acted, wouldHave, stopped, lastAt, stoppedAt, refusedAt }: BoundSnapshot): void {
    this.#times = [...times];
    this.#acted = acted;
    this.#wouldHave = wouldHave;
    this.#stopped = stopped;
    this.#lastAt = lastAt;
    this.#stoppedAt = stoppedAt;
    this.#refusedAt = refusedAt;
  }

  #forget(at: Instant, perMs: DurationMs): void {
    const first = this.#times.findIndex((time) => time > at - perMs);
    if (first !== 0) this.#times = first < 0 ? [] : this.#times.slice(first);
  }
}
