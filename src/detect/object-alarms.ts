/** Alarms that a profile declares for the rows of its tables, as `detect` reads them; the profile's own type has this shape. */
import { type PerceivedSeverity, severities } from '../model/observation.ts';
import type { Levels } from './rules.ts';

type Thresholds = Readonly<Partial<Record<PerceivedSeverity, number>>>;

interface OfAnyAlarm {
  readonly cause: string;
  /** Polls in a row that must say the same before it is raised. */
  readonly polls: number;
  /** Only while, and not while, another state of the same object is one of these. */
  readonly when: StateIs | undefined;
  readonly unless: StateIs | undefined;
}

export interface StateIs {
  readonly state: string;
  readonly is: readonly string[];
}

export type ObjectAlarm =
  | (OfAnyAlarm & {
      readonly kind: 'state';
      readonly state: string;
      /** Undefined: any word. */
      readonly is: readonly string[] | undefined;
      readonly severity:
        | PerceivedSeverity
        /** The words of another state; others raise nothing. */
        | { readonly state: string; readonly words: Readonly<Record<string, PerceivedSeverity>> };
    })
  | (OfAnyAlarm & {
      readonly kind: 'threshold';
      readonly metric: string;
      readonly below: Thresholds;
      readonly above: Thresholds;
      readonly hysteresis: number;
    })
  /** The limits that the device itself sends. */
  | (OfAnyAlarm & { readonly kind: 'limits'; readonly metric: string; readonly hysteresis: number })
  /** Share of a counter's growth in the growth of itself and others. */
  | (OfAnyAlarm & {
      readonly kind: 'share';
      readonly counter: string;
      readonly of: readonly string[];
      readonly least: number;
      readonly above: Thresholds;
    })
  /** One gauge as a share of another of the same object. */
  | (OfAnyAlarm & {
      readonly kind: 'ratio';
      readonly metric: string;
      readonly of: string;
      readonly atLeast: number;
      readonly below: Thresholds;
      readonly above: Thresholds;
      readonly hysteresis: number;
    })
  /** Change of a gauge in `perMs`, seen over `overMs`. */
  | (OfAnyAlarm & {
      readonly kind: 'slope';
      readonly metric: string;
      readonly perMs: number;
      readonly overMs: number;
      readonly below: Thresholds;
      readonly above: Thresholds;
    })
  /** Share of the objects with one parent that are in a state. */
  | (OfAnyAlarm &
      StateIs & {
        readonly kind: 'group';
        readonly above: Thresholds;
        readonly atLeast: number;
      });

/** Undefined where no limit stands on that side. */
export function levelsOf(
  side: Levels['side'],
  thresholds: Thresholds,
  { hysteresis, polls }: { readonly hysteresis: number; readonly polls: number },
): Levels | undefined {
  const limits = severities
    .flatMap((severity) =>
      thresholds[severity] === undefined ? [] : [{ severity, at: thresholds[severity] }],
    )
    .reverse();
  return limits.length === 0 ? undefined : { side, limits, hysteresis, for: polls };
}

/** A state that is bad or not: 1 or 0 against the limit 1. */
export const stateLevels = (severity: PerceivedSeverity, polls: number): Levels => ({
  side: 'above',
  limits: [{ severity, at: 1 }],
  hysteresis: 0,
  for: polls,
});

/** Severities as numbers from 1, mildest first: what a device says itself of how bad it is. */
export const rankOf = (severity: PerceivedSeverity): number =>
  severities.length - severities.indexOf(severity);

export const rankLevels = (polls: number): Levels => ({
  side: 'above',
  limits: [...severities].reverse().map((severity) => ({ severity, at: rankOf(severity) })),
  hysteresis: 0,
  for: polls,
});
