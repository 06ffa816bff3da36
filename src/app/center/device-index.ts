/**
 * Finds the device that a notification or syslog message is about: by the name in its certificate, by the SNMP engine it spoke
 * as where polls know whose that is, by the address in it or that it came from, and where several stand behind one address
 * (NAT, a proxy, a gateway) by what it showed of them. Where that leaves several it answers all of them: nobody's alarm is put
 * on the wrong device.
 */

import type { WatchedDevice } from '../../detect/detect.ts';
import { fingerprintOf, placeOf } from '../../edge/snmp/usm-engine.ts';
import { resourceId } from '../../model/ids.ts';
import type { DeviceConfig } from '../config/config.ts';
import type { DeviceOf } from './spooled.ts';

/** `placesOf`: where an engine of this id proved to be when it was polled, each as `placeOf` names it. */
export function deviceIndex(
  devices: readonly DeviceConfig[],
  placesOf: (engineId: string) => Iterable<string> = () => [],
): DeviceOf {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const byAddress = new Map<string, DeviceConfig[]>();
  for (const device of devices) {
    const same = byAddress.get(device.address);
    if (same === undefined) byAddress.set(device.address, [device]);
    else same.push(device);
  }
  const at = (address: string | undefined): readonly DeviceConfig[] =>
    (address === undefined ? undefined : byAddress.get(address)) ?? [];
  const speaking = (engineId: string, owner: DeviceConfig | undefined): readonly DeviceConfig[] => {
    const places = new Set(placesOf(engineId));
    const addresses = new Set([...places].map((place) => place.slice(place.indexOf(' ') + 1)));
    const there = [...addresses].flatMap(at);
    return there.filter(
      (device) =>
        places.has(placeOf(device.address, device.port)) &&
        owner !== undefined &&
        hasSameCredential(device, owner),
    );
  };
  return ({ address, agentAddress, peer, credentialOf, engineId, host }) => {
    const proved = peer === undefined ? undefined : byId.get(peer);
    if (proved !== undefined) return [watched(proved)];
    const owner = credentialOf === undefined ? undefined : byId.get(credentialOf);
    // What a forwarder says of another sender counts before the forwarder's own engine.
    const spoke = engineId === undefined || agentAddress !== undefined ? [] : speaking(engineId, owner);
    const found = spoke.length > 0 ? nearest(spoke, address) : chosen(at(agentAddress), at(address), owner);
    const named = found.length > 1 ? found.filter(({ id }) => id === host) : [];
    return (named.length === 1 ? named : found).map(watched);
  };
}

const watched = ({ id, resource }: DeviceConfig): WatchedDevice => ({ id, resource: resourceId(resource) });

/** `told`: at the address in the message; `here`: at the one it came from; `owner`: whose credential it showed. */
function chosen(
  told: readonly DeviceConfig[],
  here: readonly DeviceConfig[],
  owner: DeviceConfig | undefined,
): readonly DeviceConfig[] {
  const fitting = (list: readonly DeviceConfig[]): readonly DeviceConfig[] =>
    owner === undefined ? list : list.filter((device) => hasSameCredential(device, owner));
  const [toldFit, hereFit] = [fitting(told), fitting(here)];
  if (told.length === 0) return hereFit.length > 0 ? hereFit : here;
  if (toldFit.length > 0) return toldFit;
  // A gateway shows its own community and names who it speaks for. Private addresses, though, repeat behind NAT.
  return here.length > 1 && hereFit.length > 0 ? [...new Set([...told, ...hereFit])] : told;
}

/** Clones share an engine id: those at the sender's address before the others. */
function nearest(spoke: readonly DeviceConfig[], address: string): readonly DeviceConfig[] {
  const here = spoke.filter((device) => device.address === address);
  return here.length > 0 ? here : spoke;
}

const hasSameCredential = (a: DeviceConfig, b: DeviceConfig): boolean =>
  a.v3 === undefined || b.v3 === undefined
    ? a.v3 === b.v3 && a.community.reveal() === b.community.reveal()
    : a.v3 === b.v3 || fingerprintOf(a.v3) === fingerprintOf(b.v3);
