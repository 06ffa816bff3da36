/** Lays a whole network for a size and a seed, and damages the copy of it that the operator believes in. */
import type { Chance } from '../chance.ts';
import { layCoax, layCopper } from './copper-and-coax.ts';
import { layFibre } from './fibre.ts';
import { Names } from './names.ts';
import { Plant } from './plant.ts';
import { type Size, shapeOf } from './shape.ts';
import { type Laying, layServices, layTransport, MainsFeeds } from './transport.ts';

export function layPlant(size: Size, chance: Chance): Plant {
  const plant = new Plant();
  const shape = shapeOf(size, chance.branch());
  const names = new Names(shape.naming);
  const mains = new MainsFeeds({ plant, shape, names, chance });
  const collectors = Array.from({ length: shape.collectors }, () =>
    plant.add('collector', names.make('collector')),
  );
  const laying: Laying = { plant, shape, names, chance, mains, collectors };
  const transport = layTransport(laying);
  layServices(laying, transport);
  const buildings = layFibre(laying, transport);
  layCopper(laying, transport, buildings);
  layCoax(laying, transport, buildings);
  plant.finish();
  return plant;
}

/** That share of terminals stands at a wrong splitter in the operator's papers, half as many not at all. */
export function misfile(plant: Plant, share: number, chance: Chance): void {
  if (share <= 0) return;
  const onts = plant.ofKind('ont');
  for (const ont of onts) {
    if (chance.happens(share)) {
      const wrong = wrongSplitter(plant, ont, chance);
      if (wrong !== undefined) plant.givenParent.set(ont, wrong);
    } else if (chance.happens(share / 2)) plant.missing.add(ont);
  }
}

/** Of a terminal laid at about the same time, as a clerk would mistake it. */
function wrongSplitter(plant: Plant, ont: number, chance: Chance): number | undefined {
  const onts = plant.ofKind('ont');
  const own = plant.parents.access[ont]!;
  const near = ont + chance.whole(-400, 400);
  for (let at = near; at < near + 400; at++) {
    if (plant.kinds[at] !== 'ont' || plant.parents.access[at] === own) continue;
    return plant.parents.access[at]!;
  }
  const any = plant.parents.access[chance.pick(onts)]!;
  return any === own ? undefined : any;
}
