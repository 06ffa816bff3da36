/** The process before the others: writes the demo city, checks the whole configuration, and is gone with all it loaded. */
import { loadWhole } from '../config/load.ts';
import { writeDemoCity } from '../demo-city.ts';
import type { StartOptions } from '../processes/messages.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';

/**
 * Facts: `data`, the data directory, and `inForce` as JSON; for a demo also `config` and `folder` of the city. Rejects
 * as `loadConfig` does.
 */
export async function startPreparation({ start, world }: RoleHost): Promise<StartedRole> {
  const city = start.demo === undefined ? undefined : await cityOf(start.demo, world.randomBytes(24));
  const { config, inForce } = await loadWhole(city === undefined ? start : { ...start, config: city.config });
  const facts = { ...city, data: config.data, inForce: JSON.stringify(inForce) };
  return { facts, stop: async () => undefined };
}

async function cityOf(
  { seed, households, folder: wanted }: NonNullable<StartOptions['demo']>,
  secret: Uint8Array,
): Promise<{ readonly folder: string; readonly config: string }> {
  const gatewaySecret = Buffer.from(secret).toString('base64url');
  const { folder, config } = await writeDemoCity({ seed, households, folder: wanted, gatewaySecret });
  return { folder, config };
}
