/** Opens one simulated SNMP agent a device of the demo city, each at its own loopback address where the machine has them. */
import { createSocket } from 'node:dgram';
import type { World } from '../base/world.ts';
import { type Agent, openAgent } from '../edge/snmp/agent.ts';
import type { City } from './city.ts';
import { communityOf, type DeviceAddress } from './city-files.ts';
import { deviceRows } from './device-rows.ts';
import { cityNameServers, cityResolvers, dnsAddressKey } from './dns-plan.ts';
import type { Network } from './network.ts';

/**
 * Free UDP addresses for the devices and the name servers, found before the network exists so that the configuration can name them. Linux has
 * all of 127.0.0.0/8 on loopback, so each device gets an address of its own; elsewhere all share one with many ports.
 */
export async function reserveAddresses(city: City): Promise<ReadonlyMap<string, DeviceAddress>> {
  const addresses = new Map<string, DeviceAddress>();
  const taken = new Set<string>();
  const servers = [...cityResolvers.map(({ id }) => id), ...cityNameServers].map(dnsAddressKey);
  const names = [...city.devices.map(({ id }) => id), ...servers];
  for (const [index, name] of names.entries()) {
    const own = `127.20.${index >> 8}.${(index & 255) + 1}`;
    const address = (await freeAddress(own, taken)) ?? (await freeAddress('127.0.0.1', taken));
    if (address === undefined) throw new Error('no free UDP port on loopback');
    taken.add(`${address.host}:${address.port}`);
    addresses.set(name, address);
  }
  return addresses;
}

const mostTries = 20;

/**
 * Ports that systems give to sockets which ask for any (RFC 6335 section 6, Linux from 32768) are taken by others at any
 * moment between now and the agent's start, so the draw of the system is moved below them.
 */
async function freeAddress(host: string, taken: ReadonlySet<string>): Promise<DeviceAddress | undefined> {
  for (let tries = 0; tries < mostTries; tries++) {
    const drawn = await boundPort(host, 0);
    if (drawn === undefined) return undefined;
    const port = 10_000 + (drawn % 20_000);
    if (!taken.has(`${host}:${port}`) && (await boundPort(host, port)) !== undefined) return { host, port };
  }
  return undefined;
}

/** The port a socket got there, closed again; undefined when it got none. */
function boundPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address: host, port }, () => {
      const bound = socket.address().port;
      socket.close(() => resolve(bound));
    });
  });
}

export async function openAgents(options: {
  readonly city: City;
  readonly network: Network;
  readonly addresses: ReadonlyMap<string, DeviceAddress>;
  readonly world: World;
}): Promise<readonly Agent[]> {
  const { city, network, addresses, world } = options;
  return Promise.all(
    city.devices.map((device) => {
      const { host, port } = addresses.get(device.id)!;
      const rows = deviceRows(device, { city, network, world });
      const community = communityOf(device.id);
      // Without power there is nobody to answer.
      const isHeard = (asked: string): boolean =>
        asked === community && !network.broken.devices.has(device.id);
      return openAgent(world, { host, port, rowsOf: (asked) => (isHeard(asked) ? rows : undefined) });
    }),
  );
}
