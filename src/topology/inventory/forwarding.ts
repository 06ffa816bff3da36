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

/** Which known devices one device sees. */
export interface Seen {
  readonly byPort: ReadonlyMap<string, ReadonlySet<string>>;
  /** The port of each; undefined when it is seen on several. */
  readonly portOf: ReadonlyMap<string, string | undefined>;
}

export function devicesSeen(said: DeviceSaid, { names }: Known): Seen {
  const byPort = new Map<string, Set<string>>();
  const portOf = new Map<string, string | undefined>();
  for (const [port, macs] of said.behind) {
    for (const mac of macs) {
      const [owner, another] = names.ownersOf(mac);
      if (owner === undefined || another !== undefined || owner === said.device) continue;
      const here = byPort.get(port);
      if (here === undefined) byPort.set(port, new Set([owner]));
      else here.add(owner);
      portOf.set(owner, portOf.has(owner) && portOf.get(owner) !== port ? undefined : port);
    }
  }
  return { byPort, portOf };
}

interface Forwarding extends Known {
  readonly seenBy: (device: string) => Seen;
}

export function linksByForwarding(said: DeviceSaid, given: Forwarding): OwnFact[] {
  const named = portsWithNeighbours(said);
  const { byPort, portOf } = given.seenBy(said.device);
  const facts: OwnFact[] = [];
  for (const [other, port] of portOf) {
    const far = given.said.get(other);
    if (port === undefined || named.has(port) || far === undefined) continue;
    const seen = byPort.get(port)!;
    const theirs =
      far.behind.size === 0
        ? onlyPort(said, { far, port, seen, given })
        : farPort(said, { far, seen, given });
    if (theirs === undefined) continue;
    facts.push({
      key: `fdb ${port} ${other}`,
      kind: 'link',
      source: 'fdb',
      from: { device: said.device, port },
      to: { device: other, ...theirs },
    });
  }
  return facts;
}

interface Sighting {
  readonly far: DeviceSaid;
  /** All known devices at the same port. */
  readonly seen: ReadonlySet<string>;
  readonly given: Forwarding;
}
type Theirs = { readonly port?: string | undefined };

/** The port at which the other sees this device, when nobody stands between. */
function farPort(said: DeviceSaid, { far, seen, given }: Sighting): Theirs | undefined {
  const there = given.seenBy(far.device);
  const port = there.portOf.get(said.device);
  if (port === undefined || portsWithNeighbours(far).has(port)) return undefined;
  for (const third of there.byPort.get(port)!) {
    if (third !== said.device && third !== far.device && seen.has(third)) return undefined;
  }
  return { port };
}

/** A device that forwards nothing is at the only port of all that sees it and no other device. */
function onlyPort(
  said: DeviceSaid,
  { far, port, seen, given }: Sighting & { readonly port: string },
): Theirs | undefined {
  if (seen.size !== 1) return undefined;
  for (const other of given.said.keys()) {
    const { byPort, portOf } = given.seenBy(other);
    const theirs = portOf.get(far.device);
    if (other !== said.device && theirs !== undefined && byPort.get(theirs)!.size === 1) return undefined;
  }
  const macs = new Set(said.behind.get(port));
  const ports = far.ports.filter(({ mac }) => mac !== undefined && macs.has(mac));
  // Several ports with one address, as of a router's sub-interfaces, tell the device alone.
  return ports.length === 1 ? { port: ports[0]!.name } : {};
}

/** Ports whose neighbour is named by a protocol, and the aggregates they are members of. */
function portsWithNeighbours(said: DeviceSaid): ReadonlySet<string> {
  const ports = new Set(said.links.map(({ localPort }) => localPort));
  for (const port of [...ports]) {
    const aggregate = said.memberOf.get(port);
    if (aggregate !== undefined) ports.add(aggregate);
  }
  return ports;
}

/** More are a table of a whole town, which names nobody's neighbours. */
const mostResolved = 10_000;

/** Stations of the tables of ARP and neighbour discovery that are no known device: the device alone is known to reach them. */
export function resolvedFacts(said: DeviceSaid, known: Known): OwnFact[] {
  const facts: OwnFact[] = [];
  for (const [number, address] of said.resolves) {
    if (facts.length >= mostResolved) break;
    if (known.names.ownersOf(number).length > 0) continue;
    const mac = macText(number);
    const from = { device: said.device };
    facts.push({ key: `arp ${mac}`, kind: 'forwards', source: 'arp', from, to: { mac, address } });
  }
  return facts;
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
