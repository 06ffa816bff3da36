/**
 * Devices that are only listened to and speak at least so often: one that has not for that long may be dead, cut off, or
 * send to somebody else. What hangs on it is unknown then, not down.
 */
import { after, type DurationMs, type Instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import type { Observation } from '../model/observation.ts';
import type { WatchedDevice } from './trap-rules.ts';

export interface ExpectedDevice {
  readonly device: WatchedDevice;
  readonly everyMs: DurationMs;
}

/** Devices of whom nothing is heard. */
export type HeartbeatsSnapshot = readonly string[];

interface Expected extends ExpectedDevice {
  isSilent: boolean;
  /** Whether it was heard since the start: until then its alarm may stand from before. */
  isHeard: boolean;
}

export class Heartbeats {
  readonly #expected = new Map<string, Expected>();
  readonly #timers = new Timers();
  /** Silent before the start, and not named by a configuration yet. */
  #wereSilent: ReadonlySet<string> = new Set();

  get wakeAt(): Instant | undefined {
    return this.#timers.next;
  }

  /** From now on these are expected; answers the ends of what was said of others. Who is expected already keeps its time. */
  expect(devices: readonly ExpectedDevice[], at: Instant): Observation[] {
    const wanted = new Map(devices.map((one) => [one.device.id, one]));
    const ended: Observation[] = [];
    for (const [id, known] of this.#expected) {
      const one = wanted.get(id);
      if (one?.everyMs === known.everyMs && one.device.resource === known.device.resource) continue;
      if (known.isSilent) ended.push(lost(known, 'clear'));
      this.#expected.delete(id);
      this.#timers.clear(id);
    }
    for (const [id, one] of wanted) {
      if (this.#expected.has(id)) continue;
      const isSilent = this.#wereSilent.has(id);
      this.#expected.set(id, { ...one, isSilent, isHeard: false });
      if (!isSilent) this.#timers.set(id, after(at, one.everyMs));
    }
    return ended;
  }

  /** It said something, whatever it was. */
  heard(device: WatchedDevice | undefined, at: Instant): Observation[] {
    const known = device === undefined ? undefined : this.#expected.get(device.id);
    if (known === undefined) return [];
    this.#timers.set(known.device.id, after(at, known.everyMs));
    const { isSilent, isHeard } = known;
    known.isSilent = false;
    known.isHeard = true;
    if (!isSilent && isHeard) return [];
    const { id, resource } = known.device;
    const cleared = lost(known, 'clear');
    return isSilent ? [cleared, { event: 'alive', resource, source: 'poll', device: id }] : [cleared];
  }

  wake(at: Instant): Observation[] {
    return this.#timers.due(at).flatMap((id) => {
      const known = this.#expected.get(id);
      if (known === undefined) return [];
      known.isSilent = true;
      const { resource } = known.device;
      return [lost(known, 'raise'), { event: 'unknown', resource, source: 'collector', below: true }];
    });
  }

  /** Those that are silent, and what is raised of them. */
  active(): { readonly unseen: Observation['resource'][]; readonly active: Observation[] } {
    const silent = [...this.#expected.values()].filter(({ isSilent }) => isSilent);
    return {
      unseen: silent.map(({ device }) => device.resource),
      active: silent.map((known) => lost(known, 'raise')),
    };
  }

  snapshot(): HeartbeatsSnapshot {
    return [...this.#expected.values()].filter(({ isSilent }) => isSilent).map(({ device }) => device.id);
  }

  /** Takes what `snapshot` gave, before anybody is expected; all others have their whole time anew. */
  restore(silent: HeartbeatsSnapshot): void {
    this.#wereSilent = new Set(silent);
  }
}

/** By the source that ends for all: whoever was heard is there. */
function lost({ device: { id, resource }, everyMs }: ExpectedDevice, event: 'raise' | 'clear'): Observation {
  const common = { event, resource, cause: 'HEARTBEAT_LOST', source: 'poll', device: id } as const;
  if (event === 'clear') return common;
  return { ...common, severity: 'major', attributes: { silentForMs: String(everyMs) } };
}
