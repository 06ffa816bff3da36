/** A value against raise limits with hysteresis and a number of readings in a row. */
import type { PerceivedSeverity } from '../model/observation.ts';
import type { Levels } from './rules.ts';

/** What one watched value has shown so far; plain data. */
export interface LevelState {
  /** Position in the rule's limits; -1 while nothing is raised. */
  raised: number;
  /** Mildest worse level of the readings in a row, and how many they are. */
  worse: number;
  count: number;
}

export const freshLevel = (): LevelState => ({ raised: -1, worse: -1, count: 0 });

/** What the value changes: a severity to raise (anew), `clear`, or nothing. Updates `state`. */
export function judge(
  rule: Levels,
  state: LevelState,
  value: number,
): PerceivedSeverity | 'clear' | undefined {
  const over = reached(rule, value, 0);
  if (over > state.raised) {
    state.worse = state.count === 0 ? over : Math.min(state.worse, over);
    if (++state.count < rule.for) return undefined;
    state.raised = state.worse;
    state.count = 0;
    return rule.limits[state.raised]?.severity;
  }
  state.count = 0;
  const held = Math.min(state.raised, reached(rule, value, rule.hysteresis));
  if (held === state.raised) return undefined;
  state.raised = held;
  return held < 0 ? 'clear' : rule.limits[held]?.severity;
}

/** True: the value reaches no limit, so that whoever has shown nothing bad need not be remembered. */
export const isWithin = (rule: Levels, value: number): boolean => reached(rule, value, 0) < 0;

/** The worst limit that the value has reached; with `slack`, the worst it has not come back over by that much. */
function reached(rule: Levels, value: number, slack: number): number {
  const sign = rule.side === 'above' ? 1 : -1;
  return rule.limits.findLastIndex(({ at }) =>
    slack === 0 ? sign * value >= sign * at : sign * value > sign * at - slack,
  );
}
