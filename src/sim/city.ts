/**
 * The demo city: a small operator on GPON, with some cable television plant and copper, and an aggregation ring, the same for the same seed. What it answers over
 * SNMP and what breaks in it is made elsewhere; this is its plan: resources, links, devices, households.
 */
import { type Random, seededRandom } from '../base/random.ts';
import { type CityLine, type CityModem, layCopper, layHybridFibreCoax } from './cable-plan.ts';
import { cityResolvers } from './dns-plan.ts';

export interface CityOptions {
  readonly seed: number;
  readonly households: number;
}

export interface CityResource {
  readonly id: string;
  readonly kind: string;
  readonly in?: Readonly<Record<string, string>> | undefined;
  readonly needs?: { readonly of: readonly string[]; readonly atLeast: number } | undefined;
  readonly subscribers?: number | undefined;
  readonly order?: number | undefined;
  readonly name?: string | undefined;
}

export interface CityLink {
  readonly id: string;
  readonly ends: readonly [string, string];
  readonly segments?: readonly string[] | undefined;
}

/** One simulated agent. `ports` are its interfaces: index, name and, for a PON port, the resource behind it. */
export interface CityDevice {
  readonly id: string;
  readonly kind: 'core' | 'aggregation' | 'olt' | 'cmts' | 'dslam' | 'ups' | 'switch' | 'server';
  readonly site: string;
  readonly ports: readonly CityPort[];
}

export interface CityPort {
  readonly ifIndex: number;
  readonly name: string;
  readonly speedMbps: number;
  /** Resource whose fate the port shows: a link of the ring or a PON port. */
  readonly resource: string;
}

export interface CityOnt {
  /** `<olt>/if/<ifIndex>`: an ONT is an interface of its OLT, as BDCOM-like systems number it. */
  readonly id: string;
  readonly olt: string;
  readonly ifIndex: number;
  readonly port: string;
  readonly feeder: string;
  readonly building: string;
  /** Has a battery: stays alight when the house is dark. */
  readonly isBuffered: boolean;
}

export interface CityHousehold {
  readonly id: string;
  /** ONT, cable modem or DSL line. */
  readonly leaf: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly subscriberClass: string;
  readonly language: 'ru' | 'en';
  readonly address: string;
}

export interface City {
  readonly serviceRoots: readonly string[];
  readonly resources: readonly CityResource[];
  readonly links: readonly CityLink[];
  readonly devices: readonly CityDevice[];
  readonly onts: readonly CityOnt[];
  readonly modems: readonly CityModem[];
  readonly lines: readonly CityLine[];
  readonly households: readonly CityHousehold[];
}

const portsPerOlt = 8;
const risersPerPort = 4;
const ontsPerRiser = 16;
const ontsPerOlt = portsPerOlt * risersPerPort * ontsPerRiser;
/** A house holds this many risers, each from another PON port, so that mains and fibre can be told apart. */
const risersPerBuilding = 3;

export function buildCity(options: CityOptions): City {
  const draft = new Draft(seededRandom(options.seed));
  const olts = Math.max(2, Math.ceil(options.households / ontsPerOlt));
  const ring = layRing(draft, Math.max(6, Math.ceil(olts / 2)));
  for (let number = 1; number <= olts; number++) {
    layOlt(draft, number, ring[(number - 1) % ring.length]!);
  }
  houses(draft);
  layHybridFibreCoax(draft);
  layCopper(draft);
  thinOut(draft, options.households);
  furnish(draft, ring);
  const { resources, links, devices, onts, modems, lines, households } = draft;
  return { serviceRoots: ['core-1', 'core-2'], resources, links, devices, onts, modems, lines, households };
}

