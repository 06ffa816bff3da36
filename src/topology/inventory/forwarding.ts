/**
 * What forwarding tables tell: stations behind access ports, and the links of those who speak neither LLDP nor CDP.
 *
 * Two ports are joined when each sees the other's device and no third known device is seen from both: a device
 * between them, or a shared segment, is seen from both ends. Where that does not hold nothing is said.
 */
import { macText } from './mac.ts';
import { addressOf, type Known } from './neighbours.ts';
import type { DeviceSaid, OwnFact } from './said.ts';

/** A port with more stations than this is no access port. */
const fewStations = 16;

/** Known devices by port of one device that sees their addresses. */
export type Seen = ReadonlyMap<string, ReadonlySet<string>>;

export function devicesSeen(said: DeviceSaid, { names }: Known): Seen {
  const seen = new Map<string, Set<string>>();
  for (const [port, macs] of said.behind) {
    for (const mac of macs) {
      const [owner, another] = names.ownersOf(mac);
      if (owner === undefined || another !== undefined || owner === said.device) continue;
      const here = seen.get(port);
      if (here === undefined) seen.set(port, new Set([owner]));
      else here.add(owner);
    }
  }
  return seen;
}

interface Forwarding extends Known {
  readonly seenBy: (device: string) => Seen;
}

export function linksByForwarding(said: DeviceSaid, given: Forwarding): OwnFact[] {
  const named = portsWithNeighbours(said);
  const facts: OwnFact[] = [];
  for (const [port, devices] of given.seenBy(said.device)) {
    if (named.has(port)) continue;
    for (const other of devices) {
      const far = given.said.get(other);
      if (far === undefined || isOnSeveralPorts(given.seenBy(said.device), other)) continue;
      const theirs =
        far.behind.size === 0 ? onlyPort(port, said, { far, given }) : farPort(said, { far, devices, given });
      if (theirs === undefined) continue;
      facts.push({
        key: `fdb ${port} ${other}`,
        kind: 'link',
        source: 'fdb',
        from: { device: said.device, port },
        to: { device: other, ...theirs },
      });
    }
  }
  return facts;
}

type Theirs = { readonly port?: string | undefined };

/** The port at which the other sees this device, when nobody stands between. */
function farPort(
  said: DeviceSaid,
  {
    far,
    devices,
    given,
  }: { readonly far: DeviceSaid; readonly devices: ReadonlySet<string>; readonly given: Forwarding },
): Theirs | undefined {
  const seenThere = given.seenBy(far.device);
  const ports = [...seenThere].filter(([, seen]) => seen.has(said.device));
  const [port, seen] = ports[0] ?? [];
  if (ports.length !== 1 || port === undefined || seen === undefined) return undefined;
  if (portsWithNeighbours(far).has(port)) return undefined;
  const isBetween = [...seen].some(
    (third) => third !== said.device && third !== far.device && devices.has(third),
  );
  return isBetween ? undefined : { port };
}

/** A device that forwards nothing is at the only port of all that sees it and no other device. */
function onlyPort(
  port: string,
  said: DeviceSaid,
  { far, given }: { readonly far: DeviceSaid; readonly given: Forwarding },
): Theirs | undefined {
  if (given.seenBy(said.device).get(port)!.size !== 1) return undefined;
  for (const other of given.said.keys()) {
    if (other === said.device) continue;
    for (const devices of given.seenBy(other).values())
      if (devices.size === 1 && devices.has(far.device)) return undefined;
  }
  const macs = new Set(said.behind.get(port));
  const ports = far.ports.filter(({ mac }) => mac !== undefined && macs.has(mac));
  // Several ports with one address, as of a router's sub-interfaces, tell the device alone.
  return ports.length === 1 ? { port: ports[0]!.name } : {};
}

const isOnSeveralPorts = (seen: Seen, device: string): boolean =>
  [...seen.values()].filter((devices) => devices.has(device)).length > 1;

/** Ports whose neighbour is named by a protocol, and the aggregates they are members of. */
function portsWithNeighbours(said: DeviceSaid): ReadonlySet<string> {
  const ports = new Set(said.links.map(({ localPort }) => localPort));
  for (const port of [...ports]) {
    const aggregate = said.memberOf.get(port);
    if (aggregate !== undefined) ports.add(aggregate);
  }
  return ports;
}

/** Stations behind ports that lead to no other known device; `joined`: ports with a link. */
export function stationFacts(said: DeviceSaid, joined: ReadonlySet<string>, known: Known): OwnFact[] {
  const facts: OwnFact[] = [];
  for (const [port, macs] of said.behind) {
    if (macs.length > fewStations || joined.has(port)) continue;
    for (const number of macs) {
      if (known.names.ownersOf(number).length > 0) continue;
      const mac = macText(number);
      const address = addressOf(number, known, said);
      facts.push({
        key: `fdb ${port} ${mac}`,
        kind: 'forwards',
        source: 'fdb',
        from: { device: said.device, port },
        to: { mac, ...(address !== undefined && { address }) },
      });
    }
  }
  return facts;
}
