/** What the monitoring centre can hear and what it has been told: conditions of things, silent devices, poll rounds. */
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Habits } from './habits.ts';
import type { Cause, Source } from './lines.ts';
import type { Plant } from './plant/plant.ts';
import type { Reach } from './reach.ts';
import type { Voice } from './voice.ts';

/** Share of clears that a device forgets for ever. */
export const forgottenClears = 0.03;

export interface Condition {
  readonly resource: number;
  readonly cause: Cause;
  readonly by?: number | undefined;
  /** Who tells of it. */
  readonly device: number;
  readonly source?: Source | undefined;
  readonly isOptional?: boolean | undefined;
}

interface Held {
  readonly condition: Condition;
  isOn: boolean;
  isTold: boolean;
  owner: number;
}

export interface WatchParts {
  readonly plant: Plant;
  readonly agenda: Agenda;
  readonly voice: Voice;
  readonly habits: ReadonlyMap<number, Habits>;
  readonly reach: Reach;
  readonly chance: Chance;
}

export class Watch {
  readonly #parts: WatchParts;
  /** By resource: 1 where the device lives and is joined to a root. */
  #reached: Uint8Array;
  readonly #silent = new Map<number, { owner: number; isTold: boolean }>();
  readonly #deafCollectors = new Set<number>();
  readonly #pollerAway = new Map<number, number>();
  readonly #polls = new Set<number>();
  readonly #overdue = new Set<number>();
  readonly #held = new Map<string, Held>();
  readonly #pending = new Map<number, Set<Held>>();
  /** Called for a device that answered its poll. */
  readonly #answered: ((device: number, at: number) => void)[] = [];

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#reached = parts.reach.reached();
  }

  onAnswer(run: (device: number, at: number) => void): void {
    this.#answered.push(run);
  }

  /** A word of this device would arrive if it is not lost. */
  canSpeak(device: number): boolean {
    return (
      this.#reached[device] === 1 && !this.#deafCollectors.has(this.#parts.plant.parents.collector[device]!)
    );
  }

  isReached(device: number): boolean {
    return this.#reached[device] === 1;
  }

  /** After a change of what lives: devices that fell silent by it, and those that came back. */
  reconsider(at: number, owner: number): { readonly lost: readonly number[] } {
    const now = this.#parts.reach.reached();
    const lost: number[] = [];
    for (const device of this.#parts.reach.devices) {
      if (now[device] === this.#reached[device]) continue;
      if (now[device] === 0) {
        lost.push(device);
        // Told and back again before the next poll: the old raise still stands.
        const isTold = this.#silent.get(device)?.isTold ?? false;
        this.#silent.set(device, { owner, isTold });
      }
      this.schedule(device, at);
    }
    this.#reached = now;
    return { lost };
  }

  /** The next poll round of the device has something to find. */
  schedule(device: number, after: number): void {
    if (this.#polls.has(device)) return;
    this.#polls.add(device);
    const { pollEveryMs, pollPhaseMs } = this.#parts.habits.get(device)!;
    const round = Math.floor((after - pollPhaseMs) / pollEveryMs) + 1;
    this.#parts.agenda.enter(pollPhaseMs + round * pollEveryMs, (at) => this.#poll(device, at));
  }

  #poll(device: number, at: number): void {
    this.#polls.delete(device);
    const { collector } = this.#parts.habits.get(device)!;
    const away = this.#pollerAway.get(collector) ?? -1;
    if (this.#deafCollectors.has(collector)) this.#overdue.add(device);
    else if (away > at) this.schedule(device, away);
    else if (this.#reached[device] === 0) this.#tellSilent(device, at);
    else {
      this.#tellBack(device, at);
      this.#catchUp(device, at);
      for (const run of this.#answered) run(device, at);
    }
  }

  #tellSilent(device: number, at: number): void {
    const silence = this.#silent.get(device);
    if (silence === undefined || silence.isTold) return;
    silence.isTold = true;
    const { voice, habits, chance } = this.#parts;
    const timedOut = at + chance.whole(4_000, 10_000);
    const { owner } = silence;
    voice.found(timedOut, { device, resource: device, event: 'raise', cause: 'UNREACHABLE', owner });
    if (habits.get(device)!.tellsUnknown && this.#parts.plant.isHead(device)) {
      voice.found(timedOut, { device, resource: device, event: 'unknown', below: true, owner });
    }
  }

  #tellBack(device: number, at: number): void {
    const silence = this.#silent.get(device);
    if (silence === undefined) return;
    this.#silent.delete(device);
    if (!silence.isTold) return;
    const { voice, habits } = this.#parts;
    const { owner } = silence;
    if (habits.get(device)!.endsByProof) voice.found(at, { device, resource: device, event: 'alive', owner });
    else voice.found(at, { device, resource: device, event: 'clear', cause: 'UNREACHABLE', owner });
  }

  /** A condition begins (with the fault or noise it belongs to) or ends. */
  set(
    condition: Condition,
    change: { readonly isOn: boolean; readonly owner: number; readonly at: number },
  ): void {
    const key = `${condition.resource} ${condition.cause} ${condition.by ?? ''}`;
    const held = this.#held.get(key) ?? { condition, isOn: false, isTold: false, owner: change.owner };
    if (held.isOn === change.isOn) return;
    held.isOn = change.isOn;
    if (change.isOn) {
      held.owner = change.owner;
      this.#held.set(key, held);
    } else this.#held.delete(key);
    this.#tell(held, change.at);
  }

  isOn(resource: number, cause: Cause, by?: number): boolean {
    return this.#held.get(`${resource} ${cause} ${by ?? ''}`)?.isOn ?? false;
  }

  #tell(held: Held, at: number): void {
    const { device } = held.condition;
    if (!held.isOn && this.#parts.chance.happens(forgottenClears)) {
      held.isTold = false;
      return;
    }
    if (this.canSpeak(device) && this.#parts.voice.trap(at, this.#said(held))) {
      held.isTold = held.isOn;
      return;
    }
    if (held.isOn === held.isTold) return;
    const pending = this.#pending.get(device) ?? new Set();
    this.#pending.set(device, pending.add(held));
    this.schedule(device, at);
  }

  #said(held: Held) {
    const { device, resource, cause, by, source, isOptional } = held.condition;
    const event = held.isOn ? ('raise' as const) : ('clear' as const);
    return { device, resource, cause, by, source, isOptional, event, owner: held.owner };
  }

  #catchUp(device: number, at: number): void {
    const pending = this.#pending.get(device);
    if (pending === undefined) return;
    this.#pending.delete(device);
    for (const held of pending) {
      if (held.isOn === held.isTold) continue;
      held.isTold = held.isOn;
      this.#parts.voice.found(at, { ...this.#said(held), source: 'poll' });
    }
  }

  loseCollector(collector: number): void {
    this.#deafCollectors.add(collector);
  }

  regainCollector(collector: number, at: number): void {
    this.#deafCollectors.delete(collector);
    for (const device of this.#overdue) {
      if (this.#parts.plant.parents.collector[device] !== collector) continue;
      this.#overdue.delete(device);
      this.schedule(device, at);
    }
  }

  /** No poll rounds of that collector before `until`. */
  stopPoller(collector: number, until: number): void {
    this.#pollerAway.set(collector, until);
  }
}
