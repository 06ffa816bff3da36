/** Faults that take the signal of terminals: drops, splitters, risers, ports, feeders, cards, amplifiers, copper cables. */
import { minute, second } from '../chance.ts';
import { cutKind, equalCauses } from '../equal-causes.ts';
import type { Draft, Fault, FaultKind, Moment, Scene } from '../scene.ts';
import type { Telling } from '../terminals.ts';

interface Cut extends Moment {
  readonly kind: FaultKind;
  readonly variant?: string | undefined;
  readonly root: number;
  readonly leaves: readonly number[];
  /** Leaves together under one thing, mended together; the whole where left out. */
  readonly parts?: readonly (readonly number[])[] | undefined;
  readonly under?: readonly number[] | undefined;
  readonly leavesSay?: Telling | undefined;
  /** Nothing else looks like it, because something of its own tells. */
  readonly isPlain?: boolean | undefined;
  /** What happens beside the terminals, at the start and at the end. */
  readonly beside?: ((fault: Fault, isOn: boolean, at: number) => void) | undefined;
}

function cutDraft(scene: Scene, cut: Cut): Draft {
  const { kind, variant, root, leaves, startAt, endAt, leavesSay } = cut;
  return {
    ...{ kind, variant, root, leaves, startAt, endAt, leavesSay },
    under: cut.under ?? [root],
    touches: [root, ...leaves],
    play: (fault) => playCut(scene, fault, cut),
  };
}

function playCut(scene: Scene, fault: Fault, cut: Cut): void {
  const { agenda, terminals } = scene;
  const number = fault.index;
  agenda.enter(fault.startAt, (at) => {
    const dark = cut.leaves.filter((leaf) => terminals.isLit(leaf));
    if (cut.isPlain !== true) {
      for (const equal of equalCauses(scene, dark, 'light')) {
        fault.roots.add(equal.root);
        fault.kinds.add(equal.kind);
      }
    }
    cut.beside?.(fault, true, at);
    for (const leaf of cut.leaves) terminals.hold(leaf, { by: 'cut', number, at });
  });
  mend(scene, fault, cut);
  agenda.enter(fault.endAt, (at) => cut.beside?.(fault, false, at));
}

/** All at once or part after part; one in twenty fails again within half an hour and is the same fault still. */
function mend(scene: Scene, fault: Fault, { leaves, parts, startAt, endAt }: Cut): void {
  const { chance } = scene;
  const isStepwise = (parts?.length ?? 0) > 1 && chance.happens(0.4);
  const steps = isStepwise ? parts! : [leaves];
  const relapses = endAt - startAt > 40 * minute && leaves.length > 1 && chance.happens(0.05);
  const last = relapses ? endAt - chance.whole(12, 20) * minute : endAt;
  for (const [at, step] of steps.entries()) {
    const isLast = at === steps.length - 1;
    const backAt = isLast ? last : startAt + (last - startAt) * (0.4 + (0.6 * (at + 1)) / (steps.length + 1));
    comeBack(scene, fault, { leaves: step, at: backAt });
  }
  if (!relapses) return;
  const number = fault.index;
  scene.agenda.enter(last + chance.whole(4, 8) * minute, (at) => {
    for (const leaf of steps.at(-1)!) scene.terminals.hold(leaf, { by: 'cut', number, at });
  });
  comeBack(scene, fault, { leaves: steps.at(-1)!, at: endAt });
}

/** Terminals synchronise within half a minute. */
function comeBack(
  scene: Scene,
  fault: Fault,
  { leaves, at }: { leaves: readonly number[]; at: number },
): void {
  const { agenda, terminals, chance } = scene;
  const rounds = Math.min(6, leaves.length);
  for (let round = 0; round < rounds; round++) {
    agenda.enter(at + chance.whole(0, 25) * second, (backAt) => {
      for (let i = round; i < leaves.length; i += rounds) {
        terminals.release(leaves[i]!, { by: 'cut', number: fault.index, at: backAt });
      }
    });
  }
}

export const pickOf = (scene: Scene, ...kinds: readonly string[]): number | undefined => {
  const kind = scene.chance.pick(kinds);
  const all = scene.plant.ofKind(kind);
  return all.length === 0 ? undefined : scene.chance.pick(all);
};

