/** What was heard of every alarm so far: how often it comes by itself, how often it comes again, how often others follow. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId } from '../model/ids.ts';

export interface Heard {
  readonly cause: string;
  /** When it was last raised, and when that ended. */
  raisedAt: Instant;
  endedAt: Instant | undefined;
  /** Raises that nothing explained, as a sum of probabilities, since the instant. */
  spontaneous: number;
  since: Instant;
  /** Raises after which it could have come again, and how many of them it did. */
  raises: number;
  again: number;
  /** Places where something could have followed it, and how often it did. */
  chances: number;
  effects: number;
}

/** Of all alarms of one cause. */
interface Commonness {
  spontaneous: number;
  /** As effects of others. */
  effects: number;
}

export interface HeardSnapshot {
  readonly alarms: readonly (readonly [AlarmId, Heard])[];
  readonly causes: readonly (readonly [string, Commonness])[];
  readonly devices: readonly string[];
  readonly since?: Instant | undefined;
  readonly effects: number;
  readonly forgotten: number;
}

const mostHeard = { alarms: 50_000, causes: 5_000, devices: 50_000 } as const;

/** Before anything is known: an alarm of its own once in so long on each device. */
const priorSeconds = 3 * 86_400;
/** So many alarms' worth is that opinion. */
const priorWeight = 5;
/** Old counts weigh half as much after so long. */
const rememberSeconds = 86_400;

export class HeardAlarms {
  readonly #alarms = new Map<AlarmId, Heard>();
  readonly #causes = new Map<string, Commonness>();
  readonly #devices = new Set<string>();
  #since: Instant | undefined;
  #effects = 0;
  #forgotten = 0;

  /** Alarms that had to make room for others. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get(alarm: AlarmId): Heard | undefined {
    return this.#alarms.get(alarm);
  }

  /** The alarm is raised: what is known of it, begun where nothing is. The one not heard of for longest makes room. */
  hear(
    alarm: AlarmId,
    said: { readonly cause: string; readonly device: string; readonly at: Instant },
  ): Heard {
    const { cause, device, at } = said;
    this.#since ??= at;
    if (this.#devices.size < mostHeard.devices) this.#devices.add(device);
    const known = this.#alarms.get(alarm);
    const heard: Heard = known ?? {
      ...{ cause, raisedAt: at, endedAt: undefined, spontaneous: 0, since: at },
      ...{ raises: 0, again: 0, chances: 0, effects: 0 },
    };
    this.#alarms.delete(alarm);
    this.#alarms.set(alarm, heard);
    if (this.#alarms.size > mostHeard.alarms) {
      this.#forgotten++;
      for (const oldest of this.#alarms.keys()) {
        this.#alarms.delete(oldest);
        break;
      }
    }
    return heard;
  }

  /** How often it comes by itself, per second. */
  spontaneousRate(heard: Heard, at: Instant): number {
    const common = this.#causes.get(heard.cause)?.spontaneous ?? 0;
    const watched = (this.#devices.size * Math.max(0, at - (this.#since ?? at))) / 1_000;
    const typical = (common + priorWeight) / (watched + priorWeight * priorSeconds);
    return (heard.spontaneous + 1) / ((at - heard.since) / 1_000 + 1 / typical);
  }

  /** Of what follows others, the share that this cause has. */
  effectShare(cause: string): number {
    return (
      ((this.#causes.get(cause)?.effects ?? 0) + 1) / (this.#effects + Math.max(fewCauses, this.#causes.size))
    );
  }

  /** It came by itself with this probability, and as the effect of another one with that. */
  count(
    heard: Heard,
    how: { readonly at: Instant; readonly spontaneous: number; readonly effect: number },
  ): void {
    const { at, spontaneous, effect } = how;
    heard.spontaneous += spontaneous;
    while (at - heard.since > rememberSeconds * 2_000) {
      heard.spontaneous /= 2;
      heard.since = (at - Math.floor((at - heard.since) / 2)) as Instant;
    }
    let common = this.#causes.get(heard.cause);
    if (common === undefined && this.#causes.size < mostHeard.causes) {
      common = { spontaneous: 0, effects: 0 };
      this.#causes.set(heard.cause, common);
    }
    if (common === undefined) return;
    common.spontaneous += spontaneous;
    common.effects += effect;
    this.#effects += effect;
  }

  snapshot(): HeardSnapshot {
    return {
      alarms: [...this.#alarms].map(([alarm, heard]) => [alarm, { ...heard }] as const),
      causes: [...this.#causes].map(([cause, common]) => [cause, { ...common }] as const),
      devices: [...this.#devices],
      since: this.#since,
      effects: this.#effects,
      forgotten: this.#forgotten,
    };
  }

  restore({ alarms, causes, devices, since, effects, forgotten }: HeardSnapshot): void {
    this.#alarms.clear();
    this.#causes.clear();
    this.#devices.clear();
    for (const [alarm, heard] of alarms) this.#alarms.set(alarm, { ...heard, endedAt: heard.endedAt });
    for (const [cause, common] of causes) this.#causes.set(cause, { ...common });
    for (const device of devices) this.#devices.add(device);
    this.#since = since;
    this.#effects = effects;
    this.#forgotten = forgotten;
  }
}

/** Even a network that has said little has so many causes. */
const fewCauses = 20;
