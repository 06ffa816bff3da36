/** Terminals of a head that starts again, found dark by a poll: which start with it, which were off or cut before. */
import type { ResourceId } from '../model/ids.ts';
import { mostCounted } from './aftermath.ts';
import type { Ancestry } from './ancestry.ts';
import type { Scene } from './deciding.ts';
import type { Explanation } from './explain.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Evidence } from './tally.ts';

/**
 * Terminals found silent by the first poll of a head that started again: those whose loss of light was not heard stand
 * here and there among those who told of it, and start with them. What is silent as a whole, none of it having been
 * alight, was cut before; what is silent when nearly all the others have started was switched off.
 */
export function unheardAtStart(scene: Scene, found: Explanation): HeldIncident | undefined {
  const { ancestry, timing, heads, starts } = scene;
  const { evidence, root, tally } = found;
  const fresh = evidence.filter(({ heldBy }) => heldBy === undefined);
  const [first] = fresh;
  const head = ancestry.headOf(first!.place);
  const held = heads.get(ancestry.idOf(head));
  const since = held?.retoldAt;
  if (held === undefined || since === undefined || isLeftOver(scene, found)) return undefined;
  const isSilent = ({ place, symptom, firstAt }: Evidence): boolean =>
    symptom === 'silent' &&
    ancestry.isLeaf(place) &&
    ancestry.headOf(place) === head &&
    firstAt >= since &&
    firstAt - since <= timing.leftoverMs;
  // What took the head may stand among them as one piece.
  const isOthers = ({ heldBy }: Evidence): boolean => heldBy !== undefined && heldBy !== held.id;
  if (!fresh.every(isSilent) || evidence.some(isOthers)) return undefined;
  const start = starts.of(held, head);
  const isEarly = first!.firstAt - since <= timing.rebootMs && start.unheard > unheardShare;
  if (start.unlit < startingShare && !isEarly) return undefined;
  if (tally === undefined) return held;
  const told = [...held.members.values()].some(
    ({ symptom, resource }) => symptom === 'los' && ancestry.above(ancestry.placeOf(resource)).includes(root),
  );
  return told || fresh.length < fewSilent ? held : undefined;
}

/** Words are lost in spells, and neighbours are told of one after another: so many unheard are no cut yet. */
const fewSilent = 8;
/** Of terminals whose end was never told there are fewer. */
const startingShare = 0.1;
/** Of the terminals of a head that some are always switched off, and a loss of so many words is usual. */
const unheardShare = 0.08;

interface Start {
  /** Of those that the starting head told of, the share that is not back yet. */
  readonly unlit: number;
  /** Of its terminals, the share it did not tell of. */
  readonly unheard: number;
}

/** How far heads have started, counted once a look. */
export class Starts {
  readonly #ancestry: Ancestry;
  readonly #known = new Map<HeldIncident, Map<number, Start>>();

  constructor(ancestry: Ancestry) {
    this.#ancestry = ancestry;
  }

  of(held: HeldIncident, head: number): Start {
    const ofHeld = this.#known.get(held) ?? new Map<number, Start>();
    this.#known.set(held, ofHeld);
    const start = ofHeld.get(head) ?? this.#count(held, head);
    ofHeld.set(head, start);
    return start;
  }

  #count({ members, retoldAt }: HeldIncident, head: number): Start {
    const ancestry = this.#ancestry;
    const kinds = new Set<string>();
    let [told, unlit, all] = [0, 0, 0];
    for (const { symptom, resource, at, raised } of members.values()) {
      const place = ancestry.placeOf(resource);
      if (symptom !== 'los' || at < (retoldAt ?? 0) || ancestry.headOf(place) !== head) continue;
      kinds.add(ancestry.kindOf(place));
      told++;
      if (raised) unlit++;
    }
    for (const leaf of ancestry.leavesBelow(head, mostCounted)) if (kinds.has(ancestry.kindOf(leaf))) all++;
    return { unlit: unlit / Math.max(1, told), unheard: (all - told) / Math.max(1, all) };
  }
}

/** Weighed before, and split off as what outlasted its incident. */
const isLeftOver = ({ undecided }: Scene, { evidence }: Explanation): boolean =>
  evidence.some(({ id }) =>
    undecided
      .pieces('down')
      .get(id as ResourceId)
      ?.pending.some(({ parent }) => parent !== undefined),
  );

/** One terminal that was dark when its head came back, and long after: its line, or somebody who is not at home. */
export const isSilentStill = (scene: Scene, found: Explanation): boolean =>
  found.tally === undefined &&
  found.evidence.every(({ place, symptom }) => symptom === 'silent' && scene.ancestry.isLeaf(place)) &&
  isLeftOver(scene, found);
