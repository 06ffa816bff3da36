/**
 * Alarms that neither a tree nor the transport graph explains follow from each other: a fan fails, its device grows hot, a
 * neighbour loses its session. Each is weighed as a point of a self-exciting process (Hawkes 1971): it came by itself at
 * the rate at which it always does, or again because it is unsteady, or as the effect of a recent alarm on the same device
 * or next to it. The rates are counted as alarms come, every alarm with the probability of each reading.
 * Invariants: what comes again is cause of nothing new, so that a chattering alarm gathers no strangers around it; all
 * arithmetic is sums, products and quotients, so that a replay does not differ in a bit; state is bounded.
 */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IncidentId, ResourceId } from '../model/ids.ts';
import { Adjacency } from './adjacency.ts';
import type { Ancestry } from './ancestry.ts';
import { Delays, type DelaysSnapshot, longestDelayMs } from './delays.ts';
import { type Heard, HeardAlarms, type HeardSnapshot } from './heard.ts';
import type { Pending } from './joining.ts';

/** How an alarm came, and what speaks for it. */
export interface Origin {
  /** The alarm came again, or followed from alarms of this incident; undefined: by itself. */
  readonly of: IncidentId | undefined;
  readonly again: boolean;
  readonly probability: number;
  /** The likeliest single alarm it followed from, and after how long. */
  readonly after: { readonly alarm: AlarmId; readonly delayMs: number } | undefined;
  /** The incidents it might have belonged to instead, likeliest first. */
  readonly others: readonly { readonly incident: IncidentId; readonly probability: number }[];
}

interface Recent {
  readonly alarm: AlarmId;
  readonly at: Instant;
  readonly incident: IncidentId;
}

interface Shares {
  chances: number;
  effects: number;
}

export interface CascadesSnapshot {
  readonly recent: readonly (readonly [ResourceId, readonly Recent[]])[];
  readonly heard: HeardSnapshot;
  readonly shares: { readonly near: Shares; readonly own: Shares; readonly again: Shares };
  readonly delays: { readonly effects: DelaysSnapshot; readonly again: DelaysSnapshot };
  readonly crowdedOut: number;
}

/** Later than this nothing counts as an effect. */
const windowMs = 300_000;
const mostRecent = 64;
const mostDevices = 20_000;

/** Opinions before anything was seen, as counts: effects on one place per alarm, alarms that come again per alarm. */
const priorShares = {
  own: { chances: 40, effects: 8 },
  near: { chances: 40, effects: 4 },
  again: { chances: 10, effects: 1 },
} as const;
const priorDelays = {
  // Most effects show within half a minute.
  effects: [6, 3, 4, 5, 5, 4, 2, 0.75, 0.25],
  again: [0.4, 0.2, 0.2, 0.2, 0.1, 0.05, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01],
};
/** How many chances of its own outweigh what all alarms do. */
const ownChances = 6;
const mostShares = 50_000;

