/** The devices that are polled, each with its session; a change of the configuration touches those alone that it changes. */
import type { World } from '../../base/world.ts';
import type { Profiles } from '../../collect/collect.ts';
import { DevicePoller } from '../../edge/snmp/device-poller.ts';
import { type Learned, learnedFrom } from '../../edge/snmp/learned.ts';
import type { Credentials } from '../../edge/snmp/poll.ts';
import type { Transport } from '../../edge/snmp/transport.ts';
import type { PolledDevice } from '../../flow/polled-device.ts';
import { resourceId } from '../../model/ids.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { DeviceConfig } from '../config/config.ts';
import type { Installation } from '../config/installation.ts';
import { saysSame } from '../config/same.ts';

interface Target {
  /** What it was made from. */
  readonly from: unknown;
  readonly measured: PolledDevice;
  readonly pace: Learned;
  close(): void;
}

/** What decides who is asked and how. */
type TargetsPlan = Pick<Installation, 'config' | 'profiles' | 'profilesDigest'>;

/** Everything of a device was read. */
type OnReading = (device: DeviceConfig, reading: DeviceReading) => void;

export class Targets {
  readonly #world: World;
  readonly #transport: Transport;
  readonly #paces: Readonly<Record<string, unknown>>;
  readonly #onReading: OnReading;
  #profiles: Profiles = { byId: new Map() };
  #profilesDigest = '';
  #targets = new Map<string, Target>();

  /** `paces` by device, as `paces` of an earlier start answered. */
  constructor(options: {
    readonly world: World;
    readonly transport: Transport;
    readonly paces: Readonly<Record<string, unknown>>;
    readonly onReading: OnReading;
  }) {
    this.#world = options.world;
    this.#transport = options.transport;
    this.#paces = options.paces;
    this.#onReading = options.onReading;
  }

  /** How each device wants to be asked, as its answers taught: plain data. */
  paces(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#targets].map(([id, { pace }]) => [id, pace]));
  }

  /** Devices whose tables were let grow beyond the usual budget, and those whose tables have no end. */
  counters(): Readonly<Record<string, number>> {
    const paces = [...this.#targets.values()].map(({ pace }) => pace.growth);
    return {
      devicesWithLongTables: paces.filter((growth) => growth > 1).length,
      devicesWithoutEnd: paces.filter((growth) => growth === 0).length,
    };
  }

  get devices(): readonly PolledDevice[] {
    return [...this.#targets.values()].map(({ measured }) => measured);
  }

  /** Answers those to be polled: the same object as before where nothing about the device changed. */
  use({ config, profiles, profilesDigest }: TargetsPlan): readonly PolledDevice[] {
    const before = profilesDigest === this.#profilesDigest ? this.#targets : new Map<string, Target>();
    const { timeoutMs, retries, intervalMs } = config.snmp;
    const old = this.#targets;
    this.#profiles = profiles;
    this.#profilesDigest = profilesDigest;
    this.#targets = new Map(
      config.devices
        .filter(({ poll }) => poll)
        .map((device) => {
          const from = { device, timeoutMs, retries, intervalMs };
          const known = before.get(device.id);
          if (known !== undefined && saysSame(known.from, from)) return [device.id, known];
          return [device.id, this.#targetOf(device, { from, timeoutMs, retries, intervalMs })];
        }),
    );
    for (const [id, target] of old) if (this.#targets.get(id) !== target) target.close();
    return this.devices;
  }

  /** What is known of the device now; made when somebody looks. */
  async readingOf(device: string): Promise<DeviceReading | undefined> {
    return this.#targets.get(device)?.measured.reading();
  }

  close(): void {
    for (const target of this.#targets.values()) target.close();
    this.#targets.clear();
  }

  #targetOf(
    device: DeviceConfig,
    given: { readonly from: unknown } & Pick<
      Installation['config']['snmp'],
      'timeoutMs' | 'retries' | 'intervalMs'
    >,
  ): Target {
    const { from, timeoutMs, retries, intervalMs } = given;
    const poller = new DevicePoller({
      world: this.#world,
      transport: this.#transport,
      profiles: this.#profiles,
      target: {
        host: device.address,
        port: device.port,
        credentials: credentialsOf(device),
        timeoutMs,
        retries,
        learned: learnedFrom(Object.hasOwn(this.#paces, device.id) ? this.#paces[device.id] : undefined),
      },
      profile: device.profile,
      withinMs: intervalMs,
    });
    const measured: PolledDevice = {
      id: device.id,
      resource: resourceId(device.resource),
      readAll: async (costly) => {
        const answer = await poller.readAll(costly);
        if (answer.kind === 'reading') this.#onReading(device, answer.reading);
        return answer;
      },
      plan: () => poller.plan(),
      fill: (groups, done) => poller.fill(groups, done),
      probe: () => poller.probe(),
      changeMarks: () => poller.changeMarks(),
      named: () => poller.named(),
      reading: () => poller.reading(),
      profile: () => poller.profile(),
    };
    return { from, measured, pace: poller.pace, close: () => poller.close() };
  }
}

/** As whom a device is asked. */
export function credentialsOf(device: DeviceConfig): Credentials {
  if (device.v3 !== undefined) return { version: 'v3', v3: device.v3 };
  return { version: device.version === '1' ? 'v1' : 'v2c', community: device.community };
}
