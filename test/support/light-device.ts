/** Devices without a network, light enough for tens of thousands: ports whose octets run, straight into their cells. */
import type { World } from '../../src/base/world.ts';
import {
  type CellGroup,
  type FillOutcome,
  type Profile,
  planOf,
  TableCells,
  valueTag,
} from '../../src/collect/collect.ts';
import type { DeviceNames, FullAnswer, PolledDevice, PolledPlan } from '../../src/flow/polled-device.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { DeviceReading } from '../../src/model/reading.ts';
import { profileOf } from './polled-device.ts';

const IF = '1.3.6.1.2.1.2.2.1';

const profile: Profile = profileOf(`
id: test/light
tables:
  ifTable:
    oid: ${IF}
    object: { kind: interface }
    states:
      - { col: 7, name: adminStatus, map: { 1: up, 2: down } }
      - { col: 8, name: operStatus, map: { 1: up, 2: down } }
    metrics:
      - { col: 5, name: speedBps, unit: bit/s }
      - { col: 10, name: inOctets, unit: By, kind: counter }
      - { col: 16, name: outOctets, unit: By, kind: counter }
`);
const groups: readonly CellGroup[] = planOf(profile).groups;
/** A tenth of 100 Mbit/s, so that 32 bits hold an hour of it. */
const speedBps = 100_000_000;
const bytesPerSecond = 1_250_000;
const columns = groups[0]!.columns.map((oid) => Number(oid.slice(IF.length + 1)));

export interface LightState {
  ports: number;
  firstIndex: number;
  /** What the octets were at `sinceMs`. */
  octetsFrom: number;
  sinceMs: number;
  /** sysUpTime at `sinceMs`. */
  ticksFrom: number;
  isSilent: boolean;
  /** Of its ports. */
  prefix: string;
}

export class LightDevice implements PolledDevice {
  readonly id: string;
  readonly resource;
  readonly state: LightState;
  readonly #world: World;
  readonly #plan: PolledPlan;
  #isKnown = false;

  constructor(id: string, world: World, state: Partial<LightState> = {}) {
    this.id = id;
    this.resource = resourceId(id);
    this.#world = world;
    const sinceMs = world.monotonicMs();
    const usual = { ports: 4, firstIndex: 1, octetsFrom: 0, ticksFrom: 8_640_000, isSilent: false };
    this.state = { ...usual, sinceMs, prefix: 'ge', ...state };
    this.#plan = {
      groups,
      cells: groups.map((group) => new TableCells({ columns: group.columns })),
      version: undefined,
    };
  }

  /** The device starts anew: counters and uptime at nothing, its ports under other numbers. */
  restart(firstIndex: number): void {
    Object.assign(this.state, {
      firstIndex,
      octetsFrom: 0,
      ticksFrom: 0,
      sinceMs: this.#world.monotonicMs(),
    });
  }

  /** What its uptime and octets are now goes on from these. */
  goOnFrom(given: { readonly octetsFrom?: number; readonly ticksFrom?: number }): void {
    const passedMs = this.#world.monotonicMs() - this.state.sinceMs;
    const now = {
      octetsFrom: this.state.octetsFrom + (passedMs / 1_000) * bytesPerSecond,
      ticksFrom: this.state.ticksFrom + passedMs / 10,
    };
    Object.assign(this.state, { ...now, ...given, sinceMs: this.#world.monotonicMs() });
  }

  async readAll(): Promise<FullAnswer> {
    if (this.state.isSilent) return { kind: 'silent' };
    this.#isKnown = true;
    return { kind: 'reading', reading: this.#whole() };
  }

  plan(): PolledPlan | undefined {
    return this.#isKnown ? this.#plan : undefined;
  }

  fill(_groups: readonly number[], done: (outcome: FillOutcome) => void): void {
    if (this.state.isSilent) {
      done({ problems: [{ kind: 'timeout' }], upTimeTicks: undefined, answeredAtMs: undefined });
      return;
    }
    const { ports, firstIndex, octetsFrom, sinceMs, ticksFrom } = this.state;
    const passedMs = this.#world.monotonicMs() - sinceMs;
    const octets = Math.floor(octetsFrom + (passedMs / 1_000) * bytesPerSecond) % 2 ** 32;
    const upTimeTicks = Math.floor(ticksFrom + passedMs / 10) % 2 ** 32;
    const answeredAtMs = this.#world.now();
    const cells = this.#plan.cells[0]!;
    cells.begin();
    cells.stamp(answeredAtMs, upTimeTicks);
    const index = new Uint8Array(1);
    for (const [column, number] of columns.entries()) {
      const isState = number === 7 || number === 8;
      for (let port = 0; port < ports; port++) {
        index[0] = firstIndex + port;
        const at = cells.rowFor(column, index, 0, 1) * cells.width + column;
        cells.tags[at] = isState ? valueTag.integer : number === 5 ? valueTag.gauge32 : valueTag.counter32;
        cells.hi[at] = 0;
        cells.lo[at] = isState ? 1 : number === 5 ? speedBps : octets;
      }
    }
    cells.finish(true);
    done({ problems: [undefined], upTimeTicks, answeredAtMs });
  }

  async probe(): Promise<boolean> {
    return !this.state.isSilent;
  }

  async changeMarks(): Promise<string | undefined> {
    return this.state.isSilent ? undefined : `${this.state.prefix} ${this.state.firstIndex}`;
  }

  named(): DeviceNames {
    const { ports, firstIndex, prefix } = this.state;
    const interfaces = Array.from({ length: ports }, (_, i) => ({
      ifIndex: firstIndex + i,
      ifName: `${prefix}${i}`,
    }));
    return { interfaces, objects: [] };
  }

  #whole(): DeviceReading {
    const rest = { at: '', profile: 'test/light', device: {}, readings: [], links: [] };
    return { format: 'device-reading/1', ...rest, ...this.named() };
  }

  async reading(): Promise<DeviceReading> {
    return this.#whole();
  }

  profile(): string | undefined {
    return this.#isKnown ? 'test/light' : undefined;
  }
}
