/**
 * A topology made of what was discovered, in the form of the topology file: something to read and correct, nothing
 * that is taken by itself. Ids are those that alarms of the same ports and parts have.
 */
import { spreadHash } from '../../base/random.ts';
import type { Fact, Place } from '../../model/discovered.ts';
import { resourceId } from '../../model/ids.ts';
import type { TopologyResource } from '../records.ts';
import type { Known } from './neighbours.ts';
import type { DeviceSaid, OwnFact } from './said.ts';

/** Who says so, and since when: Unix milliseconds. */
type Said = Pick<Fact, 'source' | 'firstSeen' | 'lastSeen'>;

interface ProposedLink {
  readonly id: string;
  readonly ends: readonly [string, string];
  readonly said: Said;
}

export interface ProposedTopology {
  /** Routers that talk to other networks over BGP; empty where nobody does, and then for a person to name. */
  readonly serviceRoots: readonly string[];
  /** Parents before what hangs on them. */
  readonly resources: readonly (Pick<TopologyResource, 'id' | 'kind' | 'in' | 'name'> & {
    /** Of subscribers' equipment and sessions. */
    readonly said?: Said | undefined;
  })[];
  readonly links: readonly ProposedLink[];
}

type Proposed = ProposedTopology['resources'][number];

export function proposeTopology(facts: readonly Fact[], { said }: Known): ProposedTopology {
  const resources = new Map<string, Proposed>();
  const add: Add = (id, given) => {
    const { access, ...rest } = given;
    const trees: Proposed['in'] = access === undefined ? {} : { access: resourceId(access) };
    if (!resources.has(id)) resources.set(id, { id: resourceId(id), in: trees, ...rest });
  };
  for (const one of said.values()) add(one.device, { kind: kindOf(one), ...nameOf(one.sysName, one.device) });
  for (const one of said.values()) addParts(one, add);
  addStations(facts, said, add);
  return {
    serviceRoots: [...said.values()].filter(isGateway).map(({ device }) => device),
    resources: [...resources.values()],
    links: linksOf(facts, said),
  };
}

type Add = (
  id: string,
  given: Omit<Proposed, 'id' | 'in'> & { readonly access?: string | undefined },
) => void;

const nameOf = (name: string | undefined, id: string): { readonly name?: string } =>
  name === undefined || name === '' || name === id ? {} : { name };

const isGateway = ({ peers }: DeviceSaid): boolean =>
  peers.some(({ isExternal, state }) => isExternal && state === 'established');

/** More sockets than this has no server; a small switch may say nothing of whom it forwards to. */
const socketsOfServer = 6;

/** By what it does; where it says nothing of that, by how many ports it has and how many addresses it resolves. */
function kindOf(said: DeviceSaid): string {
  const { objectKinds: has, behind, peers, resolves, isBridge, ethernetPorts } = said;
  if (has.has('pon-port') || has.has('ont')) return 'olt';
  if (has.has('upstream') && has.has('modem')) return 'cmts';
  if (has.has('dsl-line') && behind.size > 0) return 'dslam';
  if (peers.length > 0) return 'router';
  if (behind.size > 0 || has.has('radio-client') || (has.has('radio') && has.has('modem'))) return 'switch';
  // A switch resolves its own few correspondents, a router everybody on its ports, be they bridged or not.
  const isSwitch = ethernetPorts > socketsOfServer && resolves.size <= ethernetPorts;
  if (isBridge && (isSwitch || resolves.size === 0)) return 'switch';
  if (has.has('ups')) return 'ups';
  if (isSwitch) return 'switch';
  return resolves.size > 0 ? 'router' : 'server';
}

const partKinds: Readonly<Record<string, string>> = {
  card: 'card',
  'pon-port': 'pon-port',
  ont: 'ont',
  modem: 'modem',
  upstream: 'upstream',
  'fiber-node': 'fiber-node',
  amplifier: 'amplifier',
  'dsl-line': 'dsl-line',
  radio: 'radio-sector',
  'radio-client': 'cpe',
  cpe: 'cpe',
};

/** Terminals and what they hang on, as far up as the device says; what hangs on nothing hangs on the device. */
function addParts(one: DeviceSaid, add: Add): void {
  const placed = new Map<string, OwnFact>();
  for (const fact of one.own) {
    const part = fact.to.part;
    if (part !== undefined && partKinds[kindIn(part)] !== undefined) placed.set(part, fact);
  }
  const serves = [...placed.values()].some(({ kind }) => kind === 'serves');
  if (!serves) return;
  const done = new Set<string>();
  const addPart = (part: string): string => {
    const id = `${one.device}/${part}`;
    const fact = placed.get(part);
    if (done.has(part) || fact === undefined) return fact === undefined ? one.device : id;
    done.add(part);
    const access = fact.from.part === undefined ? one.device : addPart(fact.from.part);
    add(id, { kind: partKinds[kindIn(part)]!, access, ...nameOf(fact.to.name, id) });
    return id;
  };
  for (const part of placed.keys()) addPart(part);
}

const kindIn = (part: string): string => part.slice(0, part.indexOf('/'));

interface Station {
  readonly at: Place;
  readonly mac: string;
  readonly said: Said;
}

