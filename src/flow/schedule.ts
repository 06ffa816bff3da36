/**
 * Whose turn it is to be asked: each device at its own moment of its interval, spread by its id, so that no burst
 * overflows a socket and a restart finds the same moments. What a stall missed is not made up for: the next turn counts.
 */
import { spreadHash } from '../base/random.ts';
import { Wheel } from './wheel.ts';

const tickMs = 20;
/** Between two turns of one device that were asked for out of turn. */
const leastApartMs = 1_000;
/** The first round comes within this time, so that a start shows something soon. */
const firstRoundMs = 3_000;
/** At a start and after a stall turns come at most this much faster than they would by themselves, or this fast. */
const hasteFactor = 2;
const leastPerSecond = 500;

export interface TurnTaken {
  /** Number of the device. */
  readonly turn: number;
  /** How long after its moment; a turn out of turn is never late. */
  readonly lateMs: number;
  /** The moment it was planned for, on the monotonic clock. */
  readonly plannedMs: number;
}

export class Schedule {
  readonly #wheel: Wheel;
  /** Next moment on the device's own grid. */
  readonly #planned: number[] = [];
  readonly #interval: number[] = [];
  /** When it was last asked out of turn, and whether it waits to be. */
  readonly #hurriedAt: number[] = [];
  readonly #isHurried: boolean[] = [];
  readonly #free: number[] = [];
  readonly #taken: { turn: number; lateMs: number; plannedMs: number } = { turn: 0, lateMs: 0, plannedMs: 0 };
  #lastRunMs: number;
  /** Turns a second when nothing is in the way. */
  #perSecond = 0;
  /** Turns that may be visited now. */
  #allowance = 0;
  #skipped = 0;

  constructor(nowMs: number) {
    this.#wheel = new Wheel(nowMs, tickMs);
    this.#lastRunMs = nowMs;
  }

  /** Turns that a stall left out. */
  get skipped(): number {
    return this.#skipped;
  }

  /** How often `run` wants to be called. */
  get tickMs(): number {
    return tickMs;
  }

  add(id: string, intervalMs: number, nowMs: number): number {
    const turn = this.#free.pop() ?? this.#planned.length;
    const spread = spreadOf(id);
    const first = nowMs + (spread % Math.min(firstRoundMs, intervalMs));
    const phase = spread % intervalMs;
    const earliest = first + intervalMs / 2;
    this.#interval[turn] = intervalMs;
    this.#perSecond += 1_000 / intervalMs;
    // The moments of a device are the same whenever it was added.
    this.#planned[turn] = phase + Math.ceil((earliest - phase) / intervalMs) * intervalMs;
    this.#hurriedAt[turn] = first;
    this.#isHurried[turn] = true;
    this.#wheel.set(turn, first);
    return turn;
  }

  remove(turn: number): void {
    this.#wheel.clear(turn);
    this.#perSecond -= 1_000 / this.#interval[turn]!;
    this.#free.push(turn);
  }

  /** How long until it is asked; 0 when it is due. */
  dueInMs(turn: number, nowMs: number): number {
    const planned = this.#planned[turn] ?? nowMs;
    // The first turn, and one that was put off within its second, stand before the planned one.
    const hurried = this.#hurriedAt[turn] ?? planned;
    const next = this.#isHurried[turn] === true && hurried > nowMs ? Math.min(hurried, planned) : planned;
    return this.#isHurried[turn] === true && hurried <= nowMs ? 0 : Math.max(0, next - nowMs);
  }

  /** From its next turn on it is asked this often. */
  pace(turn: number, intervalMs: number, nowMs: number): void {
    this.#perSecond += 1_000 / intervalMs - 1_000 / this.#interval[turn]!;
    this.#interval[turn] = intervalMs;
    const next = nowMs + ((this.#planned[turn]! - nowMs) % intervalMs);
    this.#planned[turn] = next;
    if (this.#isHurried[turn] !== true) this.#wheel.set(turn, next);
  }

  /** The device is asked at the next tick, out of turn; a second time within a second is put off, not left out. */
  hurry(turn: number, nowMs: number): void {
    if (this.#isHurried[turn] === true) return;
    const at = Math.max(nowMs, this.#hurriedAt[turn]! + leastApartMs);
    if (this.#planned[turn]! <= at) return;
    this.#isHurried[turn] = true;
    this.#wheel.set(turn, at);
  }

  /** Visits whose turn it is; the object handed in is used again. */
  run(nowMs: number, visit: (taken: TurnTaken) => void): void {
    const perSecond = Math.max(leastPerSecond, this.#perSecond * hasteFactor);
    const elapsedMs = Math.min(nowMs - this.#lastRunMs, 1_000);
    this.#allowance = Math.min(this.#allowance + (elapsedMs * perSecond) / 1_000, perSecond / 4);
    this.#lastRunMs = nowMs;
    const taken = this.#taken;
    this.#allowance -= this.#wheel.run(nowMs, Math.floor(this.#allowance), (turn) => {
      const planned = this.#planned[turn]!;
      taken.turn = turn;
      if (this.#isHurried[turn] === true && planned > nowMs) {
        this.#isHurried[turn] = false;
        this.#hurriedAt[turn] = nowMs;
        this.#wheel.set(turn, planned);
        taken.lateMs = 0;
        taken.plannedMs = nowMs;
      } else {
        this.#isHurried[turn] = false;
        const interval = this.#interval[turn]!;
        const missed = Math.floor((nowMs - planned) / interval);
        this.#skipped += missed;
        const next = planned + (missed + 1) * interval;
        this.#planned[turn] = next;
        this.#wheel.set(turn, next);
        taken.lateMs = nowMs - planned;
        taken.plannedMs = planned;
      }
      visit(taken);
    });
  }
}

/** The low digits of neighbouring ids lie close in FNV-1a: mixed once more (murmur3's finalizer) they do not. */
function spreadOf(id: string): number {
  let hash = spreadHash(id);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
