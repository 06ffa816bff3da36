/** Open incidents by when they began: what fell in one moment is found without looking at all that stand. */
import type { HeldIncident } from './held-incident.ts';

const spanMs = 10_000;

export class ByBeginning {
  readonly #spans = new Map<number, Set<HeldIncident>>();

  add(held: HeldIncident): void {
    const span = Math.floor(held.startedAt / spanMs);
    const known = this.#spans.get(span);
    if (known === undefined) this.#spans.set(span, new Set([held]));
    else known.add(held);
  }

  delete(held: HeldIncident): void {
    const span = Math.floor(held.startedAt / spanMs);
    const known = this.#spans.get(span);
    known?.delete(held);
    if (known?.size === 0) this.#spans.delete(span);
  }

  /** Those that began at most so long before or after. */
  within(at: number, withinMs: number): HeldIncident[] {
    const found: HeldIncident[] = [];
    const last = Math.floor((at + withinMs) / spanMs);
    for (let span = Math.floor((at - withinMs) / spanMs); span <= last; span++) {
      for (const held of this.#spans.get(span) ?? [])
        if (Math.abs(held.startedAt - at) <= withinMs) found.push(held);
    }
    return found;
  }

  clear(): void {
    this.#spans.clear();
  }
}
