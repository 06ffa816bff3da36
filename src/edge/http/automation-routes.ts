/** Calls about automations: how each stands, and what became of the posts to the operator's systems. */
import type { AutomationJson, PostsJson } from './contract.ts';
import type { FrontPorts, PostCount } from './ports.ts';
import { listQuery, ok, type Route } from './route.ts';
import { isoOrNull, listJson } from './views.ts';

export const automationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/automations',
    summary: 'Automations in force: active, in shadow, or stopped by their bound',
    query: listQuery(),
    answers: 'a list of automations with what each did',
    async handle({ ports }) {
      const items = ports.automations();
      return ok(listJson({ items, total: items.length }, automationJson));
    },
  },
  {
    method: 'GET',
    path: '/webhooks',
    summary: 'What became of the posts of automations, by target',
    query: listQuery(),
    answers: 'a list of targets with counts',
    async handle({ ports }) {
      const counts = await ports.posts();
      const items = [...new Set(counts.map(({ target }) => target))].map((target) => postsOf(target, counts));
      return ok(listJson({ items, total: items.length }, (one) => one));
    },
  },
];

type Automation = ReturnType<FrontPorts['automations']>[number];

const automationJson = ({ id, title, on, state, limit, ...counts }: Automation): AutomationJson => ({
  ...{ id, title: title ?? null, on, state, limit: { most: limit.most, perSeconds: limit.perMs / 1_000 } },
  ...{ acted: counts.acted, wouldHave: counts.wouldHave, stopped: counts.stopped },
  lastAt: isoOrNull(counts.lastAt),
  stoppedAt: isoOrNull(counts.stoppedAt),
});

function postsOf(target: string, counts: readonly PostCount[]): PostsJson {
  const of = (state: PostCount['state']): number =>
    counts.find((one) => one.target === target && one.state === state)?.count ?? 0;
  return { target, waiting: of('queued'), taken: of('taken'), refused: of('refused') };
}
