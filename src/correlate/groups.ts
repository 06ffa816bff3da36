/**
 * Undecided evidence of one population, in groups that share nothing above with each other: a change is judged with
 * nothing but what it may concern, and what has not changed keeps its explanation.
 */
import type { Instant } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { type Explanation, earliestWord, explain } from './explain.ts';
import type { HeldIncident } from './held-incident.ts';
import { type Now, type Recent, RecentCauses } from './recent.ts';
import { inTurn, type RoundSnapshot, roundOf } from './round.ts';
import { isSameTime, toldBelow } from './same-time.ts';
import type { Population } from './symptoms.ts';
import type { Evidence, SightingsOf } from './tally.ts';
import type { Piece } from './undecided.ts';

export interface Group {
  readonly pieces: Set<Piece>;
  /** Taken out since it began: what is left may stand apart. */
  removed: number;
  /** Above its own pieces, and where some were; leaves, which stand above nothing, are left out. */
  readonly places: number[];
  /** Incidents decided lately whose root lies under one of those places. */
  recent: readonly Recent[];
  /** Above what those hold. */
  recentPlaces: number[];
  /** Of the trees that hold its evidence. */
  tops: ReadonlySet<number>;
  /** Undefined: to be explained anew. */
  found: readonly Explanation[] | undefined;
  /** The explanation may be another one after this. */
  validUntil: number;
  /** When one of them is to be decided or asked for; undefined: to be found out. */
  dueAt: Instant | undefined;
  /** Some measurement is still to be considered. */
  hasQuestions: boolean;
  /** Whose measurement was considered already. */
  readonly asked: Set<Explanation>;
  isGone: boolean;
}

/** What lies above pieces of one group. */
interface Label {
  group: Group;
  pieces: number;
}

export interface Judging extends Now {
  readonly sightingsOf: SightingsOf;
}

export class Groups {
  readonly recent: RecentCauses;
  readonly #ancestry: Ancestry;
  readonly #population: Population;
  readonly #of = new Map<ResourceId, Group>();
  readonly #all = new Set<Group>();
  readonly #at = new Map<number, Label>();
  readonly #recentAt = new Map<number, Group>();
  readonly #ofRecent = new Map<Recent, Group>();
  readonly #ofTop = new Map<number, Set<Group>>();
  /** In no group yet. */
  readonly #loose = new Map<ResourceId, Piece>();
  readonly #withheld = new Set<Piece>();
  readonly #changed = new Set<Group>();
  /** What is left of those that had changed when all of them were last taken up; the last is next. */
  #round: Group[] = [];
  /** How far the round was that a snapshot found; undefined once it is taken up again. */
  #restored: RoundSnapshot | undefined;
  /** Said since then. */
  readonly #since = new Set<ResourceId>();

  constructor(ancestry: Ancestry, population: Population) {
    this.#ancestry = ancestry;
    this.#population = population;
    this.recent = new RecentCauses(ancestry, population);
  }

