/** How well the polling itself does: how late devices are asked, how many answer, and whether this collector is blind. */
import { type ResourceId, resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';

/** Share of the devices that answered before, fallen silent at once, that is taken for the collector's own trouble. */
const blindShare = 2 / 3;
const sightedShare = 1 / 3;
/** Of fewer devices nobody can tell the collector's trouble from theirs. */
const leastDevices = 10;
/** Upper bounds of lateness in ms. */
const lateBounds = [20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 60_000, 600_000] as const;
const worstListed = 10;
/** A device counts as read in time when its turn began within this. */
const inTimeMs = 1_000;

interface DeviceHealth {
  /** Rounds in a row without an answer. */
  silent: number;
  /** How long after its moment it was asked last. */
  lateMs: number;
  /** What it said instead of an answer, until it answers. */
  refusal: string | undefined;
  /** It has answered since the start or since it was last given up. */
  hasAnswered: boolean;
  isInTime: boolean;
}

export class PollingHealth {
  readonly resource: ResourceId;
  readonly #devices = new Map<string, DeviceHealth>();
  readonly #late = new Float64Array(lateBounds.length + 1);
  readonly #refusals = new Map<string, number>();
  /** Raises that wait until it is known whether it is the collector that is blind. */
  readonly #held = new Map<string, Observation[]>();
  /** Devices that answered and do not any more. */
  #fallen = 0;
  #answering = 0;
  #isBlind = false;

  readonly #blindness: Observation;

  constructor(collector: string) {
    this.resource = resourceId(collector);
    this.#blindness = {
      ...{ event: 'raise', resource: this.resource, source: 'collector' },
      ...{ cause: 'UNREACHABLE', severity: 'critical' },
    };
  }

  get isBlind(): boolean {
    return this.#isBlind;
  }

  add(device: string): void {
    const fresh = { silent: 0, lateMs: 0, refusal: undefined, hasAnswered: false, isInTime: false };
    this.#devices.set(device, fresh);
  }

  remove(device: string): void {
    const health = this.#devices.get(device);
    if (health?.hasAnswered === true) {
      if (health.silent > 0) this.#fallen--;
      else this.#answering--;
    }
    this.#devices.delete(device);
    this.#held.delete(device);
  }

  asked(device: string, lateMs: number): void {
    const health = this.#devices.get(device);
    if (health === undefined) return;
    health.lateMs = lateMs;
    health.isInTime = lateMs < inTimeMs;
    const found = lateBounds.findIndex((bound) => lateMs <= bound);
    const slot = found < 0 ? lateBounds.length : found;
    this.#late[slot] = this.#late[slot]! + 1;
  }

  /** A turn that could not begin because the last one had not ended. */
  skipped(device: string): void {
    const health = this.#devices.get(device);
    if (health !== undefined) health.isInTime = false;
  }

  refused(device: string, reason: string): void {
    const health = this.#devices.get(device);
    if (health !== undefined) health.refusal = reason;
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** Answers what may be told now of what this answer means. */
  answered(device: string, found: Observation[]): Observation[] {
    const health = this.#devices.get(device);
    if (health === undefined) return found;
    if (!health.hasAnswered) this.#answering++;
    else if (health.silent > 0) {
      this.#fallen--;
      this.#answering++;
    }
    health.hasAnswered = true;
    health.silent = 0;
    health.refusal = undefined;
    // What was never told need not be taken back.
    const wasHeld = this.#held.delete(device);
    const told = wasHeld
      ? found.filter(({ event, cause }) => event !== 'clear' || cause === undefined)
      : found;
    return [...told, ...this.#look()];
  }

  /** The same for silence; one observation for the collector stands for those of all its devices. */
  silent(device: string, found: Observation[]): Observation[] {
    const health = this.#devices.get(device);
    if (health === undefined) return found;
    if (health.hasAnswered && health.silent === 0) {
      this.#fallen++;
      this.#answering--;
    }
    health.silent++;
    const changes = this.#look();
    if (this.#isBlind && health.hasAnswered) {
      if (found.length > 0) this.#held.set(device, [...(this.#held.get(device) ?? []), ...found]);
      return changes;
    }
    // The collector sees again, and this device is still not there.
    const held = this.#held.get(device) ?? [];
    this.#held.delete(device);
    return [...held, ...found, ...changes];
  }

  /** Of one device; undefined for one that is not polled. */
  of(device: string): Omit<DeviceHealth, 'isInTime'> | undefined {
    const health = this.#devices.get(device);
    if (health === undefined) return undefined;
    const { silent, lateMs, refusal, hasAnswered } = health;
    return { silent, lateMs, refusal, hasAnswered };
  }

  counters(): Readonly<Record<string, number>> {
    let silent = 0;
    let inTime = 0;
    for (const health of this.#devices.values()) {
      if (health.silent > 0) silent++;
      else if (health.isInTime) inTime++;
    }
    const refusals = [...this.#refusals].map(([reason, count]) => [`pollsRefused_${reason}`, count] as const);
    return {
      devicesPolled: this.#devices.size,
      devicesNotAnswering: silent,
      devicesReadInTime: inTime,
      pollCoverage: this.#devices.size === 0 ? 1 : inTime / this.#devices.size,
      pollLatenessP50Ms: this.#quantile(0.5),
      pollLatenessP99Ms: this.#quantile(0.99),
      pollLatenessWorstMs: this.worst()[0]?.lateMs ?? 0,
      collectorBlind: this.#isBlind ? 1 : 0,
      ...Object.fromEntries(refusals),
    };
  }

  /** The devices that were asked latest, worst first. */
  worst(): readonly { readonly device: string; readonly lateMs: number }[] {
    return [...this.#devices]
      .map(([device, { lateMs }]) => ({ device, lateMs }))
      .sort((a, b) => b.lateMs - a.lateMs || (a.device < b.device ? -1 : 1))
      .slice(0, worstListed);
  }

  /** What is raised of the collector itself. */
  active(): readonly Observation[] {
    return this.#isBlind ? [this.#blindness] : [];
  }

  #look(): Observation[] {
    const known = this.#fallen + this.#answering;
    if (!this.#isBlind && known >= leastDevices && this.#fallen >= known * blindShare) {
      this.#isBlind = true;
      const unknown = {
        event: 'unknown',
        resource: this.resource,
        source: 'collector',
        below: true,
      } as const;
      return [this.#blindness, unknown];
    }
    if (!this.#isBlind || this.#fallen > known * sightedShare) return [];
    this.#isBlind = false;
    return [{ event: 'clear', resource: this.resource, source: 'collector', cause: 'UNREACHABLE' }];
  }

  #quantile(share: number): number {
    const all = this.#late.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (const [slot, count] of this.#late.entries()) {
      seen += count;
      if (all > 0 && seen >= share * all) return lateBounds[slot] ?? lateBounds.at(-1)!;
    }
    return 0;
  }
}
