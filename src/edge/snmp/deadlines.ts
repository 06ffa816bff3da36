/** Until when requests under way wait, and which have waited long enough. */
import { Wheel } from '../../flow/wheel.ts';
import { patienceOf, timeoutOf } from './learned.ts';
import type { Ask } from './peer.ts';
import { MOST_SLOTS, type Slot, type Slots } from './slots.ts';

/** Of the time of one try by which its repetition comes earlier, at most: repetitions to many devices come apart. */
const JITTER_SHARE = 0.1;

export class Deadlines {
  readonly #slots: Slots;
  readonly #wheel: Wheel;

  constructor(slots: Slots, nowMs: number, tickMs: number) {
    this.#slots = slots;
    this.#wheel = new Wheel(nowMs, tickMs);
  }

  /** For a try that goes out now. */
  begin(slot: Slot, { peer, giveUpAtMs }: Ask, now: number): void {
    const timeoutMs = timeoutOf(peer.learned, peer.timeoutMs);
    // What one try ends early the next one waits longer: all tries together take their time.
    const early = slot.triesLeft > 0 ? timeoutMs * JITTER_SHARE * (this.#slots.random16() / 0x1_0000) : 0;
    slot.sentAtMs = now;
    slot.deadlineMs = Math.min(now + timeoutMs + slot.earlyMs - early, giveUpAtMs);
    slot.earlyMs = early;
    const patience = slot.units > 0 ? patienceOf(peer.learned) : Number.POSITIVE_INFINITY;
    this.wait(slot, Math.min(slot.deadlineMs, now + patience));
  }

  /** A slot that is looked at earlier anyway stays where it is: most answers come long before they are due. */
  wait(slot: Slot, untilMs: number): void {
    slot.dueMs = untilMs;
    if (slot.wakeAtMs <= untilMs) return;
    slot.wakeAtMs = untilMs;
    this.#wheel.set(slot.number, untilMs);
  }

  /** Visits the slots with a request that is due. */
  run(now: number, visit: (slot: Slot, ask: Ask) => void): void {
    this.#wheel.run(now, MOST_SLOTS, (number) => {
      const slot = this.#slots.all[number]!;
      slot.wakeAtMs = Number.POSITIVE_INFINITY;
      const { ask } = slot;
      if (ask === undefined) return;
      if (now < slot.dueMs) this.wait(slot, slot.dueMs);
      else visit(slot, ask);
    });
  }
}
