/** What the fronts are given besides the line and the book: a demo's times and scenarios, ports of the last life, first keys. */
import type { DiscoveryPort, FrontPorts, PlayPort } from '../../edge/http/ports.ts';
import { isScenario, scenarioNames } from '../../sim/scenarios.ts';
import type { Config } from '../config/config.ts';
import type { RoleHost } from '../processes/role-host.ts';
import type { PlayMessage } from '../roles/simulation.ts';
import { machine } from '../world.ts';

export const demoTimes = ({ policy: { confirm, notify } }: Config): NonNullable<FrontPorts['demo']> => ({
  holdMs: notify.holdMs,
  stableForMs: confirm.stableForMs,
  remindAfterMs: confirm.remindAfterMs,
});

export const playPort = (host: RoleHost): PlayPort => ({
  scenarios: scenarioNames,
  play(scenario) {
    if (!isScenario(scenario)) return;
    host.relay('simulation', { kind: 'play', scenario } satisfies PlayMessage);
  },
});

/** Nothing is discovered before there is a collector. */
export const discoveredPort = (discovered: () => DiscoveryPort | undefined): DiscoveryPort => ({
  facts: (filter, page) => discovered()?.facts(filter, page) ?? nothing,
  conflicts: (filter, page) => discovered()?.conflicts(filter, page) ?? nothing,
});

const nothing = { items: [], total: 0 };

/** The port that this process had in its last life, so that links and browsers find it again. */
export function ownPort<T extends { readonly host: string; readonly port: number }>(
  wanted: T,
  known: string | undefined,
): T {
  if (known === undefined || wanted.port !== 0) return wanted;
  return { ...wanted, port: Number(new URL(known).port) };
}

export function bootstrapTokens(demoToken: string | undefined): string[] {
  return [machine.env['ALLCLEAR_BOOTSTRAP_TOKEN'], demoToken].filter((token) => token !== undefined);
}
