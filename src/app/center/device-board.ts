/** What is known of each device now: whether it answers, and what it last said. Kept in memory, one entry a device. */
import type { Instant } from '../../base/instant.ts';
import type { DeviceView } from '../../edge/http/ports.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { DeviceConfig } from '../config/config.ts';
import { formatHostPort } from '../config/values.ts';

export class DeviceBoard {
  #devices = new Map<string, DeviceView>();
  #readingOf: (id: string) => DeviceReading | undefined = () => undefined;

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
        if (poll && known?.address === at && known.state !== 'notPolled') return [id, known];
        return [id, { id, address: at, state: poll ? 'unknown' : 'notPolled' }];
      }),
    );
  }

  /** Who knows what a device said: asked when somebody looks at it. */
  readFrom(readingOf: (id: string) => DeviceReading | undefined): void {
    this.#readingOf = readingOf;
  }

  answered(id: string, profile: string | undefined, at: Instant): void {
    this.#change(id, { state: 'answers', profile, lastAnswerAt: at });
  }

  silent(id: string): void {
    this.#change(id, { state: 'silent' });
  }

  get(id: string): (DeviceView & { readonly reading?: DeviceReading | undefined }) | undefined {
    const view = this.#devices.get(id);
    return view === undefined ? undefined : { ...view, reading: this.#readingOf(id) };
  }

  list(): readonly DeviceView[] {
    return [...this.#devices.values()];
  }

  counts(): { readonly devices: number; readonly devicesSilent: number } {
    let devicesSilent = 0;
    for (const { state } of this.#devices.values()) if (state === 'silent') devicesSilent++;
    return { devices: this.#devices.size, devicesSilent };
  }

  #change(id: string, change: Partial<DeviceView>): void {
    const view = this.#devices.get(id);
    if (view !== undefined) this.#devices.set(id, { ...view, ...change });
  }
}
