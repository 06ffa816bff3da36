/**
 * Rules of which the first that fits decides: those of the operator's own stand before the shipped ones, and what stands
 * behind a rule that takes all it could take never acts.
 */
import { canonicalJson } from '../base/canonical.ts';
import type { Problem } from '../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../base/source-document.ts';
import type { Replaced } from './owners.ts';
import type { SyslogRule, TrapRule } from './rules.ts';

/** A compiled rule and where it is written. */
export interface Placed<R> {
  readonly rule: R;
  readonly isOwn: boolean;
  readonly document: SourceDocument;
  readonly path: DocumentPath;
}

interface Ordered<R> {
  readonly rules: readonly R[];
  /** Shipped rules that gave way to rules of the operator's own. */
  readonly replaced: readonly Replaced[];
  /** Warnings: such a rule never acts. */
  readonly problems: readonly Problem[];
}

export interface Precedence<R> {
  /** Whatever the later rule fits, the first fits too. */
  takesAllOf(first: R, later: R): boolean;
  /** Equal where nothing is lost when one acts in place of the other. */
  meaning(rule: R): string;
}

/** In the order in which they are tried, without those that could never act. */
export function ordered<R extends { readonly id: string }>(
  all: readonly Placed<R>[],
  { takesAllOf, meaning }: Precedence<R>,
): Ordered<R> {
  const tried: Placed<R>[] = [];
  const replaced = new Map<string, Replaced>();
  const problems: Problem[] = [];
  for (const one of [...all.filter(({ isOwn }) => isOwn), ...all.filter(({ isOwn }) => !isOwn)]) {
    const first = tried.find(({ rule }) => takesAllOf(rule, one.rule));
    const { id } = one.rule;
    if (first === undefined) tried.push(one);
    else if (first.isOwn && !one.isOwn) replaced.set(id, { rule: id, by: first.rule.id });
    else if (meaning(first.rule) !== meaning(one.rule)) {
      const message = `"${id}" never acts: "${first.rule.id}" stands before it and takes all that it could`;
      const ru = `«${id}» никогда не действует: перед ним стоит «${first.rule.id}» и забирает всё, что досталось бы ему`;
      const inRussian = { message: ru };
      const finding = { code: 'rule/unreachable', message, inRussian, severity: 'warning' } as const;
      problems.push(one.document.problemAt([...one.path, 'id'], finding));
    }
  }
  return { rules: tried.map(({ rule }) => rule), replaced: [...replaced.values()], problems };
}

/** Of rules about one trap OID. */
export const amongTraps: Precedence<TrapRule> = {
  takesAllOf({ when }, later) {
    const asked = new Set(later.when.map((condition) => canonicalJson(condition)));
    return when.every((condition) => asked.has(canonicalJson(condition)));
  },
  // Two alarms of one cause may have one end.
  meaning({ id: _, when: __, ...rule }) {
    const { event, cause, part, by, rediscover } = rule;
    return canonicalJson(event === 'clear' ? { event, cause, part, by, rediscover } : rule);
  },
};

export const amongLines: Precedence<SyslogRule> = {
  takesAllOf: ({ contains }, later) =>
    contains.every((part) => later.contains.some((longer) => longer.includes(part))),
  meaning: ({ event, cause, severity, by }) => canonicalJson({ event, cause, severity, by }),
};
