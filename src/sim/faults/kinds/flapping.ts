/** Things that go down and come back many times in a short while: a terminal, a port, a link. */
import { equalBreaks, equalCauses } from '../equal-causes.ts';
import { type Draft, type Fault, type Moment, ringToken, type Scene } from '../scene.ts';
import { pickOf } from './cuts.ts';

type Flaps = readonly (readonly [downAt: number, upAt: number])[];

export function flappingDraft(scene: Scene, moment: Moment): Draft | undefined {
  return scene.chance.happens(0.4) ? flappingLink(scene, moment) : flappingBranch(scene, moment);
}

function flapsIn({ chance }: Scene, { startAt, endAt }: Moment): Flaps {
  const count = chance.whole(6, 16);
  const step = (endAt - startAt) / count;
  return Array.from({ length: count }, (_, at) => {
    const downAt = startAt + at * step + (at === 0 ? 0 : chance.between(0, step * 0.3));
    return [downAt, downAt + Math.max(2_000, step * chance.between(0.15, 0.55))] as const;
  });
}

function flappingLink(scene: Scene, moment: Moment): Draft {
  const { plant, chance, agenda, breakage } = scene;
  const number = chance.whole(0, plant.links.length - 1);
  const root = plant.linkIndex(number);
  const { ends, ring } = plant.links[number]!;
  const heads = ends.filter((end) => plant.isHead(end));
  const flaps = flapsIn(scene, moment);
  const links = [number];
  const play = (fault: Fault): void => {
    agenda.enter(fault.startAt, () => {
      for (const equal of equalBreaks(scene, { links })) fault.roots.add(equal.root);
    });
    for (const [downAt, upAt] of flaps) {
      agenda.enter(downAt, (at) => breakage.breakDown({ links }, fault, at));
      agenda.enter(upAt, (at) => breakage.repair({ links }, fault, at));
    }
    sayFlapping(scene, fault, { device: ends[0], flaps });
  };
  const touches = [root, ...heads, ...(ring < 0 ? [] : [ringToken(ring)])];
  const silences = heads.map((head) => ({ head, ...moment }));
  return { ...moment, kind: 'flapping', root, touches, silences, play };
}

function flappingBranch(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance, agenda, terminals } = scene;
  const root = pickOf(scene, chance.happens(0.4) ? 'pon-port' : 'ont');
  if (root === undefined || plant.missing.has(root)) return undefined;
  const leaves = plant.isLeaf(root) ? [root] : plant.leavesBelow(root, ['access']);
  if (leaves.length === 0) return undefined;
  const flaps = flapsIn(scene, moment);
  const play = (fault: Fault): void => {
    const number = fault.index;
    agenda.enter(fault.startAt, () => {
      const dark = leaves.filter((leaf) => terminals.isLit(leaf));
      for (const equal of equalCauses(scene, dark, 'light')) fault.roots.add(equal.root);
    });
    for (const [downAt, upAt] of flaps) {
      agenda.enter(downAt, (at) => {
        for (const leaf of leaves) terminals.hold(leaf, { by: 'cut', number, at });
      });
      agenda.enter(upAt, (at) => {
        for (const leaf of leaves) terminals.release(leaf, { by: 'cut', number, at });
      });
    }
    sayFlapping(scene, fault, { device: plant.heads[root]!, flaps });
  };
  return { ...moment, kind: 'flapping', root, leaves, under: [root], touches: [root, ...leaves], play };
}

/** Some devices notice themselves, at the fifth time. */
function sayFlapping(
  { agenda, watch, chance }: Scene,
  fault: Fault,
  { device, flaps }: { readonly device: number; readonly flaps: Flaps },
): void {
  if (!chance.happens(0.35)) return;
  const condition = { resource: fault.root, cause: 'FLAPPING' as const, device };
  const owner = fault.index;
  agenda.enter(flaps[4]![0], (at) => watch.set(condition, { isOn: true, owner, at }));
  agenda.enter(fault.endAt, (at) => watch.set(condition, { isOn: false, owner, at }));
}
