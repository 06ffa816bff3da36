/** Incidents that were not merged, active or ended, by what they are about. */
import type { HeldIncident } from './held-incident.ts';

export class ByRoot {
  readonly #held = new Map<string, HeldIncident[]>();

  /** In order of opening. */
  at(root: string): readonly HeldIncident[] {
    return this.#held.get(root) ?? none;
  }

  add(held: HeldIncident): void {
    const others = this.#held.get(held.root);
    if (others === undefined) this.#held.set(held.root, [held]);
    else
      this.#held.set(
        held.root,
        [...others, held].sort((a, b) => a.order - b.order),
      );
  }

  /** Before its root changes. */
  delete(held: HeldIncident): void {
    const left = this.at(held.root).filter((other) => other !== held);
    if (left.length === 0) this.#held.delete(held.root);
    else this.#held.set(held.root, left);
  }

  clear(): void {
    this.#held.clear();
  }
}

const none: readonly HeldIncident[] = [];
