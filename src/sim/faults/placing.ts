/** Chooses when and where faults happen so that each can be judged for itself, and announces the planned ones. */
import { instant } from '../../base/instant.ts';
import { resourceId } from '../../model/ids.ts';
import { Agenda } from './agenda.ts';
import { hour, minute } from './chance.ts';
import { branchDraft, cardDraft, dropDraft, feederDraft, portDraft, riserDraft } from './kinds/cuts.ts';
import { flappingDraft } from './kinds/flapping.ts';
import { areaPowerDraft, housePowerDraft, sitePowerDraft } from './kinds/power.ts';
import { collectorDraft, configDraft, ingressDraft, serviceDraft, waterDraft } from './kinds/services.ts';
import { doubleCutDrafts, ductDraft, linkDraft, nodeDownDraft } from './kinds/transport.ts';
import { listed } from './plant/plant.ts';
import { type Draft, type Fault, type FaultKind, faultKinds, type Moment, type Scene } from './scene.ts';

type Wish = FaultKind | 'double-cut' | 'works' | 'blind';

/** Median length in minutes and spread of its logarithm; the fault log of an operator shows such shapes. */
const lengths: Readonly<Record<Wish, readonly [number, number]>> = {
  drop: [150, 0.8],
  splitter: [120, 0.6],
  riser: [150, 0.6],
  'pon-port': [60, 0.7],
  feeder: [210, 0.5],
  card: [70, 0.6],
  'node-down': [70, 0.7],
  'house-power': [50, 0.7],
  'area-power': [60, 0.6],
  'site-power': [120, 0.6],
  amplifier: [110, 0.6],
  ingress: [60, 0.7],
  water: [200, 0.5],
  cable: [210, 0.5],
  link: [110, 0.7],
  duct: [200, 0.5],
  service: [22, 0.6],
  config: [35, 0.6],
  flapping: [35, 0.4],
  collector: [14, 0.5],
  'double-cut': [140, 0.4],
  works: [50, 0.5],
  blind: [60, 0],
};
/** The same root failing again sooner is the same fault, so nobody touches it. */
const quietAfter = 35 * minute;
/** No fault of terminals begins so near to the fall or return of their head. */
const apart = 3 * minute;
/** What begins while its head is silent lasts long enough to be heard afterwards. */
const outlives = 12 * minute;
const attempts = 24;
const shifts = 8;

export interface Placed {
  readonly faults: readonly Fault[];
  /** Wishes for which there was no room, by kind. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface Wanted {
  readonly perKind: number;
  readonly doubleCuts: number;
  /** Share of the collectors that is away together, once. */
  readonly blind: number;
  readonly lengthMs: number;
  readonly from: number;
}

export function placeFaults(scene: Scene, { perKind, doubleCuts, blind, lengthMs, from }: Wanted): Placed {
  const room = new Room(scene);
  const wishes = new Agenda();
  const refused: Record<string, number> = {};
  const wish = (kind: Wish, at: number, shift: number): void => {
    wishes.enter(at, () => {
      const moment = momentOf(scene, { kind, startAt: Math.round(at), lengthMs });
      if (fulfil(scene, room, { kind, moment, from, blind })) return;
      const later = at + scene.chance.between(8 * minute, 90 * minute);
      if (shift < shifts && later < lengthMs * 0.93) wish(kind, later, shift + 1);
      else refused[kind] = (refused[kind] ?? 0) + 1;
    });
  };
  const kinds: readonly Wish[] = [...faultKinds, 'works'];
  for (const kind of kinds) for (let i = 0; i < perKind; i++) wish(kind, startOf(scene, kind, lengthMs), 0);
  for (let i = 0; i < doubleCuts; i++) wish('double-cut', startOf(scene, 'link', lengthMs), 0);
  if (blind > 0) wish('blind', lengthMs * 0.4, 0);
  wishes.runAll();
  return { faults: scene.faults, refused };
}

/** Mains of houses fail more often in the evening, when the load is high. */
function startOf({ chance }: Scene, kind: Wish, lengthMs: number): number {
  for (;;) {
    const at = chance.between(lengthMs * 0.01, lengthMs * 0.9);
    const clock = (at / hour) % 24;
    const isPeak = clock > 17 && clock < 22.5;
    if (kind !== 'house-power' || isPeak || chance.happens(0.5)) return at;
  }
}

