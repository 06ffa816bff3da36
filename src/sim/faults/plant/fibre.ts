/** Lays the passive optical network: OLTs, cards, ports, feeders, splitters, risers, buildings and terminals. */
import type { Chance } from '../chance.ts';
import type { Shape } from './shape.ts';
import {
  addDevice,
  duct,
  homeOn,
  type Laying,
  laySwitchHomes,
  openSite,
  type Ring,
  type Transport,
} from './transport.ts';

/** A splitter that still has outputs for terminals. */
interface OpenSplitter {
  readonly splitter: number;
  left: number;
  made: number;
}

/** One OLT that is being filled, and the open way from it to the next free output. */
class FibreCursor {
  readonly #laying: Laying;
  readonly #rings: readonly Ring[];
  #olt = -1;
  #ratios: readonly number[] = [];
  #card = { index: -1, portsLeft: 0, cardsLeft: 0, ports: 0, cards: 0, carrier: -1 };
  #feeder = { index: -1, left: 0, trench: -1, feedersLeft: 0, made: 0 };
  /** Splitters above the last level with their free outputs, top first. */
  #open: OpenSplitter[] = [];
  #ducts: readonly number[] = [];

  constructor(laying: Laying, rings: readonly Ring[]) {
    this.#laying = laying;
    this.#rings = rings;
  }

  /** Terminals hang on the one splitter of the port, whatever building they are in. */
  get isSingleLevel(): boolean {
    return this.#ratios.length === 1;
  }

  /** A splitter of the last level; its cable is the riser where there are several levels, else the feeder. */
  openLast(riser: () => number): OpenSplitter {
    const { plant, names, shape, chance } = this.#laying;
    while (this.#open.length > 0 && this.#open.at(-1)!.left <= 0) this.#open.pop();
    if (this.#open.length === 0 && this.#card.portsLeft <= 0) this.#openCard();
    if (this.#open.length === 0 && !this.isSingleLevel) this.#openTop();
    while (!this.isSingleLevel && this.#open.length < this.#ratios.length - 1) this.#openMiddle();
    const ratio = this.#ratios.at(-1)!;
    const left = Math.max(1, Math.round(ratio * Math.min(1, shape.fill + 0.15 * chance.normal())));
    if (this.isSingleLevel) {
      const port = this.#openPort();
      return { splitter: this.#splitterBelow(port, { cable: this.#fibre(), order: 1 }), left, made: 0 };
    }
    const above = this.#open.at(-1)!;
    above.left--;
    above.made++;
    const splitter = plant.add('splitter', names.make('splitter', plant.ids[above.splitter], above.made), {
      parents: { access: above.splitter, cable: riser() },
      order: above.made,
    });
    return { splitter, left, made: 0 };
  }

  #splitterBelow(parent: number, { cable, order }: { cable: number; order: number }): number {
    const { plant, names } = this.#laying;
    return plant.add('splitter', names.make('splitter', plant.ids[parent], order), {
      parents: { access: parent, cable },
      order,
    });
  }

  #openTop(): void {
    const port = this.#openPort();
    const splitter = this.#splitterBelow(port, { cable: this.#fibre(), order: 1 });
    this.#open = [{ splitter, left: this.#outputs(0), made: 0 }];
  }

  #openMiddle(): void {
    const { plant, names } = this.#laying;
    const above = this.#open.at(-1)!;
    above.left--;
    above.made++;
    const cable = plant.add('segment', names.make('segment'));
    const splitter = this.#splitterBelow(above.splitter, { cable, order: above.made });
    this.#open.push({ splitter, left: this.#outputs(this.#open.length), made: 0 });
  }

  #outputs(level: number): number {
    const { shape, chance } = this.#laying;
    const ratio = this.#ratios[level]!;
    // Now and then a splitter of which one output is used only.
    if (chance.happens(0.03)) return 1;
    return Math.max(1, Math.round(ratio * Math.min(1, shape.fill + 0.2 * chance.share())));
  }

  #openPort(): number {
    const { plant, names } = this.#laying;
    this.#card.portsLeft--;
    const order = ++this.#card.ports;
    const carrier = this.#card.index;
    return plant.add('pon-port', names.make('pon-port', plant.ids[carrier], order), {
      parents: { access: carrier },
      order,
    });
  }

