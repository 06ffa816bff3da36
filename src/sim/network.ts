/** What works and what does not in the demo city: faults go in, notifications of devices come out, agents read it. */
import { milliseconds } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { World } from '../base/world.ts';
import type { CityLine, CityModem } from './cable-plan.ts';
import type { City, CityDevice, CityOnt, CityPort } from './city.ts';

/** A notification a simulated device sends; see traps.ts for its form on the wire. */
export type DeviceTrap =
  | { readonly kind: 'linkDown' | 'linkUp'; readonly device: string; readonly port: CityPort }
  | { readonly kind: 'ontLost' | 'ontBack' | 'ontDyingGasp'; readonly device: string; readonly ont: CityOnt };

export interface NetworkOptions {
  readonly city: City;
  readonly world: World;
  readonly random: Random;
  readonly send: (trap: DeviceTrap) => void;
}

/** Traps of one event are spread over this time, as real OLTs do. */
const spreadMs = 2_500;

export class Network {
  readonly #options: NetworkOptions;
  readonly #devices: ReadonlyMap<string, CityDevice>;
  /** By PON port: agents ask for the state of every port in every poll. */
  readonly #ontsOf = new Map<string, CityOnt[]>();
  readonly #portOf = new Map<string, { device: string; port: CityPort }[]>();
  /** Feeders, buildings, drops and links that are broken now. */
  readonly #cutFeeders = new Set<string>();
  readonly #darkBuildings = new Set<string>();
  readonly #brokenDrops = new Set<string>();
  /** ONTs that have told that they are gone, so that each tells it once. */
  readonly #gone = new Set<string>();
  readonly #lastChange = new Map<string, number>();
  /** What hangs on a line of some kind, for whoever asks whether a home is served. */
  readonly #leaves = new Map<string, () => boolean>();
  /** Amplifiers, copper cables and devices that are broken or dark now, by id; the scenarios change them. */
  readonly broken = {
    amplifiers: new Set<string>(),
    cables: new Set<string>(),
    devices: new Set<string>(),
  };
  /** What a power supply runs on where it is not the mains. */
  readonly supplies = new Map<string, 'battery' | 'batteryLow'>();
  /** Resolvers that answer wrongly or late now, by id. */
  readonly resolvers = { poisoned: new Set<string>(), slow: new Set<string>() };

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#devices = new Map(options.city.devices.map((device) => [device.id, device]));
    for (const ont of options.city.onts) {
      const same = this.#ontsOf.get(ont.port);
      if (same === undefined) this.#ontsOf.set(ont.port, [ont]);
      else same.push(ont);
    }
    const { onts, modems, lines } = options.city;
    for (const ont of onts) this.#leaves.set(ont.id, () => this.isOntLit(ont));
    for (const modem of modems) this.#leaves.set(modem.id, () => this.isModemUp(modem));
    for (const line of lines) this.#leaves.set(line.id, () => this.isLineUp(line));
    for (const device of options.city.devices) {
      for (const port of device.ports) {
        const ends = this.#portOf.get(port.resource) ?? [];
        ends.push({ device: device.id, port });
        this.#portOf.set(port.resource, ends);
      }
    }
  }

  device(id: string): CityDevice | undefined {
    return this.#devices.get(id);
  }

  isPortUp(port: CityPort): boolean {
    const onts = this.#ontsOf.get(port.resource);
    return onts === undefined || !onts.every((ont) => this.#cutFeeders.has(ont.feeder));
  }

  isOntLit(ont: CityOnt): boolean {
    if (this.#cutFeeders.has(ont.feeder) || this.#brokenDrops.has(ont.id)) return false;
    return !this.#darkBuildings.has(ont.building) || ont.isBuffered;
  }

  isModemUp({ cmts, amplifiers, building }: CityModem): boolean {
    const isFed = amplifiers.every((amplifier) => !this.broken.amplifiers.has(amplifier));
    return isFed && !this.broken.devices.has(cmts) && !this.#darkBuildings.has(building);
  }

  isLineUp({ dslam, cable, building }: CityLine): boolean {
    const isWhole = !this.broken.cables.has(cable) && !this.broken.devices.has(dslam);
    return isWhole && !this.#darkBuildings.has(building);
  }

  /** Has this ONT, modem or DSL line its signal? */
  isServed(leaf: string): boolean {
    return this.#leaves.get(leaf)?.() ?? true;
  }

  /** Monotonic ms of the last change of a port's state; 0 when there was none. */
  lastChangeMs(resource: string): number {
    return this.#lastChange.get(resource) ?? 0;
  }

  cutFeeder(feeder: string): void {
    this.#cutFeeders.add(feeder);
    this.#ports(feeder, 'linkDown');
    this.#tellOnts((ont) => ont.feeder === feeder, 'ontLost');
  }

  /** The splice is done; the drops named stay broken behind it. */
  spliceFeeder(feeder: string, stillBroken: readonly string[]): void {
    for (const drop of stillBroken) this.#brokenDrops.add(drop);
    this.#cutFeeders.delete(feeder);
    this.#ports(feeder, 'linkUp');
    this.#tellOnts((ont) => ont.feeder === feeder, 'ontBack');
  }

  repairDrop(ont: string): void {
    this.#brokenDrops.delete(ont);
    this.#tellOnts((other) => other.id === ont, 'ontBack');
  }

  darken(building: string): void {
    this.#darkBuildings.add(building);
    this.#tellOnts((ont) => ont.building === building, 'ontDyingGasp');
  }

  lighten(building: string): void {
    this.#darkBuildings.delete(building);
    this.#tellOnts((ont) => ont.building === building, 'ontBack');
  }

  breakDrop(ont: string): void {
    this.#brokenDrops.add(ont);
    this.#tellOnts((other) => other.id === ont, 'ontLost');
  }

  #ports(feeder: string, kind: 'linkDown' | 'linkUp'): void {
    const ports = new Set(
      this.#options.city.onts.filter((ont) => ont.feeder === feeder).map((ont) => ont.port),
    );
    for (const resource of ports) {
      this.#lastChange.set(resource, this.#options.world.monotonicMs());
      for (const { device, port } of this.#portOf.get(resource) ?? []) {
        this.#later(400, () => this.#options.send({ kind, device, port }));
      }
    }
  }

  /** Each ONT whose state really changed tells so, within the spread. */
  #tellOnts(concerns: (ont: CityOnt) => boolean, kind: 'ontLost' | 'ontBack' | 'ontDyingGasp'): void {
    for (const ont of this.#options.city.onts) {
      if (!concerns(ont)) continue;
      const isLit = this.isOntLit(ont);
      const wasGone = this.#gone.has(ont.id);
      if (isLit !== wasGone) continue;
      if (isLit) this.#gone.delete(ont.id);
      else this.#gone.add(ont.id);
      this.#lastChange.set(ont.id, this.#options.world.monotonicMs());
      this.#later(spreadMs, () => this.#options.send({ kind, device: ont.olt, ont }));
    }
  }

  #later(withinMs: number, run: () => void): void {
    this.#options.world.after(milliseconds(1 + this.#options.random.below(withinMs)), run);
  }
}
