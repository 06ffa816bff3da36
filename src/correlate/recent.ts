/** Incidents decided so lately that a wider cause may still take them in, as evidence, found by what lies above their root. */
import { after, type Instant } from '../base/instant.ts';
import { Sets } from '../base/sets.ts';
import type { IncidentId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { powerKinds } from './dark-house.ts';
import { type HeldIncident, isActive, raisedByResource } from './held-incident.ts';
import { type Population, speakerOf } from './symptoms.ts';
import { causesAbove, type Evidence } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

/** Valid until the incident changes. */
export interface Recent {
  readonly held: HeldIncident;
  /** What lies above its root: where it is in sight of other evidence. */
  readonly above: readonly number[];
  /** From then on too old. */
  readonly until: Instant;
  /** What is raised of it: a piece a resource, or one at the root that stands for many. */
  readonly pieces: readonly Evidence[];
  /** Resources that ever spoke in it. */
  readonly said: number;
}

export interface Now {
  readonly at: Instant;
  readonly timing: CorrelationTiming;
}

const several = 3;
/** A large incident is one piece at its root. */
const pieceLimit = 64;

export class RecentCauses {
  readonly ancestry: Ancestry;
  readonly population: Population;
  readonly #byId = new Map<IncidentId, Recent>();
  readonly #above = new Sets<number, Recent>();

  constructor(ancestry: Ancestry, population: Population) {
    this.ancestry = ancestry;
    this.population = population;
  }

  get(id: IncidentId): Recent | undefined {
    return this.#byId.get(id);
  }

  /** Those whose root is this place, or lies below it. */
  below(place: number): Iterable<Recent> {
    return this.#above.at(place);
  }

  /** The incident as it is now; answers from where it was or is in sight. */
  put(held: HeldIncident, { at, timing }: Now): readonly number[] {
    const before = this.#byId.get(held.id);
    if (before !== undefined) this.#drop(before);
    // Of a fault that took several, though traps told of them, the next round of polling finds those not heard.
    const isTold = this.population === 'down' && held.members.size < several && !isPolled(held);
    const window = isTold ? timing.revisitMs : timing.slowRevisitMs;
    const until = after(held.lastEvidenceAt, window);
    // Mains that come back take nobody new: they would fail for all. What flaps takes now these, now those.
    const isOver = powerKinds.has(held.kind) && held.endingSince !== undefined;
    if (held.scope !== this.population || !isActive(held) || held.raised === 0 || isOver || until < at)
      return before?.above ?? [];
    const above = this.ancestry.above(this.ancestry.placeOf(held.root));
    const recent = new Gathered({ held, above, until }, this);
    this.#byId.set(held.id, recent);
    for (const place of above) this.#above.add(place, recent);
    return before === undefined || before.above === above ? above : [...before.above, ...above];
  }

  /** Forgets those that were put long ago: what is too old is passed over, not waited for. */
  expire(at: Instant): void {
    for (const recent of this.#byId.values()) {
      if (recent.until >= at) return;
      this.#drop(recent);
    }
  }

  #drop(recent: Recent): void {
    this.#byId.delete(recent.held.id);
    for (const place of recent.above) this.#above.delete(place, recent);
  }
}

/** Polls alone found it: others of its cause are found as late as the rounds of polling come by. */
function isPolled({ members }: HeldIncident): boolean {
  for (const { polled } of members.values()) if (!polled) return false;
  return true;
}

/** Gathers what it holds when that is first asked for: most are in sight of nothing. */
class Gathered implements Recent {
  readonly held: HeldIncident;
  readonly above: readonly number[];
  readonly until: Instant;
  readonly #sight: Pick<RecentCauses, 'ancestry' | 'population'>;
  #pieces: readonly Evidence[] | undefined;
  #said: number | undefined;

  constructor(
    known: Pick<Recent, 'held' | 'above' | 'until'>,
    sight: Pick<RecentCauses, 'ancestry' | 'population'>,
  ) {
    this.held = known.held;
    this.above = known.above;
    this.until = known.until;
    this.#sight = sight;
  }

  get pieces(): readonly Evidence[] {
    this.#pieces ??= heldPieces(this.#sight.ancestry, this.#sight.population, this.held);
    return this.#pieces;
  }

  get said(): number {
    this.#said ??= speakers(this.held);
    return this.#said;
  }
}

function speakers({ members }: HeldIncident): number {
  if (members.size === 1) return 1;
  const resources = new Set<ResourceId>();
  for (const { resource } of members.values()) resources.add(resource);
  return resources.size;
}

/**
 * Where a wider cause of what is decided may lie. What comes and goes by itself is no part of what fails beside it and
 * stays: of a line that flaps nothing above it is, nor what feeds its terminals, which a bad splice does not switch off.
 */
export function reachOf(
  ancestry: Ancestry,
  population: Population,
  piece: Pick<Evidence, 'place' | 'symptom'>,
  held: Pick<HeldIncident, 'kind' | 'root'> | undefined,
): readonly number[] {
  const above = causesAbove(ancestry, population, piece);
  if (held?.kind !== 'flapping') return above;
  const root = ancestry.placeOf(held.root);
  const [wider, line] = [ancestry.above(root), ancestry.terminalsOf(root)];
  const feeds = ancestry.powerAbove(piece.place);
  const isOfLine = !feeds.includes(root);
  return above.filter((at) => {
    if (at === root) return true;
    if (isOfLine && feeds.includes(at)) return false;
    return !wider.includes(at) || ancestry.terminalsOf(at) === line;
  });
}

function heldPieces(ancestry: Ancestry, population: Population, held: HeldIncident): Evidence[] {
  const said = [...raisedByResource(held)];
  const { startedAt } = held;
  const common = { weight: 1, firstAt: startedAt, lastAt: startedAt, heldBy: held.id };
  const placed = (id: string, symptom: Evidence['symptom'], standsFor: number | undefined): Evidence => {
    const place = ancestry.placeOf(id);
    const above = reachOf(ancestry, population, { place, symptom }, held);
    return { ...common, place, above, id, symptom, standsFor };
  };
  if (said.length > pieceLimit) return [placed(held.root, said[0]![1][0]!.symptom, said.length)];
  return said.map(([id, members]) => placed(id, speakerOf(members).symptom, undefined));
}
