/** The limits of alarms that profiles declare, in the form in which all rules are judged. */
import type { Thresholds } from '../model/object-alarm.ts';
import { type PerceivedSeverity, severities } from '../model/observation.ts';
import type { Levels } from './rules.ts';

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