  #openCard(): void {
    const { plant, names, shape, chance } = this.#laying;
    if (this.#card.cardsLeft <= 0) this.#openOlt();
    this.#card.cardsLeft--;
    const order = ++this.#card.cards;
    this.#card.index = plant.add('card', names.make('card', plant.ids[this.#card.carrier], order), {
      parents: { access: this.#card.carrier },
      order,
    });
    this.#card.ports = 0;
    this.#card.portsLeft = chance.pick(shape.portsPerCard);
  }

  #openOlt(): void {
    const { plant, names, shape, chance } = this.#laying;
    const ring = chance.pick(this.#rings);
    const homes = laySwitchHomes(this.#laying, ring);
    const at = ring.switches.indexOf(homes[0]!);
    const isBeside = chance.happens(0.65);
    const site = isBeside ? ring.sites[at]! : openSite(this.#laying);
    this.#olt = addDevice(this.#laying, 'olt', { site });
    homeOn(this.#laying, this.#olt, homes);
    this.#ducts = isBeside ? ring.ducts[at]! : [];
    this.#ratios = chance.weighted(shape.splits);
    const carrier = shape.hasShelves
      ? plant.add('shelf', names.make('shelf', plant.ids[this.#olt], 1), { parents: { access: this.#olt } })
      : this.#olt;
    const cardsLeft = chance.whole(...shape.cardsPerOlt);
    this.#card = { index: -1, portsLeft: 0, cardsLeft, ports: 0, cards: 0, carrier };
    this.#feeder = { index: -1, left: 0, trench: -1, feedersLeft: 0, made: 0 };
    this.#open = [];
  }

  /** The cable of the next fibre; a feeder lies in a trench of the ring or in one of its own. */
  #fibre(): number {
    const { plant, names, shape, chance } = this.#laying;
    if (this.#feeder.left-- > 0) return this.#feeder.index;
    if (this.#feeder.feedersLeft-- <= 0) {
      const isShared = this.#ducts.length > 0 && chance.happens(0.3);
      this.#feeder.trench = isShared ? chance.pick(this.#ducts) : duct(this.#laying);
      this.#feeder.feedersLeft = chance.whole(1, 3);
    }
    const id = names.make('feeder', plant.ids[this.#olt], ++this.#feeder.made);
    this.#feeder.index = plant.add('feeder', id, { parents: { cable: this.#feeder.trench } });
    this.#feeder.left = chance.whole(...shape.fibresPerFeeder) - 1;
    return this.#feeder.index;
  }
}

export function layFibre(laying: Laying, { rings }: Transport): readonly number[] {
  const { shape, chance } = laying;
  const cursors = [new FibreCursor(laying, rings), new FibreCursor(laying, rings)];
  const buildings: number[] = [];
  const open = new Map<FibreCursor, OpenSplitter>();
  for (let laid = 0; laid < shape.onts; ) {
    const building = openBuilding(laying);
    buildings.push(building);
    const size = Math.min(buildingSize(shape, chance), shape.onts - laid);
    const entrances = Math.max(1, Math.round(size / chance.whole(14, 48)));
    const isSpread = size > 60 && chance.happens(0.25);
    for (let entrance = 1; entrance <= entrances; entrance++) {
      const onts =
        Math.floor((size * entrance) / entrances) - Math.floor((size * (entrance - 1)) / entrances);
      const cursor = cursors[isSpread && entrance % 2 === 0 ? 1 : 0]!;
      layEntrance(laying, { cursor, open, building, entrance, onts });
    }
    laid += size;
  }
  return buildings;
}

export function openBuilding({ plant, names, mains }: Laying): number {
  const parents = { power: mains.next() };
  return plant.add('building', names.make('building'), { parents, name: `house ${plant.count}` });
}

/** 2 to 600 flats; a fifth of the houses are small. */
function buildingSize(shape: Shape, chance: Chance): number {
  const median = chance.happens(0.2) ? 4 : shape.ontsPerBuilding;
  return Math.max(1, Math.min(360, Math.round(chance.lognormal(median, 0.75))));
}

interface Entrance {
  readonly cursor: FibreCursor;
  readonly open: Map<FibreCursor, OpenSplitter>;
  readonly building: number;
  readonly entrance: number;
  readonly onts: number;
}

function layEntrance(laying: Laying, { cursor, open, building, entrance, onts }: Entrance): void {
  const { plant, names } = laying;
  let made = -1;
  const riser = (): number => {
    if (made < 0) {
      made = plant.add('segment', names.make('segment', plant.ids[building], entrance), {
        parents: { site: building },
      });
    }
    return made;
  };
  // Small houses share a splitter of the street; a port's only splitter is shared by all.
  let current = open.get(cursor);
  const isShared = cursor.isSingleLevel || onts < 6;
  if (current === undefined || !isShared) current = { splitter: -1, left: 0, made: 0 };
  for (let flat = 0; flat < onts; flat++) {
    if (current.left <= 0) current = cursor.openLast(riser);
    current.left--;
    current.made++;
    addOnt(laying, { on: current, building, riser });
  }
  if (cursor.isSingleLevel || current.left > 0) open.set(cursor, current);
}

function addOnt(
  { plant, names, chance }: Laying,
  spot: { readonly on: OpenSplitter; readonly building: number; readonly riser: () => number },
): void {
  const { splitter, made: order } = spot.on;
  // The riser carries the splitter's fibre where the splitter stands in the house, so its terminals name none.
  const isBelowRiser = plant.kinds[plant.parents.cable[splitter]!] === 'segment';
  plant.add('ont', names.make('ont', plant.ids[splitter], order), {
    parents: {
      access: splitter,
      power: spot.building,
      ...(!isBelowRiser && { cable: spot.riser() }),
    },
    subscribers: chance.happens(0.01) ? chance.whole(2, 12) : 1,
    order,
  });
}
