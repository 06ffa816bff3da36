/** The addresses of the demo's agents and name servers: free now, and still free when the agents open. */
import { expect, test } from 'vitest';
import { reserveAddresses } from '../../src/sim/agents.ts';
import { buildCity } from '../../src/sim/city.ts';
import { cityNameServers, cityResolvers } from '../../src/sim/dns-plan.ts';

test('each agent and name server has an address of its own, at a port that no system gives to a socket that asks for any', async () => {
  const city = buildCity({ seed: 1, households: 400 });
  const addresses = [...(await reserveAddresses(city)).values()];
  expect(addresses).toHaveLength(city.devices.length + cityResolvers.length + cityNameServers.length);
  expect(new Set(addresses.map(({ host, port }) => `${host}:${port}`)).size).toBe(addresses.length);
  expect(addresses.filter(({ port }) => port < 10_000 || port >= 30_000)).toEqual([]);
});
