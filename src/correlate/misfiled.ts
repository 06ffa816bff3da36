/**
 * Terminals that hang elsewhere than the papers say. One that loses its light in the very seconds in which a fibre of its
 * head is cut does so by chance once in thousands of cuts, while papers name a wrong splitter for one terminal in a hundred:
 * it is of that cut, and its place is in doubt.
 */
import { hours } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Scene } from './deciding.ts';
import type { Explanation } from './explain.ts';
import { type HeldIncident, isActive } from './held-incident.ts';
import type { Evidence } from './tally.ts';

/** Traps of one instant arrive within half of this. */
const sameMomentMs = 5_000;
/** Words of different heads may travel so much longer than each other. */
const underWayMs = 300;

/** Of so many words of one moment none comes much earlier than the first, or much later than the last. */
function isOfMoment(at: number, words: readonly number[]): boolean {
  const slack = Math.max(underWayMs, (2 * sameMomentMs) / words.length);
  let [first, last] = [at, at];
  for (const [i, one] of words.entries()) {
    first = i === 0 ? one : Math.min(first, one);
    last = i === 0 ? one : Math.max(last, one);
  }
  return at >= first - slack && at <= Math.min(last + slack, first + sameMomentMs);
}

/** Fewer do not make a cut whose moment is known. */
const fewest = 4;

/** Where lone losses of light are rarer than this in an hour, one in the moment of a cut is of it, whatever its head. */
const rarePerHour = 18;

/** The cut that took this lone terminal, though its root lies elsewhere: under the same head, else the only one there is. */
export function cutBeside(scene: Scene, { tally, evidence }: Explanation): HeldIncident | undefined {
  const only = loneLoss(scene, { tally, evidence });
  if (only === undefined) return undefined;
  const { ancestry } = scene;
  const cuts = scene.standing
    .begunWithin(only.firstAt, sameMomentMs)
    .filter((held) => isCut(held) && isOfMoment(only.firstAt, unlitIn(held)));
  if (cuts.length === 0) return undefined;
  const head = ancestry.headOf(only.place);
  const ofHead = cuts.filter((held) => headsOf(scene, held).has(head));
  const [first, ...others] = ofHead.length > 0 ? ofHead : cuts;
  return others.length > 0 || (ofHead.length === 0 && !isQuiet(scene)) ? undefined : first;
}

/** Is one of these a cut of the same moment? */
export function waitsFor(scene: Scene, found: Explanation, others: readonly Explanation[]): boolean {
  const only = loneLoss(scene, found);
  if (only === undefined) return false;
  return others.some(({ tally, evidence }) => {
    const unlit = tally === undefined ? [] : evidence.filter(({ symptom }) => symptom === 'los');
    if (unlit.length < fewest || unlit.length * 2 < evidence.length) return false;
    const words = unlit.map((piece) => piece.firstAt);
    return isOfMoment(only.firstAt, words);
  });
}

/** One terminal whose light is gone, told of by trap, where that is no switch-off. */
function loneLoss(
  scene: Scene,
  { tally, evidence }: Pick<Explanation, 'tally' | 'evidence'>,
): Evidence | undefined {
  const [only] = evidence;
  if (tally !== undefined || only?.symptom !== 'los' || evidence.length > 1) return undefined;
  if (!scene.ancestry.isLeaf(only.place) || !tellsOfLight(scene, only.place)) return undefined;
  const pending = scene.undecided.pieces('down').get(only.id as ResourceId)?.pending ?? [];
  return pending.some(({ polled }) => polled) ? undefined : only;
}

/** Lone terminals that were told of in the moment of this cut. */
export function straysOf(
  scene: Scene,
  { tally, evidence, root }: Explanation,
  firstAt: number,
): HeldIncident[] {
  const { ancestry, standing } = scene;
  const unlit = evidence.filter(({ symptom }) => symptom === 'los');
  if (tally === undefined || unlit.length < fewest || unlit.length * 2 < evidence.length) return [];
  const words = unlit.map((piece) => piece.firstAt);
  const strays = standing
    .begunWithin(firstAt, sameMomentMs)
    .filter((held) => isLoneLoss(held) && isOfMoment(held.startedAt, words))
    .filter((held) => held.root !== ancestry.idOf(root) && tellsOfLight(scene, ancestry.placeOf(held.root)));
  if (strays.length === 0 || isQuiet(scene)) return strays;
  const heads = new Set(unlit.map(({ place }) => ancestry.headOf(place)));
  return strays.filter((held) => heads.has(ancestry.headOf(ancestry.placeOf(held.root))));
}

/** Who switches off there gasps: loss of light is that of the fibre. */
const tellsOfLight = ({ ancestry }: Scene, place: number): boolean =>
  !ancestry.rules.isMute(ancestry.kindOf(place)) &&
  ancestry.habits.gasping.has(ancestry.idOf(ancestry.headOf(place)));

/** One terminal by trap, and no more. */
function isLoneLoss(held: HeldIncident): boolean {
  // Asked of all that stand: most are answered without a look at the members.
  if (held.kind !== 'drop' || held.members.size !== 1 || !isActive(held)) return false;
  const [only] = held.members.values();
  return only?.symptom === 'los' && !only.polled && only.raised;
}

function isQuiet({ standing, at }: Scene): boolean {
  const since = at - hours(1);
  return (
    standing.inOrder().filter((held) => held.startedAt >= since && isLoneLoss(held)).length <= rarePerHour
  );
}

function isCut(held: HeldIncident): boolean {
  if (held.scope !== 'down' || !isActive(held) || held.raised < fewest || held.kind === 'drop') return false;
  const unlit = unlitIn(held).length;
  return unlit >= fewest && unlit * 2 >= held.members.size;
}

/** When each of them lost its light. */
const unlitIn = ({ members }: HeldIncident): number[] =>
  [...members.values()].flatMap(({ symptom, at }) => (symptom === 'los' ? [at] : []));

function headsOf({ ancestry }: Scene, { members }: HeldIncident): Set<number> {
  const heads = new Set<number>();
  for (const { resource } of members.values()) heads.add(ancestry.headOf(ancestry.placeOf(resource)));
  return heads;
}
