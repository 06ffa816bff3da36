/** The demo city alive: agents answer, faults play, phones ring, people answer, the shift works. */
import { type Random, seededRandom } from '../base/random.ts';
import type { World } from '../base/world.ts';
import { openAgents } from './agents.ts';
import { CenterClient } from './center-client.ts';
import { buildCity, type City } from './city.ts';
import type { DeviceAddress } from './city-files.ts';
import { Network } from './network.ts';
import { People } from './people.ts';
import { openPhones } from './phones.ts';
import { openNameServers } from './resolvers.ts';
import { type Play, play, type ScenarioName } from './scenarios.ts';
import { Shift } from './staff.ts';
import { TrapSender } from './traps.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly households: number;
  readonly speed: number;
  readonly world: World;
  readonly addresses: ReadonlyMap<string, DeviceAddress>;
  readonly gatewaySecret: string;
  /** Port the configuration gave to the SMS gateway. */
  readonly gatewayPort: number;
}

export interface Simulation {
  readonly city: City;
  /** The daemon is up: traps go there, people and staff talk to it. */
  join(daemon: {
    readonly traps: { readonly host: string; readonly port: number };
    readonly api: string;
    readonly token: string;
  }): void;
  play(name: ScenarioName): void;
  counters(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export async function openSimulation(options: SimulationOptions): Promise<Simulation> {
  const { world, speed } = options;
  const city = buildCity(options);
  const chance = (offset: number): Random => seededRandom(options.seed + offset);
  let sender: TrapSender | undefined;
  let people: People | undefined;
  let shift: Shift | undefined;
  const plays: Play[] = [];
  const network = new Network({ city, world, random: chance(1), send: (trap) => sender?.send(trap) });
  const agents = await openAgents({ city, network, addresses: options.addresses, world });
  const nameServers = await openNameServers({
    addresses: options.addresses,
    faults: network.resolvers,
    world,
  });
  const phones = await openPhones({
    secret: options.gatewaySecret,
    port: options.gatewayPort,
    onText: (text) => people?.receive(text),
  });
  return {
    city,
    join(daemon) {
      sender?.close();
      shift?.stop();
      const center = new CenterClient(daemon);
      sender = new TrapSender({ addresses: options.addresses, target: daemon.traps, world });
      people = new People({ city, network, center, world, random: chance(2), speed });
      shift = new Shift({ city, center, network, world });
      shift.start();
    },
    play(name) {
      plays.push(play(name, { city, network, random: chance(3 + plays.length), world, speed }));
    },
    counters: () => ({
      ...phones.counters,
      ...people?.counters,
      ...shift?.counters,
      trapsSent: sender?.counters.sent ?? 0,
    }),
    async close() {
      for (const scenario of plays) scenario.stop();
      shift?.stop();
      sender?.close();
      await Promise.all([phones, ...agents, ...nameServers].map((opened) => opened.close()));
    },
  };
}
