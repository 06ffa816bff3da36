/** Incidents that were not merged, active or ended, by what they are about, under its former name and the one it has now. */
import type { HeldIncident } from './held-incident.ts';

export class ByRoot {
  readonly #held = new Map<string, HeldIncident[]>();

  /** In order of opening. */
  at(root: string): readonly HeldIncident[] {
    return this.#held.get(root) ?? none;
  }

  add(held: HeldIncident): void {
    for (const name of namesOf(held)) {
      const others = this.#held.get(name);
      if (others === undefined) this.#held.set(name, [held]);
      else
        this.#held.set(
          name,
          [...others, held].sort((a, b) => a.order - b.order),
        );
    }
  }

  /** Before its root changes, or how that is called. */
  delete(held: HeldIncident): void {
    for (const name of namesOf(held)) {
      const left = this.at(name).filter((other) => other !== held);
      if (left.length === 0) this.#held.delete(name);
      else this.#held.set(name, left);
    }
  }

  clear(): void {
    this.#held.clear();
  }
}

const none: readonly HeldIncident[] = [];

function namesOf({ root, gone }: HeldIncident): readonly string[] {
  return gone?.nowCalled === undefined ? [root] : [root, gone.nowCalled];
}