  /** Explained as they stand now. */
  all(judging: Judging): Iterable<Group> {
    this.recent.expire(judging.at);
    for (const piece of this.#loose.values()) this.#place(piece);
    this.#loose.clear();
    for (const group of this.#all) if (group.validUntil < judging.at) this.#change(group);
    if (this.#restored !== undefined) this.#resume(this.#restored, judging);
    if (this.#round.length === 0) this.#beginRound();
    for (let pieces = 0; pieces < piecesPerLook; ) {
      const group = this.#round.pop();
      if (group === undefined) break;
      if (!group.isGone && group.found === undefined) pieces += this.#explain(group, judging);
    }
    return this.#all;
  }

  /** Some that changed before this round began have not had their turn. */
  get isMidRound(): boolean {
    return this.#round.length > 0;
  }

  /** Where few wait all have their turn in one look: then there is nothing to keep. */
  get round(): RoundSnapshot | undefined {
    if (this.#restored !== undefined)
      return { ...this.#restored, later: [...this.#restored.later, ...this.#since] };
    const waiting = this.#of.size + this.#loose.size;
    if (!this.isMidRound && waiting <= piecesPerLook) return undefined;
    return roundOf(this.#round, this.#changed, this.#loose.keys());
  }

  resume(round: RoundSnapshot | undefined): void {
    this.#restored = round;
  }

  /** What had been explained is explained again; what waited for its turn waits on. */
  #resume({ left, later }: RoundSnapshot, judging: Judging): void {
    this.#restored = undefined;
    const round: Group[] = [];
    for (const ids of left) {
      const groups = new Set(ids.flatMap((id) => this.#of.get(id) ?? []));
      const [first, ...others] = groups;
      if (first !== undefined) round.push(others.reduce((kept, group) => this.#merged(kept, group), first));
    }
    const waiting = new Set([...round, ...[...later, ...this.#since].map((id) => this.#of.get(id))]);
    this.#since.clear();
    for (const group of [...this.#changed]) {
      if (waiting.has(group) || group.isGone || group.found !== undefined) continue;
      this.#changed.delete(group);
      this.#explain(group, judging);
    }
    for (const group of round) this.#changed.delete(group);
    this.#round = round;
  }

  /** The oldest first, in an order that no order of arrival shows in, where not all have their turn in one look. */
  #beginRound(): void {
    this.#round = inTurn([...this.#changed], piecesPerLook);
    this.#changed.clear();
  }

  /** At or below this place. */
  *near(place: number): Generator<Piece> {
    const grouped = this.#at.get(place)?.group.pieces ?? none;
    for (const pieces of [grouped, this.#loose.values(), this.#withheld]) {
      for (const piece of pieces) if (piece.reach.includes(place)) yield piece;
    }
  }

  /** These are weighed apart from the rest, those of the last call no longer. */
  withhold(pieces: ReadonlySet<Evidence>): void {
    for (const piece of this.#withheld) {
      if (pieces.has(piece)) continue;
      this.#withheld.delete(piece);
      this.#loose.set(piece.id, piece);
    }
    for (const piece of pieces as ReadonlySet<Piece>) {
      if (this.#withheld.has(piece)) continue;
      this.remove(piece);
      this.#withheld.add(piece);
    }
  }

  /** All that its resource says now; `before` is what it said until now. */
  put(piece: Piece, before: Piece | undefined): void {
    if (this.#restored !== undefined) this.#since.add(piece.id);
    const group = this.#of.get(piece.id);
    if (group === undefined || before === undefined) {
      if (before !== undefined) this.#withheld.delete(before);
      this.#loose.set(piece.id, piece);
      return;
    }
    group.pieces.delete(before);
    group.pieces.add(piece);
    this.#change(group);
  }

  remove(piece: Piece): void {
    this.#withheld.delete(piece);
    this.#loose.delete(piece.id);
    const group = this.#of.get(piece.id);
    if (group === undefined) return;
    group.pieces.delete(piece);
    group.removed++;
    this.#of.delete(piece.id);
    this.#unlabel(piece);
    this.#change(group);
    if (group.removed <= group.pieces.size) return;
    this.#dissolve(group);
    for (const other of group.pieces) {
      this.#of.delete(other.id);
      this.#unlabel(other);
      this.#loose.set(other.id, other);
    }
  }

  /** An incident that began, ended, or holds something else now. */
  touch(held: HeldIncident, now: Now): void {
    const before = this.recent.get(held.id);
    const group = before === undefined ? undefined : this.#ofRecent.get(before);
    if (group !== undefined) this.#change(group);
    for (const place of this.recent.put(held, now)) {
      const label = this.#at.get(place);
      if (label !== undefined) this.#change(label.group);
    }
  }

  /** Something was seen in the tree with this top. */
  seen(top: number): void {
    for (const group of this.#ofTop.get(top) ?? none) this.#change(group);
  }

  readonly changeAll = (): void => this.#all.forEach((group) => void this.#change(group));
  #change(group: Group): void {
    group.found = undefined;
    this.#changed.add(group);
  }

  #place(piece: Piece): void {
    const { reach } = piece;
    let group: Group | undefined;
    for (let i = firstOf(piece); i < reach.length; i++) {
      const known = this.#at.get(reach[i]!)?.group;
      if (known === undefined || known === group) continue;
      group = group === undefined ? known : this.#merged(group, known);
    }
    group ??= this.#begun();
    group.pieces.add(piece);
    this.#of.set(piece.id, group);
    for (let i = firstOf(piece); i < reach.length; i++) {
      const label = this.#at.get(reach[i]!);
      if (label !== undefined) label.pieces++;
      else {
        this.#at.set(reach[i]!, { group, pieces: 1 });
        group.places.push(reach[i]!);
      }
    }
    this.#change(group);
  }

  #unlabel(piece: Piece): void {
    const { reach } = piece;
    for (let i = firstOf(piece); i < reach.length; i++) {
      const label = this.#at.get(reach[i]!)!;
      if (--label.pieces === 0) this.#at.delete(reach[i]!);
    }
  }

  #begun(): Group {
    const group: Group = {
      ...{ pieces: new Set(), removed: 0, places: [], recent: none, recentPlaces: [], tops: noTops },
      ...{ found: undefined, validUntil: Number.POSITIVE_INFINITY, dueAt: undefined, asked: new Set() },
      ...{ hasQuestions: false, isGone: false },
    };
    this.#all.add(group);
    return group;
  }

  /** The larger one takes the other in. */
  #merged(a: Group, b: Group): Group {
    const [kept, other] = a.places.length >= b.places.length ? [a, b] : [b, a];
    this.#dissolve(other);
    for (const piece of other.pieces) {
      kept.pieces.add(piece);
      this.#of.set(piece.id, kept);
    }
    kept.removed += other.removed;
    for (const place of other.places) {
      const label = this.#at.get(place);
      if (label?.group !== other) continue;
      label.group = kept;
      kept.places.push(place);
    }
    this.#change(kept);
    return kept;
  }

  #dissolve(group: Group): void {
    group.isGone = true;
    this.#all.delete(group);
    this.#changed.delete(group);
    this.#forgetRecent(group);
    this.#forgetTops(group);
  }

  #forgetRecent(group: Group): void {
    for (const place of group.recentPlaces) this.#recentAt.delete(place);
    for (const recent of group.recent) this.#ofRecent.delete(recent);
    group.recent = none;
    group.recentPlaces = [];
  }

  #forgetTops(group: Group): void {
    for (const top of group.tops) {
      const known = this.#ofTop.get(top);
      known?.delete(group);
      if (known?.size === 0) this.#ofTop.delete(top);
    }
    group.tops = noTops;
  }

  /** Answers how many pieces it weighed. */
  #explain(begun: Group, { at, timing, sightingsOf }: Judging): number {
    const group = this.#withRecent(begun, { at, timing });
    const evidence: Evidence[] = [...group.pieces];
    let validUntil = Number.POSITIVE_INFINITY;
    for (const recent of group.recent) {
      validUntil = Math.min(validUntil, recent.until);
      for (const piece of recent.pieces) {
        if (this.#of.get(piece.id as ResourceId) !== group) evidence.push(piece);
      }
    }
    this.#setTops(group);
    group.asked.clear();
    const from = earliestWord(evidence, timing);
    if (from > at) {
      // Whatever it is, nothing is said or asked of it before: until then more of it comes.
      group.validUntil = from - 1;
      group.found = none;
      group.dueAt = from;
      return 0;
    }
    const sightings = () => sightingsOf(group.tops);
    group.validUntil = validUntil;
    group.found = explain(this.#ancestry, this.#population, evidence, sightings, timing);
    group.dueAt = undefined;
    return evidence.length;
  }

  #setTops(group: Group): void {
    this.#forgetTops(group);
    const tops = new Set<number>();
    for (const place of group.places) {
      if (this.#ancestry.isTop(place) && this.#at.get(place)?.group === group) tops.add(place);
    }
    for (const place of group.recentPlaces) if (this.#ancestry.isTop(place)) tops.add(place);
    for (const top of tops) {
      const known = this.#ofTop.get(top);
      if (known === undefined) this.#ofTop.set(top, new Set([group]));
      else known.add(group);
    }
    group.tops = tops;
  }

  /** The group with what was decided lately in its sight, and with the groups that come in sight through that. */
  #withRecent(begun: Group, { at, timing }: Now): Group {
    let group = begun;
    this.#forgetRecent(group);
    const found = new Set<Recent>();
    for (let seen = 0; seen < group.places.length; ) {
      const before = group;
      const told = toldBelow(group);
      for (; seen < group.places.length && group === before; seen++) {
        const place = group.places[seen]!;
        if (this.#at.get(place)?.group !== group) continue;
        const other = this.#recentAt.get(place);
        if (other !== undefined && other !== group) group = this.#merged(group, other);
        for (const recent of this.recent.below(place)) {
          // What was told long before by trap has another cause.
          const isTimely = (): boolean => isSameTime(recent, told(recent), timing);
          if (recent.until >= at && (found.has(recent) || isTimely())) found.add(recent);
        }
      }
      for (const recent of found) {
        if (group !== before) break;
        group = this.#withPieces(group, recent);
      }
      if (group === before) continue;
      // This one went into another: what is in its sight is gathered anew.
      this.#forgetRecent(group);
      seen = 0;
    }
    group.recent = [...found].sort((a, b) => a.held.order - b.held.order);
    for (const recent of found) this.#ofRecent.set(recent, group);
    return group;
  }

  /** Labels what lies above the pieces of that incident; groups that are there already come together. */
  #withPieces(begun: Group, recent: Recent): Group {
    let group = begun;
    for (const { place } of recent.pieces) {
      for (const above of this.#ancestry.above(place)) {
        for (const other of [this.#at.get(above)?.group, this.#recentAt.get(above)]) {
          if (other !== undefined && other !== group) group = this.#merged(group, other);
        }
        if (this.#recentAt.has(above)) continue;
        this.#recentAt.set(above, group);
        group.recentPlaces.push(above);
      }
    }
    return group;
  }
}

const none: readonly never[] = [];
const noTops: ReadonlySet<number> = new Set();

/** Beyond it the rest has its turn a millisecond later: a storm of many causes must not hold up everything else. */
const piecesPerLook = 3_000;

/** A terminal stands above nothing but itself. */
const firstOf = ({ isLeaf, reach }: Piece): number => (isLeaf && reach.length > 1 ? 1 : 0);
