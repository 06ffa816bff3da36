/** Groups by the tops of the trees that hold their evidence: what is seen in a tree changes how they are explained. */
import { Sets } from '../base/sets.ts';
import { type Group, noTops } from './group.ts';

export class ByTree {
  readonly #of = new Sets<number, Group>();

  at(top: number): Iterable<Group> {
    return this.#of.at(top);
  }

  set(group: Group, tops: ReadonlySet<number>): void {
    this.forget(group);
    for (const top of tops) this.#of.add(top, group);
    group.tops = tops;
  }

  forget(group: Group): void {
    for (const top of group.tops) this.#of.delete(top, group);
    group.tops = noTops;
  }
}