export class Cascades {
  #adjacency: Adjacency;
  readonly #heard = new HeardAlarms();
  readonly #recent = new Map<ResourceId, Recent[]>();
  #shares = {
    own: { ...priorShares.own },
    near: { ...priorShares.near },
    again: { ...priorShares.again },
  } as Record<'own' | 'near' | 'again', Shares>;
  readonly #effectDelays = new Delays(priorDelays.effects);
  readonly #againDelays = new Delays(priorDelays.again);
  #crowdedOut = 0;

  constructor(ancestry: Ancestry) {
    this.#adjacency = new Adjacency(ancestry);
  }

  /** From now on alarms are placed by this topology. */
  place(ancestry: Ancestry): void {
    this.#adjacency = new Adjacency(ancestry);
  }

  /** What had to make room for others since the start. */
  get crowdedOut(): number {
    return this.#crowdedOut + this.#heard.forgotten;
  }

  /** Weighs how the alarm came. `homeOf` answers the incident that would take it in, or undefined when that is over. */
  weigh(
    pending: Pending,
    homeOf: (incident: IncidentId) => IncidentId | undefined,
    own: IncidentId | undefined,
  ): Origin {
    const { alarm, cause, at } = pending;
    const device = this.#adjacency.deviceOf(pending.resource);
    const heard = this.#heard.hear(alarm, { cause, device, at });
    const rate = this.#heard.spontaneousRate(heard, at);
    const gapMs =
      heard.raises === 0 ? Number.POSITIVE_INFINITY : Math.max(0, at - (heard.endedAt ?? heard.raisedAt));
    const again = gapMs > longestDelayMs ? 0 : this.#againRate(heard, gapMs);
    const found = this.#effectsOn(device, pending, homeOf);
    const followed = found.reduce((sum, { rate: one }) => sum + one, 0);
    const total = rate + again + followed;
    this.#learn(heard, { at, gapMs, rate, again, followed, total, found });
    const homes = new Map<IncidentId, number>();
    for (const { incident, rate: one } of found) homes.set(incident, (homes.get(incident) ?? 0) + one);
    if (own !== undefined && again > 0) homes.set(own, (homes.get(own) ?? 0) + again);
    const ranked = [...homes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const [best, ...rest] = ranked;
    const others = (best !== undefined && best[1] > rate ? rest : ranked).slice(0, 4);
    const origin = {
      others: others.map(([incident, weight]) => ({ incident, probability: weight / total })),
    };
    if (best === undefined || best[1] <= rate)
      return { ...origin, of: undefined, again: false, after: undefined, probability: rate / total };
    const [of, weight] = best;
    const parent = found
      .filter(({ incident }) => incident === of)
      .reduce<(typeof found)[number] | undefined>(
        (most, one) => (most === undefined || one.rate > most.rate ? one : most),
        undefined,
      );
    const isAgain = of === own && again > (parent?.rate ?? 0);
    const after =
      parent === undefined || isAgain ? undefined : { alarm: parent.alarm, delayMs: at - parent.at };
    return { ...origin, of, again: isAgain, after, probability: weight / total };
  }

  /** The alarm stands in that incident now: what follows may follow from it, unless it only came again. */
  note(pending: Pending, incident: IncidentId, again: boolean): void {
    const { alarm, at, resource } = pending;
    const heard = this.#heard.get(alarm);
    if (heard === undefined) return;
    heard.raisedAt = at;
    heard.endedAt = undefined;
    heard.raises++;
    if (again) return;
    const device = this.#adjacency.deviceOf(resource);
    const places = this.#adjacency.around(device).length;
    heard.chances += places;
    this.#count('own', 1, 0);
    this.#count('near', places - 1, 0);
    const list = this.#recent.get(device) ?? [];
    // The device last heard of stands last.
    this.#recent.delete(device);
    this.#recent.set(device, list);
    while (list.length > 0 && (at - list[0]!.at > windowMs || list.length >= mostRecent)) {
      if (at - list[0]!.at <= windowMs) this.#crowdedOut++;
      list.shift();
    }
    list.push({ alarm, at, incident });
    if (this.#recent.size <= mostDevices) return;
    for (const [oldest, gone] of this.#recent) {
      if (at - gone.at(-1)!.at <= windowMs) this.#crowdedOut++;
      this.#recent.delete(oldest);
      break;
    }
  }

  end(alarm: AlarmId, at: Instant): void {
    const heard = this.#heard.get(alarm);
    if (heard !== undefined) heard.endedAt = at;
  }

  #againRate(heard: Heard, gapMs: number): number {
    const { chances, effects } = this.#shares.again;
    const typical = effects / chances;
    return ((typical * 3 + heard.again) / (3 + heard.raises)) * this.#againDelays.density(gapMs);
  }

  #effectsOn(
    device: ResourceId,
    pending: Pending,
    homeOf: (incident: IncidentId) => IncidentId | undefined,
  ): Effect[] {
    const found: Effect[] = [];
    const share = this.#heard.effectShare(pending.cause);
    for (const place of this.#adjacency.around(device)) {
      const near = place === device ? 'own' : 'near';
      for (const recent of this.#recent.get(place) ?? []) {
        const delayMs = pending.at - recent.at;
        if (recent.alarm === pending.alarm || delayMs < 0 || delayMs > windowMs) continue;
        const incident = homeOf(recent.incident);
        const parent = this.#heard.get(recent.alarm);
        if (incident === undefined || parent === undefined) continue;
        const { chances, effects } = this.#shares[near];
        const typical = effects / chances;
        const fertile = (typical * ownChances + parent.effects) / (ownChances + parent.chances);
        const rate = fertile * share * this.#effectDelays.density(delayMs);
        if (rate > 0) found.push({ alarm: recent.alarm, at: recent.at, incident, parent, near, rate });
      }
    }
    return found;
  }

  #learn(heard: Heard, seen: Seen): void {
    const { at, gapMs, rate, again, followed, total, found } = seen;
    this.#heard.count(heard, { at, spontaneous: rate / total, effect: followed / total });
    heard.again += again / total;
    if (gapMs <= longestDelayMs) this.#againDelays.add(gapMs, again / total);
    if (heard.raises > 0) this.#count('again', 1, again / total);
    for (const { parent, near, at: from, rate: one } of found) {
      parent.effects += one / total;
      this.#count(near, 0, one / total);
      this.#effectDelays.add(at - from, one / total);
    }
  }

  #count(which: 'own' | 'near' | 'again', chances: number, effects: number): void {
    const shares = this.#shares[which];
    shares.chances += chances;
    shares.effects += effects;
    if (shares.chances <= mostShares) return;
    shares.chances /= 2;
    shares.effects /= 2;
  }

  snapshot(): CascadesSnapshot {
    return {
      recent: [...this.#recent].map(([device, list]) => [device, [...list]] as const),
      heard: this.#heard.snapshot(),
      shares: structuredCopy(this.#shares),
      delays: { effects: this.#effectDelays.snapshot(), again: this.#againDelays.snapshot() },
      crowdedOut: this.#crowdedOut,
    };
  }

  /** Takes what `snapshot` gave. */
  restore({ recent, heard, shares, delays, crowdedOut }: CascadesSnapshot): void {
    this.#recent.clear();
    for (const [device, list] of recent) this.#recent.set(device, [...list]);
    this.#heard.restore(heard);
    this.#shares = structuredCopy(shares);
    this.#effectDelays.restore(delays.effects);
    this.#againDelays.restore(delays.again);
    this.#crowdedOut = crowdedOut;
  }
}

interface Effect {
  readonly alarm: AlarmId;
  readonly at: Instant;
  readonly incident: IncidentId;
  readonly parent: Heard;
  readonly near: 'own' | 'near';
  readonly rate: number;
}

interface Seen {
  readonly at: Instant;
  readonly gapMs: number;
  readonly rate: number;
  readonly again: number;
  readonly followed: number;
  readonly total: number;
  readonly found: readonly Effect[];
}

const structuredCopy = ({ own, near, again }: CascadesSnapshot['shares']) => ({
  own: { ...own },
  near: { ...near },
  again: { ...again },
});
