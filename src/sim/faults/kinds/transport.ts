/** Faults of the transport network: dead or reloading devices, cut links, trenches, two cuts of one ring. */
import { minute, second } from '../chance.ts';
import { equalBreaks } from '../equal-causes.ts';
import type { Supposed } from '../reach.ts';
import { type Draft, type Fault, type Moment, ringToken, type Scene, type Silence } from '../scene.ts';

const ringsAt = ({ plant }: Scene, links: readonly number[]): readonly number[] =>
  [...new Set(links.map((link) => plant.links[link]!.ring))].filter((ring) => ring >= 0).map(ringToken);

/** Heads that the case would leave without a path, or that are themselves meant. */
function headsLost({ plant, reach }: Scene, broken: Supposed): readonly number[] {
  const before = reach.reached();
  const after = reach.reached(broken);
  return reach.devices.filter(
    (device) => plant.isHead(device) && before[device] === 1 && after[device] === 0,
  );
}

const silencesOf = (heads: readonly number[], { startAt, endAt }: Moment): readonly Silence[] =>
  heads.map((head) => ({ head, startAt, endAt }));

export function nodeDownDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance, agenda, breakage } = scene;
  const kind = chance.weighted([
    ['olt', 12],
    ['cmts', 1],
    ['dslam', 2],
    ['aggregation', 5],
    ['bng', 1],
    ['server', 1],
  ]);
  const all = plant.ofKind(kind);
  if (all.length === 0) return undefined;
  const root = chance.pick(all);
  if (kind === 'server' && holdsPlatform(scene, root)) return undefined;
  const isReload = chance.happens(0.6);
  const endAt = isReload ? moment.startAt + chance.whole(4, 13) * minute : moment.endAt;
  const heads = headsLost(scene, { devices: [root] });
  const links = plant.linksAt.get(root) ?? [];
  const play = (fault: Fault): void => {
    agenda.enter(moment.startAt, (at) => {
      addEqual(scene, fault, { devices: [root] });
      breakage.breakDown({ devices: [root] }, fault, at);
    });
    agenda.enter(endAt, (at) => breakage.repair({ devices: [root] }, fault, at));
  };
  const within = { startAt: moment.startAt, endAt };
  const touches = [
    root,
    ...heads,
    ...(kind === 'aggregation' || kind === 'bng' ? ringsAt(scene, links) : []),
  ];
  const variant = isReload ? 'reload' : undefined;
  return { ...within, kind: 'node-down', variant, root, touches, silences: silencesOf(heads, within), play };
}

/** Its platform would not survive: that is a fault of the service. */
function holdsPlatform({ plant, reach }: Scene, server: number): boolean {
  return plant.ofKind('dns', 'radius', 'service-platform').some((platform) => {
    const needs = plant.added[platform]?.needs;
    if (needs === undefined || !needs.of.includes(server)) return false;
    const left = needs.of.filter((of) => of !== server && reach.dead[of] === 0);
    return left.length < needs.atLeast;
  });
}

function addEqual(scene: Scene, fault: Fault, broken: Supposed, alsoDark?: readonly number[]): void {
  for (const equal of equalBreaks(scene, broken, alsoDark)) {
    fault.roots.add(equal.root);
    fault.kinds.add(equal.kind);
  }
}

export function linkDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance } = scene;
  const number = chance.whole(0, plant.links.length - 1);
  return cutLink(scene, moment, { number });
}

function cutLink(
  scene: Scene,
  moment: Moment,
  { number, variant, alsoRoot }: { number: number; variant?: string; alsoRoot?: number },
): Draft {
  const { plant, agenda, breakage } = scene;
  const root = plant.linkIndex(number);
  const heads = headsLost(scene, { links: [number] });
  const ends = plant.links[number]!.ends.filter((end) => plant.isHead(end));
  const play = (fault: Fault): void => {
    agenda.enter(moment.startAt, (at) => {
      addEqual(scene, fault, { links: [number] });
      if (alsoRoot !== undefined) fault.roots.add(alsoRoot);
      breakage.breakDown({ links: [number] }, fault, at);
    });
    agenda.enter(moment.endAt, (at) => breakage.repair({ links: [number] }, fault, at));
  };
  const touches = [root, ...heads, ...ends, ...ringsAt(scene, [number])];
  return {
    ...moment,
    kind: 'link',
    variant,
    root,
    touches,
    silences: silencesOf([...heads, ...ends], moment),
    play,
  };
}

