/** What one device said in a full reading, as far as inventory and topology are made of it. */
import type { Instant } from '../../base/instant.ts';
import type { Fact, FactSource, Place } from '../../model/discovered.ts';
import type { DeviceReading, InterfaceReading, LinkReading, ObjectReading } from '../../model/reading.ts';
import { macNumber, macText } from './mac.ts';

/** A fact that needs no other device; `key` tells it apart on its device, also when names are resolved anew. */
export type OwnFact = Pick<Fact, 'kind' | 'source' | 'from' | 'to' | 'state'> & { readonly key: string };

export interface SaidPort {
  readonly ifIndex: number;
  readonly name: string;
  readonly descr?: string | undefined;
  readonly alias?: string | undefined;
  readonly mac?: number | undefined;
}

interface SaidPeer {
  readonly source: FactSource;
  readonly address: string;
  readonly state?: string | undefined;
  /** The peer's router id: another name of it. */
  readonly routerId?: string | undefined;
  /** BGP with another autonomous system. */
  readonly isExternal: boolean;
}

export interface DeviceSaid {
  readonly device: string;
  readonly at: Instant;
  readonly sysName?: string | undefined;
  /** What it calls its chassis: addresses or texts. */
  readonly chassis: readonly string[];
  readonly addresses: readonly string[];
  readonly ports: readonly SaidPort[];
  readonly links: readonly LinkReading[];
  /** Management addresses of neighbours by what their chassis is called. */
  readonly neighbourAddresses: ReadonlyMap<string, string>;
  /** Addresses of stations by port name, each once. */
  readonly behind: ReadonlyMap<string, Float64Array>;
  /** IP address by MAC. */
  readonly resolves: ReadonlyMap<number, string>;
  /** Name of the aggregate by name of its member. */
  readonly memberOf: ReadonlyMap<string, string>;
  readonly peers: readonly SaidPeer[];
  readonly own: readonly OwnFact[];
  /** Kinds of its objects. */
  readonly objectKinds: ReadonlySet<string>;
  /** It has an address as a bridge (RFC 4188) or ports in a spanning tree. */
  readonly isBridge: boolean;
  /** Ethernet ports that can be plugged into, as far as types, addresses and names tell. */
  readonly ethernetPorts: number;
}

/** More of these a device has not; what is above is left out. */
const most = { stations: 50_000, resolved: 20_000, own: 20_000, links: 2_000, peers: 5_000 };

/** `address` is the one at which it is polled. */
export function saidBy(
  device: { readonly id: string; readonly address: string },
  reading: DeviceReading,
  at: Instant,
): DeviceSaid {
  const ports = reading.interfaces.map(portOf);
  const nameOf = new Map(ports.map(({ ifIndex, name }) => [`interface/${ifIndex}`, name]));
  const related = relationsOf(reading, nameOf);
  const peers = reading.objects.flatMap(peerOf).slice(0, most.peers);
  return {
    device: device.id,
    at,
    sysName: reading.device.sysName,
    chassis: chassisIdsOf(reading.objects),
    addresses: [...new Set([device.address, ...related.addresses])].filter(isTelling),
    ports,
    links: reading.links.slice(0, most.links),
    neighbourAddresses: related.neighbourAddresses,
    behind: related.behind,
    resolves: related.resolves,
    memberOf: related.memberOf,
    peers,
    own: [...related.own, ...reading.objects.flatMap((object) => placed(object, nameOf))]
      .slice(0, most.own)
      .map((fact) => ({
        ...fact,
        from: onDevice(fact.from, device.id),
        to: onDevice(fact.to, device.id),
      })),
    objectKinds: new Set(reading.objects.map(({ kind }) => kind)),
    isBridge: reading.objects.some(isBridging),
    ethernetPorts: reading.interfaces.filter(isSocket).length,
  };
}

