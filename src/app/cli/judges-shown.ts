/** Which rule judges what where several could, as lines for `check`: own rules before profiles, profiles before shipped rules. */
import { metricsOf, type Profile } from '../../collect/collect.ts';
import { type DetectionRules, type JudgedTable, ownersOf } from '../../detect/detect.ts';
import type { Installation } from '../config/installation.ts';

type JudgingRule = DetectionRules['thresholds'][number] | DetectionRules['states'][number];

const mostNamed = 3;

export function judgesShown({ profiles, rules }: Pick<Installation, 'profiles' | 'rules'>): string[] {
  const rulesOf = [...rules.detection.thresholds, ...rules.detection.states];
  const inPlaceOf = new Map<JudgingRule, string[]>();
  const givesWayTo = new Map<JudgingRule, string[]>();
  for (const { id, tables } of profiles.byId.values()) {
    const judged = tables.filter(({ alarms }) => alarms.length > 0).map(judgedTable);
    for (const rule of rulesOf) {
      const outcome = outcomeIn(rule, judged);
      if (outcome === undefined) continue;
      const list = outcome === 'rule' ? inPlaceOf : givesWayTo;
      list.set(rule, [...(list.get(rule) ?? []), id]);
    }
  }
  return [
    ...rules.replaced.map(({ rule, by }) => `your rule "${by}" judges in place of the rule "${rule}"`),
    ...[...inPlaceOf].map(
      ([rule, ids]) =>
        `your rule "${rule.id}" (${subjectOf(rule)}) judges in place of the alarms of ${some(ids)}`,
    ),
    ...[...givesWayTo].map(
      ([rule, ids]) => `the rule "${rule.id}" (${subjectOf(rule)}) gives way to the alarms of ${some(ids)}`,
    ),
  ];
}

function judgedTable(table: Profile['tables'][number]): JudgedTable {
  const measured = metricsOf(table);
  return {
    ...{ kind: table.objectKind ?? '', alarms: table.alarms },
    states: table.states.map(({ name }) => name),
    measures: (metric, unit) =>
      measured.some(
        (one) => one.name === metric && (unit === undefined || one.unit === undefined || one.unit === unit),
      ),
  };
}

/** Whose word counts where both have one; undefined where only one of them judges. */
function outcomeIn(rule: JudgingRule, tables: readonly JudgedTable[]): 'rule' | 'profile' | undefined {
  const alone: Pick<DetectionRules, 'thresholds' | 'states'> =
    'metric' in rule ? { thresholds: [rule], states: [] } : { thresholds: [], states: [rule] };
  for (const table of tables) {
    const among = ownersOf(alone, table);
    if (among.sides.some((sides) => sides.length < 2)) return 'rule';
    const byItself = ownersOf(alone, { ...table, alarms: [] });
    const givesWay =
      among.thresholds.length < byItself.thresholds.length || among.states.length < byItself.states.length;
    if (givesWay) return 'profile';
  }
  return undefined;
}

const subjectOf = (rule: JudgingRule): string =>
  'metric' in rule ? `${rule.metric} ${rule.side} its limits` : `states of ${rule.kind}`;

function some(ids: readonly string[]): string {
  const named = ids.slice(0, mostNamed).join(', ');
  const further = ids.length - mostNamed;
  const list = further > 0 ? `${named} and ${further} more` : named;
  return `${ids.length === 1 ? 'the profile' : `${ids.length} profiles:`} ${list}`;
}
