/** The older plant of the demo city: cable television lines with amplifiers, and telephone cables with DSL. */
import type { CityDevice, CityLink, CityPort, CityResource } from './city.ts';

export interface CityModem {
  /** `<cmts>/modem/<index>`: as the profile of the CMTS names it. */
  readonly id: string;
  readonly cmts: string;
  readonly index: number;
  /** ifIndex of the channel it speaks on: one for each fibre node. */
  readonly upstream: number;
  /** From the fibre node to the house. */
  readonly amplifiers: readonly string[];
  readonly building: string;
}

export interface CityLine {
  /** `<dslam>/if/<ifIndex>`: what is said of a line is said of the port that it is. */
  readonly id: string;
  readonly dslam: string;
  readonly ifIndex: number;
  readonly cable: string;
  readonly building: string;
  /** Metres of copper. */
  readonly lengthM: number;
}

interface Plan {
  readonly resources: CityResource[];
  readonly links: CityLink[];
  readonly devices: CityDevice[];
  readonly modems: CityModem[];
  readonly lines: CityLine[];
  addHousehold(leaf: string, building: number): void;
}

const nodes = 2;
const trunksPerNode = 2;
const amplifiersPerTrunk = 2;
const modemsPerAmplifier = 10;
/** Neighbours of one house hang on different amplifiers, so that mains and cable can be told apart. */
const housesPerNode = 4;
const firstUpstream = 101;
const firstHouse = 301;

/** cmts - fibre node - trunk amplifier - amplifier - modems. */
export function layHybridFibreCoax(plan: Plan): void {
  const cmts = 'cmts-1';
  const where = { collector: 'collector-1', site: 'site-1' };
  plan.resources.push({ id: cmts, kind: 'cmts', in: { power: 'battery-1', ...where }, name: 'CMTS 1' });
  plan.links.push({ id: 'uplink-cmts-1', ends: [cmts, 'agg-1'] });
  const ports: CityPort[] = [
    { ifIndex: 1, name: 'TenGigabitEthernet1/0', speedMbps: 10_000, resource: 'uplink-cmts-1' },
  ];
  for (let node = 1; node <= nodes; node++) {
    const id = `fiber-node-${node}`;
    const mains = `mains-coax-${node}`;
    plan.resources.push(
      { id: mains, kind: 'mains', name: `Coax district ${node}` },
      { id, kind: 'fiber-node', in: { access: cmts, power: mains }, order: node, name: `Fibre node ${node}` },
    );
    for (let house = 1; house <= housesPerNode; house++)
      plan.resources.push({ id: coaxHouse(node, house), kind: 'building', in: { power: mains } });
    const upstream = firstUpstream + node - 1;
    ports.push(
      { ifIndex: upstream - 50, name: `Downstream1/${node}`, speedMbps: 1_000, resource: `${id}/down` },
      { ifIndex: upstream, name: `Upstream1/${node}`, speedMbps: 80, resource: `${id}/up` },
    );
    for (let trunk = 1; trunk <= trunksPerNode; trunk++) layTrunk(plan, { cmts, node, trunk, upstream });
  }
  plan.devices.push({ id: cmts, kind: 'cmts', site: 'site-1', ports });
}

const coaxHouse = (node: number, house: number): string => `house-coax-${node}-${house}`;

function layTrunk(
  plan: Plan,
  at: { readonly cmts: string; readonly node: number; readonly trunk: number; readonly upstream: number },
): void {
  const { cmts, node, trunk, upstream } = at;
  const power = `mains-coax-${node}`;
  const first = `amplifier-${node}-${trunk}`;
  plan.resources.push({
    ...{ id: first, kind: 'amplifier', in: { access: `fiber-node-${node}`, power } },
    ...{ order: trunk, name: `Trunk amplifier ${node}-${trunk}` },
  });
  for (let last = 1; last <= amplifiersPerTrunk; last++) {
    const id = `${first}-${last}`;
    plan.resources.push({
      ...{ id, kind: 'amplifier', in: { access: first, power } },
      ...{ order: last, name: `Amplifier ${node}-${trunk}-${last}` },
    });
    for (let place = 1; place <= modemsPerAmplifier; place++) {
      const index = plan.modems.length + 1;
      const house = 1 + (place % housesPerNode);
      const building = coaxHouse(node, house);
      const modem = `${cmts}/modem/${index}`;
      plan.resources.push({
        ...{ id: modem, kind: 'modem', subscribers: 1, order: place },
        in: { access: id, power: building },
      });
      plan.modems.push({ id: modem, cmts, index, upstream, amplifiers: [first, id], building });
      plan.addHousehold(modem, firstHouse + node * housesPerNode + house);
    }
  }
}