function momentOf(
  { chance }: Scene,
  { kind, startAt, lengthMs }: { kind: Wish; startAt: number; lengthMs: number },
): Moment {
  const [median, sigma] = lengths[kind];
  const length = Math.max(3 * minute, Math.min(chance.lognormal(median * minute, sigma), lengthMs * 0.3));
  return { startAt, endAt: Math.round(Math.min(startAt + length, lengthMs - 2 * minute)) };
}

interface Fulfilled {
  readonly kind: Wish;
  readonly moment: Moment;
  readonly from: number;
  readonly blind: number;
}

function fulfil(scene: Scene, room: Room, { kind, moment, from, blind }: Fulfilled): boolean {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const drafts = kind === 'blind' ? blindDrafts(scene, moment, blind) : draftsOf(scene, kind, moment);
    if (drafts.length === 0 || !room.has(drafts)) continue;
    room.take(drafts);
    const faults = drafts.map((draft) => begin(scene, draft, kind === 'works'));
    if (kind === 'works') for (const fault of faults) announce(scene, fault, from);
    return true;
  }
  return false;
}

/** That share of the collectors, one at least, goes and comes back at about the same time. */
function blindDrafts(scene: Scene, moment: Moment, share: number): readonly Draft[] {
  const { plant, chance } = scene;
  const all = [...plant.ofKind('collector')];
  const away = Math.max(1, Math.round(all.length * share));
  return Array.from({ length: away }, () => {
    const [root] = all.splice(chance.whole(0, all.length - 1), 1);
    const late = chance.whole(0, 20_000);
    const { startAt, endAt } = moment;
    return collectorDraft(scene, { startAt: startAt + late, endAt: endAt + late }, root);
  }).flatMap((draft) => draft ?? []);
}

function draftsOf(scene: Scene, kind: Exclude<Wish, 'blind'>, moment: Moment): readonly Draft[] {
  if (kind === 'double-cut') return doubleCutDrafts(scene, moment);
  const one = kind === 'works' ? worksDraft(scene, moment) : draftOf(scene, kind, moment);
  return one === undefined ? [] : [one];
}

function worksDraft(scene: Scene, moment: Moment): Draft | undefined {
  return draftOf(
    scene,
    scene.chance.pick(['node-down', 'card', 'splitter', 'feeder', 'link', 'pon-port'] as const),
    moment,
  );
}

function draftOf(scene: Scene, kind: FaultKind, moment: Moment): Draft | undefined {
  switch (kind) {
    case 'drop':
      return dropDraft(scene, moment);
    case 'splitter':
      return branchDraft(scene, moment, { kind, places: ['splitter'], least: 2 });
    case 'riser':
      return riserDraft(scene, moment);
    case 'pon-port':
      return portDraft(scene, moment);
    case 'feeder':
      return feederDraft(scene, moment);
    case 'card':
      return cardDraft(scene, moment);
    case 'node-down':
      return nodeDownDraft(scene, moment);
    case 'house-power':
      return housePowerDraft(scene, moment);
    case 'area-power':
      return areaPowerDraft(scene, moment);
    case 'site-power':
      return sitePowerDraft(scene, moment);
    case 'amplifier':
      return branchDraft(scene, moment, { kind, places: ['amplifier', 'amplifier', 'fiber-node'], least: 2 });
    case 'ingress':
      return ingressDraft(scene, moment);
    case 'water':
      return waterDraft(scene, moment);
    case 'cable':
      return branchDraft(scene, moment, { kind, places: ['cable', 'cabinet'], least: 3 });
    case 'link':
      return linkDraft(scene, moment);
    case 'duct':
      return ductDraft(scene, moment);
    case 'service':
      return serviceDraft(scene, moment);
    case 'config':
      return configDraft(scene, moment);
    case 'flapping':
      return flappingDraft(scene, moment);
    case 'collector':
      return collectorDraft(scene, moment);
  }
}

