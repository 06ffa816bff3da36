/**
 * Bad habits of agents the whole way: walked, measured, judged and stored, on a clock of the test's. No spike, no rate below
 * nothing, no false alarm, whatever the agent does.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { instant, seconds } from '../../src/base/instant.ts';
import type { World } from '../../src/base/world.ts';
import { compileProfiles } from '../../src/collect/collect.ts';
import type { Varbind, VarbindValue } from '../../src/collect/session.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import type { AgentRows } from '../../src/edge/snmp/agent.ts';
import { openTransport } from '../../src/edge/snmp/transport.ts';
import { Measuring } from '../../src/flow/measuring.ts';
import type { SampleBatch, SeriesId, SeriesName } from '../../src/flow/series.ts';
import type { Observation } from '../../src/model/observation.ts';
import { type Habit, oddValues, openEvilAgent, usableHabits, uselessHabits } from '../support/evil-agent.ts';
import { evilDevice } from '../support/evil-lab.ts';
import { PaperNetwork } from '../support/paper-network.ts';
import { virtualWorld } from '../support/virtual-world.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';
const PORTS = 6;
/** Of each port, each way: a tenth of its gigabit. */
const bytesPerSecond = 12_500_000;
const minute = 60_000;
const profiles = compileProfiles([
  parseYaml('if-mib.yaml', readFileSync('collectors/base/if-mib.yaml', 'utf8')).value,
]).value;
const rules = compileDetectionRules([
  parseYaml('detection.yaml', readFileSync('rules/detection.yaml', 'utf8')).value,
]).value;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A device of gigabit ports; every field may be changed while it is polled. */
class Box {
  readonly #world: World;
  startedAtMs = 0;
  /** Added to sysUpTime, in 1/100 s. */
  upTimeFrom = 3_600_000;
  /** What the octets were when the device started. */
  octetsFrom = 1_000_000n;
  firstIndex = 1;
  has64Bits = true;
  speedBps = 1_000_000_000;
  bytesPerSecond = bytesPerSecond;
  discontinuityTicks = 0;
  operStatus = 1;
  /** Columns that the agent does not have. */
  readonly missing = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.startedAtMs = world.monotonicMs();
  }

  restart(): void {
    this.startedAtMs = this.#world.monotonicMs();
    this.upTimeFrom = 0;
    this.octetsFrom = 0n;
  }

  readonly rows: AgentRows = {
    get: (oid) => this.#at(this.#cells().places.get(oid)),
    next: (oid) => {
      const { keys, places } = this.#cells();
      const known = places.get(oid);
      return this.#at(known === undefined ? firstBehind(keys, partsOf(oid)) : known + 1);
    },
  };
  #made: Cells | undefined;

  /** Which cells there are; thousands of requests change none of them. */
  #cells(): Cells {
    const shape = [this.firstIndex, this.has64Bits, ...this.missing].join();
    if (this.#made?.shape === shape) return this.#made;
    const numbers = Array.from({ length: PORTS }, (_, i) => i + this.firstIndex);
    const columns = Object.entries(this.#columns).filter(
      ([column]) => !this.missing.has(column) && (this.has64Bits || !long.has(column)),
    );
    const list = columns.flatMap(([column, value]) =>
      numbers.map((number, i) => ({ oid: `${column}.${number}`, value: () => value(i + 1) })),
    );
    const upTime = { oid: '1.3.6.1.2.1.1.3.0', value: () => this.#upTime() };
    const all = [upTime, ...list];
    const keys = all.map(({ oid }) => partsOf(oid));
    this.#made = { shape, list: all, keys, places: new Map(all.map(({ oid }, i) => [oid, i])) };
    return this.#made;
  }

  #at(place: number | undefined): Varbind | undefined {
    const cell = place === undefined ? undefined : this.#cells().list[place];
    return cell && { oid: cell.oid, value: cell.value() };
  }

  get #passedMs(): number {
    return this.#world.monotonicMs() - this.startedAtMs;
  }

  #upTime(): VarbindValue {
    const ticks = BigInt.asUintN(32, BigInt(this.upTimeFrom + Math.floor(this.#passedMs / 10)));
    return { type: 'timeticks', number: Number(ticks) };
  }

  #octets(): bigint {
    return this.octetsFrom + BigInt(Math.round((this.#passedMs / 1_000) * this.bytesPerSecond));
  }

  /** In numeric order. */
  readonly #columns: Readonly<Record<string, (port: number) => VarbindValue>> = {
    [`${IF}.2`]: (port) => text(`port ${port}`),
    [`${IF}.5`]: () => ({ type: 'gauge32', number: this.speedBps }),
    [`${IF}.7`]: () => integer(1),
    [`${IF}.8`]: () => integer(this.operStatus),
    [`${IF}.10`]: () => counter32(this.#octets()),
    [`${IF}.14`]: () => counter32(0n),
    [`${IF}.16`]: () => counter32(this.#octets()),
    [`${IFX}.1`]: (port) => text(`ge${port}`),
    [`${IFX}.6`]: () => counter64(this.#octets()),
    [`${IFX}.10`]: () => counter64(this.#octets()),
    [`${IFX}.15`]: () => ({ type: 'gauge32', number: this.speedBps / 1_000_000 }),
    [`${IFX}.19`]: () => ({ type: 'timeticks', number: this.discontinuityTicks }),
  };
}

interface Cells {
  readonly shape: string;
  readonly list: readonly { readonly oid: string; readonly value: () => VarbindValue }[];
  readonly keys: readonly (readonly number[])[];
  readonly places: ReadonlyMap<string, number>;
}

const long: ReadonlySet<string> = new Set([`${IFX}.6`, `${IFX}.10`]);
const integer = (number: number): VarbindValue => ({ type: 'integer', number });
const text = (value: string): VarbindValue => ({ type: 'octets', bytes: Buffer.from(value) });
const counter32 = (value: bigint): VarbindValue => ({
  type: 'counter32',
  number: Number(BigInt.asUintN(32, value)),
});
const counter64 = (value: bigint): VarbindValue => ({ type: 'counter64', bigint: BigInt.asUintN(64, value) });

const partsOf = (oid: string): number[] => oid.split('.').map(Number);

function firstBehind(keys: readonly (readonly number[])[], wanted: readonly number[]): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(keys[middle]!, wanted)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isBehind(a: readonly number[], b: readonly number[]): boolean {
  const place = a.findIndex((part, i) => part !== b[i]);
  return place < 0 ? false : b[place] === undefined || a[place]! > b[place]!;
}

async function watched(habit: Habit = usableHabits['none']!()) {
  const clock = virtualWorld();
  let offsetMs = 0;
  const world: World = { ...clock, now: () => instant(clock.now() + offsetMs) };
  const network = new PaperNetwork(world, 1);
  const transport = await openTransport(world, { sockets: 1, openSocket: network.openSocket });
  const box = new Box(world);
  const agent = await openEvilAgent(box.rows, habit, network.place());
  const device = evilDevice(world, transport, { id: 'r', port: agent.port, timeoutMs: 1_000, profiles });
  const told: Observation[] = [];
  const names: SeriesName[] = [];
  const rates: number[] = [];
  const append = async ({ series, values }: SampleBatch): Promise<void> => {
    for (const [i, value] of values.entries()) {
      if (names[series[i]!]!.metric === 'if.utilization') rates.push(value);
    }
  };
  const measuring = new Measuring({
    ...{ collector: 'collector', devices: [device], intervalMs: seconds(60), world },
    series: { register: async (list) => list.map((name) => (names.push(name) - 1) as SeriesId), append },
    detection: new Detection(rules),
    offer: (observation) => told.push(observation) > 0,
    onTurn: () => undefined,
  });
  ends.push(async () => {
    await measuring.stop();
    transport.close();
  });
  measuring.start();
  const poll = (times: number): Promise<void> => clock.pass(times * minute);
  await poll(4);
  const jump = (ms: number): void => {
    offsetMs += ms;
  };
  const said = (): string[] =>
    told.map(({ event, resource, cause }) => [event, resource, cause].filter((one) => one).join(' '));
  return { box, agent, network, measuring, told, rates, poll, jump, said };
}

/** Every rate is the tenth that passes, or not said at all; never fewer of them than that. */
function expectSteady(rates: readonly number[], least: number, percent = 10): void {
  const known = rates.filter((rate) => !Number.isNaN(rate));
  for (const rate of known) expect(rate).toBeCloseTo(percent, 0);
  expect(known.length).toBeGreaterThanOrEqual(least);
}

describe('an agent whose answers are right as far as they go', () => {
  for (const [name, habit] of Object.entries(usableHabits)) {
    test(`${name}: measured as any other`, async () => {
      const { poll, rates, told } = await watched(habit());
      await poll(6);
      expect(told).toEqual([]);
      expectSteady(rates, 5 * PORTS);
    });
  }
});

describe('an agent that turns bad while it is watched', () => {
  // Thousands of whole rows a request take long, and show no more than rows that come one by one.
  const { 'rows without end': _, ...useless } = uselessHabits;
  for (const [name, habit] of Object.entries({ ...useless, ...oddValues })) {
    test(`${name}: nothing is said of its ports, and it goes on where it was`, async () => {
      const { agent, network, poll, rates, said } = await watched();
      const good = agent.habit;
      agent.habit = habit();
      // Made-up rows until time is up, of which a line of some length lets through hundreds: what one poll shows, six would.
      const isEndless = name.endsWith('without end');
      if (isEndless) network.habits.delayMs = [30, 60];
      await poll(isEndless ? 1 : 6);
      network.habits.delayMs = [1, 3];
      agent.habit = good;
      await poll(7);
      const reachability = ['raise r UNREACHABLE', 'clear r UNREACHABLE', 'alive r'];
      expect(said().filter((one) => !reachability.includes(one))).toEqual([]);
      expectSteady(rates, 5 * PORTS);
    }, 30_000);
  }

  test('answers from another address count for nothing', async () => {
    const { agent, network, poll, rates, said } = await watched();
    const good = agent.habit;
    const other = network.socket('127.0.0.2');
    agent.habit = ({ honest, reply, send }) => send(reply(honest()), other);
    await poll(6);
    agent.habit = good;
    await poll(6);
    expect(said()).toEqual(['raise r UNREACHABLE', 'clear r UNREACHABLE', 'alive r']);
    expectSteady(rates, 5 * PORTS);
  });
});

describe('counters', () => {
  test('of 32 bits that wrap go on without a hole', async () => {
    const { box, poll, rates, told } = await watched();
    box.has64Bits = false;
    box.speedBps = 100_000_000;
    box.bytesPerSecond = 1_250_000;
    box.restart();
    await poll(4);
    const before = rates.length;
    box.octetsFrom = 2n ** 32n - 1_250_000n * 60n * 7n;
    box.startedAtMs += 1;
    await poll(8);
    expect(told).toEqual([]);
    expectSteady(rates.slice(before), 6 * PORTS);
  });

  test('of 64 bits that wrap, or are set back or forth by hand, begin anew', async () => {
    const { box, poll, rates, told } = await watched();
    for (const octets of [2n ** 64n - 1_000n, 5n, 2n ** 62n, 2n ** 40n, 1_000n]) {
      box.octetsFrom = octets;
      await poll(3);
    }
    expect(told).toEqual([]);
    expectSteady(rates, 8 * PORTS);
  });

  test('that were set forth under another discontinuity time make no spike', async () => {
    const { box, poll, rates, told } = await watched();
    for (let n = 1; n <= 5; n++) {
      box.octetsFrom += 5_000_000_000n;
      box.discontinuityTicks = n;
      await poll(3);
    }
    expect(told).toEqual([]);
    expectSteady(rates, 10 * PORTS);
  });

  test('of a column that comes and goes make no rate over the hole', async () => {
    const { box, poll, rates, told } = await watched();
    for (const column of [`${IFX}.6`, `${IF}.10`, `${IF}.8`, `${IFX}.1`, `${IF}.2`]) {
      box.missing.add(column);
      await poll(3);
      box.missing.delete(column);
      await poll(3);
    }
    expect(told).toEqual([]);
    expectSteady(rates, 10 * PORTS);
  });
});

describe('starts, numbers and clocks', () => {
  test('a restart sets counters and ports back, and says nothing while the ports come up', async () => {
    const { box, poll, rates, told } = await watched();
    box.restart();
    box.operStatus = 2;
    await poll(3);
    box.operStatus = 1;
    await poll(4);
    expect(told).toEqual([]);
    expectSteady(rates, 6 * PORTS);
  });

  test('a restart that gives the ports other numbers takes no counter to another port', async () => {
    const { box, poll, rates, told } = await watched();
    for (const firstIndex of [101, 3, 1]) {
      box.restart();
      box.firstIndex = firstIndex;
      await poll(5);
    }
    expect(told).toEqual([]);
    expectSteady(rates, 8 * PORTS);
  });

  test('an uptime that wraps after 497 days is no restart', async () => {
    const { box, poll, rates, told } = await watched();
    box.upTimeFrom = 2 ** 32 - 60_000;
    await poll(14);
    expect(told).toEqual([]);
    expectSteady(rates, 14 * PORTS);
  });

  test('a clock of ours that jumps makes neither a spike nor an alarm', async () => {
    const { jump, poll, rates, told } = await watched();
    for (const ms of [3_600_000, -3_600_000, -7_200_000, 365 * 86_400_000]) {
      jump(ms);
      await poll(3);
    }
    expect(told).toEqual([]);
    const known = rates.filter((rate) => !Number.isNaN(rate));
    for (const rate of known) expect(rate).toBeLessThan(11);
    for (const rate of known) expect(rate).toBeGreaterThanOrEqual(0);
    expect(known.length).toBeGreaterThan(8 * PORTS);
  });
});
