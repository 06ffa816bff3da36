/** The process of the demo city: it plays the network, the phones, the people and the shift. */

import { Fault } from '../../base/fault.ts';
import { isScenario, type ScenarioName } from '../../sim/scenarios.ts';
import { openSimulation } from '../../sim/simulation.ts';
import { parseHostPort } from '../config/values.ts';
import { demoCityFrom } from '../demo-city.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';

/** `demo play NAME` reaches the city through the centre. */
export interface PlayMessage {
  readonly kind: 'play';
  readonly scenario: ScenarioName;
}

export async function startSimulation(host: RoleHost): Promise<StartedRole> {
  const { demo, demoToken } = host.start;
  if (demo?.folder === undefined || demoToken === undefined)
    throw new Fault('bug/no-demo', 'the demo has no options');
  const { addresses, gatewayPort, gatewaySecret } = await demoCityFrom(demo.folder);
  const simulation = await openSimulation({
    seed: demo.seed,
    households: demo.households,
    speed: demo.speed,
    world: host.world,
    addresses,
    gatewayPort,
    gatewaySecret,
  });
  const api = host.facts['http']!;
  simulation.join({ traps: trapTarget(host.facts['traps']!), api, token: demoToken });
  if (isScenario(demo.play)) simulation.play(demo.play);
  host.onRelay((message) => {
    const asked = message as PlayMessage;
    if (asked.kind === 'play' && isScenario(asked.scenario)) simulation.play(asked.scenario);
  });
  return { facts: {}, stop: () => simulation.close() };
}

/** A receiver on all addresses is reached over loopback: the demo never leaves this machine. */
function trapTarget(listening: string): { host: string; port: number } {
  const { host, port } = parseHostPort(listening)!;
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port };
}
