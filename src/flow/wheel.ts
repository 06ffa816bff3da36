/**
 * A timer wheel of numbered turns: setting, clearing and finding what is due cost the same however many wait. Due times
 * are rounded up to a tick; nothing fires by itself, the owner asks.
 */

/** Slots of the wheel; a turn further away than one round stays in its slot until its round has come. */
const slots = 4_096;
const nobody = -1;

export class Wheel {
  readonly #tickMs: number;
  /** First turn of each slot, then from turn to turn in both directions. */
  readonly #heads = new Int32Array(slots).fill(nobody);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #slotOf = new Int16Array(0);
  #dueTick = new Float64Array(0);
  /** Everything up to this tick was visited; while a slot is being visited, that of the slot. */
  #tick: number;

  constructor(nowMs: number, tickMs: number) {
    this.#tickMs = tickMs;
    this.#tick = Math.floor(nowMs / tickMs);
  }

  /** Sets the turn anew. What lies in the past is due at the next tick. */
  set(turn: number, dueMs: number): void {
    this.clear(turn);
    if (turn >= this.#next.length) this.#grow(turn + 1);
    const tick = Math.max(Math.ceil(dueMs / this.#tickMs), this.#tick + 1);
    const slot = tick % slots;
    const head = this.#heads[slot]!;
    this.#dueTick[turn] = tick;
    this.#slotOf[turn] = slot;
    this.#next[turn] = head;
    this.#previous[turn] = nobody;
    if (head !== nobody) this.#previous[head] = turn;
    this.#heads[slot] = turn;
  }

  clear(turn: number): void {
    if (turn >= this.#next.length) return;
    const slot = this.#slotOf[turn]!;
    if (slot === nobody) return;
    const next = this.#next[turn]!;
    const previous = this.#previous[turn]!;
    if (previous === nobody) this.#heads[slot] = next;
    else this.#next[previous] = next;
    if (next !== nobody) this.#previous[next] = previous;
    this.#slotOf[turn] = nobody;
  }

  /** Visits at most `limit` turns that are due, earliest tick first; the others stay due. Answers how many it visited. */
  run(nowMs: number, limit: number, visit: (turn: number) => void): number {
    const nowTick = Math.floor(nowMs / this.#tickMs);
    // After a stall longer than a round every slot is looked at once.
    this.#tick = Math.max(this.#tick, nowTick - slots);
    let visited = 0;
    while (this.#tick < nowTick) {
      // What a visit sets now is due after this slot.
      this.#tick++;
      const slot = this.#tick % slots;
      // From the head each time: a visit may set and clear any turn.
      for (let turn = this.#dueIn(slot, nowTick); turn !== nobody; turn = this.#dueIn(slot, nowTick)) {
        if (visited >= limit) {
          this.#tick--;
          return visited;
        }
        this.clear(turn);
        visited++;
        visit(turn);
      }
    }
    return visited;
  }

  #dueIn(slot: number, nowTick: number): number {
    let turn = this.#heads[slot]!;
    while (turn !== nobody && this.#dueTick[turn]! > nowTick) turn = this.#next[turn]!;
    return turn;
  }

  #grow(least: number): void {
    const size = Math.max(least, this.#next.length * 2, 64);
    const slotOf = new Int16Array(size).fill(nobody);
    slotOf.set(this.#slotOf);
    this.#slotOf = slotOf;
    this.#next = grown(this.#next, size);
    this.#previous = grown(this.#previous, size);
    const dueTick = new Float64Array(size);
    dueTick.set(this.#dueTick);
    this.#dueTick = dueTick;
  }
}

function grown(column: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(size);
  wider.set(column);
  return wider;
}
