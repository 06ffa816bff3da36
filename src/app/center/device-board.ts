/** What is known of each device now: its last reading and whether it answers. Kept in memory, one entry a device. */
import type { Instant } from '../../base/instant.ts';
import type { DeviceView } from '../../edge/http/ports.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { DeviceConfig } from '../config/config.ts';
import { formatHostPort } from '../config/values.ts';

export class DeviceBoard {
  #devices = new Map<string, DeviceEntry>();

  constructor(devices: readonly DeviceConfig[]) {
    this.use(devices);
  }

  /** From now on these; what is known of one that is asked as before stays. */
  use(devices: readonly DeviceConfig[]): void {
    const before = this.#devices;
    this.#devices = new Map(
      devices.map(({ id, address, port, poll }) => {
        const at = formatHostPort({ host: address, port });
        const known = before.get(id);
        if (poll && known?.view.address === at && known.view.state !== 'notPolled') return [id, known];
        const view: DeviceView = { id, address: at, state: poll ? 'unknown' : 'notPolled' };
        return [id, { view, reading: undefined }];
      }),
    );
  }

  answered(id: string, reading: DeviceReading, at: Instant): void {
    this.#change(id, { state: 'answers', profile: reading.profile, lastAnswerAt: at }, reading);
  }

  silent(id: string): void {
    this.#change(id, { state: 'silent' }, undefined);
  }

  get(id: string): (DeviceView & { readonly reading?: DeviceReading | undefined }) | undefined {
    const entry = this.#devices.get(id);
    return entry === undefined ? undefined : { ...entry.view, reading: entry.reading };
  }

  list(): readonly DeviceView[] {
    return [...this.#devices.values()].map(({ view }) => view);
  }

  counts(): { readonly devices: number; readonly devicesSilent: number } {
    let devicesSilent = 0;
    for (const { view } of this.#devices.values()) if (view.state === 'silent') devicesSilent++;
    return { devices: this.#devices.size, devicesSilent };
  }

  #change(id: string, change: Partial<DeviceView>, reading: DeviceReading | undefined): void {
    const entry = this.#devices.get(id);
    if (entry === undefined) return;
    this.#devices.set(id, { view: { ...entry.view, ...change }, reading: reading ?? entry.reading });
  }
}

interface DeviceEntry {
  readonly view: DeviceView;
  readonly reading: DeviceReading | undefined;
}
