/** How many entries of a topology came, went and changed; compared by id, whatever their order in the file. */
import { canonicalJson } from '../base/canonical.ts';
import type { Lists, TopologyColumns } from './columns.ts';
import type { Topology } from './graph.ts';
import { textOf } from './names.ts';

interface Differences {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

/** Entries are the same when their id and everything that is read of them is; service roots count as one entry. */
export function differencesOf(before: Topology, after: Topology): Differences {
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  const note = (isSame: boolean | undefined): void => {
    if (isSame === undefined) counts.added++;
    else if (isSame) counts.unchanged++;
    else counts.changed++;
  };
  const pair = new Pair(before, after);
  for (let index = 0; index < after.count; index++) note(pair.isSame(index));
  counts.removed += pair.removed;
  const works = new Map(before.planned.map((one) => [one.id, canonicalJson(one)]));
  for (const one of after.planned) {
    const known = works.get(one.id);
    works.delete(one.id);
    note(known === undefined ? undefined : known === canonicalJson(one));
  }
  counts.removed += works.size;
  if (after.serviceRoots.length > 0) note(before.serviceRoots.length === 0 ? undefined : pair.hasSameRoots());
  else if (before.serviceRoots.length > 0) counts.removed++;
  return counts;
}

class Pair {
  readonly removed: number;
  readonly #before: Topology;
  readonly #after: Topology;
  /** Index before, by index after; -1 for what is new, or was a link and is a resource now. */
  readonly #was: Int32Array;
  readonly #needsBefore: Int32Array;
  readonly #needsAfter: Int32Array;
  readonly #trees: readonly string[];

  constructor(before: Topology, after: Topology) {
    this.#before = before;
    this.#after = after;
    this.#was = new Int32Array(after.count);
    let kept = 0;
    for (let index = 0; index < after.count; index++) {
      const was = before.indexOf(after.idOf(index));
      const isOther = index < after.resourceCount !== was < before.resourceCount;
      this.#was[index] = was < 0 || isOther ? -1 : was;
      if (this.#was[index]! >= 0) kept++;
    }
    this.removed = before.count - kept;
    this.#needsBefore = needsByIndex(before);
    this.#needsAfter = needsByIndex(after);
    this.#trees = [...new Set([...before.trees, ...after.trees])];
  }

  /** undefined: it was not there. */
  isSame(index: number): boolean | undefined {
    const was = this.#was[index]!;
    if (was < 0) return undefined;
    return index < this.#after.resourceCount
      ? this.#isSameResource(was, index)
      : this.#isSameLink(was, index);
  }

  hasSameRoots(): boolean {
    const [old, now] = [this.#before.serviceRoots, this.#after.serviceRoots];
    return old.length === now.length && now.every((root, i) => this.#was[root] === old[i]);
  }

  #isSameResource(was: number, index: number): boolean {
    const [before, after] = [this.#before, this.#after];
    return (
      before.kindOf(was) === after.kindOf(index) &&
      before.ownSubscribersOf(was) === after.ownSubscribersOf(index) &&
      before.nameOf(was) === after.nameOf(index) &&
      Object.is(before.columns.order[was] ?? Number.NaN, after.columns.order[index] ?? Number.NaN) &&
      this.#trees.every((tree) => this.#isWas(before.parentOf(tree, was), after.parentOf(tree, index))) &&
      this.#haveSameNeeds(this.#needsBefore[was]!, this.#needsAfter[index]!)
    );
  }

  #isSameLink(was: number, index: number): boolean {
    const [old, now] = [was - this.#before.resourceCount, index - this.#after.resourceCount];
    const [before, after] = [this.#before.columns, this.#after.columns];
    return (
      [0, 1].every(
        (side) =>
          this.#isWas(before.ends[old * 2 + side]!, after.ends[now * 2 + side]!) &&
          textOf(before.endNames, old * 2 + side) === textOf(after.endNames, now * 2 + side),
      ) && this.#areSame({ lists: before.segments, at: old }, { lists: after.segments, at: now })
    );
  }

  #haveSameNeeds(old: number, now: number): boolean {
    if (old < 0 || now < 0) return old === now;
    const [before, after] = [this.#before.columns, this.#after.columns];
    return (
      before.atLeast[old] === after.atLeast[now] &&
      this.#areSame({ lists: before.needs, at: old }, { lists: after.needs, at: now })
    );
  }

  #areSame(old: { lists: Lists; at: number }, now: { lists: Lists; at: number }): boolean {
    const [first, second] = [listAt(old.lists, old.at), listAt(now.lists, now.at)];
    return first.length === second.length && second.every((index, i) => this.#isWas(first[i]!, index));
  }

  #isWas(old: number, now: number): boolean {
    return now < 0 ? old < 0 : this.#was[now] === old;
  }
}

const listAt = ({ starts, items }: Lists, at: number): Int32Array =>
  items.subarray(starts[at], starts[at + 1]);

/** Place in the list of needs by index; -1 for none. */
function needsByIndex({
  columns,
  count,
}: {
  readonly columns: TopologyColumns;
  readonly count: number;
}): Int32Array {
  const places = new Int32Array(count).fill(-1);
  columns.needy.forEach((index, place) => {
    places[index] = place;
  });
  return places;
}
