/** Faults of the electricity: one house, one feed of several houses, one site and its battery. */
import { minute, second } from '../chance.ts';
import { equalBreaks, equalCauses } from '../equal-causes.ts';
import type { Draft, Fault, FaultKind, Moment, Scene } from '../scene.ts';
import { devicesOf, supplyOf } from '../site-supply.ts';

export function housePowerDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance, terminals } = scene;
  const root = chance.pick(plant.ofKind('building'));
  const leaves = plant.leavesBelow(root, ['power', 'access']);
  // One or two customers without power cannot be told from customers who switched off.
  if (leaves.filter((leaf) => terminals.hasBattery[leaf] === 0).length < 4) return undefined;
  return outageDraft(scene, { ...moment, kind: 'house-power', root, leaves, sites: [] });
}

export function areaPowerDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance } = scene;
  const root = chance.pick(plant.ofKind('mains'));
  const below = plant.below(root, ['power', 'access']);
  const houses = below.filter((index) => plant.kinds[index] === 'building');
  if (houses.length < 2) return undefined;
  const leaves = below.filter((index) => plant.isLeaf(index));
  if (leaves.length < 6 || leaves.length > plant.ofKind('ont').length * 0.2) return undefined;
  const sites = below.filter((index) => plant.kinds[index] === 'site');
  return outageDraft(scene, { ...moment, kind: 'area-power', root, leaves, sites });
}

export function sitePowerDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance } = scene;
  const root = chance.pick(plant.ofKind('site'));
  const devices = devicesOf(scene.plant, root);
  if (devices.length === 0 || devices.some((device) => plant.serviceRoots.includes(device))) return undefined;
  // Two thirds last longer than the battery.
  const length = moment.endAt - moment.startAt;
  const { lastsMs, isWatched } = supplyOf(root);
  // What nobody watches is seen only when it dies.
  const endAt =
    !isWatched || chance.happens(0.65)
      ? Math.max(moment.endAt, moment.startAt + lastsMs + chance.whole(15, 90) * minute)
      : moment.startAt + Math.max(5 * minute, Math.min(length, lastsMs * 0.8));
  return outageDraft(scene, {
    startAt: moment.startAt,
    endAt,
    kind: 'site-power',
    root,
    leaves: [],
    sites: [root],
  });
}

interface Outage extends Moment {
  readonly kind: FaultKind;
  readonly root: number;
  readonly leaves: readonly number[];
  readonly sites: readonly number[];
}

function outageDraft(scene: Scene, outage: Outage): Draft {
  const { plant } = scene;
  const { kind, root, leaves, sites, startAt, endAt } = outage;
  const devices = sites.flatMap((site) => devicesOf(scene.plant, site));
  const rings = devices.flatMap((device) =>
    (plant.linksAt.get(device) ?? []).map((link) => plant.links[link]!.ring),
  );
  const silences = sites.flatMap((site) => {
    const dark = { startAt: startAt + supplyOf(site).lastsMs, endAt: endAt + 5 * minute };
    const heads = devicesOf(plant, site).filter((device) => plant.isHead(device));
    return dark.startAt < endAt ? heads.map((head) => ({ head, ...dark })) : [];
  });
  const touched = [...new Set(rings)].filter((ring) => ring >= 0).map((ring) => -1 - ring);
  return {
    ...{ kind, root, leaves, startAt, endAt, silences },
    under: kind === 'area-power' ? feedsOf(scene, root) : kind === 'house-power' ? [root] : [],
    touches: [root, ...leaves, ...devices, ...touched, ...sites],
    play: (fault) => {
      loseTerminals(scene, fault, outage);
      for (const site of sites) loseSite(scene, fault, { site, startAt, endAt });
    },
  };
}

/** Houses and street amplifiers: a site below the feed has batteries and is not dark with it. */
function feedsOf({ plant }: Scene, root: number): readonly number[] {
  return plant
    .below(root, ['power'])
    .filter((index) => ['building', 'amplifier', 'fiber-node'].includes(plant.kinds[index]!));
}

