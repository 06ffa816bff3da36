/** The devices that are polled, each with its session; a change of the configuration touches those alone that it changes. */
import { isDeepStrictEqual } from 'node:util';
import type { World } from '../../base/world.ts';
import type { Profiles } from '../../collect/collect.ts';
import { openDevicePoller } from '../../edge/snmp/device-poller.ts';
import type { Credentials } from '../../edge/snmp/poll.ts';
import type { Transport } from '../../edge/snmp/transport.ts';
import type { MeasuredDevice } from '../../flow/measuring.ts';
import { resourceId } from '../../model/ids.ts';
import type { DeviceConfig } from '../config/config.ts';
import type { Installation } from '../config/installation.ts';
import { saysSame } from '../config/same.ts';

interface Target {
  /** What it was made from. */
  readonly from: unknown;
  readonly measured: MeasuredDevice;
  close(): void;
}

export class Targets {
  readonly #world: World;
  readonly #transport: Transport;
  #profiles: Profiles = { byId: new Map() };
  #targets = new Map<string, Target>();

  constructor({ world, transport }: { readonly world: World; readonly transport: Transport }) {
    this.#world = world;
    this.#transport = transport;
  }

  get devices(): readonly MeasuredDevice[] {
    return [...this.#targets.values()].map(({ measured }) => measured);
  }

  /** Answers those to be polled: the same object as before where nothing about the device changed. */
  use({ config, profiles }: Installation): readonly MeasuredDevice[] {
    const before = isDeepStrictEqual(profiles, this.#profiles) ? this.#targets : new Map<string, Target>();
    const { timeoutMs, retries } = config.snmp;
    const old = this.#targets;
    this.#profiles = profiles;
    this.#targets = new Map(
      config.devices
        .filter(({ poll }) => poll)
        .map((device) => {
          const from = { device, timeoutMs, retries };
          const known = before.get(device.id);
          if (known !== undefined && saysSame(known.from, from)) return [device.id, known];
          return [device.id, this.#targetOf(device, { from, timeoutMs, retries })];
        }),
    );
    for (const [id, target] of old) if (this.#targets.get(id) !== target) target.close();
    return this.devices;
  }

  close(): void {
    for (const target of this.#targets.values()) target.close();
    this.#targets.clear();
  }

  #targetOf(
    device: DeviceConfig,
    given: { readonly from: unknown } & Pick<Installation['config']['snmp'], 'timeoutMs' | 'retries'>,
  ): Target {
    const { from, timeoutMs, retries } = given;
    const poller = openDevicePoller({
      world: this.#world,
      transport: this.#transport,
      profiles: this.#profiles,
      target: {
        host: device.address,
        port: device.port,
        credentials: credentialsOf(device),
        timeoutMs,
        retries,
      },
      profile: device.profile,
    });
    let isClosed = false;
    const measured: MeasuredDevice = {
      id: device.id,
      resource: resourceId(device.resource),
      async read() {
        const outcome = await poller.read();
        // A session that was being opened when the poller was closed.
        if (isClosed) poller.close();
        return outcome.kind === 'reading' ? outcome.reading : undefined;
      },
    };
    return {
      from,
      measured,
      close() {
        isClosed = true;
        poller.close();
      },
    };
  }
}

function credentialsOf(device: DeviceConfig): Credentials {
  if (device.v3 !== undefined) return { version: 'v3', v3: device.v3 };
  return { version: device.version === '1' ? 'v1' : 'v2c', community: device.community };
}
