/** What automations have begun: whom they wait for, and what they asked for that goes when its reason ends. */
import type { Family } from '../model/automation.ts';
import type { OccasionKind } from './occasions.ts';

export interface Held {
  readonly key: string;
  readonly automation: string;
  readonly on: OccasionKind;
  readonly subject: { readonly kind: Family; readonly id: string };
  /** It is looked at later whether the condition holds. */
  isWaiting: boolean;
  /** Reasons of the errands it asked for. */
  errands: readonly string[];
}

/** Of one automation; what is above finds no room. */
const mostOfOne = 2_000;

export class Memory {
  readonly #byKey = new Map<string, Held>();
  readonly #byAutomation = new Map<string, Set<Held>>();
  readonly #bySubject = new Map<string, Set<Held>>();

  get(key: string): Held | undefined {
    return this.#byKey.get(key);
  }

  get all(): Iterable<Held> {
    return this.#byKey.values();
  }

  has(subject: Held['subject']): boolean {
    return this.#bySubject.size > 0 && this.#bySubject.has(nameOf(subject));
  }

  of(subject: Held['subject']): readonly Held[] {
    return [...(this.#bySubject.get(nameOf(subject)) ?? [])];
  }

  /** undefined: everything it holds still waits. Else what was forgotten to make room. */
  add(held: Held): readonly Held[] | undefined {
    const others = this.#byAutomation.get(held.automation);
    const forgotten: Held[] = [];
    if (others !== undefined && others.size >= mostOfOne) {
      const oldest: Held = others.values().next().value!;
      if (oldest.isWaiting) return undefined;
      this.remove(oldest);
      forgotten.push(oldest);
    }
    this.#byKey.set(held.key, held);
    put(this.#byAutomation, held.automation, held);
    put(this.#bySubject, nameOf(held.subject), held);
    return forgotten;
  }

  remove(held: Held): void {
    this.#byKey.delete(held.key);
    take(this.#byAutomation, held.automation, held);
    take(this.#bySubject, nameOf(held.subject), held);
  }

  snapshot(): readonly Held[] {
    return [...this.#byKey.values()].map((held) => ({ ...held }));
  }

  restore(held: readonly Held[]): void {
    for (const map of [this.#byKey, this.#byAutomation, this.#bySubject]) map.clear();
    for (const one of held) this.add({ ...one });
  }
}

const nameOf = ({ kind, id }: Held['subject']): string => `${kind} ${id}`;

function put(map: Map<string, Set<Held>>, name: string, held: Held): void {
  const known = map.get(name);
  if (known === undefined) map.set(name, new Set([held]));
  else known.add(held);
}

function take(map: Map<string, Set<Held>>, name: string, held: Held): void {
  const known = map.get(name);
  known?.delete(held);
  if (known?.size === 0) map.delete(name);
}
