/** What automations name of the configuration: targets of webhooks, and skills of the staff. */
import { didYouMean, type Parsed, type Problem } from '../../base/problem.ts';
import type { LoadedRules } from '../../edge/files/rule-files.ts';
import type { Config } from './config.ts';

interface Written {
  readonly id: string;
  readonly do?: readonly Readonly<
    Record<string, { readonly to?: string; readonly skill?: string | readonly string[] } | undefined>
  >[];
}

/** An automation that posts to what is not configured is left out of force. */
export function withTargets(
  { value, problems }: Parsed<LoadedRules>,
  { webhooks, staff }: Pick<Config, 'webhooks' | 'staff'>,
): Parsed<LoadedRules> {
  const targets = webhooks.map(({ name }) => name);
  const skills = new Set(staff.flatMap((one) => one.skills));
  const found: Problem[] = [];
  for (const { document, format, isOwn } of value.documents) {
    if (format !== 'automations/1') continue;
    const { automations = [] } = document.value as { readonly automations?: readonly Written[] };
    for (const [i, automation] of automations.entries()) {
      for (const [k, action] of (automation.do ?? []).entries()) {
        const [kind = '', { to, skill = [] } = {}] = Object.entries(action)[0] ?? [];
        const path = ['automations', i, 'do', k, kind];
        const wanted = ([] as string[]).concat(skill);
        if (to !== undefined && !targets.includes(to)) {
          const near = didYouMean(to, targets);
          const known = targets.length === 0 ? 'name it under webhooks:' : `known: ${targets.join(', ')}`;
          const hint = near === undefined ? known : `did you mean "${near}"?`;
          const message = `there is no webhook "${to}" in the configuration`;
          found.push(document.problemAt([...path, 'to'], { code: 'automation/target', message, hint }));
        } else if (isOwn && staff.length > 0 && wanted.length > 0 && !wanted.some((one) => skills.has(one))) {
          const message = `nobody of the staff has the skill ${wanted.map((one) => `"${one}"`).join(' or ')}`;
          const finding = { code: 'automation/skill', message, severity: 'warning' } as const;
          found.push(document.problemAt([...path, 'skill'], finding));
        }
      }
    }
  }
  const automations = value.automations.automations.filter((one) =>
    one.do.every((action) => action.kind !== 'webhook' || targets.includes(action.to)),
  );
  return {
    value: { ...value, automations: { ...value.automations, automations } },
    problems: [...problems, ...found],
  };
}
