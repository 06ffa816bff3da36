/** The process before the others: writes the demo city, checks the whole configuration, and is gone with all it loaded. */
import { loadConfig } from '../config/load.ts';
import { writeDemoCity } from '../demo-city.ts';
import type { StartOptions } from '../processes/messages.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';

/** Facts: `data`, the data directory; for a demo also `config` and `folder` of the city. Rejects as `loadConfig` does. */
export async function startPreparation({ start, world }: RoleHost): Promise<StartedRole> {
  const city = start.demo === undefined ? undefined : await cityOf(start.demo, world.randomBytes(24));
  const { data } = await loadConfig(city === undefined ? start : { ...start, config: city.config });
  return { facts: { ...city, data }, stop: async () => undefined };
}

async function cityOf(
  { seed, households, folder: wanted }: NonNullable<StartOptions['demo']>,
  secret: Uint8Array,
): Promise<{ readonly folder: string; readonly config: string }> {
  const gatewaySecret = Buffer.from(secret).toString('base64url');
  const { folder, config } = await writeDemoCity({ seed, households, folder: wanted, gatewaySecret });
  return { folder, config };
}
