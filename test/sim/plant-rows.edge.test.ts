/** The CMTS, the DSLAM and a power supply of the demo, read over UDP through the profiles that the demo ships. */
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openLog } from '../../src/app/log.ts';
import { demoCollectorsFolder } from '../../src/app/product-files.ts';
import { realWorld } from '../../src/app/world.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { loadProfiles } from '../../src/edge/files/profiles.ts';
import type { Agent } from '../../src/edge/snmp/agent.ts';
import { pollDevice } from '../../src/edge/snmp/poll.ts';
import { openTransport, type Transport } from '../../src/edge/snmp/transport.ts';
import type { DeviceReading } from '../../src/model/reading.ts';
import { openAgents, reserveAddresses } from '../../src/sim/agents.ts';
import { buildCity } from '../../src/sim/city.ts';
import { communityOf } from '../../src/sim/city-files.ts';
import { Network } from '../../src/sim/network.ts';

let agents: readonly Agent[] = [];
let transport: Transport | undefined;
afterEach(async () => {
  transport?.close();
  await Promise.all(agents.map((agent) => agent.close()));
});

test('modems, lines and supplies say what befell them, and nothing is invented of what is off', async () => {
  const world = realWorld(openLog({ level: 'silent', role: 'test' }));
  const city = buildCity({ seed: 1, households: 100 });
  const network = new Network({ city, world, random: seededRandom(1), send: () => {} });
  const addresses = await reserveAddresses(city);
  agents = await openAgents({ city, network, addresses, world });
  const folders = [join(import.meta.dirname, '..', '..', 'collectors'), demoCollectorsFolder];
  const { value: profiles } = await loadProfiles(folders);
  const sockets = await openTransport(world, { sockets: 1 });
  transport = sockets;
  const read = async (device: string): Promise<(object: string, metric: string) => unknown> => {
    const credentials = { version: 'v2c', community: new Secret(communityOf(device)) } as const;
    const target = { ...addresses.get(device)!, credentials };
    const outcome = await pollDevice({ world, transport: sockets, profiles, target, profile: 'auto' });
    expect(outcome.kind).toBe('reading');
    const { readings } = (outcome as { readonly reading: DeviceReading }).reading;
    return (object, metric) => readings.find((one) => one.object === object && one.metric === metric)?.value;
  };
  const [modem, other] = [city.modems[0]!, city.modems.at(-1)!];
  const [line, far] = [city.lines[0]!, city.lines.at(-1)!];
  network.broken.amplifiers.add(modem.amplifiers[0]!);
  network.broken.cables.add(line.cable);
  network.supplies.set('ups-street', 'batteryLow');
  const cmts = await read('cmts-1');
  expect(cmts(`modem/${modem.index}`, 'modem.state')).toBe('down');
  expect(cmts(`modem/${modem.index}`, 'docsis.modem.snr')).toBeNull();
  expect(cmts(`modem/${other.index}`, 'modem.state')).toBe('up');
  expect(cmts(`upstream/${modem.upstream}`, 'docsis.modems')).toBe(40);
  expect(cmts(`upstream/${modem.upstream}`, 'docsis.modems.online')).toBe(20);
  const dslam = await read('dslam-1');
  expect(dslam(`dsl-line/${line.ifIndex}`, 'dsl.state')).toBe('lossOfSignal');
  expect(dslam(`dsl-line/${line.ifIndex}`, 'dsl.margin.down')).toBeNull();
  expect(dslam(`dsl-line/${far.ifIndex}`, 'dsl.state')).toBe('up');
  expect(dslam(`dsl-line/${far.ifIndex}`, 'dsl.margin.down')).toBeGreaterThan(6);
  const supply = await read('ups-street');
  expect(supply('ups/0', 'ups.output.source')).toBe('battery');
  expect(supply('battery/0', 'ups.battery.state')).toBe('batteryLow');
});