const cables = 2;
const cabinetsPerCable = 2;
const pairsPerCabinet = 12;
const copperHouses = 4;
const firstLine = 1_001;

/** dslam - cable - cabinet - pair - line; the DSLAM stands in the street with a supply of its own. */
export function layCopper(plan: Plan): void {
  const dslam = 'dslam-1';
  const [site, mains, supply] = ['site-street', 'mains-street', 'ups-street'];
  // Named as the profile of the supply names its parts: what it says of them is said of what the DSLAM lives on.
  const [output, battery] = [`${supply}/ups/0`, `${supply}/battery/0`];
  const where = { power: battery, collector: 'collector-1', site };
  plan.resources.push(
    { id: mains, kind: 'mains', name: 'Street substation' },
    { id: site, kind: 'site', in: { power: mains }, name: 'Street cabinet' },
    { id: output, kind: 'battery', in: { power: site }, name: 'Street cabinet supply' },
    { id: battery, kind: 'battery', in: { power: output }, name: 'Street cabinet battery' },
    { id: supply, kind: 'ups', in: where },
    { id: dslam, kind: 'dslam', in: where, name: 'DSLAM 1' },
    { id: 'mains-copper', kind: 'mains', name: 'Copper district' },
  );
  for (let house = 1; house <= copperHouses; house++)
    plan.resources.push({ id: `house-copper-${house}`, kind: 'building', in: { power: 'mains-copper' } });
  plan.links.push({ id: 'uplink-dslam-1', ends: [dslam, 'agg-2'] });
  const uplink = { ifIndex: 1, name: 'GigabitEthernet0/1', speedMbps: 1_000, resource: 'uplink-dslam-1' };
  plan.devices.push(
    { id: dslam, kind: 'dslam', site, ports: [uplink] },
    { id: supply, kind: 'ups', site, ports: [] },
  );
  for (let number = 1; number <= cables; number++) {
    const cable = `cable-${number}`;
    plan.resources.push({
      ...{ id: cable, kind: 'cable', in: { access: dslam }, order: number },
      name: `Telephone cable ${number}`,
    });
    for (let place = 1; place <= cabinetsPerCable; place++) {
      const cabinet = `cabinet-${number}-${place}`;
      plan.resources.push({
        ...{ id: cabinet, kind: 'cabinet', in: { access: cable }, order: place },
        name: `Cabinet ${number}-${place}`,
      });
      for (let pair = 1; pair <= pairsPerCabinet; pair++) layPair(plan, { dslam, cable, cabinet, pair });
    }
  }
}

function layPair(
  plan: Plan,
  at: { readonly dslam: string; readonly cable: string; readonly cabinet: string; readonly pair: number },
): void {
  const { dslam, cable, cabinet, pair } = at;
  const ifIndex = firstLine + plan.lines.length;
  const house = 1 + (pair % copperHouses);
  const building = `house-copper-${house}`;
  const id = `${dslam}/if/${ifIndex}`;
  const wires = `${cabinet}-pair-${pair}`;
  plan.resources.push(
    { id: wires, kind: 'pair', in: { access: cabinet }, order: pair },
    { id, kind: 'dsl-line', subscribers: 1, in: { access: wires, power: building } },
  );
  plan.lines.push({ id, dslam, ifIndex, cable, building, lengthM: 300 + 60 * pair });
  plan.addHousehold(id, firstHouse + 20 + house);
}
