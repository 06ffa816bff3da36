/** Groups by the tops of the trees that hold their evidence: what is seen in a tree changes how they are explained. */
import { type Group, none, noTops } from './group.ts';

export class ByTree {
  readonly #of = new Map<number, Set<Group>>();

  at(top: number): Iterable<Group> {
    return this.#of.get(top) ?? none;
  }

  set(group: Group, tops: ReadonlySet<number>): void {
    this.forget(group);
    for (const top of tops) {
      const known = this.#of.get(top);
      if (known === undefined) this.#of.set(top, new Set([group]));
      else known.add(group);
    }
    group.tops = tops;
  }

  forget(group: Group): void {
    for (const top of group.tops) {
      const known = this.#of.get(top);
      known?.delete(group);
      if (known?.size === 0) this.#of.delete(top);
    }
    group.tops = noTops;
  }
}
