/** Lays cores, BNGs, aggregation rings with their ducts, sites with batteries, and the platforms of the services. */
import type { Chance } from '../chance.ts';
import type { Names } from './names.ts';
import type { Plant } from './plant.ts';
import type { Shape } from './shape.ts';

export interface Laying {
  readonly plant: Plant;
  readonly shape: Shape;
  readonly names: Names;
  readonly chance: Chance;
  readonly mains: MainsFeeds;
  readonly collectors: readonly number[];
}

/** Feeds of the electricity network, each for some buildings, under substations where the operator knows them. */
export class MainsFeeds {
  readonly #plant: Plant;
  readonly #shape: Shape;
  readonly #names: Names;
  readonly #chance: Chance;
  #substation = -1;
  #feedsLeft = 0;
  #feed = -1;
  #placesLeft = 0;

  constructor(parts: { plant: Plant; shape: Shape; names: Names; chance: Chance }) {
    this.#plant = parts.plant;
    this.#shape = parts.shape;
    this.#names = parts.names;
    this.#chance = parts.chance;
  }

  /** The feed of the neighbourhood, a new one when it has its buildings. */
  next(): number {
    if (this.#placesLeft <= 0) this.open();
    this.#placesLeft--;
    return this.#feed;
  }

  open(): number {
    if (this.#shape.hasSubstations && this.#feedsLeft-- <= 0) {
      this.#substation = this.#plant.add('mains', this.#names.make('mains'));
      this.#feedsLeft = this.#chance.whole(2, 6);
    }
    const parents = this.#substation < 0 ? {} : { power: this.#substation };
    this.#feed = this.#plant.add('mains', this.#names.make('mains'), { parents });
    const [least, most] = this.#shape.buildingsPerMains;
    this.#placesLeft = this.#chance.whole(least, most);
    return this.#feed;
  }
}

export interface Site {
  readonly site: number;
  readonly battery: number;
}

export function openSite({ plant, names, chance, mains }: Laying): Site {
  // A site of its own feed, or beside the houses of the next ones.
  const feed = chance.happens(0.5) ? mains.open() : mains.next();
  const site = plant.add('site', names.make('site'), { parents: { power: feed } });
  const battery = plant.add('battery', names.make('battery', plant.ids[site], 1), {
    parents: { power: site, site },
  });
  return { site, battery };
}

export function addDevice(
  laying: Laying,
  kind: string,
  { site, collector }: { readonly site: Site; readonly collector?: number },
): number {
  const { plant, names, chance, collectors } = laying;
  return plant.add(kind, names.make(kind), {
    parents: { power: site.battery, site: site.site, collector: collector ?? chance.pick(collectors) },
  });
}

export interface Ring {
  readonly switches: readonly number[];
  readonly sites: readonly Site[];
  /** Ducts that leave each switch's site along the ring. */
  readonly ducts: readonly number[][];
}

export interface Transport {
  readonly rings: readonly Ring[];
  readonly bngs: readonly number[];
  readonly cores: readonly number[];
}

export function layTransport(laying: Laying): Transport {
  const { plant, shape, names } = laying;
  const centres = Array.from({ length: Math.max(2, shape.cores) }, () => openSite(laying));
  const cores = centres.slice(0, shape.cores).map((site) => addDevice(laying, 'core', { site }));
  plant.serviceRoots.push(...cores);
  const join = (a: number, b: number, ring = -1, segments?: number[]): number =>
    plant.addLink({
      id: names.make('link', plant.ids[a], plant.links.length),
      ends: [a, b],
      segments: segments ?? [duct(laying)],
      ring,
    });
  for (let a = 0; a < cores.length; a++) for (let b = 0; b < a; b++) join(cores[a]!, cores[b]!);
  const bngs = Array.from({ length: shape.bngs }, (_, at) => {
    const bng = addDevice(laying, 'bng', { site: at < centres.length ? centres[at]! : openSite(laying) });
    join(bng, cores[at % cores.length]!);
    join(bng, cores[(at + 1) % cores.length]!);
    return bng;
  });
  const spans: number[] = [];
  const rings = Array.from({ length: shape.rings }, (_, ring) =>
    layRing(laying, { ring, bngs, spans, join }),
  );
  return { rings, bngs, cores };
}

interface RingPlan {
  readonly ring: number;
  readonly bngs: readonly number[];
  /** Ducts of spans of earlier rings. */
  readonly spans: number[];
  readonly join: (a: number, b: number, ring: number, segments: number[]) => number;
}

function layRing(laying: Laying, { ring, bngs, spans, join }: RingPlan): Ring {
  const { shape, chance } = laying;
  const sites = Array.from({ length: chance.whole(...shape.switchesPerRing) }, () => openSite(laying));
  const switches = sites.map((site) => addDevice(laying, 'aggregation', { site }));
  const ducts: number[][] = sites.map(() => []);
  const first = chance.whole(0, bngs.length - 1);
  const stations = [bngs[first]!, ...switches, bngs[(first + 1) % bngs.length]!];
  const own: number[] = [];
  for (let at = 0; at + 1 < stations.length; at++) {
    const segments = Array.from(
      {
        length: chance.weighted([
          [1, 5],
          [2, 3],
          [3, 1],
        ]),
      },
      () => duct(laying),
    );
    if (spans.length > 0 && chance.happens(shape.sharedDuctShare)) {
      segments[chance.whole(0, segments.length - 1)] = chance.pick(spans);
    }
    own.push(...segments);
    join(stations[at]!, stations[at + 1]!, ring, segments);
    if (at > 0) ducts[at - 1]!.push(segments[0]!);
    if (at < switches.length) ducts[at]!.push(segments.at(-1)!);
  }
  spans.push(...own);
  return { switches, sites, ducts };
}

export const duct = ({ plant, names }: Laying): number => plant.add('segment', names.make('segment'));

/** Joins an access head to one switch, or to two of them where it is dual-homed. */
export function homeOn(laying: Laying, head: number, switches: readonly number[]): void {
  const { plant, names, chance } = laying;
  const shared = chance.happens(0.2) ? duct(laying) : undefined;
  for (const to of switches) {
    const segments = [duct(laying)];
    // Two homes in one trench: dual only on paper.
    if (shared !== undefined && switches.length > 1) segments.unshift(shared);
    plant.addLink({
      id: names.make('link', plant.ids[head], plant.links.length),
      ends: [head, to],
      segments,
    });
  }
}

export function laySwitchHomes(laying: Laying, ring: Ring): readonly number[] {
  const { shape, chance } = laying;
  const at = chance.whole(0, ring.switches.length - 1);
  if (chance.happens(shape.singleHomedShare) || ring.switches.length < 2) return [ring.switches[at]!];
  return [ring.switches[at]!, ring.switches[(at + 1) % ring.switches.length]!];
}

/** Name servers, session control and a platform that needs both. */
export function layServices(laying: Laying, { cores }: Transport): void {
  const { plant, names, chance } = laying;
  const serversOf = (count: number): number[] =>
    Array.from({ length: count }, (_, at) => {
      const server = addDevice(laying, 'server', { site: openSite(laying) });
      for (const core of [cores[at % cores.length]!, cores[(at + 1) % cores.length]!]) {
        const id = names.make('link', plant.ids[server], plant.links.length);
        plant.addLink({ id, ends: [server, core], segments: [duct(laying)] });
      }
      return server;
    });
  const provide = (kind: string, of: readonly number[], atLeast: number): number =>
    plant.add(kind, names.make(kind), { needs: { of, atLeast } });
  const dns = Array.from({ length: chance.whole(1, 2) }, () =>
    provide('dns', serversOf(chance.whole(2, 3)), 1),
  );
  const radius = provide('radius', serversOf(2), 1);
  for (let platforms = chance.whole(1, 3); platforms > 0; platforms--) {
    const of = chance.happens(0.5) ? [radius, chance.pick(dns)] : serversOf(chance.whole(2, 3));
    provide('service-platform', of, Math.max(1, of.length - 1));
  }
}
