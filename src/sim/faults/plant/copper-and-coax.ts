/** Lays telephone copper (cables, cabinets, ordered pairs) and hybrid fibre coax (nodes, amplifier cascades, modems). */
import { openBuilding } from './fibre.ts';
import {
  addDevice,
  duct,
  homeOn,
  type Laying,
  laySwitchHomes,
  openSite,
  type Transport,
} from './transport.ts';

/** Houses in which copper and coax end: those of the fibre, or older ones of their own. */
class Houses {
  readonly #laying: Laying;
  readonly #shared: readonly number[];
  #house = -1;
  #left = 0;

  constructor(laying: Laying, shared: readonly number[]) {
    this.#laying = laying;
    this.#shared = shared;
  }

  next(): number {
    if (this.#left-- <= 0) {
      const { chance } = this.#laying;
      const isShared = this.#shared.length > 0 && chance.happens(0.4);
      this.#house = isShared ? chance.pick(this.#shared) : openBuilding(this.#laying);
      this.#left = chance.whole(3, 24);
    }
    return this.#house;
  }
}

export function layCopper(laying: Laying, { rings }: Transport, buildings: readonly number[]): void {
  const { plant, names, shape, chance } = laying;
  const houses = new Houses(laying, buildings);
  for (let laid = 0; laid < shape.lines; ) {
    const dslam = openHead(laying, 'dslam', rings);
    const cables = chance.whole(2, 6);
    for (let cable = 1; cable <= cables && laid < shape.lines; cable++) {
      const carrier = shape.hasCopperCards
        ? plant.add('card', names.make('card', plant.ids[dslam], cable), {
            parents: { access: dslam },
            order: cable,
          })
        : dslam;
      const parents = { access: carrier, cable: duct(laying) };
      const main = plant.add('cable', names.make('cable', plant.ids[carrier], cable), {
        parents,
        order: cable,
      });
      laid += layPairs(laying, { main, houses, pairs: Math.min(chance.whole(30, 160), shape.lines - laid) });
    }
  }
}

function layPairs(
  { plant, names, chance }: Laying,
  { main, houses, pairs }: { readonly main: number; readonly houses: Houses; readonly pairs: number },
): number {
  const cabinets = chance.weighted([
    [1, 1],
    [2, 4],
    [3, 3],
    [4, 1],
  ]);
  let number = 0;
  for (let at = 1; at <= cabinets; at++) {
    const parents = { access: main };
    const cabinet = plant.add('cabinet', names.make('cabinet', plant.ids[main], at), { parents, order: at });
    for (const end = Math.floor((pairs * at) / cabinets); number < end; ) {
      number++;
      const pair = plant.add('pair', names.make('pair', plant.ids[cabinet], number), {
        parents: { access: cabinet },
        order: number,
      });
      plant.add('dsl-line', names.make('dsl-line', plant.ids[pair], 1), {
        parents: { access: pair, power: houses.next() },
        subscribers: chance.happens(0.02) ? chance.whole(2, 6) : 1,
      });
    }
  }
  return pairs;
}

export function layCoax(laying: Laying, { rings }: Transport, buildings: readonly number[]): void {
  const { plant, names, shape, chance } = laying;
  const houses = new Houses(laying, buildings);
  for (let laid = 0; laid < shape.modems; ) {
    const cmts = openHead(laying, 'cmts', rings);
    const nodes = chance.whole(3, 8);
    for (let node = 1; node <= nodes && laid < shape.modems; node++) {
      const fiberNode = plant.add('fiber-node', names.make('fiber-node', plant.ids[cmts], node), {
        parents: { access: cmts, power: laying.mains.next(), cable: duct(laying) },
        order: node,
      });
      laid += layCascade(laying, {
        above: fiberNode,
        depth: chance.whole(2, 4),
        houses,
        left: shape.modems - laid,
      });
    }
  }
}

interface Cascade {
  readonly above: number;
  readonly depth: number;
  readonly houses: Houses;
  readonly left: number;
}

/** An amplifier feeds homes at its taps and up to three amplifiers further down the street. */
function layCascade(laying: Laying, { above, depth, houses, left }: Cascade): number {
  const { plant, names, chance } = laying;
  let laid = 0;
  const isNode = plant.kinds[above] === 'fiber-node';
  const branches = isNode ? chance.whole(2, 3) : depth > 0 ? chance.whole(0, 2) : 0;
  const taps = isNode ? chance.whole(0, 4) : chance.whole(3, 14);
  for (let tap = 1; tap <= taps && laid < left; tap++) {
    plant.add('modem', names.make('modem', plant.ids[above], tap), {
      parents: { access: above, power: houses.next() },
      subscribers: 1,
      order: tap,
    });
    laid++;
  }
  for (let branch = 1; branch <= branches && laid < left; branch++) {
    // In the street on a feed, or in the cellar of a house and on its supply.
    const power = chance.happens(0.6) ? laying.mains.next() : houses.next();
    const amplifier = plant.add('amplifier', names.make('amplifier', plant.ids[above], taps + branch), {
      parents: { access: above, power },
      order: taps + branch,
    });
    laid += layCascade(laying, { above: amplifier, depth: depth - 1, houses, left: left - laid });
  }
  return laid;
}

function openHead(laying: Laying, kind: string, rings: Transport['rings']): number {
  const ring = laying.chance.pick(rings);
  const homes = laySwitchHomes(laying, ring);
  const at = ring.switches.indexOf(homes[0]!);
  const site = laying.chance.happens(0.7) ? ring.sites[at]! : openSite(laying);
  const head = addDevice(laying, kind, { site });
  homeOn(laying, head, homes);
  return head;
}
