/** Open incidents by when they began: what fell in one moment is found without looking at all that stand. */
import { Sets } from '../base/sets.ts';
import type { HeldIncident } from './held-incident.ts';

const spanMs = 10_000;

export class ByBeginning {
  readonly #spans = new Sets<number, HeldIncident>();

  add(held: HeldIncident): void {
    this.#spans.add(spanOf(held), held);
  }

  delete(held: HeldIncident): void {
    this.#spans.delete(spanOf(held), held);
  }

  /** Those that began at most so long before or after, in no order that means anything. */
  within(at: number, withinMs: number): HeldIncident[] {
    const found: HeldIncident[] = [];
    const first = Math.floor((at - withinMs) / spanMs);
    const last = Math.floor((at + withinMs) / spanMs);
    const take = (span: number): void => {
      for (const held of this.#spans.at(span))
        if (Math.abs(held.startedAt - at) <= withinMs) found.push(held);
    };
    if (this.#spans.size > last - first) for (let span = first; span <= last; span++) take(span);
    else for (const span of this.#spans.keys()) if (span >= first && span <= last) take(span);
    return found;
  }

  clear(): void {
    this.#spans.clear();
  }
}

const spanOf = ({ startedAt }: HeldIncident): number => Math.floor(startedAt / spanMs);