class Draft {
  readonly random: Random;
  readonly resources: CityResource[] = [];
  readonly links: CityLink[] = [];
  readonly devices: CityDevice[] = [];
  readonly onts: CityOnt[] = [];
  readonly modems: CityModem[] = [];
  readonly lines: CityLine[] = [];
  readonly ontsOnPort = new Map<string, number>();
  readonly households: CityHousehold[] = [];
  /** Riser splitters waiting for a house: [id, port resource, feeder]. */
  readonly risers: { id: string; port: number; olt: string; feeder: string }[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  addHousehold(leaf: string, building: number): void {
    this.households.push(household(this, { leaf, building }));
  }
}

const place = (collector: string, site: string) => ({ collector, site });

/** core-1 - agg-1 - .. - agg-n - core-2 - core-1, each span in a duct of its own. */
function layRing(draft: Draft, size: number): string[] {
  const ring = Array.from({ length: size }, (_, index) => `agg-${index + 1}`);
  draft.resources.push(
    { id: 'collector-1', kind: 'collector' },
    { id: 'mains-centre', kind: 'mains' },
    { id: 'site-centre', kind: 'site', in: { power: 'mains-centre' }, name: 'Central office' },
  );
  for (const id of ['core-1', 'core-2']) {
    draft.resources.push({
      id,
      kind: 'core',
      in: { power: 'site-centre', ...place('collector-1', 'site-centre') },
    });
  }
  for (const [index, id] of ring.entries()) {
    const number = index + 1;
    draft.resources.push(
      { id: `mains-${number}`, kind: 'mains', name: `Feeder substation ${number}` },
      { id: `site-${number}`, kind: 'site', in: { power: `mains-${number}` }, name: `Node ${number}` },
      { id: `battery-${number}`, kind: 'battery', in: { power: `site-${number}` } },
      {
        id,
        kind: 'aggregation',
        in: { power: `battery-${number}`, ...place('collector-1', `site-${number}`) },
      },
    );
  }
  const hops = ['core-1', ...ring, 'core-2', 'core-1'];
  for (let i = 0; i + 1 < hops.length; i++) {
    const segment = `duct-${i + 1}`;
    draft.resources.push({ id: segment, kind: 'segment', name: `Duct ${i + 1}` });
    draft.links.push({
      id: `ring-${i + 1}`,
      ends: [hops[i]!, hops[i + 1]!],
      segments: [segment],
    });
  }
  const portsOf = (id: string): CityPort[] =>
    draft.links
      .filter((link) => link.ends.includes(id))
      .map((link, index) => ({
        ifIndex: index + 1,
        name: `xe-0/0/${index}`,
        speedMbps: 100_000,
        resource: link.id,
      }));
  for (const id of ['core-1', 'core-2']) {
    draft.devices.push({ id, kind: 'core', site: 'site-centre', ports: portsOf(id) });
  }
  for (const [index, id] of ring.entries()) {
    draft.devices.push({ id, kind: 'aggregation', site: `site-${index + 1}`, ports: portsOf(id) });
  }
  return ring;
}

function layOlt(draft: Draft, number: number, aggregation: string): void {
  const id = `olt-${number}`;
  const node = Number(aggregation.slice(4));
  const where = { power: `battery-${node}`, ...place('collector-1', `site-${node}`) };
  draft.resources.push({ id, kind: 'olt', in: where, name: `OLT ${number}` });
  draft.links.push({ id: `uplink-${number}`, ends: [id, aggregation] });
  const ports: CityPort[] = [
    { ifIndex: 100, name: 'TenGigabitEthernet0/1', speedMbps: 10_000, resource: `uplink-${number}` },
  ];
  for (let feeder = 1; feeder <= 2; feeder++) {
    draft.resources.push({
      id: `feeder-${number}-${feeder}`,
      kind: 'feeder',
      name: `Feeder cable ${number}-${feeder}`,
    });
  }
  for (let port = 1; port <= portsPerOlt; port++) {
    const resource = `${id}/if/${port}`;
    const feeder = `feeder-${number}-${port <= portsPerOlt / 2 ? 1 : 2}`;
    ports.push({ ifIndex: port, name: `GPON0/${port}`, speedMbps: 2_488, resource });
    draft.resources.push(
      {
        id: resource,
        kind: 'pon-port',
        in: { access: id },
        order: port,
        name: `OLT ${number} GPON0/${port}`,
      },
      {
        id: `split-${number}-${port}`,
        kind: 'splitter',
        order: 1,
        in: { access: resource, cable: feeder },
      },
    );
    for (let riser = 1; riser <= risersPerPort; riser++) {
      draft.risers.push({ id: `riser-${number}-${port}-${riser}`, port, olt: id, feeder });
    }
  }
  draft.devices.push({ id, kind: 'olt', site: `site-${node}`, ports });
}

/** Risers of different ports share a house. */
function houses(draft: Draft): void {
  const byOlt = groupByOlt(draft);
  let building = 0;
  let area = 0;
  for (const risers of byOlt.values()) {
    // Taking every fourth riser puts neighbours of one house on different ports.
    const order = Array.from({ length: risersPerPort }, (_, first) =>
      risers.filter((_, index) => index % risersPerPort === first),
    ).flat();
    for (let i = 0; i < order.length; i += risersPerBuilding) {
      building++;
      if (building % 10 === 1) {
        area++;
        draft.resources.push({ id: `mains-area-${area}`, kind: 'mains', name: `City feeder ${area}` });
      }
      const house = `house-${building}`;
      draft.resources.push({
        id: house,
        kind: 'building',
        in: { power: `mains-area-${area}` },
        name: streetAddress(building),
      });
      for (const riser of order.slice(i, i + risersPerBuilding)) fillRiser(draft, { riser, house, building });
    }
  }
}

/** To the wanted number, evenly, so that every house keeps some. */
function thinOut(draft: Draft, wanted: number): void {
  const surplus = draft.households.length - wanted;
  for (let removed = 0; removed < surplus; removed++) {
    draft.households.splice(draft.random.below(draft.households.length), 1);
  }
}

function groupByOlt(draft: Draft): Map<string, Draft['risers']> {
  const groups = new Map<string, Draft['risers']>();
  for (const riser of draft.risers) groups.set(riser.olt, [...(groups.get(riser.olt) ?? []), riser]);
  return groups;
}

function fillRiser(
  draft: Draft,
  at: { riser: Draft['risers'][number]; house: string; building: number },
): void {
  const { riser, house, building } = at;
  const number = riser.olt.slice(4);
  draft.resources.push({
    id: riser.id,
    kind: 'splitter',
    in: { access: `split-${number}-${riser.port}`, site: house },
  });
  const port = `${riser.olt}/if/${riser.port}`;
  const slot = draft.ontsOnPort.get(port) ?? 0;
  draft.ontsOnPort.set(port, slot + ontsPerRiser);
  for (let i = 0; i < ontsPerRiser; i++) {
    const ifIndex = riser.port * 1_000 + slot + i + 1;
    const id = `${riser.olt}/if/${ifIndex}`;
    const isBuffered = draft.random.next() < 0.06;
    draft.resources.push({
      id,
      kind: 'ont',
      subscribers: 1,
      order: i + 1,
      in: { access: riser.id, power: house },
    });
    draft.onts.push({
      id,
      olt: riser.olt,
      ifIndex,
      port,
      feeder: riser.feeder,
      building: house,
      isBuffered,
    });
    draft.addHousehold(id, building);
  }
}

const streets = ['Lesnaya', 'Sadovaya', 'Zarechnaya', 'Polevaya', 'Rechnaya', 'Vesennyaya'];
const families = ['Ivanov', 'Petrova', 'Sidorov', 'Smirnova', 'Kuznetsov', 'Popova', 'Volkov', 'Morozova'];

const streetAddress = (building: number): string =>
  `${streets[building % streets.length]} St, ${1 + Math.floor(building / streets.length)}`;

function household(draft: Draft, at: { leaf: string; building: number }): CityHousehold {
  const number = draft.households.length + 1;
  const draw = draft.random.next();
  const subscriberClass =
    draw < 0.93 ? 'residential' : draw < 0.97 ? 'business' : draw < 0.99 ? 'priority' : 'vip';
  return {
    id: `A-${100_000 + number}`,
    leaf: at.leaf,
    name: `${families[draft.random.below(families.length)]} ${number}`,
    // +7 900 000 is not given out to anyone here: every number leads to the simulated gateway only.
    phone: `+7900${String(number).padStart(7, '0')}`,
    email: `a${100_000 + number}@city.example`,
    subscriberClass,
    language: draft.random.next() < 0.8 ? 'ru' : 'en',
    address: `${streetAddress(at.building)}, flat ${1 + (number % 120)}`,
  };
}

/** Power supplies, servers and the switches of business houses, up to 60 devices. */
function furnish(draft: Draft, ring: readonly string[]): void {
  for (const [index] of ring.entries()) {
    const number = index + 1;
    const site = `site-${number}`;
    draft.resources.push({
      id: `ups-${number}`,
      kind: 'ups',
      in: { power: site, ...place('collector-1', site) },
    });
    draft.devices.push({ id: `ups-${number}`, kind: 'ups', site, ports: [] });
  }
  // One of the resolvers is enough for the service: each of them is a server, and the platform is what serves everybody.
  const resolvers = cityResolvers.map(({ id }) => id);
  draft.resources.push({
    id: 'dns',
    kind: 'dns',
    needs: { of: resolvers, atLeast: 1 },
    name: 'DNS platform',
  });
  for (const id of [...resolvers, 'radius-1', 'portal-1']) {
    const kind = id.startsWith('radius') ? 'radius' : 'server';
    draft.resources.push({
      id,
      kind,
      in: { power: 'site-centre', ...place('collector-1', 'site-centre') },
    });
    draft.links.push({ id: `lan-${id}`, ends: [id, 'core-1'] });
    const uplink = { ifIndex: 2, name: 'eth0', speedMbps: 10_000, resource: `lan-${id}` };
    // The portal is a server on which nobody switched LLDP on: discovery has one link to ask a person about.
    const ports = id === 'portal-1' ? [] : [uplink];
    draft.devices.push({ id, kind: 'server', site: 'site-centre', ports });
  }
  for (let number = 1; draft.devices.length < 60; number++) {
    const node = ((number - 1) % ring.length) + 1;
    const id = `sw-${number}`;
    draft.resources.push({
      id,
      kind: 'switch',
      in: { power: `site-${node}`, ...place('collector-1', `site-${node}`) },
    });
    draft.links.push({ id: `access-${number}`, ends: [id, `agg-${node}`] });
    const uplink = { ifIndex: 1, name: 'Gi0/1', speedMbps: 1_000, resource: `access-${number}` };
    draft.devices.push({ id, kind: 'switch', site: `site-${node}`, ports: [uplink] });
  }
}