function loseTerminals(scene: Scene, fault: Fault, { leaves, startAt, endAt }: Outage): void {
  const { plant, agenda, terminals } = scene;
  if (leaves.length === 0) return;
  const number = fault.index;
  const dead = new Set(fault.under);
  // Below a dead amplifier the signal is gone, whatever power the house has.
  const isCut = (leaf: number): boolean => {
    const inAccess = plant.above('access', leaf).slice(1);
    return inAccess.some((up) => dead.has(up) || dead.has(plant.parents.power[up]!));
  };
  const cut = new Set(leaves.filter(isCut));
  const isPowered = (leaf: number): boolean => !dead.has(plant.parents.power[leaf]!);
  agenda.enter(startAt, () => {
    const dark = leaves.filter(
      (leaf) => terminals.isLit(leaf) && (cut.has(leaf) || terminals.hasBattery[leaf] === 0),
    );
    for (const equal of equalCauses(scene, dark, 'power')) {
      fault.roots.add(equal.root);
      fault.kinds.add(equal.kind);
    }
  });
  // Capacitors in the homes empty within four seconds, some at once, some late.
  const rounds = 9;
  for (let round = 0; round < rounds; round++) {
    agenda.enter(startAt + round * 500, (at) => {
      for (let i = round; i < leaves.length; i += rounds) {
        const leaf = leaves[i]!;
        if (cut.has(leaf)) terminals.hold(leaf, { by: 'cut', number, at });
        if (isPowered(leaf)) continue;
        const isBridged = terminals.hasBattery[leaf] === 1;
        terminals.hold(leaf, { by: 'power', number, at, isBridged });
        if (!isBridged || cut.has(leaf)) continue;
        fault.spared.add(leaf);
        drain(scene, fault, { leaf, at });
      }
    });
  }
  returnPower(scene, fault, { leaves, startAt, endAt });
}

function drain(
  { agenda, terminals, chance }: Scene,
  fault: Fault,
  { leaf, at }: { leaf: number; at: number },
): void {
  const emptyAt = at + Math.max(10 * minute, chance.lognormal(100 * minute, 0.6));
  if (emptyAt >= fault.endAt) return;
  agenda.enter(emptyAt, () => {
    if (terminals.exhaust(leaf, fault.index, emptyAt)) fault.spared.delete(leaf);
  });
}

/** House by house where the electricians switch so, and terminals start within a minute and a half. */
function returnPower(
  scene: Scene,
  fault: Fault,
  { leaves, startAt, endAt }: Moment & { leaves: readonly number[] },
): void {
  const { plant, agenda, terminals, chance } = scene;
  const isStepwise = fault.under.length > 1 && chance.happens(0.4);
  const earlier = new Map<number, number>();
  if (isStepwise) {
    for (const house of fault.under.slice(1)) {
      if (chance.happens(0.5)) earlier.set(house, startAt + (endAt - startAt) * chance.between(0.5, 0.95));
    }
  }
  const steps = new Map<number, number[]>();
  for (const leaf of leaves) {
    const on = earlier.get(plant.parents.power[leaf]!) ?? endAt;
    const backAt = Math.round(on) + chance.whole(0, 8) * 7 * second + 20 * second;
    const step = steps.get(backAt);
    if (step === undefined) steps.set(backAt, [leaf]);
    else step.push(leaf);
  }
  for (const [backAt, step] of steps) {
    agenda.enter(backAt, (at) => {
      for (const leaf of step) {
        terminals.release(leaf, { by: 'power', number: fault.index, at });
        terminals.release(leaf, { by: 'cut', number: fault.index, at });
      }
    });
  }
}

/** Mains gone, battery low some time before the end, everything dead at the end, and a start after the repair. */
function loseSite(scene: Scene, fault: Fault, { site, startAt, endAt }: Moment & { site: number }): void {
  const { plant, agenda, watch, breakage, chance, reach } = scene;
  const devices = devicesOf(scene.plant, site);
  const [speaker] = devices;
  if (speaker === undefined) return;
  const { isWatched, lastsMs } = supplyOf(site);
  const battery = [...plant.childrenIn('power', site)].find((index) => plant.kinds[index] === 'battery');
  const diesAt = startAt + lastsMs;
  const owner = fault.index;
  if (isWatched) {
    const mains = { resource: site, cause: 'MAINS_FAIL' as const, device: speaker };
    agenda.enter(startAt + 2 * second, (at) => watch.set(mains, { isOn: true, owner, at }));
    const isLow = diesAt - 10 * minute < endAt;
    if (isLow && battery !== undefined) {
      const low = { resource: battery, cause: 'BATTERY_LOW' as const, device: speaker };
      const lowAt = diesAt - chance.whole(10, 30) * minute;
      agenda.enter(lowAt, (at) => watch.set(low, { isOn: true, owner, at }));
      agenda.enter(endAt + 9 * minute, (at) => watch.set(low, { isOn: false, owner, at }));
    }
    agenda.enter(endAt + 6 * minute, (at) => watch.set(mains, { isOn: false, owner, at }));
  }
  if (diesAt >= endAt) return;
  agenda.enter(diesAt, (at) => {
    const alive = devices.filter((device) => reach.dead[device] === 0);
    if (!isWatched && fault.kind === 'site-power') {
      for (const equal of equalBreaks(scene, { devices: alive })) {
        fault.roots.add(equal.root);
        fault.kinds.add(equal.kind);
      }
    }
    breakage.breakDown({ devices }, fault, at);
  });
  agenda.enter(endAt + chance.whole(120, 300) * second, (at) => breakage.repair({ devices }, fault, at));
}
