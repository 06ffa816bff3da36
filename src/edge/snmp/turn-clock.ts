/** Time by turns of the event loop: one look at the clocks serves all datagrams that a turn brings. */
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';

export class TurnClock {
  /** Between turns: how long the event loop had nothing to do. */
  idleMs = 0;
  readonly #world: World;
  readonly #end: () => void;
  /** Made once: a function written in `begin` would cost each of its calls, of which few come to it. */
  readonly #atEnd = (): void => this.#endTurn();
  #isTurn = false;
  #endedAtMs: number;
  #monotonicMs: number;
  /** NaN until somebody asks. */
  #wallMs = Number.NaN;

  /** `end` is called at the end of each turn, after all sockets were read. */
  constructor(world: World, end: () => void) {
    this.#world = world;
    this.#end = end;
    this.#endedAtMs = world.monotonicMs();
    this.#monotonicMs = this.#endedAtMs;
  }

  /** Of this turn, which begins with the first question. */
  monotonicMs(): number {
    this.begin();
    return this.#monotonicMs;
  }

  /** Wall clock of this turn. */
  wallMs(): number {
    this.begin();
    if (Number.isNaN(this.#wallMs)) this.#wallMs = this.#world.now();
    return this.#wallMs;
  }

  begin(): void {
    if (this.#isTurn) return;
    this.#isTurn = true;
    this.#wallMs = Number.NaN;
    this.#monotonicMs = this.#world.monotonicMs();
    this.idleMs += this.#monotonicMs - this.#endedAtMs;
    this.#world.after(milliseconds(0), this.#atEnd);
  }

  #endTurn(): void {
    this.#isTurn = false;
    this.#end();
    this.#endedAtMs = this.#world.monotonicMs();
    // What `end` began goes on in another turn.
    if (this.#isTurn) this.#monotonicMs = this.#endedAtMs;
  }
}
