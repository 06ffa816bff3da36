/** Runs the examples that stand inside the rules: a rule that does not do what it shows is a problem at that place. */
import { canonicalJson } from '../base/canonical.ts';
import type { Problem } from '../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../base/source-document.ts';
import { resourceId } from '../model/ids.ts';
import { compileDetectionRules } from './compile-rules.ts';
import { freshLevel, judge } from './levels.ts';
import type { DetectionRules, Levels } from './rules.ts';
import type { LevelsSource, RulesSource } from './rules-schema.ts';
import { meaningOfTrap } from './trap-rules.ts';

/** `documents` have passed `detectionSchema`. Examples of rules that do not compile are left out. */
export function checkDetectionExamples(documents: readonly SourceDocument[]): readonly Problem[] {
  const rules = compileDetectionRules(documents).value;
  return documents.flatMap((document) => [
    ...trapProblems(rules, document),
    ...levelProblems(rules.thresholds, document, 'thresholds'),
    ...levelProblems(rules.ratios, document, 'ratios'),
  ]);
}

function trapProblems(rules: DetectionRules, document: SourceDocument): Problem[] {
  const device = { id: 'r-1', resource: resourceId('r-1') };
  return ((document.value as RulesSource).traps ?? []).flatMap((trap, i) =>
    (trap.examples ?? []).flatMap((example, k) => {
      const varbinds = Object.entries(example.varbinds ?? {}).map(([oid, value]) => ({ oid, value }));
      const observation = meaningOfTrap(rules, {
        device,
        address: '192.0.2.1',
        trapOid: trap.oid,
        varbinds,
      })?.observation;
      const seen: Record<string, unknown> = { ...observation };
      if (example.seen === 'nothing')
        return observation === undefined ? [] : [wrong(document, ['traps', i, 'examples', k], seen)];
      const isSame = Object.entries(example.seen).every(([name, value]) => String(seen[name]) === value);
      return observation !== undefined && isSame ? [] : [wrong(document, ['traps', i, 'examples', k], seen)];
    }),
  );
}

function levelProblems(
  rules: readonly (Levels & { readonly id: string })[],
  document: SourceDocument,
  kind: 'thresholds' | 'ratios',
): Problem[] {
  const sources: readonly (LevelsSource & { readonly id: string })[] =
    (document.value as RulesSource)[kind] ?? [];
  return sources.flatMap((source, i) => {
    const rule = rules.find(({ id }) => id === source.id);
    if (rule === undefined) return [];
    return (source.examples ?? []).flatMap(({ values, seen }, k) => {
      const state = freshLevel();
      const found = values.map((value) => judge(rule, state, value) ?? '');
      const isSame = canonicalJson(found) === canonicalJson(seen);
      return isSame ? [] : [wrong(document, [kind, i, 'examples', k], found)];
    });
  });
}

const wrong = (document: SourceDocument, path: DocumentPath, seen: unknown): Problem =>
  document.problemAt(path, {
    code: 'rule/example',
    message: 'the rule does not do what its example says',
    hint: `seen: ${canonicalJson(seen)}`,
  });
