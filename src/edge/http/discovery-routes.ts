/** Calls about what devices say of each other: facts with source and age, and conflicts. Nothing here changes anything. */
import { type Conflict, factKinds } from '../../model/discovered.ts';
import { conflictWords } from './conflict-words.ts';
import type { ConflictJson, FactJson } from './contract.ts';
import type { FactView } from './ports.ts';
import { listQuery, ok, oneOf, type Route, text } from './route.ts';
import { iso, listJson } from './views.ts';

export const discoveryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/topology/discovered',
    summary: 'What devices say of themselves and of each other; the configured topology stays as it is',
    query: listQuery({ device: text(500), kind: oneOf(factKinds) }),
    answers: 'a list of facts with source, first and last seen',
    async handle({ ports, query, page }) {
      const kind = factKinds.find((one) => one === query['kind']);
      return ok(listJson(ports.discovered.facts({ device: query['device'], kind }, page), factJson));
    },
  },
  {
    method: 'GET',
    path: '/topology/conflicts',
    summary: 'Where discovered facts do not fit together, or not with the configured topology',
    query: listQuery({ device: text(500) }),
    answers: 'a list of conflicts with what would settle each',
    async handle({ ports, query, page }) {
      return ok(listJson(ports.discovered.conflicts({ device: query['device'] }, page), conflictJson));
    },
  },
];

const factJson = ({ kind, source, from, to, state, ...age }: FactView): FactJson => ({
  kind,
  source,
  from,
  to,
  state: state ?? null,
  firstSeen: iso(age.firstSeen),
  lastSeen: iso(age.lastSeen),
  stale: age.isStale,
});

const conflictJson = (conflict: Conflict): ConflictJson => ({
  kind: conflict.kind,
  name: conflict.name ?? null,
  at: conflict.at,
  seen: conflict.seen,
  words: { en: conflictWords(conflict, 'en'), ru: conflictWords(conflict, 'ru') },
});
