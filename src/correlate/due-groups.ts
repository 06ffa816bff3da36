/** Groups by when they are to be looked at, and until when they are explained: a look touches those whose time has come. */
import type { Instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import { type Group, newGroup } from './group.ts';

export class DueGroups {
  readonly #all = new Map<string, Group>();
  readonly #unexplained = new Set<Group>();
  readonly #dueAt = new Timers();
  /** To be looked at in every look. */
  readonly #always = new Set<Group>();
  readonly #validUntil = new Timers();
  /** Valid no longer and not explained since. */
  readonly #lapsed = new Set<Group>();
  #begun = 0;

  begin(): Group {
    const group = newGroup(this.#begun++);
    this.#all.set(keyOf(group), group);
    this.#unexplained.add(group);
    return group;
  }

  /** In order of beginning, as everywhere here. */
  all(): readonly Group[] {
    return [...this.#all.values()];
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Some are to be looked at in the next look, whenever that is. */
  get hasWaiting(): boolean {
    return this.#always.size > 0;
  }

  get hasUnexplained(): boolean {
    return this.#unexplained.size > 0;
  }

  /** Those whose explanation was valid until before that. */
  lapsed(at: Instant): readonly Group[] {
    for (const key of this.#validUntil.due((at - 1) as Instant)) this.#lapsed.add(this.#all.get(key)!);
    return [...this.#lapsed].sort(byOrder);
  }

  /** Those to be looked at now. */
  take(at: Instant): readonly Group[] {
    const due = new Set(this.#always);
    for (const key of this.#dueAt.due(at)) due.add(this.#all.get(key)!);
    return [...due].sort(byOrder);
  }

  /** When the next of those that are explained is due. */
  get nextAt(): Instant | undefined {
    return this.#dueAt.next;
  }

  /** It is to be explained anew, unless it is gone: before that there is nothing to look at. */
  changed(group: Group): void {
    if (!group.isGone) this.#unexplained.add(group);
    this.#always.delete(group);
    this.#dueAt.clear(keyOf(group));
  }

  explained(group: Group): void {
    this.#unexplained.delete(group);
    this.#lapsed.delete(group);
    if (Number.isFinite(group.validUntil)) this.#validUntil.set(keyOf(group), group.validUntil as Instant);
    else this.#validUntil.clear(keyOf(group));
    this.looked(group);
  }

  /** When it is due was found out. */
  looked(group: Group): void {
    const { dueAt, hasQuestions } = group;
    if (dueAt === undefined || hasQuestions) this.#always.add(group);
    else this.#always.delete(group);
    if (dueAt === undefined) this.#dueAt.clear(keyOf(group));
    else this.#dueAt.set(keyOf(group), dueAt);
  }

  /** It is gone. */
  forget(group: Group): void {
    this.changed(group);
    this.#unexplained.delete(group);
    this.#lapsed.delete(group);
    this.#validUntil.clear(keyOf(group));
    this.#all.delete(keyOf(group));
  }
}

const keyOf = ({ order }: Group): string => String(order);

const byOrder = (a: Group, b: Group): number => a.order - b.order;
