/** The alarms of late on each device from which others may follow; bounded, and what had to go too early is counted. */
import { after, type DurationMs, type Instant } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Recent } from './cascade.ts';

interface Kept extends Recent {
  readonly until: Instant;
}

export interface RecentSnapshot {
  readonly devices: readonly (readonly [ResourceId, readonly Kept[]])[];
  readonly crowdedOut: number;
}

const mostOnDevice = 64;
const mostDevices = 20_000;

export class RecentAlarms {
  /** The device last heard of stands last. */
  readonly #devices = new Map<ResourceId, Kept[]>();
  #crowdedOut = 0;

  get crowdedOut(): number {
    return this.#crowdedOut;
  }

  on(device: ResourceId): readonly Recent[] {
    return this.#devices.get(device) ?? [];
  }

  add(device: ResourceId, recent: Recent, forMs: number): void {
    const { at } = recent;
    const kept = (this.#devices.get(device) ?? []).filter(({ until }) => until >= at);
    if (kept.length >= mostOnDevice) {
      kept.shift();
      this.#crowdedOut++;
    }
    kept.push({ ...recent, until: after(at, forMs as DurationMs) });
    this.#devices.delete(device);
    this.#devices.set(device, kept);
    if (this.#devices.size <= mostDevices) return;
    for (const [oldest, gone] of this.#devices) {
      if (gone.some(({ until }) => until >= at)) this.#crowdedOut++;
      this.#devices.delete(oldest);
      break;
    }
  }

  snapshot(): RecentSnapshot {
    const devices = [...this.#devices].map(([device, kept]) => [device, [...kept]] as const);
    return { devices, crowdedOut: this.#crowdedOut };
  }

  /** Takes what `snapshot` gave. */
  restore({ devices, crowdedOut }: RecentSnapshot): void {
    this.#devices.clear();
    for (const [device, kept] of devices) {
      this.#devices.set(
        device,
        kept.map((one) => ({ ...one, incident: one.incident })),
      );
    }
    this.#crowdedOut = crowdedOut;
  }
}
