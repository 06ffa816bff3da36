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

interface Sent extends Said {
  readonly deviceAt: number | undefined;
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
  trap(at: number, told: Said): boolean {
    const habits = this.#habits.get(told.device)!;
    const isLost = this.#isLost(told.device);
    if (isLost || (this.receiverAway.get(habits.collector) ?? -1) >= at) return false;
    // A device that has much to say says it one after another.
    const sentAt = Math.max(at, this.#busyUntil.get(told.device) ?? 0);
    this.#busyUntil.set(told.device, sentAt + 1_000 / habits.perSecond);
    // What a collector or a subscriber says bears no clock of the device.
    const deviceAt = told.source === undefined ? sentAt + habits.clockMs : undefined;
    const said = { ...told, deviceAt };
    const first = habits.tellsBy === 'syslog' ? 'syslog' : 'trap';
    const arrival = this.#arrive(said, { at: sentAt, source: told.source ?? first });
    if (habits.tellsBy === 'both' && told.source === undefined)
      this.#arrive(said, { at: sentAt, source: 'syslog' });
    if (this.#chance.happens(0.012)) {
      const later = this.#chance.happens(0.5) ? 0 : this.#chance.whole(1, 3_000);
      this.#line(said, { at: this.#inOrder(said.resource, arrival + later), source: told.source ?? first });
    }
    return true;
  }

  /** Found by the poller itself: nothing is lost, the clock is the collector's. */
  found(at: number, said: Said): void {
    const arrival = this.#inOrder(said.resource, at + this.#chance.whole(0, 900));
    this.#line({ ...said, deviceAt: undefined }, { at: arrival, source: said.source ?? 'poll' });
  }

  #arrive(said: Sent, { at, source }: { readonly at: number; readonly source: Source }): number {
    const delay = Math.min(longestDelayMs, this.#chance.exponential(350));
    const arrival = this.#inOrder(said.resource, at + delay);
    this.#line(said, { at: arrival, source });
    return arrival;
  }

  /** Traps of one thing keep their order; those of different things overtake one another. */
  #inOrder(resource: number, at: number): number {
    const arrival = Math.max(at, this.#lastAt[resource]!);
    this.#lastAt[resource] = arrival;
    return arrival;
  }

  #line(said: Sent, { at, source }: { readonly at: number; readonly source: Source }): void {
    const { event, resource, by, below, cause, owner, isOptional, deviceAt } = said;
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
