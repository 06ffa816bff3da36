/** Plays alarms into a correlation on a virtual clock, waking it exactly when it asks. */
import { instant } from '../../src/base/instant.ts';
import { Correlation, type CorrelationTiming } from '../../src/correlate/correlate.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import type { ObservationSource } from '../../src/model/observation.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, cleared, countedIds, raised, smallCity } from '../support/small-city.ts';

export class CityRun {
  readonly correlation: Correlation;
  readonly changes: IncidentChange[] = [];
  readonly #ids = countedIds();
  #at = cityStartsAt;

  constructor(topology: Topology = smallCity(), timing: Partial<CorrelationTiming> = {}) {
    this.correlation = new Correlation(shippedRules, timing);
    this.correlation.setTopology(topology);
  }

  get at() {
    return this.#at;
  }

  /** Moves the clock, in seconds since the start of the run. */
  to(second: number): this {
    const until = instant(cityStartsAt + second * 1_000);
    for (;;) {
      const due = this.correlation.wakeAt;
      if (due === undefined || due > until) break;
      if (due > this.#at) this.#at = due;
      this.#note(this.correlation.wake({ at: this.#at, ids: this.#ids }));
    }
    this.#at = until;
    return this;
  }

  take(changes: readonly AlarmChange[]): this {
    this.#note(this.correlation.take(changes, { at: this.#at, ids: this.#ids }));
    return this;
  }

  /** One alarm a resource, `spreadMs` apart, from `second` on. */
  raise(second: number, cause: string, resources: readonly string[], spreadMs = 20): this {
    resources.forEach((resource, i) => {
      this.to(second + (i * spreadMs) / 1_000).take([raised(resource, cause, this.#at)]);
    });
    return this;
  }

  clear(second: number, cause: string, resources: readonly string[], spreadMs = 0): this {
    resources.forEach((resource, i) => {
      this.to(second + (i * spreadMs) / 1_000).take([cleared(resource, cause, this.#at)]);
    });
    return this;
  }

  linkDown(second: number, link: string, ends: readonly string[], source?: ObservationSource): this {
    for (const by of ends) this.to(second).take([raised(link, 'LINK_DOWN', this.#at, { by, source })]);
    return this;
  }

  linkUp(second: number, link: string, ends: readonly string[]): this {
    for (const by of ends) this.to(second).take([cleared(link, 'LINK_DOWN', this.#at, { by })]);
    return this;
  }

  unreachable(second: number, resources: readonly string[]): this {
    return this.to(second).take(
      resources.map((id) => raised(id, 'UNREACHABLE', this.#at, { source: 'poll' })),
    );
  }

  /** Open ones that people are told of. */
  open(): readonly Incident[] {
    return this.correlation.open().filter((incident) => incident.actionable);
  }

  /** `kind root alarms` of each. */
  summary(): string[] {
    return this.open().map((incident) => `${incident.kind} ${incident.root} ${incident.alarms.length}`);
  }

  #note(changes: readonly IncidentChange[]): void {
    this.changes.push(...changes);
  }
}
