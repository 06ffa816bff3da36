/**
 * Whether expected restorations held: of each incident the first time promised by the program itself, against the instant
 * when service was back. A range up to the 80th percentile should hold in about eight of ten. State is bounded.
 */
import type { Instant } from '../base/instant.ts';
import type { IncidentId } from '../model/ids.ts';
import type { Impact, Incident } from '../model/incident.ts';

export interface PromisesSnapshot {
  readonly open: readonly (readonly [IncidentId, Instant])[];
  readonly kept: number;
  readonly missed: number;
}

const mostOpen = 10_000;

export class Promises {
  readonly #open = new Map<IncidentId, Instant>();
  #kept = 0;
  #missed = 0;

  made({ incident, etr }: Impact): void {
    if (etr === undefined || etr.source === 'operator' || this.#open.has(incident)) return;
    this.#open.set(incident, etr.to);
    if (this.#open.size > mostOpen) this.#open.delete(this.#open.keys().next().value!);
  }

  /** Noise, announced works and what became part of another incident are no repairs. */
  over({ id, state, resolvedAt, actionable, planned }: Incident): void {
    const promised = this.#open.get(id);
    if (promised === undefined) return;
    if (state === 'merged' || state === 'closed') this.#open.delete(id);
    else if (state === 'resolved' && resolvedAt !== undefined) {
      this.#open.delete(id);
      if (!actionable || planned) return;
      if (resolvedAt <= promised) this.#kept++;
      else this.#missed++;
    }
  }

  figures(): Readonly<Record<'etrKept' | 'etrMissed', number>> {
    return { etrKept: this.#kept, etrMissed: this.#missed };
  }

  snapshot(): PromisesSnapshot {
    return { open: [...this.#open], kept: this.#kept, missed: this.#missed };
  }

  /** Takes what `snapshot` gave. */
  restore({ open, kept, missed }: PromisesSnapshot): void {
    this.#open.clear();
    for (const [incident, to] of open) this.#open.set(incident, to);
    this.#kept = kept;
    this.#missed = missed;
  }
}
