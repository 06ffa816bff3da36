/** Which other causes would have darkened exactly the same terminals in the same way: all of them are right. */
import type { Plant, TreeName } from './plant/plant.ts';
import type { Supposed } from './reach.ts';
import type { FaultKind, Scene } from './scene.ts';
import { devicesOf, supplyOf } from './site-supply.ts';

interface Cause {
  readonly root: number;
  readonly kind: FaultKind;
}

/**
 * `dark` are the terminals that go dark now; asked before they do. A terminal that gasps shows by its gasp that its
 * power went, and by the lack of one that its light did.
 */
export function equalCauses(scene: Scene, dark: readonly number[], lost: 'light' | 'power'): Cause[] {
  const [first] = dark;
  if (first === undefined) return [];
  const canGasp = dark.some((leaf) => scene.terminals.gasps(leaf));
  const found: Cause[] = [];
  const climb = (tree: TreeName, from: number, trees: readonly TreeName[]): number[] => {
    const passed: number[] = [];
    for (const index of scene.plant.above(tree, from)) {
      const order = compare(scene, { index, trees, dark });
      if (order > 0) break;
      if (order === 0) passed.push(index);
    }
    return passed;
  };
  if (lost === 'light' || !canGasp) {
    const onPath = climb('access', first, ['access']);
    const starts = scene.plant.above('access', first).slice(0, -1);
    const inCables = starts.flatMap((start) => {
      const carrier = scene.plant.parents.cable[start]!;
      return carrier < 0 ? [] : climb('cable', carrier, ['cable', 'access']);
    });
    for (const root of new Set([...onPath, ...inCables])) {
      const kind = cutKind(scene.plant, root);
      if (kind !== undefined) found.push({ root, kind });
    }
  }
  const house = scene.plant.parents.power[first]!;
  if (house >= 0 && (lost === 'power' || (!canGasp && dark.length > 1))) {
    for (const root of climb('power', house, ['power', 'access'])) {
      if (scene.plant.kinds[root] === 'building') found.push({ root, kind: 'house-power' });
      else if (scene.plant.kinds[root] === 'mains') found.push({ root, kind: 'area-power' });
    }
  }
  return found;
}

interface Comparison {
  readonly index: number;
  readonly trees: readonly TreeName[];
  readonly dark: readonly number[];
}

/** Negative when less would go dark with it, positive when more or others would, 0 when the same. */
function compare({ plant, terminals }: Scene, { index, trees, dark }: Comparison): number {
  const isSupply = trees.includes('power');
  const members = new Set(dark);
  let inside = 0;
  for (const leaf of plant.leavesBelow(index, trees)) {
    if (members.has(leaf)) inside++;
    else if (terminals.isLit(leaf) && !(isSupply && terminals.hasBattery[leaf] === 1)) return 1;
  }
  return inside < dark.length ? -1 : 0;
}

/** Undefined for what would have shown itself, or is no place to break. */
export function cutKind(plant: Plant, index: number): FaultKind | undefined {
  switch (plant.kinds[index]) {
    case 'ont':
    case 'modem':
    case 'dsl-line':
    case 'pair':
      return 'drop';
    case 'splitter':
      return 'splitter';
    case 'pon-port':
      return 'pon-port';
    case 'feeder':
      return 'feeder';
    case 'cable':
    case 'cabinet':
      return 'cable';
    case 'amplifier':
    case 'fiber-node':
      return 'amplifier';
    case 'segment': {
      // A trench with links would have taken them too.
      if (plant.linksOver.has(index)) return undefined;
      const carried = plant.kinds[plant.childrenIn('cable', index)[0] ?? -1];
      return carried === 'splitter' || carried === 'ont' ? 'riser' : 'duct';
    }
    default:
      return undefined;
  }
}

/**
 * Devices, links, trenches and sites whose failure would look the same from outside; asked before it happens.
 * `alsoDark` are terminals that the same thing cuts by their own cables.
 */
export function equalBreaks(scene: Scene, broken: Supposed, alsoDark: readonly number[] = []): Cause[] {
  const { plant, reach } = scene;
  const before = reach.reached();
  const after = reach.reached(broken);
  // Terminals of a head that still speaks show what nothing but this thing carries.
  if (alsoDark.some((leaf) => after[plant.heads[leaf]!] === 1)) return [];
  const wanted = reach.signature(broken);
  const silent = reach.devices.filter((device) => before[device] === 1 && after[device] === 0);
  const links = new Set([
    ...(broken.links ?? []),
    ...(broken.segments ?? []).flatMap((of) => plant.linksOver.get(of) ?? []),
  ]);
  for (const device of silent) for (const link of plant.linksAt.get(device) ?? []) links.add(link);
  const isSame = (supposed: Supposed): boolean => reach.signature(supposed) === wanted;
  const found: Cause[] = [];
  for (const link of links) {
    if (isSame({ links: [link] })) found.push({ root: plant.linkIndex(link), kind: 'link' });
  }
  for (const segment of new Set([...links].flatMap((link) => plant.links[link]!.segments))) {
    const carried = plant.leavesBelow(segment, ['cable', 'access']);
    if (carried.some((leaf) => after[plant.heads[leaf]!] === 1)) continue;
    if (isSame({ segments: [segment] })) found.push({ root: segment, kind: 'duct' });
  }
  for (const device of silent) {
    if (isSame({ devices: [device] })) found.push({ root: device, kind: 'node-down' });
  }
  for (const site of new Set(silent.map((device) => plant.parents.site[device]!))) {
    if (supplyOf(site).isWatched) continue;
    if (isSame({ devices: devicesOf(plant, site) })) found.push({ root: site, kind: 'site-power' });
  }
  return found;
}