/**
 * Subscribers' equipment and sessions: each at the port with the fewest others, by address of the port at last. Who is known
 * to a device without a port hangs on the device, unless somebody knows better.
 */
function addStations(facts: readonly Fact[], said: Known['said'], add: Add): void {
  const stations = facts.flatMap(stationOf);
  const crowd = new Map<string, number>();
  for (const { at } of stations) crowd.set(placeKey(at), (crowd.get(placeKey(at)) ?? 0) + 1);
  const best = new Map<string, Station>();
  for (const station of stations) {
    const known = best.get(station.mac);
    if (known === undefined || order(station.at, crowd) < order(known.at, crowd))
      best.set(station.mac, station);
  }
  for (const [mac, station] of best) addAt(station, mac.replaceAll(':', '-'), { said, add });
  for (const fact of facts) {
    const { kind, source, from, to } = fact;
    if (kind !== 'session' || source !== 'pppoe' || from.name === undefined) continue;
    // A login may name a person: it stands in the name, which people read, and not in the id, which goes everywhere.
    const part = `pppoe-${spreadHash(from.name).toString(16).padStart(8, '0')}`;
    // An interface made for one session comes and goes with it.
    const isOwn = to.port?.includes(from.name) === true;
    const at = isOwn ? { device: to.device } : to;
    addAt({ at, said: saidIn(fact) }, part, { said, add, name: from.name });
  }
}

function stationOf(fact: Fact): Station[] {
  const { kind, source, from, to } = fact;
  const said = saidIn(fact);
  if (kind === 'forwards' && to.mac !== undefined) return [{ at: from, mac: to.mac, said }];
  if (kind !== 'session' || source !== 'dhcp' || from.mac === undefined) return [];
  return [{ at: to, mac: from.mac, said }];
}

const saidIn = ({ source, firstSeen, lastSeen }: Fact): Said => ({ source, firstSeen, lastSeen });

function addAt(
  { at, said: by }: Omit<Station, 'mac'>,
  part: string,
  to: { readonly said: Known['said']; readonly add: Add; readonly name?: string | undefined },
): void {
  const { add, said, name } = to;
  const port = portId(at, said);
  // A port that the device does not name any more is no place.
  if (at.device === undefined || (port === undefined && at.port !== undefined)) return;
  if (port !== undefined) add(port, { kind: 'port', access: at.device, ...nameOf(at.port, port) });
  const above = port ?? at.device;
  const id = `${above}/${part}`;
  add(id, { kind: 'cpe', access: above, ...nameOf(name, id), said: by });
}

const placeKey = ({ device, port }: Place): string => `${device} ${port ?? ''}`;
/** Any port before none. */
const order = (place: Place, crowd: ReadonlyMap<string, number>): string =>
  `${place.port === undefined ? 1 : 0} ${String(crowd.get(placeKey(place)) ?? 0).padStart(6, '0')} ${placeKey(place)}`;

function portId({ device, port }: Place, said: Known['said']): string | undefined {
  const known = said.get(device ?? '')?.ports.find(({ name }) => name === port);
  return known === undefined ? undefined : `${device}/if/${known.ifIndex}`;
}

/** Each pair of ports once, whoever of the two said so; an end whose port is not known stands for the device. */
function linksOf(facts: readonly Fact[], said: Known['said']): ProposedLink[] {
  const links = new Map<string, ProposedLink>();
  const halves = new Map<string, string>();
  for (const fact of facts) {
    const { kind, from, to } = fact;
    if (kind !== 'link' || to.device === undefined || from.device === to.device) continue;
    const [near, far] = [portId(from, said) ?? from.device!, portId(to, said) ?? to.device];
    const ends: readonly [string, string] = from.device! < to.device ? [near, far] : [far, near];
    const devices: readonly [string, string] =
      from.device! < to.device ? [from.device!, to.device] : [to.device, from.device!];
    if (near === from.device || far === to.device) halves.set(ends.join('--'), devices.join('--'));
    links.set(ends.join('--'), { id: `link/${ends.join('--')}`, ends: devices, said: saidIn(fact) });
  }
  const whole = new Set(
    [...links].filter(([key]) => !halves.has(key)).map(([, { ends }]) => ends.join('--')),
  );
  const told = new Set<string>();
  // Where both ports of two devices are known, who knows one port less says nothing new; else one half stands for both.
  return [...links].flatMap(([key, link]) => {
    const pair = halves.get(key);
    if (pair === undefined) return [link];
    if (whole.has(pair) || told.has(pair)) return [];
    told.add(pair);
    return [link];
  });
}

/** The text of a topology file: one document, or a line each. */
export function proposalText(
  { serviceRoots, resources, links }: ProposedTopology,
  options: { readonly lines: boolean; readonly conflicts: readonly unknown[] },
): string {
  const { conflicts } = options;
  if (!options.lines) {
    const document = {
      format: 'allclear-topology/1',
      serviceRoots,
      resources,
      links,
      planned: [],
      conflicts,
    };
    return `${JSON.stringify(document, null, 1)}\n`;
  }
  const header = { format: 'allclear-topology/2', serviceRoots };
  const rows = [
    header,
    ...resources.map((resource) => ({ resource })),
    ...links.map((link) => ({ link })),
    ...conflicts.map((conflict) => ({ conflict })),
  ];
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}
