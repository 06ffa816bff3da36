/**
 * Undecided evidence of one population, in groups that share nothing above with each other: a change is judged with
 * nothing but what it may concern, and what has not changed keeps its explanation.
 */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { ByTree } from './by-tree.ts';
import { DueGroups } from './due-groups.ts';
import { explain } from './explain.ts';
import { type Group, type Judging, none } from './group.ts';
import type { HeldIncident } from './held-incident.ts';
import { Labels } from './labels.ts';
import { type Now, type Recent, RecentCauses } from './recent.ts';
import { earliestWord } from './ripeness.ts';
import { inTurn, type RoundSnapshot, roundOf } from './round.ts';
import { isSameTime, toldBelow } from './same-time.ts';
import { stepSize } from './steps.ts';
import type { Population } from './symptoms.ts';
import type { Evidence } from './tally.ts';
import type { Slices } from './timing.ts';
import type { Piece } from './undecided.ts';
import { overtaken, resumed, Weighing, type WeighingSnapshot } from './weighing.ts';

export class Groups {
  readonly recent: RecentCauses;
  /** All of them, by when they are to be looked at. */
  readonly due = new DueGroups();
  readonly #ancestry: Ancestry;
  readonly #population: Population;
  readonly #of = new Map<ResourceId, Group>();
  readonly #labels = new Labels();
  readonly #recentAt = new Map<number, Group>();
  readonly #ofRecent = new Map<Recent, Group>();
  readonly #byTree = new ByTree();
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
  /** Has its turn in several looks. */
  #weighing: Weighing | undefined;
  /** Weighed so, and changed while it was: what was found counts for this look alone. */
  #overtaken: Group | undefined;
  readonly #slices: Slices;

  constructor(ancestry: Ancestry, population: Population, slices: Slices) {
    this.#ancestry = ancestry;
    this.#population = population;
    this.#slices = slices;
    this.recent = new RecentCauses(ancestry, population);
  }

