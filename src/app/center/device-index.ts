/** Finds the device that a notification or syslog message is about: by the name in its certificate, by agent address, else by source address. */
import type { WatchedDevice } from '../../detect/detect.ts';
import { resourceId } from '../../model/ids.ts';
import type { DeviceConfig } from '../config/config.ts';
import type { DeviceOf } from './spooled.ts';

export function deviceIndex(devices: readonly DeviceConfig[]): DeviceOf {
  const byAddress = new Map<string, WatchedDevice>();
  const byId = new Map<string, WatchedDevice>();
  for (const { id, address, resource } of devices) {
    byId.set(id, { id, resource: resourceId(resource) });
    // Of several devices behind one address the first is named; their traps carry the agent's address.
    if (!byAddress.has(address)) byAddress.set(address, { id, resource: resourceId(resource) });
  }
  return ({ address, agentAddress, peer }) =>
    (peer === undefined ? undefined : byId.get(peer)) ??
    (agentAddress === undefined ? undefined : byAddress.get(agentAddress)) ??
    byAddress.get(address);
}