/** A port or part, or, where nothing is said, the device itself; what else has a name is not of it. */
const onDevice = (place: Place, device: string): Place =>
  place.port !== undefined || place.part !== undefined || Object.keys(place).length === 0
    ? { device, ...place }
    : place;

const portOf = ({ ifIndex, ifName, ifDescr, ifAlias, mac }: InterfaceReading): SaidPort => ({
  ifIndex,
  name: ifName ?? ifDescr ?? String(ifIndex),
  descr: ifDescr,
  alias: ifAlias,
  mac: mac === undefined ? undefined : macNumber(mac),
});

const isBridging = ({ kind, attributes }: ObjectReading): boolean =>
  kind === 'stp-port' || macNumber(String(attributes['bridgeAddress'] ?? '')) !== undefined;

/** IANAifType: ethernetCsmacd, and what was used for faster ones before RFC 3635. */
const ethernetTypes = new Set(['6', '62', '69', '117']);
/** A sub-interface, or one that a system makes for itself. */
const madeUp =
  /[.:@]|^veth|^(vlan|br|bond|lag|po|team|dummy|tun|tap|vnet|docker|virbr|cni|wg|lo|ifb|cpu)([^a-z]|$)/i;
/** IEEE 802: an address that no maker gave, as ends of virtual machines have. */
const isLocal = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0;

const isSocket = ({ ifType, mac, ifName, ifDescr }: InterfaceReading): boolean =>
  ethernetTypes.has(String(ifType)) &&
  (mac === undefined || !isLocal(mac)) &&
  !madeUp.test(ifName ?? ifDescr ?? '');

/** Addresses that every device may have, and that therefore name none. */
const isTelling = (address: string): boolean =>
  !/^(0\.|127\.|169\.254\.|255\.|2(2[4-9]|3\d)\.|::$|::1$|f[e]8|ff)/i.test(address);

/** As the bases `base/lldp` and `base/bridge` read them. */
function chassisIdsOf(objects: readonly ObjectReading[]): string[] {
  const ids = objects
    .filter(({ kind }) => kind === 'chassis')
    .flatMap(({ attributes }) => [attributes['chassisId'], attributes['bridgeAddress']])
    .filter((id) => typeof id === 'string' && id !== '');
  return [...new Set(ids as string[])];
}

interface Related {
  readonly addresses: readonly string[];
  readonly neighbourAddresses: ReadonlyMap<string, string>;
  readonly behind: ReadonlyMap<string, Float64Array>;
  readonly resolves: ReadonlyMap<number, string>;
  readonly memberOf: ReadonlyMap<string, string>;
  readonly own: readonly OwnFact[];
}

function relationsOf(reading: DeviceReading, nameOf: ReadonlyMap<string, string>): Related {
  const addresses: string[] = [];
  const neighbourAddresses = new Map<string, string>();
  const stations = new Map<string, Set<number>>();
  const resolves = new Map<number, string>();
  const memberOf = new Map<string, string>();
  const own: OwnFact[] = [];
  let count = 0;
  for (const { kind, from, to } of reading.relations ?? []) {
    const [toKind, toId] = cut(to);
    const [fromKind, fromId] = cut(from);
    if (kind === 'resolves') {
      const mac = macNumber(fromId);
      if (fromKind === 'chassis') neighbourAddresses.set(fromId, neighbourAddresses.get(fromId) ?? toId);
      else if (mac !== undefined && resolves.size < most.resolved) resolves.set(mac, toId);
    } else if (kind === 'forwards') {
      const mac = macNumber(toId);
      const port = nameOf.get(from);
      if (mac === undefined || port === undefined || ++count > most.stations) continue;
      const behind = stations.get(port) ?? new Set();
      stations.set(port, behind.add(mac));
    } else if (kind === 'contains' && toKind === 'ip') addresses.push(toId);
    else {
      if (kind === 'member') memberOf.set(nameOf.get(from) ?? from, nameOf.get(to) ?? to);
      own.push({
        key: `${kind} ${from} ${to}`,
        kind,
        source: sourceOf(kind, fromKind),
        from: kind === 'session' ? subscriberAt(fromId) : endOf(from, nameOf),
        to: endOf(to, nameOf),
      });
    }
  }
  const behind = new Map([...stations].map(([port, macs]) => [port, Float64Array.from(macs)]));
  return { addresses, neighbourAddresses, behind, resolves, memberOf, own };
}

