/** Alarms no incident has yet, as evidence: one piece a resource and population, kept up to date as they come and go. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { Groups } from './groups.ts';
import type { HeldIncident } from './held-incident.ts';
import type { Pending } from './joining.ts';
import type { Now } from './recent.ts';
import type { RoundSnapshot } from './round.ts';
import { type Population, populationOf, populations, speakerOf } from './symptoms.ts';
import { causesAbove, type Evidence } from './tally.ts';
import type { Slices } from './timing.ts';

/** All that one resource says to one population. */
export interface Piece extends Evidence {
  readonly id: ResourceId;
  readonly pending: readonly Pending[];
  readonly isLeaf: boolean;
  /** When it was first said by whoever does not poll; 0 where a poll found it, or where time tells nothing. */
  readonly toldAt: number;
  /** All that lies above it, be it a cause or not, itself first. */
  readonly reach: readonly number[];
}

export type Rounds = Readonly<Partial<Record<Population, RoundSnapshot>>>;

export class Undecided {
  readonly #ancestry: Ancestry;
  readonly #pieces: Readonly<Record<Population, Map<ResourceId, Piece>>> = {
    down: new Map(),
    degraded: new Map(),
    session: new Map(),
  };
  readonly #transport = new Map<AlarmId, Pending>();
  readonly #alone = new Map<AlarmId, Pending>();
  readonly #chained = new Map<AlarmId, Pending>();

  readonly #cards = new Map<ResourceId, Piece>();
  readonly #ports = new Map<AlarmId, Pending>();
  #hidden: readonly number[] = [];
  readonly #groups: Readonly<Record<Population, Groups>>;

  constructor(ancestry: Ancestry, slices: Slices) {
    this.#ancestry = ancestry;
    this.#groups = {
      down: new Groups(ancestry, 'down', slices),
      degraded: new Groups(ancestry, 'degraded', slices),
      session: new Groups(ancestry, 'session', slices),
    };
  }

  /** What nothing above could explain, in order of resource, then alarm: the order of arrival must not matter. */
  get alone(): readonly Pending[] {
    return this.#alone.size === 0 ? none : [...this.#alone.values()].sort(byResource);
  }

  /** What the transport graph explains, in the same order. */
  get transport(): readonly Pending[] {
    return this.#transport.size === 0 ? none : [...this.#transport.values()].sort(byResource);
  }

  /** What may follow from each other, in order of time, then as above. */
  get chained(): readonly Pending[] {
    if (this.#chained.size === 0) return none;
    return [...this.#chained.values()].sort((a, b) => a.at - b.at || byResource(a, b));
  }

  get hasCards(): boolean {
    return this.#cards.size > 0;
  }

  /** What cards say of themselves. */
  get cards(): Iterable<Piece> {
    return this.#cards.values();
  }

  pieces(population: Population): ReadonlyMap<ResourceId, Piece> {
    return this.#pieces[population];
  }

  /** What may lie below its root, ports, which may hear no terminal because of it, and what is no evidence on trees. */
  *near(home: HeldIncident): Generator<Pending> {
    const root = this.#ancestry.placeOf(home.root);
    for (const population of populations) {
      // Of a terminal, which stands above nothing, the groups do not know where it is.
      const own = this.#pieces[population].get(home.root);
      if (own !== undefined) yield* own.pending;
      for (const { pending } of this.#groups[population].near(root)) yield* pending;
    }
    for (const others of [this.#transport, this.#alone, this.#chained, this.#ports]) yield* others.values();
  }

  /** A look would find more than it did before what was stated in it. */
  hasNews(): boolean {
    return this.hasCards || populations.some((population) => this.#groups[population].hasNews());
  }

  /** How far the weighing of a storm is; undefined where all is weighed in one look. */
  rounds(): Rounds | undefined {
    const rounds = populations.flatMap((population) => {
      const { round } = this.#groups[population];
      return round === undefined ? [] : [[population, round] as const];
    });
    return rounds.length === 0 ? undefined : Object.fromEntries(rounds);
  }

  resume(rounds: Rounds = {}): void {
    for (const population of populations) this.#groups[population].resume(rounds[population]);
  }

  groups(population: Population): Groups {
    return this.#groups[population];
  }

  /** Something was seen in the trees with these tops. */
  seen(tops: readonly number[]): void {
    for (const top of tops) for (const population of populations) this.#groups[population].seen(top);
  }

  /** These heads are out of sight: all that was explained with others in sight is to be explained anew. */
  hide(heads: readonly number[]): void {
    const before = this.#hidden;
    if (before.length === heads.length && before.every((place, i) => heads[i] === place)) return;
    this.#hidden = heads;
    for (const population of populations) this.#groups[population].changeAll();
  }

  /** Incidents that began, ended, or hold something else now. */
  touch(all: Iterable<HeldIncident>, now: Now): void {
    for (const held of all) for (const population of populations) this.#groups[population].touch(held, now);
  }

  put(pending: Pending): void {
    const population = populationOf(pending.symptom);
    if (pending.symptom === 'port') this.#ports.set(pending.alarm, pending);
    if (isTransportEvidence(this.#ancestry, pending)) this.#transport.set(pending.alarm, pending);
    else if (isChained(this.#ancestry, pending)) this.#chained.set(pending.alarm, pending);
    else if (population === undefined || isOfService(this.#ancestry, pending))
      this.#alone.set(pending.alarm, pending);
    else {
      const known = this.#pieces[population].get(pending.resource);
      const others = known?.pending.filter(({ alarm }) => alarm !== pending.alarm) ?? [];
      this.#gather(population, pending.resource, [...others, pending]);
    }
  }

  /** Of a cause that took very many all at once. */
  takeAll(all: readonly Pending[]): void {
    const gone: Readonly<Record<Population, Set<Piece>>> = {
      down: new Set(),
      degraded: new Set(),
      session: new Set(),
    };
    for (const { alarm, resource, symptom } of all) {
      this.#ports.delete(alarm);
      if (this.#transport.delete(alarm) || this.#alone.delete(alarm) || this.#chained.delete(alarm)) continue;
      const population = populationOf(symptom);
      const piece = population === undefined ? undefined : this.#pieces[population].get(resource);
      if (population === undefined || piece === undefined) continue;
      if (piece.pending.length > 1) this.#gather(population, resource, without(piece, alarm));
      else if (piece.pending[0]?.alarm === alarm) {
        this.#pieces[population].delete(resource);
        if (population === 'down') this.#cards.delete(resource);
        gone[population].add(piece);
      }
    }
    for (const population of populations) this.#groups[population].removeAll(gone[population]);
  }

  #gather(population: Population, resource: ResourceId, pending: readonly Pending[]): void {
    const pieces = this.#pieces[population];
    const before = pieces.get(resource);
    if (pending.length > 0) {
      const piece = pieceOf(this.#ancestry, population, { id: resource, pending });
      pieces.set(resource, piece);
      this.#noteCard(population, piece);
      this.#groups[population].put(piece, before);
    } else if (before !== undefined) {
      pieces.delete(resource);
      if (population === 'down') this.#cards.delete(resource);
      this.#groups[population].remove(before);
    }
  }

  #noteCard(population: Population, piece: Piece): void {
    if (population !== 'down') return;
    if (piece.symptom === 'card') this.#cards.set(piece.id, piece);
    else this.#cards.delete(piece.id);
  }
}

const without = ({ pending }: Piece, alarm: AlarmId): Pending[] =>
  pending.filter((other) => other.alarm !== alarm);

const none: readonly never[] = [];

const byResource = (a: Pending, b: Pending): number =>
  a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : a.alarm < b.alarm ? -1 : 1;

/** A link, or a device whose reach is computed or which is polled as such. */
export function isTransportEvidence(
  ancestry: Ancestry,
  { resource, symptom }: Pick<Pending, 'resource' | 'symptom'>,
): boolean {
  if (symptom !== 'link' && symptom !== 'silent') return false;
  const place = ancestry.placeOf(resource);
  if (place < 0 || ancestry.isStranger(place)) return false;
  const { topology } = ancestry;
  if (symptom === 'link') return topology.linkOf(place) !== undefined;
  if (isBareService(ancestry, place)) return false;
  if (ancestry.kindOf(place) === 'collector' || topology.isTransport(place)) return true;
  if (topology.isNeeded(place)) return true;
  return topology.parentOf('collector', place) >= 0 && !ancestry.isLeaf(place);
}

/** A device's word that no tree explains: a terminal's is its subscriber's matter, and what flaps is a fault by name. */
export function isChained(
  ancestry: Ancestry,
  { resource, symptom, cause }: Pick<Pending, 'resource' | 'symptom' | 'cause'>,
): boolean {
  return symptom === 'other' && cause !== 'FLAPPING' && !ancestry.isLeaf(ancestry.placeOf(resource));
}

/** A service says itself that it fails: nothing that supplies it is asked for the cause. */
export function isOfService(
  ancestry: Ancestry,
  { resource, symptom }: Pick<Pending, 'resource' | 'symptom'>,
): boolean {
  if (symptom === 'service') return true;
  const place = ancestry.topology.indexOf(resource);
  if (place < 0) return false;
  if (symptom === 'silent') return isBareService(ancestry, place);
  return symptom === 'session' && serviceKinds.has(ancestry.kindOf(place));
}

/** A service that no links reach in the topology: where it runs is not known, only that nobody is served. */
const isBareService = ({ topology }: Ancestry, place: number): boolean =>
  serviceKinds.has(topology.kindOf(place)) && !topology.isTransport(place) && !topology.isNeeded(place);

const serviceKinds: ReadonlySet<string> = new Set(['dns', 'radius', 'service-platform']);

export function pieceOf(
  ancestry: Ancestry,
  population: Population,
  { id, pending }: Pick<Piece, 'id' | 'pending'>,
): Piece {
  const { symptom } = speakerOf(pending);
  const { oldest: firstAt, newest: lastAt } = spanOf(pending);
  const weight = pending.every(({ flapping }) => flapping) ? 0.5 : 1;
  const place = ancestry.placeOf(id);
  const outlived = pending.flatMap(({ outlived: head }) =>
    head === undefined ? [] : ancestry.placeOf(head),
  );
  const all = causesAbove(ancestry, population, { place, symptom });
  const above = outlived.length === 0 ? all : all.filter((at) => !outlived.includes(at));
  const [reach, isLeaf] = [ancestry.above(place), ancestry.isLeaf(place)];
  // A card says when it failed; a port says when the last of its terminals fell dark.
  const isTimed = population === 'down' && (isLeaf || symptom === 'card');
  const toldAt = isTimed && !pending.some(({ polled }) => polled) ? firstAt : 0;
  return { place, above, reach, toldAt, isLeaf, id, symptom, weight, firstAt, lastAt, pending };
}

/** First and last raise of these. */
export function spanOf(pending: readonly Pending[]): { readonly oldest: Instant; readonly newest: Instant } {
  let oldest = pending[0]!.at;
  let newest = oldest;
  for (const { at } of pending) {
    if (at < oldest) oldest = at;
    if (at > newest) newest = at;
  }
  return { oldest, newest };
}
