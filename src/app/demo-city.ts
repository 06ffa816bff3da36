/** Writes the demo city as the files of an ordinary installation, and reads back what only the simulation needs. */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reserveAddresses } from '../sim/agents.ts';
import { buildCity, type City } from '../sim/city.ts';
import { configurationYaml, type DeviceAddress, subscribersCsv, topologyJson } from '../sim/city-files.ts';
import {
  demoAutomationsFolder,
  demoCollectorsFolder,
  demoPolicyFile,
  demoRulesFolder,
} from './product-files.ts';

export interface DemoFolder {
  readonly folder: string;
  readonly config: string;
}

const simulationFile = 'simulation.json';

const staff = [
  { id: 'irina', name: 'Irina', skills: ['fibre', 'power', 'ip', 'care', 'lead'], limit: 4 },
  { id: 'oleg', name: 'Oleg', skills: ['fibre', 'power', 'care'], limit: 4 },
  { id: 'anna', name: 'Anna', skills: ['care'], limit: 6 },
  { id: 'pavel', name: 'Pavel', skills: ['care', 'ip'], limit: 6 },
] as const;

export async function writeDemoCity(options: {
  readonly seed: number;
  readonly households: number;
  /** undefined: a temporary folder of its own. */
  readonly folder: string | undefined;
  readonly gatewaySecret: string;
}): Promise<DemoFolder & { readonly city: City }> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'allclear-demo-')));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const city = buildCity(options);
  const addresses = await reserveAddresses(city);
  const gatewayPort = await freeTcpPort();
  const { gatewaySecret } = options;
  const config = join(folder, 'allclear.yaml');
  const gateway = `http://127.0.0.1:${gatewayPort}/sms`;
  const given = {
    ...{ addresses, gateway, gatewaySecret, staff },
    ...{
      policy: demoPolicyFile,
      profiles: demoCollectorsFolder,
      rules: demoRulesFolder,
      automations: demoAutomationsFolder,
    },
  };
  await Promise.all([
    writeFile(config, configurationYaml(city, given), { mode: 0o600 }),
    writeFile(join(folder, 'topology.json'), topologyJson(city)),
    writeFile(join(folder, 'subscribers.csv'), subscribersCsv(city), { mode: 0o600 }),
    writeFile(
      join(folder, simulationFile),
      JSON.stringify({ addresses: [...addresses], gatewayPort, gatewaySecret }),
      { mode: 0o600 },
    ),
  ]);
  return { folder, config, city };
}

export async function demoCityFrom(folder: string): Promise<{
  readonly addresses: ReadonlyMap<string, DeviceAddress>;
  readonly gatewayPort: number;
  readonly gatewaySecret: string;
}> {
  const kept = JSON.parse(await readFile(join(folder, simulationFile), 'utf8')) as {
    addresses: [string, DeviceAddress][];
    gatewayPort: number;
    gatewaySecret: string;
  };
  return { ...kept, addresses: new Map(kept.addresses) };
}

function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
