/** Plays a recorded journal through the line of now and keeps what incidents it makes of it. */
import type { Instant } from '../base/instant.ts';
import type { Applied } from './applied.ts';
import type { Input } from './input.ts';
import type { Line } from './line.ts';
import type { ReplayedIncident } from './stream-run.ts';

/** From which input on the journal was written by which engine, as engines name themselves when they start. */
export interface RecordedEngine {
  readonly from: number;
  readonly version: string;
}

export class JournalReplay {
  readonly #line: Line;
  readonly #incidents = new Map<string, ReplayedIncident>();
  readonly #engines: RecordedEngine[] = [];
  #records = 0;
  #failed = 0;

  /** The line is fresh, or restored from a snapshot that stands before the first record. */
  constructor(line: Line) {
    this.#line = line;
  }

  get records(): number {
    return this.#records;
  }

  /** Inputs at which a room threw. */
  get failed(): number {
    return this.#failed;
  }

  get engines(): readonly RecordedEngine[] {
    return this.#engines;
  }

  /** Those that changed, each in its last state, in order of their first change. */
  get incidents(): readonly ReplayedIncident[] {
    return [...this.#incidents.values()];
  }

  /** Timers fire at the ticks that the journal holds: for one engine the outcome is equal byte for byte. */
  take(sequence: number, at: Instant, input: Input): Applied {
    const engine = input.kind === 'resumed' || input.kind === 'ruleSet' ? input.engine : undefined;
    if (engine !== undefined && engine !== this.#engines.at(-1)?.version) {
      this.#engines.push({ from: sequence, version: engine });
    }
    const applied = this.#line.apply(sequence, at, input);
    this.#records++;
    if (applied.failed !== undefined) this.#failed++;
    for (const change of applied.changes) {
      if (change.kind === 'incident') {
        const { incident } = change;
        const subscribers = this.#incidents.get(incident.id)?.subscribers ?? 0;
        this.#incidents.set(incident.id, { incident, subscribers });
      } else if (change.kind === 'impact') {
        const { incident: id, subscribers } = change.impact;
        const known = this.#incidents.get(id);
        if (known !== undefined) this.#incidents.set(id, { ...known, subscribers });
      }
    }
    return applied;
  }
}
