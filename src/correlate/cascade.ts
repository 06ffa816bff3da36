/**
 * Alarms that neither a tree nor the transport graph explains follow from each other: a fan fails, its device grows hot, a
 * neighbour loses its session. Each is weighed as a point of a self-exciting process (Hawkes 1971): it came by itself at
 * the rate at which it always does, or again because it is unsteady, or as the effect of a recent alarm on the same device
 * or next to it. The rates are counted as alarms come, every alarm with the probability of each reading; where rules name
 * a cause with its effect, what they say stands in place of what was counted.
 * Invariants: what comes again is cause of nothing new, so that a chattering alarm gathers no strangers around it; all
 * arithmetic is sums, products and quotients, so that a replay does not differ in a bit; state is bounded.
 */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IncidentId, ResourceId } from '../model/ids.ts';
import { Adjacency } from './adjacency.ts';
import type { Ancestry } from './ancestry.ts';
import { Delays, evenDensity, longestDelayMs } from './delays.ts';
import { Followings } from './followings.ts';
import { type Heard, HeardAlarms } from './heard.ts';
import type { Pending } from './joining.ts';
import { RecentAlarms } from './recent-alarms.ts';
import type { Following } from './rules.ts';

/** An alarm that another one may follow from. */
export interface Recent {
  readonly alarm: AlarmId;
  readonly cause: string;
  readonly at: Instant;
  /** Undefined for what trees and the transport graph explain: it is asked for when it matters. */
  readonly incident: IncidentId | undefined;
}

/** One reading of an alarm: that it followed from, or went before, this one. */
export interface Reading extends Recent {
  readonly near: boolean;
  /** The alarm is the cause of this one and was only told of later. */
  readonly isBefore: boolean;
  /** A second. */
  readonly rate: number;
}

/** How an alarm may have come, as rates a second: what is greater is likelier. */
export interface Readings {
  readonly heard: Heard;
  readonly gapMs: number;
  readonly spontaneous: number;
  readonly again: number;
  readonly effects: readonly Reading[];
  readonly total: number;
}

interface Shares {
  chances: number;
  effects: number;
}

type ShareNames = 'own' | 'near' | 'again';

export interface CascadesSnapshot {
  readonly recent: ReturnType<RecentAlarms['snapshot']>;
  readonly heard: ReturnType<HeardAlarms['snapshot']>;
  readonly shares: Readonly<Record<ShareNames, Shares>>;
  readonly delays: Readonly<Record<'effects' | 'again', ReturnType<Delays['snapshot']>>>;
}

/** Later than this nothing counts as an effect, unless a rule says so. */
const windowMs = 300_000;
/** A cause may be told of so long after its effect: notifications overtake each other. */
const overtakingMs = 5_000;
const overtakingShare = 0.2;

/** Opinions before anything was seen, as counts: effects on one place per alarm, alarms that come again per alarm. */
const priorShares: Readonly<Record<ShareNames, Shares>> = {
  own: { chances: 40, effects: 8 },
  near: { chances: 40, effects: 4 },
  again: { chances: 10, effects: 1 },
};
const priorDelays = {
  // Most effects show within half a minute.
  effects: [6, 3, 4, 5, 5, 4, 2, 0.75, 0.25],
  again: [0.4, 0.2, 0.2, 0.2, 0.1, 0.05, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01],
};
/** How many chances of its own outweigh what all alarms do. */
const ownChances = 6;
const ownRaises = 3;
const mostShares = 50_000;

export class Cascades {
  #adjacency: Adjacency;
  #followings: Followings;
  readonly #heard = new HeardAlarms();
  readonly #recent = new RecentAlarms();
  #shares = copied(priorShares);
  readonly #effectDelays = new Delays(priorDelays.effects);
  readonly #againDelays = new Delays(priorDelays.again);

  constructor(ancestry: Ancestry) {
    this.#adjacency = new Adjacency(ancestry);
    this.#followings = new Followings(ancestry.rules);
  }

  /** From now on alarms are placed by this topology and weighed by its rules. */
  place(ancestry: Ancestry): void {
    this.#adjacency = new Adjacency(ancestry);
    this.#followings = new Followings(ancestry.rules);
  }

  /** What had to make room for others since the start. */
  get crowdedOut(): number {
    return this.#recent.crowdedOut + this.#heard.forgotten;
  }

