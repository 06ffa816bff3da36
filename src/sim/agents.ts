/** Opens one simulated SNMP agent a device of the demo city, each at its own loopback address where the machine has them. */
import { createSocket } from 'node:dgram';
import type { World } from '../base/world.ts';
import { type Agent, openAgent } from '../edge/snmp/agent.ts';
import type { City } from './city.ts';
import { communityOf, type DeviceAddress } from './city-files.ts';
import { deviceRows } from './device-rows.ts';
import type { Network } from './network.ts';

/**
 * Free UDP addresses for the devices, found before the network exists so that the configuration can name them. Linux has
 * all of 127.0.0.0/8 on loopback, so each device gets an address of its own; elsewhere all share one with many ports.
 */
export async function reserveAddresses(city: City): Promise<ReadonlyMap<string, DeviceAddress>> {
  const addresses = new Map<string, DeviceAddress>();
  for (const [index, device] of city.devices.entries()) {
    const own = `127.20.${index >> 8}.${(index & 255) + 1}`;
    const address = (await freePort(own)) ?? (await freePort('127.0.0.1'));
    if (address === undefined) throw new Error('no free UDP port on loopback');
    addresses.set(device.id, address);
  }
  return addresses;
}

function freePort(host: string): Promise<DeviceAddress | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address: host, port: 0 }, () => {
      const { port } = socket.address();
      socket.close(() => resolve({ host, port }));
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
      const rows = deviceRows(device, network, world);
      const community = communityOf(device.id);
      return openAgent(world, { host, port, rowsOf: (asked) => (asked === community ? rows : undefined) });
    }),
  );
}
