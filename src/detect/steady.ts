/** A condition that must hold for some rounds in a row before it is believed, and be gone for some before it is over. */
import type { PerceivedSeverity } from '../model/observation.ts';

/** What one round says: bad with its severity, good, or in between, which changes nothing. */
export type Word = { readonly bad: PerceivedSeverity } | 'good' | 'between';

export interface SteadyState {
  raised: PerceivedSeverity | undefined;
  /** Rounds in a row that speak against what holds. */
  count: number;
}

export const freshSteady = (): SteadyState => ({ raised: undefined, count: 0 });

/** What the round changes: a severity to raise (anew), `clear`, or nothing. Updates `state`. */
export function step(
  state: SteadyState,
  word: Word,
  { raiseAfter, clearAfter }: { readonly raiseAfter: number; readonly clearAfter: number },
): PerceivedSeverity | 'clear' | undefined {
  if (word === 'between') return undefined;
  const severity = word === 'good' ? undefined : word.bad;
  if (severity === state.raised) {
    state.count = 0;
    return undefined;
  }
  const needed = severity === undefined ? clearAfter : raiseAfter;
  if (++state.count < needed) return undefined;
  state.count = 0;
  state.raised = severity;
  return severity ?? 'clear';
}

/** Bad from the limit on, good again only when a fifth of it is between. */
export function over(value: number, limit: number, bad: PerceivedSeverity): Word {
  if (value >= limit) return { bad };
  return value < limit * 0.8 ? 'good' : 'between';
}