export function dropDraft(scene: Scene, moment: Moment): Draft | undefined {
  const kind = scene.chance.weighted([
    ['ont', 8],
    ['modem', 1],
    ['dsl-line', 1],
  ]);
  const root = pickOf(scene, kind);
  if (root === undefined || scene.plant.missing.has(root)) return undefined;
  return cutDraft(scene, { ...moment, kind: 'drop', root, leaves: [root] });
}

/** Of the kinds given, with at least `least` terminals below. */
export function branchDraft(
  scene: Scene,
  moment: Moment,
  {
    kind,
    places,
    least,
  }: { readonly kind: FaultKind; readonly places: readonly string[]; readonly least: number },
): Draft | undefined {
  const root = pickOf(scene, ...places);
  if (root === undefined) return undefined;
  const leaves = scene.plant.leavesBelow(root, ['access', 'cable']);
  if (leaves.length < least) return undefined;
  return cutDraft(scene, { ...moment, kind, root, leaves, parts: partsBelow(scene, root) });
}

function partsBelow({ plant }: Scene, root: number): readonly (readonly number[])[] {
  const children = [...plant.childrenIn('access', root), ...plant.childrenIn('cable', root)];
  return children
    .map((child) => plant.leavesBelow(child, ['access', 'cable']))
    .filter((part) => part.length > 0);
}

export function riserDraft(scene: Scene, moment: Moment): Draft | undefined {
  const root = pickOf(scene, 'segment');
  if (root === undefined || cutKind(scene.plant, root) !== 'riser') return undefined;
  const leaves = scene.plant.leavesBelow(root, ['access', 'cable']);
  if (leaves.length < 2) return undefined;
  return cutDraft(scene, { ...moment, kind: 'riser', root, leaves, parts: partsBelow(scene, root) });
}

/** A laser on its way out shows in its bias current before. */
export function portDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, watch, agenda, chance } = scene;
  const root = pickOf(scene, 'pon-port');
  if (root === undefined) return undefined;
  const leaves = plant.leavesBelow(root, ['access']);
  if (leaves.length < 2) return undefined;
  const isWorn = chance.happens(0.25);
  const draft = cutDraft(scene, {
    ...moment,
    kind: 'pon-port',
    root,
    leaves,
    isPlain: isWorn,
    parts: partsBelow(scene, root),
  });
  if (!isWorn) return draft;
  const condition = {
    resource: root,
    cause: 'OPTICS_BIAS' as const,
    device: plant.heads[root]!,
    isOptional: true,
  };
  const play = (fault: Fault): void => {
    const warnedAt = Math.max(0, fault.startAt - chance.whole(20, 240) * second);
    agenda.enter(warnedAt, (at) => watch.set(condition, { isOn: true, owner: fault.index, at }));
    agenda.enter(fault.endAt, (at) => watch.set(condition, { isOn: false, owner: fault.index, at }));
    draft.play(fault);
  };
  return { ...draft, play };
}

/** All fibres of the cable, or those that an excavator or a mouse reached. */
export function feederDraft(scene: Scene, moment: Moment): Draft | undefined {
  const root = pickOf(scene, 'feeder');
  if (root === undefined) return undefined;
  const fibres = [...scene.plant.childrenIn('cable', root)];
  const isAll = fibres.length < 3 || scene.chance.happens(0.6);
  const first = scene.chance.whole(0, fibres.length - 2);
  const hit = isAll ? fibres : fibres.slice(first, first + scene.chance.whole(2, fibres.length - 1));
  const parts = hit.map((fibre) => scene.plant.leavesBelow(fibre, ['access']));
  const leaves = parts.flat();
  if (leaves.length < 2) return undefined;
  const variant = isAll ? undefined : 'some-fibres';
  const under = isAll ? [root] : hit;
  return cutDraft(scene, { ...moment, kind: 'feeder', variant, root, leaves, parts, under });
}

export function cardDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, habits, watch } = scene;
  const root = pickOf(scene, 'card');
  if (root === undefined) return undefined;
  const leaves = plant.leavesBelow(root, ['access']);
  if (leaves.length < 2) return undefined;
  const device = plant.heads[root]!;
  const beside = (fault: Fault, isOn: boolean, at: number): void =>
    watch.set({ resource: root, cause: 'CARD_FAIL', device }, { isOn, owner: fault.index, at });
  const leavesSay = habits.get(device)!.cardLeaves;
  return cutDraft(scene, { ...moment, kind: 'card', root, leaves, leavesSay, isPlain: true, beside });
}
