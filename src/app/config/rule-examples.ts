/** Plays the examples of rule files that were loaded: what does not hold is a problem in its place. */
import type { Problem } from '../../base/problem.ts';
import type { LoadedRules, RuleDocument } from '../../edge/files/rule-files.ts';
import { playExamples } from '../../flow/examples.ts';
import { defaultPolicy } from './policy.ts';

/**
 * Examples of correlation rules and automations, of all files or of the operator's own. Where the operator's rules make a shipped example
 * untrue that may be what they are for: a warning. Those of detection are checked whenever rules are loaded.
 */
export function exampleProblems(
  {
    correlation: rules,
    documents,
    automations,
  }: Pick<LoadedRules, 'correlation' | 'documents' | 'automations'>,
  which: 'all' | 'own',
): readonly Problem[] {
  if (rules === undefined) return [];
  const hasOwn = documents.some(({ isOwn }) => isOwn);
  return documents.filter(isPlayed(which)).flatMap(({ document, isOwn, format }) =>
    playExamples({
      document,
      rules,
      policy: defaultPolicy,
      automations: format === 'automations/1' ? automations : undefined,
    }).map((problem) => ({
      ...problem,
      severity: isOwn || !hasOwn ? ('error' as const) : ('warning' as const),
    })),
  );
}

const isPlayed =
  (which: 'all' | 'own') =>
  ({ format, isOwn }: RuleDocument): boolean =>
    format !== 'detection/1' && (isOwn || which === 'all');
