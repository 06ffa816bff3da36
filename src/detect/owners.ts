/**
 * Who judges a value where several could: a rule of the operator's own before the alarm of a profile, and that before a
 * shipped rule. One value has one owner, so that one fault is never two alarms with two opinions.
 *
 * A number is owned by metric and side: limits above say nothing of limits below. A state is owned by its cause, and the
 * first state of a table also by its words, because that one is what rules about states look at.
 */
import type { ObjectAlarm } from '../model/object-alarm.ts';
import type { DetectionRules, Levels, StateRule, ThresholdRule } from './rules.ts';

/** A table as far as ownership goes: of a device that was polled, or of a profile that was only read. */
export interface JudgedTable {
  readonly kind: string;
  /** In order: the first that says anything is the object's. */
  readonly states: readonly string[];
  readonly alarms: readonly ObjectAlarm[];
  /** True: it can have values of this metric in this unit (in any, where none is named). */
  measures(metric: string, unit: string | undefined): boolean;
}

type Side = Levels['side'];

export interface Owners {
  /** The general rules that judge here. */
  readonly thresholds: readonly ThresholdRule[];
  readonly states: readonly StateRule[];
  /** Index-aligned with the table's alarms: the sides that they judge; what has no sides has both or none. */
  readonly sides: readonly (readonly Side[])[];
}

const both: readonly Side[] = ['below', 'above'];

export function ownersOf(rules: Pick<DetectionRules, 'thresholds' | 'states'>, table: JudgedTable): Owners {
  const thresholds = rules.thresholds.filter(({ metric, unit }) => table.measures(metric, unit));
  const states = table.states.length === 0 ? [] : rules.states.filter(({ kind }) => kind === table.kind);
  const own = { thresholds: thresholds.filter(isOwn), states: states.filter(isOwn) };
  return {
    thresholds: thresholds.filter(
      (rule) => isOwn(rule) || !table.alarms.some((alarm) => judgesNumber(alarm, rule)),
    ),
    states: states.filter(
      (rule) => isOwn(rule) || !table.alarms.some((alarm) => judgesState(alarm, rule, table)),
    ),
    sides: table.alarms.map((alarm) => {
      if (own.states.some((rule) => judgesState(alarm, rule, table))) return [];
      if (alarm.kind !== 'threshold' && alarm.kind !== 'limits' && alarm.kind !== 'average') return both;
      return both.filter(
        (side) => !own.thresholds.some((rule) => rule.metric === alarm.metric && rule.side === side),
      );
    }),
  };
}

/** A rule of the operator's own and what it takes the place of. */
export interface Replaced {
  readonly rule: string;
  readonly by: string;
}

/** Shipped rules without those whose value the operator judges by a rule of his own, and which these are. */
export function withoutReplaced(rules: DetectionRules): {
  readonly rules: DetectionRules;
  readonly replaced: readonly Replaced[];
} {
  const replaced: Replaced[] = [];
  const remaining = <T extends { readonly id: string; readonly isOwn: boolean }>(
    all: readonly T[],
    isSame: (own: T, shipped: T) => boolean,
  ): readonly T[] => {
    const own = all.filter(isOwn);
    return all.filter((rule) => {
      const by = isOwn(rule) ? undefined : own.find((one) => isSame(one, rule));
      if (by !== undefined) replaced.push({ rule: rule.id, by: by.id });
      return by === undefined;
    });
  };
  return {
    rules: {
      ...rules,
      thresholds: remaining(
        rules.thresholds,
        (own, one) =>
          own.metric === one.metric &&
          own.side === one.side &&
          (own.unit === undefined || one.unit === undefined || own.unit === one.unit),
      ),
      ratios: remaining(rules.ratios, (own, one) => own.cause === one.cause),
      states: remaining(
        rules.states,
        (own, one) => own.kind === one.kind && (own.cause === one.cause || hasCommon(own.raise, one.raise)),
      ),
    },
    replaced,
  };
}

const isOwn = (rule: { readonly isOwn: boolean }): boolean => rule.isOwn;

/** Limits that the device sends stand at single values; where it sends none, the general rule goes on. */
function judgesNumber(alarm: ObjectAlarm, rule: ThresholdRule): boolean {
  return (
    (alarm.kind === 'threshold' || alarm.kind === 'average') &&
    alarm.metric === rule.metric &&
    Object.keys(alarm[rule.side]).length > 0
  );
}

function judgesState(alarm: ObjectAlarm, rule: StateRule, table: JudgedTable): boolean {
  if (alarm.kind !== 'state') return false;
  if (alarm.cause === rule.cause) return true;
  return alarm.state === table.states[0] && (alarm.is === undefined || hasCommon(alarm.is, rule.raise));
}

const hasCommon = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((word) => other.includes(word));
