/** Calls about planned works: what is announced, where and when. */
import type { Instant } from '../../base/instant.ts';
import type { PlannedWorks } from '../../topology/topology.ts';
import type { WorksJson } from './contract.ts';
import { listQuery, ok, type Route, unknownId } from './route.ts';
import { iso, isoOrNull, listJson } from './views.ts';

export const worksRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/works',
    summary:
      'Planned works of the topology in force: running first, then those ahead, then those that are over',
    query: listQuery(),
    answers: 'a list of planned works',
    async handle({ ports, page: { limit, cursor, words = '' } }) {
      const now = ports.world.now();
      const wanted = words.toLowerCase().split(/\s+/);
      const found = ports
        .works()
        .filter(({ id, title = '', resources }) => {
          const text = `${id} ${title} ${resources.join(' ')}`.toLowerCase();
          return wanted.every((word) => text.includes(word));
        })
        .sort((a, b) => rank(a, now) - rank(b, now) || nearness(a, now) - nearness(b, now));
      const from = Number.parseInt(cursor ?? '0', 10) || 0;
      const next = from + limit < found.length ? String(from + limit) : undefined;
      const items = found.slice(from, from + limit);
      return ok(listJson({ items, total: found.length, next }, (one) => worksJson(one, now)));
    },
  },
  {
    method: 'GET',
    path: '/works/:id',
    summary: 'Planned works by their id',
    answers: 'the works',
    async handle({ ports, id }) {
      const works = ports.works().find((one) => one.id === id);
      return works === undefined ? unknownId('works', id) : ok(worksJson(works, ports.world.now()));
    },
  },
];

const stateOf = ({ from, to }: PlannedWorks, now: Instant): WorksJson['state'] =>
  now < from ? 'ahead' : now < to ? 'running' : 'over';

const rank = (works: PlannedWorks, now: Instant): number =>
  (['running', 'ahead', 'over'] as const).indexOf(stateOf(works, now));

/** What begins next, or ended last, stands first. */
const nearness = ({ from, to }: PlannedWorks, now: Instant): number => (now < from ? from - now : now - to);

const worksJson = (works: PlannedWorks, now: Instant): WorksJson => ({
  id: works.id,
  title: works.title ?? null,
  state: stateOf(works, now),
  from: iso(works.from),
  to: iso(works.to),
  announcedAt: isoOrNull(works.announcedAt),
  resources: works.resources,
});
