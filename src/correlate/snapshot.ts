/** What the correlation keeps over a restart; the topology and the rules are set apart. */
import type { Instant } from '../base/instant.ts';
import type { IncidentId } from '../model/ids.ts';
import type { AsksSnapshot } from './asks.ts';
import type { CascadesSnapshot } from './cascade.ts';
import type { EndingsSnapshot } from './endings.ts';
import type { FeedbackSnapshot } from './feedback.ts';
import type { HabitsSnapshot } from './habits.ts';
import type { IncidentsSnapshot } from './incidents.ts';
import type { TestimonySnapshot } from './testimony.ts';
import type { WaitingSnapshot } from './waiting.ts';

/** What is optional, older versions did not keep; without `newHomes` all may be new. */
export interface CorrelationSnapshot extends HabitsSnapshot {
  readonly incidents: IncidentsSnapshot;
  readonly waiting: WaitingSnapshot;
  readonly lookAt?: Instant | undefined;
  readonly newHomes?: readonly IncidentId[] | undefined;
  readonly ending: EndingsSnapshot;
  readonly asks?: AsksSnapshot | undefined;
  readonly cascades?: CascadesSnapshot | undefined;
  readonly testimony?: TestimonySnapshot | undefined;
  readonly feedback?: FeedbackSnapshot | undefined;
}

/** What was refused or left without an incident, since the start. */
export type CorrelationCounters = Readonly<
  Record<
    | 'refused'
    | 'clearedBeforeDecision'
    | 'evicted'
    | 'crowdedOut'
    | 'corrected'
    | 'correctionsForgotten'
    | 'incidents'
    | 'pending',
    number
  >
>;
