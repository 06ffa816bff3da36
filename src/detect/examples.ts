/** Runs the examples that stand inside the rules: a rule that does not do what it shows is a problem at that place. */
import { canonicalJson } from '../base/canonical.ts';
import type { Problem } from '../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../base/source-document.ts';
import { resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import { compileDetectionRules } from './compile-rules.ts';
import { freshLevel, judge } from './levels.ts';
import type { DetectionRules, Levels } from './rules.ts';
import type { LevelsSource, RulesSource, Seen } from './rules-schema.ts';
import { strangeness, usualOf } from './seasons.ts';
import { meaningOfLine } from './syslog-rules.ts';
import { meaningOfTrap } from './trap-rules.ts';

/**
 * Documents have passed `detectionSchema`; `own` are the operator's. Shipped examples speak of the shipped rules, which
 * his own may take the place of; his speak of all together. Examples of rules that do not compile are left out.
 */
export function checkDetectionExamples(
  shipped: readonly SourceDocument[],
  own: readonly SourceDocument[] = [],
): readonly Problem[] {
  const alone = compileDetectionRules(shipped).value;
  const all = own.length === 0 ? alone : compileDetectionRules(shipped, own).value;
  return [
    ...shipped.flatMap((document) => exampleProblems(alone, document)),
    ...own.flatMap((document) => exampleProblems(all, document)),
  ];
}

const exampleProblems = (rules: DetectionRules, document: SourceDocument): Problem[] => [
  ...trapProblems(rules, document),
  ...syslogProblems(rules, document),
  ...levelProblems(rules.thresholds, document, 'thresholds'),
  ...levelProblems(rules.ratios, document, 'ratios'),
  ...baselineProblems(rules, document),
];

/** How many stand in the document. */
export function detectionExamplesIn({ value }: SourceDocument): number {
  const { traps = [], syslog = [], thresholds = [], ratios = [], baselines = [] } = value as RulesSource;
  const rules: readonly { readonly examples?: readonly unknown[] }[] = [
    ...traps,
    ...syslog,
    ...thresholds,
    ...ratios,
    ...baselines,
  ];
  return rules.reduce((sum, { examples = [] }) => sum + examples.length, 0);
}

const device = { id: 'r-1', resource: resourceId('r-1') };

function trapProblems(rules: DetectionRules, document: SourceDocument): Problem[] {
  return ((document.value as RulesSource).traps ?? []).flatMap((trap, i) =>
    (trap.examples ?? []).flatMap((example, k) => {
      const varbinds = Object.entries(example.varbinds ?? {}).map(([oid, value]) => ({ oid, value }));
      const observation = meaningOfTrap(rules, {
        device,
        address: '192.0.2.1',
        trapOid: example.cleared === true ? (trap.clearedBy ?? trap.oid) : trap.oid,
        varbinds,
      })?.observation;
      const path = ['traps', i, 'examples', k];
      return isAsSeen(example.seen, observation) ? [] : [wrong(document, path, { ...observation })];
    }),
  );
}

function syslogProblems(rules: DetectionRules, document: SourceDocument): Problem[] {
  return ((document.value as RulesSource).syslog ?? []).flatMap((rule, i) =>
    (rule.examples ?? []).flatMap(({ line, seen }, k) => {
      const message = { device, address: '192.0.2.1', text: line };
      const observation = meaningOfLine(rules, message, () => undefined);
      const path = ['syslog', i, 'examples', k];
      return isAsSeen(seen, observation) ? [] : [wrong(document, path, { ...observation })];
    }),
  );
}

function isAsSeen(seen: Seen, observation: Observation | undefined): boolean {
  if (seen === 'nothing') return observation === undefined;
  const facts: Record<string, unknown> = { ...observation?.attributes, ...observation };
  return (
    observation !== undefined && Object.entries(seen).every(([name, value]) => String(facts[name]) === value)
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

function baselineProblems(rules: DetectionRules, document: SourceDocument): Problem[] {
  return ((document.value as RulesSource).baselines ?? []).flatMap((source, i) => {
    const rule = rules.baselines.find(({ id }) => id === source.id);
    if (rule === undefined) return [];
    return (source.examples ?? []).flatMap(({ usual, values, seen }, k) => {
      const state = freshLevel();
      const levels = { ...rule, side: 'above' as const };
      const found = values.map(
        (value) => judge(levels, state, strangeness(value, usualOf(usual), rule)) ?? '',
      );
      const isSame = canonicalJson(found) === canonicalJson(seen);
      return isSame ? [] : [wrong(document, ['baselines', i, 'examples', k], found)];
    });
  });
}

const wrong = (document: SourceDocument, path: DocumentPath, seen: unknown): Problem =>
  document.problemAt(path, {
    code: 'rule/example',
    message: 'the rule does not do what its example says',
    hint: `seen: ${canonicalJson(seen)}`,
  });