function begin(scene: Scene, draft: Draft, isWorks: boolean): Fault {
  const fault: Fault = {
    index: scene.faults.length,
    kind: draft.kind,
    variant: isWorks ? 'works' : draft.variant,
    root: draft.root,
    startAt: Math.round(draft.startAt),
    endAt: Math.round(draft.endAt),
    leavesSay: draft.leavesSay ?? 'trap',
    leaves: draft.leaves ?? [],
    heads: new Set(),
    spared: new Set(),
    under: draft.under ?? [],
    roots: new Set([draft.root]),
    kinds: new Set([draft.kind]),
  };
  scene.faults.push(fault);
  draft.play(fault);
  return fault;
}

/** One in ten begins late, one in twelve overruns, one in twenty hits another thing than announced. */
function announce({ plant, chance }: Scene, fault: Fault, from: number): void {
  const isElsewhere = chance.happens(0.05);
  const overruns = chance.happens(0.08);
  const early = chance.happens(0.1) ? chance.whole(20, 60) : chance.whole(0, 15);
  const begins = from + fault.startAt - early * minute;
  const length = fault.endAt - fault.startAt;
  const late = overruns && length > 50 * minute ? -chance.whole(20, 40) : chance.whole(5, 60);
  const ends = from + fault.endAt + late * minute;
  const others = plant.ofKind(plant.kindOf(fault.root));
  const announced = isElsewhere && others.length > 0 ? chance.pick(others) : fault.root;
  const id = `works-${fault.index + 1}`;
  plant.planned.push({
    id,
    resources: [resourceId(plant.idOf(announced))],
    from: instant(begins),
    to: instant(ends),
    announcedAt: instant(begins - chance.whole(20, 200) * hour),
  });
  if (announced === fault.root && late >= -15) fault.works = id;
}

/** Until when each thing is taken, and when heads are silent. */
class Room {
  readonly #scene: Scene;
  readonly #freeAt = new Map<number, number>();
  readonly #silences = new Map<number, Moment[]>();
  readonly #lastStart = new Map<number, number>();
  readonly #shownUntil = new Map<string, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  has(drafts: readonly Draft[]): boolean {
    return drafts.every((draft) => this.#isFree(draft) && this.#isApart(draft));
  }

  take(drafts: readonly Draft[]): void {
    for (const draft of drafts) {
      const free = draft.endAt + quietAfter;
      for (const thing of draft.touches)
        this.#freeAt.set(thing, Math.max(free, this.#freeAt.get(thing) ?? 0));
      for (const { head, ...silence } of draft.silences ?? []) listed(this.#silences, head).push(silence);
      const { shows } = draft;
      if (shows !== undefined) {
        this.#shownUntil.set(shows, Math.max(draft.endAt + 3 * minute, this.#shownUntil.get(shows) ?? 0));
      }
      for (const head of this.#headsOf(draft)) this.#lastStart.set(head, draft.startAt);
    }
  }

  #isFree({ touches, startAt, avoids }: Draft): boolean {
    if (avoids !== undefined && (this.#shownUntil.get(avoids) ?? 0) > startAt) return false;
    return touches.every((thing) => (this.#freeAt.get(thing) ?? 0) <= startAt);
  }

  /** A fault of terminals begins apart from its head's fall and return, and outlives a silence it begins in. */
  #isApart(draft: Draft): boolean {
    const { startAt, endAt } = draft;
    for (const head of this.#headsOf(draft)) {
      for (const silence of this.#silences.get(head) ?? []) {
        if (Math.abs(silence.startAt - startAt) < apart || Math.abs(silence.endAt - startAt) < apart)
          return false;
        if (silence.startAt < startAt && silence.endAt > startAt && silence.endAt > endAt - outlives)
          return false;
      }
    }
    return (draft.silences ?? []).every((silence) => {
      const last = this.#lastStart.get(silence.head) ?? -apart;
      return Math.abs(last - silence.startAt) >= apart && Math.abs(last - silence.endAt) >= apart;
    });
  }

  #headsOf({ leaves }: Draft): Set<number> {
    const { heads } = this.#scene.plant;
    return new Set((leaves ?? []).map((leaf) => heads[leaf]!));
  }
}
