/** How long the correlation waits for what, all in one place. */
import { type DurationMs, milliseconds, minutes, seconds } from '../base/instant.ts';

export interface CorrelationTiming {
  /** No new evidence for the widest live hypothesis for this long: decide. */
  readonly quietMs: DurationMs;
  /** Decide after this long whatever still comes in. */
  readonly maxWaitMs: DurationMs;
  /** The quiet time of links and transport devices, whose reach is computed and not counted. */
  readonly transportQuietMs: DurationMs;
  /** Least time between two looks at undecided evidence. */
  readonly lookEveryMs: DurationMs;
  /** What would tell causes apart is asked for after this long without new evidence: agents show the past for a while. */
  readonly askAfterMs: DurationMs;
  /** What is clear is decided no earlier than this after its first evidence. */
  readonly earlyAfterMs: DurationMs;
  /** A symptom that does not fit the cause (LOS below a mains failure) still joins within this time. */
  readonly misfitJoinMs: DurationMs;
  /** An incident of one leaf takes repeats this long; later raises are fresh evidence. */
  readonly singleRepeatMs: DurationMs;
  /** A decided incident is open to a wider cause while its last evidence is not older. */
  readonly revisitMs: DurationMs;
  /** The same for what creeps: noise, wet cables, and services that polls find missing one by one. */
  readonly slowRevisitMs: DurationMs;
  /** All cleared for this long: resolved, as of the last clear. */
  readonly resolveQuietMs: DurationMs;
  /** Mitigated and nothing moved for this long: what is left is split off. */
  readonly leftoverMs: DurationMs;
  /** More than half is back and nothing moved for this long: of what is left here and there the clears were lost. */
  readonly staleMs: DurationMs;
  /** The same root failing again within this time of its end is the same incident. */
  readonly reopenWithinMs: DurationMs;
  /** What a cause would have taken with it is found within this time: by then every terminal was polled. */
  readonly lateJoinMs: DurationMs;
  /** Sessions that drop belong to a service that fails this long: later they have a cause of their own. */
  readonly serviceJoinMs: DurationMs;
  /** A link that polls find down may have failed with another one this long ago. */
  readonly sharedCutMs: DurationMs;
  /** Terminals of a head that comes back tell of themselves this long: they are looked for anew. */
  readonly rebootMs: DurationMs;
  /** An incident that grows says so at most this often. */
  readonly growEveryMs: DurationMs;
  /** An incident outliving its works by this long is no longer planned. */
  readonly worksGraceMs: DurationMs;
  /** Unreachable targets of a lost collector belong to it when they came within this time before. */
  readonly collectorLookBackMs: DurationMs;
  /** How long a proof of life counts against a cause above. */
  readonly aliveForMs: DurationMs;
}

export const defaultTiming: CorrelationTiming = {
  quietMs: seconds(8),
  maxWaitMs: seconds(60),
  transportQuietMs: milliseconds(1_500),
  lookEveryMs: milliseconds(500),
  askAfterMs: seconds(3),
  earlyAfterMs: seconds(2),
  misfitJoinMs: seconds(45),
  singleRepeatMs: seconds(30),
  revisitMs: minutes(2),
  slowRevisitMs: minutes(10),
  resolveQuietMs: seconds(3),
  leftoverMs: minutes(10),
  staleMs: minutes(30),
  lateJoinMs: minutes(20),
  serviceJoinMs: minutes(5),
  sharedCutMs: minutes(60),
  rebootMs: minutes(3),
  reopenWithinMs: minutes(30),
  growEveryMs: seconds(1),
  worksGraceMs: minutes(15),
  collectorLookBackMs: minutes(10),
  aliveForMs: minutes(2),
};

/** Bounds on what is held; what exceeds them is refused and counted. */
export const limits = {
  pending: 200_000,
  alarmsPerIncident: 200_000,
  ended: 5_000,
  strangers: 100_000,
  sightings: 50_000,
  history: 200,
  causesPerLook: 64,
  asks: 1_000,
} as const;
