/** The way of a notification from a device to the stream: delay, bursts of loss, duplicates, wrong severities. */
import type { Chance } from './chance.ts';
import type { Habits } from './habits.ts';
import type { Cause, LineEvent, Lines, Source } from './lines.ts';

export interface Said {
  readonly device: number;
  readonly resource: number;
  readonly event: LineEvent;
  readonly cause?: Cause | undefined;
  readonly owner: number;
  readonly by?: number | undefined;
  readonly below?: boolean | undefined;
  readonly source?: Source | undefined;
  readonly isOptional?: boolean | undefined;
}

/** Index into critical, major, minor, warning, indeterminate. */
const severityOf: Readonly<Record<Cause, number>> = {
  LOS: 1,
  DYING_GASP: 2,
  UNREACHABLE: 1,
  LINK_DOWN: 1,
  PORT_LOS: 0,
  DEGRADED: 2,
  MAINS_FAIL: 1,
  BATTERY_LOW: 0,
  CARD_FAIL: 0,
  FAN_FAIL: 2,
  BGP_DOWN: 1,
  DNS_FAIL: 0,
  NO_SERVICE: 1,
  NO_IP: 1,
  SESSIONS_DROP: 1,
  CRC_ERRORS: 2,
  OPTICS_BIAS: 3,
  HIGH_TEMP: 3,
  FLAPPING: 3,
};

/** Share lost in a bad spell, and how many messages such a spell lasts on average (Gilbert 1960, Elliott 1963). */
const lossInBad = 0.75;
const badSpell = 9;
const longestDelayMs = 2_500;

export class Voice {
  readonly #lines: Lines;
  readonly #habits: ReadonlyMap<number, Habits>;
  readonly #chance: Chance;
  readonly #lossInGood: number;
  readonly #turnsBad: number;
  readonly #isBad = new Set<number>();
  readonly #lastAt: Float64Array;
  readonly #busyUntil = new Map<number, number>();
  /** Until when a collector's receiver of traps is away. */
  readonly receiverAway = new Map<number, number>();

  constructor(parts: {
    lines: Lines;
    habits: ReadonlyMap<number, Habits>;
    chance: Chance;
    loss: number;
    things: number;
  }) {
    this.#lines = parts.lines;
    this.#habits = parts.habits;
    this.#chance = parts.chance;
    this.#lossInGood = parts.loss * 0.15;
    const bad = Math.min(0.9, (parts.loss - this.#lossInGood) / (lossInBad - this.#lossInGood));
    this.#turnsBad = bad / (1 - bad) / badSpell;
    this.#lastAt = new Float64Array(parts.things);
  }

  /** False when it was lost on the way; the device is able to speak, which the caller has looked at. */
  trap(at: number, said: Said): boolean {
    const habits = this.#habits.get(said.device)!;
    const isLost = this.#isLost(said.device);
    if (isLost || (this.receiverAway.get(habits.collector) ?? -1) >= at) return false;
    // A device that has much to say says it one after another.
    const sentAt = Math.max(at, this.#busyUntil.get(said.device) ?? 0);
    this.#busyUntil.set(said.device, sentAt + 1_000 / habits.perSecond);
    const delay = Math.min(longestDelayMs, this.#chance.exponential(350));
    const arrival = this.#inOrder(said.resource, sentAt + delay);
    this.#line(said, { at: arrival, deviceAt: sentAt + habits.clockMs, source: said.source ?? 'trap' });
    if (this.#chance.happens(0.012)) {
      const again = this.#inOrder(
        said.resource,
        arrival + (this.#chance.happens(0.5) ? 0 : this.#chance.whole(1, 3_000)),
      );
      this.#line(said, { at: again, deviceAt: sentAt + habits.clockMs, source: said.source ?? 'trap' });
    }
    return true;
  }

  /** Found by the poller itself: nothing is lost, the clock is the collector's. */
  found(at: number, said: Said): void {
    const arrival = this.#inOrder(said.resource, at + this.#chance.whole(0, 900));
    this.#line(said, { at: arrival, deviceAt: undefined, source: said.source ?? 'poll' });
  }

  /** Traps of one thing keep their order; those of different things overtake one another. */
  #inOrder(resource: number, at: number): number {
    const arrival = Math.max(at, this.#lastAt[resource]!);
    this.#lastAt[resource] = arrival;
    return arrival;
  }

  #line(
    said: Said,
    { at, deviceAt, source }: { at: number; deviceAt: number | undefined; source: Source },
  ): void {
    const { event, resource, by, below, cause, owner, isOptional } = said;
    const severity = event === 'raise' && cause !== undefined ? this.#severity(cause) : undefined;
    this.#lines.add({ at, deviceAt, event, resource, by, below, cause, severity, source, owner, isOptional });
  }

  #severity(cause: Cause): number | undefined {
    if (this.#chance.happens(0.03)) return undefined;
    return this.#chance.happens(0.06) ? this.#chance.whole(0, 4) : severityOf[cause];
  }

  #isLost(device: number): boolean {
    const isBad = this.#isBad.has(device);
    if (isBad && this.#chance.happens(1 / badSpell)) this.#isBad.delete(device);
    else if (!isBad && this.#chance.happens(this.#turnsBad)) this.#isBad.add(device);
    return this.#chance.happens(this.#isBad.has(device) ? lossInBad : this.#lossInGood);
  }
}
