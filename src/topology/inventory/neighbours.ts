/** Whom a device names as its neighbours, and who that is. */
import type { Place } from '../../model/discovered.ts';
import type { LinkReading } from '../../model/reading.ts';
import { macNumber } from './mac.ts';
import { addressKey, type NameKey, type Names, nameKeys, portMeant, textKeys } from './names.ts';
import type { DeviceSaid, OwnFact } from './said.ts';

/** All devices as far as they were read. */
export interface Known {
  readonly names: Names;
  readonly said: ReadonlyMap<string, DeviceSaid>;
  /** IP address by MAC, of everybody's tables together. */
  readonly addresses: ReadonlyMap<number, string>;
}

export function neighbourFacts(said: DeviceSaid, known: Known): OwnFact[] {
  const facts = new Map<string, OwnFact>();
  for (const link of said.links) {
    const { protocol, localPort, remoteChassis, remotePort, remoteName } = link;
    const key = [protocol, localPort, remoteChassis ?? remoteName, remotePort].join(' ');
    const from = { device: said.device, port: localPort };
    facts.set(key, { key, kind: 'link', source: protocol, from, to: neighbourOf(link, said, known) });
  }
  return [...facts.values()];
}

export function adjacencyFacts(said: DeviceSaid, known: Known): OwnFact[] {
  const facts = new Map<string, OwnFact>();
  for (const { source, address, state, routerId } of said.peers) {
    const keys = [address, ...(routerId === undefined ? [] : [routerId])].map(addressKey);
    const found = known.names.find(keys).filter((device) => device !== said.device);
    const to: Place = found.length === 1 ? { device: found[0]!, address } : { address };
    const key = `${source} ${address}`;
    // Of several address families with one peer the first is the peer.
    if (!facts.has(key))
      facts.set(key, { key, kind: 'adjacency', source, from: { device: said.device }, to, state });
  }
  return [...facts.values()];
}

/** More than one: it cannot be told which. */
export function candidates(link: LinkReading, said: DeviceSaid, { names }: Known): readonly string[] {
  return names.find(keysOf(link, said));
}

function keysOf(link: LinkReading, said: DeviceSaid): NameKey[] {
  const { remoteChassis = '', remoteName = '', remotePort = '' } = link;
  const address = said.neighbourAddresses.get(remoteChassis);
  const portMac = macNumber(remotePort);
  return [
    ...textKeys(remoteChassis),
    ...nameKeys(remoteName),
    ...(address === undefined ? [] : [addressKey(address)]),
    ...(portMac === undefined ? [] : [portMac]),
  ];
}

function neighbourOf(link: LinkReading, said: DeviceSaid, known: Known): Place {
  const { remoteChassis, remoteName, remotePort } = link;
  const found = candidates(link, said, known);
  const theirs = found.length === 1 ? known.said.get(found[0]!) : undefined;
  if (theirs !== undefined) {
    const port = remotePort === undefined ? undefined : portMeant(theirs.ports, remotePort)?.name;
    return { device: theirs.device, ...((port ?? remotePort) !== undefined && { port: port ?? remotePort }) };
  }
  const mac = remoteChassis === undefined ? undefined : macNumber(remoteChassis);
  const address =
    said.neighbourAddresses.get(remoteChassis ?? '') ??
    (mac === undefined ? undefined : addressOf(mac, known, said));
  const name = remoteName ?? (mac === undefined ? remoteChassis : undefined);
  return {
    ...(name !== undefined && name !== '' && { name }),
    ...(mac !== undefined && { mac: remoteChassis }),
    ...(address !== undefined && { address }),
    ...(remotePort !== undefined && { port: remotePort }),
  };
}

/** As the device itself resolves it, else whoever does. */
export const addressOf = (mac: number, { addresses }: Known, first: DeviceSaid): string | undefined =>
  first.resolves.get(mac) ?? addresses.get(mac);