  /** A cause that something else explains was raised: what follows from it by a rule does so from now on. */
  witness({ alarm, cause, resource, at }: Pick<Pending, 'alarm' | 'cause' | 'resource' | 'at'>): void {
    const forMs = this.#followings.longestAfter(cause);
    if (forMs === 0) return;
    for (const device of this.#adjacency.devicesOf(resource))
      this.#recent.add(device, { alarm, cause, at, incident: undefined }, forMs);
  }

  /** All readings of an alarm. */
  weigh(pending: Pending): Readings {
    const { alarm, cause, at } = pending;
    const devices = this.#adjacency.devicesOf(pending.resource);
    const heard = this.#heard.hear(alarm, { cause, device: devices[0]!, at });
    const spontaneous = this.#heard.spontaneousRate(heard, at);
    const gapMs =
      heard.raises === 0 ? Number.POSITIVE_INFINITY : Math.max(0, at - (heard.endedAt ?? heard.raisedAt));
    const again = gapMs > longestDelayMs ? 0 : this.#againRate(heard, gapMs);
    const effects = [
      ...devices.flatMap((device) => this.#effectsOn(device, pending, false)),
      ...this.#around(devices).flatMap((device) => this.#effectsOn(device, pending, true)),
    ];
    const total = effects.reduce((sum, { rate }) => sum + rate, spontaneous + again);
    return { heard, gapMs, spontaneous, again, effects, total };
  }

  /** The alarm stands in that incident now: it counts, and what follows may follow from it unless it only came again. */
  note(
    pending: Pending,
    readings: Readings,
    how: { readonly incident: IncidentId; readonly again: boolean },
  ): void {
    this.#learn(readings, pending.at);
    const { alarm, cause, at, resource } = pending;
    const { heard } = readings;
    heard.raisedAt = at;
    heard.endedAt = undefined;
    heard.raises++;
    if (how.again) return;
    const devices = this.#adjacency.devicesOf(resource);
    const next = this.#around(devices).length;
    heard.chances += devices.length + next;
    this.#count('own', devices.length, 0);
    this.#count('near', next, 0);
    const forMs = Math.max(windowMs, this.#followings.longestAfter(cause));
    for (const device of devices)
      this.#recent.add(device, { alarm, cause, at, incident: how.incident }, forMs);
  }

  end(alarm: AlarmId, at: Instant): void {
    const heard = this.#heard.get(alarm);
    if (heard !== undefined) heard.endedAt = at;
  }

  #around(devices: readonly ResourceId[]): readonly ResourceId[] {
    const next =
      devices.length === 1
        ? this.#adjacency.next(devices[0]!)
        : devices.flatMap((one) => this.#adjacency.next(one));
    return devices.length === 1 ? next : [...new Set(next)].filter((device) => !devices.includes(device));
  }

  #againRate(heard: Heard, gapMs: number): number {
    const { chances, effects } = this.#shares.again;
    const share = ((effects / chances) * ownRaises + heard.again) / (ownRaises + heard.raises);
    return share * this.#againDelays.density(gapMs);
  }

  #effectsOn(device: ResourceId, pending: Pending, near: boolean): Reading[] {
    const found: Reading[] = [];
    for (const recent of this.#recent.on(device)) {
      if (recent.alarm === pending.alarm) continue;
      const delayMs = pending.at - recent.at;
      const rate = this.#effectRate({ recent, effect: pending.cause, near, delayMs });
      if (rate > 0) found.push({ ...recent, near, isBefore: false, rate });
      if (delayMs < 0 || delayMs > overtakingMs || recent.incident === undefined) continue;
      const rule = this.#followings.of({ cause: pending.cause, effect: recent.cause, near });
      const before = rule === undefined ? 0 : this.#ruledRate(rule, delayMs) * overtakingShare;
      if (before > 0) found.push({ ...recent, near, isBefore: true, rate: before });
    }
    return found;
  }

  #effectRate({ recent, effect, near, delayMs }: Pair): number {
    const { alarm, cause } = recent;
    const rule = this.#followings.of({ cause, effect, near });
    if (rule !== undefined) {
      if (delayMs >= 0) return this.#ruledRate(rule, delayMs);
      return -delayMs <= overtakingMs ? this.#ruledRate(rule, -delayMs) * overtakingShare : 0;
    }
    const parent = this.#heard.get(alarm);
    if (delayMs < 0 || delayMs > windowMs || recent.incident === undefined || parent === undefined) return 0;
    const { chances, effects } = this.#shares[near ? 'near' : 'own'];
    const fertile = ((effects / chances) * ownChances + parent.effects) / (ownChances + parent.chances);
    const share = this.#heard.effectShare(effect) * this.#followings.unsaid(cause, effect);
    return fertile * share * this.#effectDelays.density(delayMs);
  }

  /** Nobody writes down more than by when an effect shows: until then by what was seen, or as likely in each span. */
  #ruledRate({ withinMs, share }: Following, delayMs: number): number {
    if (delayMs > withinMs) return 0;
    const even = evenDensity(withinMs, delayMs);
    return share * (delayMs > windowMs ? even : (even + this.#effectDelays.density(delayMs)) / 2);
  }

  #learn({ heard, gapMs, spontaneous, again, effects, total }: Readings, at: Instant): void {
    const effect = (total - spontaneous - again) / total;
    this.#heard.count(heard, { at, spontaneous: spontaneous / total, effect });
    heard.again += again / total;
    if (gapMs <= longestDelayMs) this.#againDelays.add(gapMs, again / total);
    if (heard.raises > 0) this.#count('again', 1, again / total);
    for (const { alarm, near, at: from, rate, isBefore } of effects) {
      const parent = this.#heard.get(alarm);
      if (parent === undefined || isBefore || from > at) continue;
      parent.effects += rate / total;
      this.#count(near ? 'near' : 'own', 0, rate / total);
      this.#effectDelays.add(at - from, rate / total);
    }
  }

  #count(which: ShareNames, chances: number, effects: number): void {
    const shares = this.#shares[which];
    shares.chances += chances;
    shares.effects += effects;
    if (shares.chances <= mostShares) return;
    shares.chances /= 2;
    shares.effects /= 2;
  }

  snapshot(): CascadesSnapshot {
    return {
      recent: this.#recent.snapshot(),
      heard: this.#heard.snapshot(),
      shares: copied(this.#shares),
      delays: { effects: this.#effectDelays.snapshot(), again: this.#againDelays.snapshot() },
    };
  }

  /** Takes what `snapshot` gave. */
  restore({ recent, heard, shares, delays }: CascadesSnapshot): void {
    this.#recent.restore(recent);
    this.#heard.restore(heard);
    this.#shares = copied(shares);
    this.#effectDelays.restore(delays.effects);
    this.#againDelays.restore(delays.again);
  }
}

interface Pair {
  readonly recent: Recent;
  readonly effect: string;
  readonly near: boolean;
  readonly delayMs: number;
}

const copied = ({ own, near, again }: CascadesSnapshot['shares']): Record<ShareNames, Shares> => ({
  own: { ...own },
  near: { ...near },
  again: { ...again },
});