/** The second cut of a ring while the first is not mended: what lies between falls silent. */
export function doubleCutDrafts(scene: Scene, moment: Moment): readonly Draft[] {
  const { plant, chance } = scene;
  const first = chance.whole(0, plant.links.length - 1);
  const { ring } = plant.links[first]!;
  if (ring < 0) return [];
  const spans = plant.links.flatMap((link, number) =>
    link.ring === ring && number !== first ? [number] : [],
  );
  const second = chance.pick(spans);
  const length = moment.endAt - moment.startAt;
  const againAt = moment.startAt + Math.max(8 * minute, length * chance.between(0.1, 0.6));
  const mendedAt = againAt + Math.max(20 * minute, length * chance.between(0.3, 1));
  const rest = {
    startAt: againAt,
    endAt: Math.abs(mendedAt - moment.endAt) < 5 * minute ? mendedAt + 6 * minute : mendedAt,
  };
  const whole = { startAt: moment.startAt, endAt: Math.max(moment.endAt, againAt + 15 * minute) };
  const silent = headsLost(scene, { links: [first, second] });
  if (silent.length === 0 && scene.reach.signature({ links: [first, second] }).includes('s') === false)
    return [];
  const one = cutLink(scene, whole, { number: first, variant: 'first-cut' });
  const two = cutLink(scene, rest, {
    number: second,
    variant: 'second-cut',
    alsoRoot: plant.linkIndex(first),
  });
  const touches = [...new Set([...one.touches, ...two.touches, ...silent])];
  const silences = [
    ...(one.silences ?? []),
    ...silencesOf(silent, { startAt: rest.startAt, endAt: whole.endAt }),
  ];
  return [{ ...one, touches, silences, endAt: whole.endAt }, two];
}

/** Everything in one trench: links at once, feeders with their customers. */
export function ductDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance, agenda, breakage, terminals } = scene;
  const root = chance.pick([...plant.linksOver.keys()]);
  const links = plant.linksOver.get(root)!;
  // Trenches of the rings carry most of what is dug up.
  if (links.every((link) => plant.links[link]!.ring < 0) && chance.happens(0.8)) return undefined;
  const leaves = plant.leavesBelow(root, ['cable', 'access']);
  if (links.length < 2 && leaves.length === 0) return undefined;
  const heads = headsLost(scene, { segments: [root] });
  const ends = links.flatMap((link) => plant.links[link]!.ends).filter((end) => plant.isHead(end));
  const play = (fault: Fault): void => {
    agenda.enter(moment.startAt, (at) => {
      for (const same of sameTrench(scene, root)) fault.roots.add(same);
      addEqual(scene, fault, { segments: [root] }, leaves);
      for (const leaf of leaves) terminals.hold(leaf, { by: 'cut', number: fault.index, at });
      breakage.breakDown({ segments: [root] }, fault, at);
    });
    agenda.enter(moment.endAt, (at) => breakage.repair({ segments: [root] }, fault, at));
    const rounds = Math.min(8, leaves.length);
    for (let round = 0; round < rounds; round++) {
      // Links are spliced first, customers' fibres one tube after the other.
      agenda.enter(moment.endAt - chance.whole(0, 120) * second, (at) => {
        for (let i = round; i < leaves.length; i += rounds) {
          terminals.release(leaves[i]!, { by: 'cut', number: fault.index, at });
        }
      });
    }
  };
  const touches = [
    root,
    ...leaves,
    ...heads,
    ...ends,
    ...ringsAt(scene, links),
    ...links.map((link) => plant.linkIndex(link)),
  ];
  const silences = silencesOf([...heads, ...ends], moment);
  return {
    ...moment,
    kind: 'duct',
    root,
    leaves,
    under: leaves.length > 0 ? [root] : [],
    touches,
    silences,
    play,
  };
}

/** Sections in a row that carry the same links and cables cannot be told apart. */
function sameTrench({ plant }: Scene, segment: number): readonly number[] {
  const contents = (of: number): string =>
    [...(plant.linksOver.get(of) ?? []), '|', ...plant.childrenIn('cable', of)].join(' ');
  const own = contents(segment);
  return plant.linksOver
    .get(segment)!
    .flatMap((link) => plant.links[link]!.segments)
    .filter((other) => contents(other) === own);
}
