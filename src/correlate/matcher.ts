/** Which rules an alarm concerns: an index by cause first, the rest of a matcher for what is left, a condition last. */
import { type CompiledExpression, compileExpression, type ExpressionType } from '../base/expression.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { Matcher, PatternRule } from './pattern-rules.ts';

/** What a condition may speak of. */
export const alarmNames: Readonly<Record<string, ExpressionType>> = {
  cause: 'string',
  severity: 'string',
  kind: 'string',
  resource: 'string',
  device: 'string',
  source: 'string',
  by: 'string',
  flapping: 'bool',
  count: 'number',
  attributes: 'map',
};

/** One matcher of a rule, and which of its matchers it is. */
export interface Use {
  readonly rule: PatternRule;
  readonly slot: number;
}

/** How often a rule was asked about an alarm, and how often one of its matchers fitted. */
export interface RuleUse {
  readonly asked: number;
  readonly matched: number;
  readonly lastAt?: Instant | undefined;
}

interface Indexed extends Use {
  readonly matcher: Matcher;
  readonly where: CompiledExpression | undefined;
}

/** All matchers of a rule in order; those of `while` stand behind `on`. */
export function matchersOf(rule: PatternRule): readonly Matcher[] {
  switch (rule.kind) {
    case 'suppress':
      return [rule.on, ...rule.while];
    case 'group':
      return rule.of.map(({ on }) => on);
    case 'sequence':
      return rule.steps;
    case 'absence':
      return [rule.after, rule.no];
    default:
      return [rule.on];
  }
}

export class MatcherIndex {
  readonly #byCause = new Map<string, Indexed[]>();
  readonly #ofAll: Indexed[] = [];
  /** By rule. */
  readonly used = new Map<string, RuleUse>();

  constructor(rules: readonly PatternRule[]) {
    for (const rule of rules) {
      for (const [slot, matcher] of matchersOf(rule).entries()) {
        const one = { rule, slot, matcher, where: conditionOf(matcher) };
        if (matcher.cause === undefined) this.#ofAll.push(one);
        for (const cause of matcher.cause ?? []) {
          const known = this.#byCause.get(cause);
          if (known === undefined) this.#byCause.set(cause, [one]);
          else known.push(one);
        }
      }
    }
  }

  /** In the order of the rules, each counted; `kindOf` answers the kind of its resource and is asked only where a rule wants to know. */
  usesOf(alarm: Alarm, at: Instant, kindOf: () => string): readonly Use[] {
    const named = this.#byCause.get(alarm.cause);
    if (named === undefined && this.#ofAll.length === 0) return none;
    return [...(named ?? []), ...this.#ofAll].filter((one) => {
      const isFit = fits(one, alarm, kindOf);
      const { asked = 0, matched = 0, lastAt } = this.used.get(one.rule.id) ?? {};
      this.used.set(one.rule.id, {
        asked: asked + 1,
        matched: matched + Number(isFit),
        lastAt: isFit ? at : lastAt,
      });
      return isFit;
    });
  }
}

const none: readonly Use[] = [];

function conditionOf({ where }: Matcher): CompiledExpression | undefined {
  if (where === undefined) return undefined;
  const compiled = compileExpression(where, alarmNames);
  if ('mistake' in compiled)
    throw new Fault('bug/condition', `not checked at load: ${compiled.mistake.message}`);
  return compiled;
}

function fits({ matcher, where }: Indexed, alarm: Alarm, kindOf: () => string): boolean {
  const { kind, severity, source } = matcher;
  if (severity !== undefined && !severity.includes(alarm.perceivedSeverity)) return false;
  if (source !== undefined && (alarm.source === undefined || !source.includes(alarm.source))) return false;
  if (kind !== undefined && !kind.includes(kindOf())) return false;
  return where === undefined || where.holds(factsOf(alarm, kindOf()));
}

const factsOf = (alarm: Alarm, kind: string): Readonly<Record<string, unknown>> => ({
  cause: alarm.cause,
  severity: alarm.perceivedSeverity,
  kind,
  resource: alarm.resource,
  device: alarm.device ?? '',
  source: alarm.source ?? '',
  by: alarm.by ?? '',
  flapping: alarm.flapping,
  count: alarm.count,
  attributes: alarm.attributes,
});
