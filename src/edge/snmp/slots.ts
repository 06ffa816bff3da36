/** The places of requests under way, found by the request id alone. */
import type { Socket } from 'node:dgram';
import type { SessionProblem } from '../../collect/session.ts';
import type { Ask } from './peer.ts';
import type { Lane } from './socket-lane.ts';
import type { Exchange3 } from './usm.ts';

/** A request id is 1, 16 random bits, 14 bits of slot number: positive and always four bytes long. */
const SLOT_BITS = 14;
export const MOST_SLOTS = 1 << SLOT_BITS;
const RESTING_SLOTS = 256;
export const NO_IDS: number[] = [];

/** The place of one request under way. */
export interface Slot {
  readonly number: number;
  requestId: number;
  ask: Ask | undefined;
  lane: Lane<Ask> | undefined;
  socket: Socket | undefined;
  /** SNMPv3: who seals and opens, and the ids of the messages sent. */
  secure: Exchange3 | undefined;
  messageIds: number[];
  /** What it takes of the window; 0 when it has left it. */
  units: number;
  sentAtMs: number;
  deadlineMs: number;
  /** When it is to be looked at, and when it will be, which may be earlier; infinity: never. */
  dueMs: number;
  wakeAtMs: number;
  /** By which the last try ended before its time. */
  earlyMs: number;
  triesLeft: number;
  isFirstTry: boolean;
  /** A broken reply came from the asked address: silence afterwards is named for what it was. */
  sawMalformed: boolean;
  sendError: boolean;
  foreignAddress: string | undefined;
}

export class Slots {
  readonly all: Slot[] = [];
  readonly #randomBytes: (count: number) => Uint8Array;
  readonly #free = new Int32Array(MOST_SLOTS);
  #freeAt = 0;
  #freeCount = 0;
  #random: Uint8Array = new Uint8Array(0);
  #randomAt = 0;

  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** The slot that this id is or was of; its present id may be another. */
  of(id: number): Slot | undefined {
    return this.all[id & (MOST_SLOTS - 1)];
  }

  newId(slot: Slot): number {
    return 0x4000_0000 | (this.random16() << SLOT_BITS) | slot.number;
  }

  rest(slot: Slot): void {
    this.#free[(this.#freeAt + this.#freeCount++) & (MOST_SLOTS - 1)] = slot.number;
  }

  /** A slot rests after use, so that a late or second reply is still known for what it is. */
  take(): Slot {
    if (this.#freeCount > 0 && this.all.length >= RESTING_SLOTS) {
      const number = this.#free[this.#freeAt]!;
      this.#freeAt = (this.#freeAt + 1) & (MOST_SLOTS - 1);
      this.#freeCount--;
      return this.all[number]!;
    }
    const slot: Slot = {
      number: this.all.length,
      requestId: 0,
      ask: undefined,
      lane: undefined,
      socket: undefined,
      secure: undefined,
      messageIds: NO_IDS,
      units: 0,
      // Not 0: a field that holds a fraction from the start keeps its form.
      sentAtMs: Number.NaN,
      deadlineMs: Number.NaN,
      dueMs: Number.NaN,
      wakeAtMs: Number.POSITIVE_INFINITY,
      earlyMs: Number.NaN,
      triesLeft: 0,
      isFirstTry: true,
      sawMalformed: false,
      sendError: false,
      foreignAddress: undefined,
    };
    this.all.push(slot);
    return slot;
  }

  random16(): number {
    if (this.#randomAt + 2 > this.#random.length) {
      this.#random = this.#randomBytes(4096);
      this.#randomAt = 0;
    }
    return this.#random[this.#randomAt++]! * 256 + this.#random[this.#randomAt++]!;
  }
}

/** What it is that no answer came. */
export function silenceOf(slot: Slot): SessionProblem {
  if (slot.sawMalformed) return { kind: 'badAnswer', reason: 'malformed' };
  return slot.sendError ? { kind: 'refused', reason: 'unreachable' } : { kind: 'timeout' };
}
