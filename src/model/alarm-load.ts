/** What the operator positions are shown, and what asks for tuning: the figures of ISA-18.2 clause 16 and EEMUA 191. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IncidentId } from './ids.ts';
import type { PerceivedSeverity } from './observation.ts';

/** Ten minutes of all positions. */
export interface IntervalLoad {
  readonly from: Instant;
  /** Incidents shown, or shown again because they opened anew. */
  readonly presented: number;
  /** Alarms that were raised, whether a person saw them or not. */
  readonly raised: number;
  readonly isFlood: boolean;
}

/** Over intervals that are complete, but for what was presented and raised, which includes the running one. */
export interface SpanLoad {
  readonly from: Instant;
  readonly intervals: number;
  readonly floodIntervals: number;
  /** In one interval. */
  readonly most: number;
  readonly presented: number;
  readonly raised: number;
}

export interface FrequentIncident {
  readonly kind: string;
  readonly root: string;
  readonly count: number;
}

export interface StandingIncident {
  readonly incident: IncidentId;
  readonly kind: string;
  readonly root: string;
  readonly since: Instant;
  readonly severity: PerceivedSeverity;
}

/** `total` counts all, `items` are the first of them. */
export interface Few<T> {
  readonly total: number;
  readonly items: readonly T[];
}

export interface AlarmLoadReport {
  readonly at: Instant;
  /** That share what is presented; all counts are of all of them together, a flood is one for each. */
  readonly positions: number;
  /** The last day or what there is of it, the oldest first, the running interval last. */
  readonly intervals: readonly IntervalLoad[];
  readonly day: SpanLoad;
  readonly month: SpanLoad;
  /** Of all presented in `month`, by the highest severity they were shown with: of their alarms, and by whom they touch. */
  readonly bySeverity: Readonly<Record<PerceivedSeverity, number>>;
  /** The ten things presented most often since `from`, of `total`; each count may be too low by `within`. */
  readonly mostPresented: Frequents<FrequentIncident>;
  /** The same of alarms raised: most of them nobody was shown. */
  readonly mostRaised: Frequents<{ readonly alarm: AlarmId; readonly count: number }>;
  /** Presented three times and more within a minute, in the last day. */
  readonly chattering: Few<FrequentIncident & { readonly lastAt: Instant }>;
  /** Alarms that chatter and are held steady: people see one that stands. */
  readonly flapping: Few<AlarmId>;
  /** Presented and not over. */
  readonly standing: number;
  /** Of these, longer than a day; the oldest first. */
  readonly stale: Few<StandingIncident>;
  readonly shelved: Few<{ readonly alarm: AlarmId; readonly until: Instant }>;
  /** Left out because a table was full. */
  readonly crowdedOut: number;
}

export interface Frequents<T> {
  readonly from: Instant;
  readonly total: number;
  readonly within: number;
  readonly items: readonly T[];
}
