/** How long the correlation waits for what, all in one place; how long, the rules say. */
import type { DurationMs } from '../base/instant.ts';

export const timings = [
  /** No new evidence for the widest live hypothesis for this long: decide. */
  'quiet',
  /** Decide after this long whatever still comes in. */
  'maxWait',
  /** The quiet time of links and transport devices, whose reach is computed and not counted. */
  'transportQuiet',
  /** Least time between two looks at undecided evidence. */
  'lookEvery',
  /** What would tell causes apart is asked for after this long without new evidence: agents show the past for a while. */
  'askAfter',
  /** What is clear is decided no earlier than this after its first evidence. */
  'earlyAfter',
  /** A symptom that does not fit the cause (LOS below a mains failure) still joins within this time. */
  'misfitJoin',
  /** An incident of one leaf takes repeats this long; later raises are fresh evidence. */
  'singleRepeat',
  /** A decided incident is open to a wider cause while its last evidence is not older. */
  'revisit',
  /** The same for what creeps: noise, wet cables, and services that polls find missing one by one. */
  'slowRevisit',
  /** All cleared for this long: resolved, as of the last clear. */
  'resolveQuiet',
  /** Mitigated and nothing moved for this long: what is left is split off. */
  'leftover',
  /** More than half is back and nothing moved for this long: of what is left here and there the clears were lost. */
  'stale',
  /** The same root failing again within this time of its end is the same incident. */
  'reopenWithin',
  /** What a cause would have taken with it is found within this time: by then every terminal was polled. */
  'lateJoin',
  /** Sessions that drop belong to a service that fails this long: later they have a cause of their own. */
  'serviceJoin',
  /** A link that polls find down may have failed with another one this long ago. */
  'sharedCut',
  /** Terminals of a head that comes back tell of themselves this long: they are looked for anew. */
  'reboot',
  /** An incident that grows says so at most this often. */
  'growEvery',
  /** An incident outliving its works by this long is no longer planned. */
  'worksGrace',
  /** Unreachable targets of a lost collector belong to it when they came within this time before. */
  'collectorLookBack',
  /** How long a proof of life counts against a cause above. */
  'aliveFor',
] as const;

export type CorrelationTiming = Readonly<Record<`${(typeof timings)[number]}Ms`, DurationMs>>;

/** What comes and goes by itself is over when it stays away: else it would be told of as over every few minutes. */
export const quietOf = (
  { scope, kind }: { readonly scope: string; readonly kind: string },
  { leftoverMs, resolveQuietMs }: CorrelationTiming,
): DurationMs => (scope === 'alone' && kind === 'flapping' ? leftoverMs : resolveQuietMs);

/** How much is done in one turn; the rest has its turn a millisecond later. */
export interface Slices {
  /** A storm of many causes, or of one that took many, must not hold up everything else. */
  readonly piecesPerLook: number;
  readonly alarmsPerTurn: number;
}

export const usualSlices: Slices = { piecesPerLook: 3_000, alarmsPerTurn: 8_000 };

/** Bounds on what is held; what exceeds them is refused and counted. */
export const limits = {
  pending: 200_000,
  alarmsPerIncident: 200_000,
  ended: 5_000,
  /** Names of unknown resources kept beside those that stand in alarms. */
  strangers: 100_000,
  /** At once, whatever holds them. */
  mostStrangers: 2_000_000,
  /** Open incidents above which unknown resources begin no more. */
  strange: 100_000,
  /** Alarms that came and went before their cause was stated, kept for the incident they may belong to. */
  briefs: 10_000,
  briefRecords: 1_000,
  /** As many as alarms are held at all. */
  turnedAway: 1_000_000,
  sightings: 50_000,
  history: 200,
  causesPerLook: 64,
  asks: 1_000,
  /** Causes named beside one that cannot be told apart from it. */
  alikeNamed: 8,
  /** Houses or lines named one by one as hit; of more all below the root is said to be. */
  partsNamed: 512,
  /** Terminals named one by one as spared by lost mains; beyond them all are counted as hit. */
  sparedNamed: 4_096,
} as const;