function sourceOf(kind: Fact['kind'], fromKind: string): FactSource {
  if (kind === 'member') return 'lag';
  if (kind === 'session' && (fromKind === 'dhcp' || fromKind === 'pppoe')) return fromKind;
  return kind === 'serves' ? 'access' : 'profile';
}

function endOf(id: string, nameOf: ReadonlyMap<string, string>): Place {
  const [kind, rest] = cut(id);
  const port = nameOf.get(id);
  if (port !== undefined) return { port };
  if (kind === 'ifName') return { port: rest };
  if (kind === 'mac') return { mac: rest };
  if (kind === 'ip') return { address: rest };
  return { part: id };
}

/** The holder of a lease by its address, of a session by its login. */
const subscriberAt = (id: string): Place => (macNumber(id) === undefined ? { name: id } : { mac: id });

function cut(id: string): readonly [string, string] {
  const at = id.indexOf('/');
  return at < 0 ? ['', id] : [id.slice(0, at), id.slice(at + 1)];
}

/** What subscribers hold. */
const terminals = new Set(['ont', 'modem', 'radio-client', 'dsl-line', 'cpe']);
/** What stands in a rack and can be pulled out or belongs to the path of a subscriber; a port is no inventory of its own. */
const parts = new Set([
  ...['chassis', 'stack', 'card', 'module', 'psu', 'fan', 'transceiver', 'battery', 'rectifier'],
  ...['pon-port', 'upstream', 'downstream', 'fiber-node', 'amplifier', 'radio'],
]);

/** An object and what it hangs on; of modules those alone that can be told apart by name or serial. */
function placed(object: ObjectReading, nameOf: ReadonlyMap<string, string>): OwnFact[] {
  const { id, kind, parent, key, attributes } = object;
  if (!terminals.has(kind) && !parts.has(kind)) return [];
  const name = attributes['name'];
  const serial = key ?? attributes['serial'];
  const number = macNumber(String(attributes['mac'] ?? attributes['remote'] ?? ''));
  const isTerminal = terminals.has(kind);
  // A part without a name or a serial number is nothing that anybody could look for.
  if (!isTerminal && (name === undefined || kind === 'module') && serial === undefined) return [];
  return [
    {
      key: `${kind} ${id} ${serial ?? ''}`,
      kind: isTerminal ? 'serves' : 'contains',
      source: isTerminal ? 'access' : id.startsWith('module/') ? 'entity' : 'profile',
      from: parent === undefined ? {} : endOf(parent, nameOf),
      to: {
        part: id,
        ...(typeof name === 'string' && name !== '' && { name }),
        ...(serial !== undefined && serial !== '' && { serial: String(serial) }),
        ...(number !== undefined && { mac: macText(number) }),
      },
      state: object.state,
    },
  ];
}

const peerKinds: Readonly<Record<string, FactSource>> = {
  'bgp-peer': 'bgp',
  'ospf-neighbour': 'ospf',
  'isis-adjacency': 'isis',
};

function peerOf({ kind, attributes, state }: ObjectReading): SaidPeer[] {
  const source = peerKinds[kind];
  const address = attributes['peer'] ?? attributes['neighbor'] ?? attributes['address'];
  if (source === undefined || typeof address !== 'string') return [];
  const { remoteAs, localAs, routerId } = attributes;
  const isExternal = remoteAs !== undefined && localAs !== undefined && remoteAs !== localAs;
  return [{ source, address, state, isExternal, ...(typeof routerId === 'string' && { routerId }) }];
}