  /** Explains those that changed or whose explanation is too old, as they stand now. */
  explain(judging: Judging): void {
    this.recent.expire(judging.at);
    for (const piece of this.#loose.values()) this.#place(piece);
    this.#loose.clear();
    for (const group of this.due.lapsed(judging.at)) this.#change(group);
    if (this.#restored !== undefined) this.#resume(this.#restored, judging);
    if (this.#overtaken !== undefined) this.#unexplain(this.#overtaken);
    this.#overtaken = undefined;
    if (this.#weighing !== undefined) this.#goOn(this.#weighing);
    else this.#takeTurns(judging);
  }

  #takeTurns(judging: Judging): void {
    if (this.#round.length === 0) this.#beginRound();
    for (let pieces = 0; pieces < this.#slices.piecesPerLook; ) {
      const group = this.#round.pop();
      if (group === undefined) return;
      if (!group.isGone && group.found === undefined) pieces += this.#explain(group, judging);
    }
  }

  #goOn(weighing: Weighing): void {
    if (!weighing.goOn(Math.ceil((passes * this.#slices.piecesPerLook) / stepSize))) return;
    this.#weighing = undefined;
    if (!weighing.group.isGone) this.due.explained(weighing.group);
    if (this.#changed.has(weighing.group)) this.#overtaken = weighing.group;
  }

  /** Some that changed before this round began have not had their turn, or only a part of it. */
  get isMidRound(): boolean {
    return this.#round.length > 0 || this.#weighing !== undefined;
  }

  /** Nothing that waited is under way. */
  readonly isIdle = (): boolean => this.due.isEmpty && !this.isMidRound && this.#restored === undefined;

  /** Some are to be explained anew; for whatever reason the next look finds something to do. */
  readonly haveChanged = (): boolean => this.#overtaken !== undefined || this.due.hasUnexplained;
  readonly hasNews = (): boolean => this.#loose.size > 0 || this.haveChanged() || this.due.hasWaiting;
  readonly #hasChanged = (group: Group): boolean => group.found === undefined || group === this.#overtaken;

  /** Where few wait all have their turn in one look: then there is nothing to keep. */
  get round(): RoundSnapshot | undefined {
    if (this.#restored !== undefined)
      return { ...this.#restored, later: [...this.#restored.later, ...this.#since] };
    if (!this.isMidRound && this.#of.size + this.#loose.size <= this.#slices.piecesPerLook) return undefined;
    const weighing = this.#weighing?.snapshot(this.#isCurrent);
    const [changed, loose] = [this.#changed, this.#loose.keys()];
    return { ...roundOf(this.#round, { changed, loose, hasChanged: this.#hasChanged }), weighing };
  }

  readonly #isCurrent = (piece: Piece): boolean =>
    this.#of.get(piece.id)?.pieces.has(piece) === true ||
    this.#loose.get(piece.id) === piece ||
    this.#withheld.has(piece);

  resume(round: RoundSnapshot | undefined): void {
    this.#restored = round;
  }

  /** What had been explained is explained again; what waited for its turn waits on. */
  #resume({ left, later, weighing }: RoundSnapshot, judging: Judging): void {
    this.#restored = undefined;
    const together = (ids: readonly ResourceId[]): readonly Group[] => {
      const [first, ...others] = new Set(ids.flatMap((id) => this.#of.get(id) ?? []));
      return first === undefined ? [] : [others.reduce((kept, group) => this.#merged(kept, group), first)];
    };
    const round = left.flatMap(together);
    const weighed = together(weighing?.pieces ?? []).map((group) => this.#withRecent(group, judging));
    const waiting = new Set([...round, ...[...later, ...this.#since].map((id) => this.#of.get(id))]);
    this.#since.clear();
    for (const group of [...this.#changed]) {
      if (waiting.has(group) || group.isGone || group.found !== undefined) continue;
      this.#changed.delete(group);
      if (!weighed.includes(group)) this.#explain(group, judging);
      while (this.#weighing !== undefined) this.#goOn(this.#weighing);
    }
    for (const group of weighed) this.#resumeWeighing(weighing!, group, judging);
    for (const group of round) this.#changed.delete(group);
    this.#round = round;
  }

  #resumeWeighing(weighing: WeighingSnapshot, group: Group, { timing }: Judging): void {
    this.#setTops(group);
    const pieces = new Map([...group.pieces, ...this.#withheld].map((piece) => [piece.id, piece]));
    const scales = { ancestry: this.#ancestry, population: this.#population, timing };
    this.#weighing = resumed(weighing, { group, pieces, recent: this.recent }, scales);
  }

  /** The oldest first, in an order that no order of arrival shows in, where not all have their turn in one look. */
  #beginRound(): void {
    this.#round = inTurn([...this.#changed], this.#slices.piecesPerLook);
    this.#changed.clear();
  }

  /** At or below this place. */
  *near(place: number): Generator<Piece> {
    const grouped = this.#labels.at(place)?.pieces ?? none;
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
    if (before !== undefined) this.#overtake(before);
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

  /** What was weighed when a snapshot was made goes on to be weighed as it was said then. */
  #overtake(piece: Piece): void {
    const weighing = this.#restored?.weighing;
    if (weighing !== undefined) this.#restored = { ...this.#restored!, weighing: overtaken(weighing, piece) };
  }

  remove(piece: Piece): void {
    this.#overtake(piece);
    this.#withheld.delete(piece);
    this.#loose.delete(piece.id);
    const group = this.#of.get(piece.id);
    if (group === undefined) return;
    group.pieces.delete(piece);
    group.removed++;
    this.#of.delete(piece.id);
    if (group.removed > group.pieces.size) return this.#scatter(group);
    this.#labels.remove(piece);
    this.#change(group);
  }

  /** The same one by one, but that a group of which little is left goes at once. */
  removeAll(pieces: ReadonlySet<Piece>): void {
    const going = new Map<Group, number>();
    for (const { id } of pieces) {
      const group = this.#of.get(id);
      if (group !== undefined) going.set(group, (going.get(group) ?? 0) + 1);
    }
    for (const [group, count] of going)
      if (group.removed + count > group.pieces.size - count) this.#scatter(group, pieces);
    for (const piece of pieces) this.remove(piece);
  }

  /** What is left of it may stand apart. */
  #scatter(group: Group, going?: ReadonlySet<Piece>): void {
    this.#dissolve(group);
    this.#labels.drop(group);
    for (const other of group.pieces) {
      this.#of.delete(other.id);
      if (going?.has(other) !== true) this.#loose.set(other.id, other);
    }
  }

  /** An incident that began, ended, or holds something else now. */
  touch(held: HeldIncident, now: Now): void {
    const before = this.recent.get(held.id);
    const group = before === undefined ? undefined : this.#ofRecent.get(before);
    if (group !== undefined) this.#change(group);
    for (const place of this.recent.put(held, now)) {
      const below = this.#labels.at(place);
      if (below !== undefined) this.#change(below);
    }
  }

  /** Something was seen in the tree with this top. */
  seen(top: number): void {
    for (const group of this.#byTree.at(top)) this.#change(group);
  }

  readonly changeAll = (): void => this.due.all().forEach((group) => void this.#change(group));

  #change(group: Group): void {
    this.#unexplain(group);
    this.#changed.add(group);
  }

  #unexplain(group: Group): void {
    group.found = undefined;
    this.due.changed(group);
  }

  #place(piece: Piece): void {
    let group: Group | undefined;
    for (const known of this.#labels.above(piece)) {
      if (known !== group) group = group === undefined ? known : this.#merged(group, known);
    }
    group ??= this.due.begin();
    group.pieces.add(piece);
    this.#of.set(piece.id, group);
    this.#labels.add(piece, group);
    this.#change(group);
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
    this.#labels.move(other, kept);
    this.#change(kept);
    return kept;
  }

  #dissolve(group: Group): void {
    group.isGone = true;
    this.due.forget(group);
    this.#changed.delete(group);
    this.#forgetRecent(group);
    this.#byTree.forget(group);
  }

  #forgetRecent(group: Group): void {
    for (const place of group.recentPlaces) this.#recentAt.delete(place);
    for (const recent of group.recent) this.#ofRecent.delete(recent);
    group.recent = none;
    group.recentPlaces = [];
  }

  /** Answers how many pieces it weighed. */
  #explain(begun: Group, { at, timing, sightingsOf }: Judging): number {
    const group = this.#withRecent(begun, { at, timing });
    const own = [...group.pieces];
    const evidence: Evidence[] = [...own];
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
      this.due.explained(group);
      return 0;
    }
    if (evidence.length > this.#slices.piecesPerLook) {
      const held = evidence.slice(own.length);
      const scales = { ancestry: this.#ancestry, population: this.#population, timing };
      this.#weighing = new Weighing({ group, own, held, seen: sightingsOf(group.tops), validUntil }, scales);
      this.#goOn(this.#weighing);
      return evidence.length;
    }
    const sightings = () => sightingsOf(group.tops);
    group.validUntil = validUntil;
    group.found = explain(this.#ancestry, this.#population, evidence, sightings, timing);
    group.dueAt = undefined;
    this.due.explained(group);
    return evidence.length;
  }

  #setTops(group: Group): void {
    const tops = new Set<number>();
    for (const place of group.places)
      if (this.#ancestry.isTop(place) && this.#labels.at(place) === group) tops.add(place);
    for (const place of group.recentPlaces) if (this.#ancestry.isTop(place)) tops.add(place);
    this.#byTree.set(group, tops);
  }

  /** The group with what was decided lately in its sight, and with the groups that come in sight through that. */
  #withRecent(begun: Group, { at, timing }: Now): Group {
    let group = begun;
    this.#forgetRecent(group);
    const found = new Set<Recent>();
    for (let seen = 0; seen < group.places.length; ) {
      const [before, told]: [Group, ReturnType<typeof toldBelow>] = [group, toldBelow(group)];
      for (; seen < group.places.length && group === before; seen++) {
        const place = group.places[seen]!;
        if (this.#labels.at(place) !== group) continue;
        const other = this.#recentAt.get(place);
        if (other !== undefined && other !== group) group = this.#merged(group, other);
        // What shares anything shares a top: below the others are the same once more.
        for (const recent of this.#ancestry.isTop(place) ? this.recent.below(place) : none) {
          if (recent.until < at || found.has(recent)) continue;
          // What was told long before by trap has another cause.
          if (isSameTime(recent, told(recent), timing)) found.add(recent);
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
        const [below, beside] = [this.#labels.at(above), this.#recentAt.get(above)];
        if (below !== undefined && below !== group) group = this.#merged(group, below);
        if (beside !== undefined && beside !== group) group = this.#merged(group, beside);
        if (this.#recentAt.has(above)) continue;
        this.#recentAt.set(above, group);
        group.recentPlaces.push(above);
      }
    }
    return group;
  }
}

/** How often a piece is looked at until its cause is found. */
const passes = 10;
