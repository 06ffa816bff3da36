/** What was written to our numbers by people who are no subscribers, for an operator to read. */
import { listQuery, ok, type Route, refusal } from './route.ts';
import { iso, listJson } from './views.ts';

export const strangerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/strangers',
    summary:
      'What came from numbers that no subscriber has, newest first, with the number; that it was read is on record',
    query: listQuery(),
    answers: 'a list of at, from, to, text',
    async handle({ ports, user, page }) {
      if (user.role === 'viewer') return refusal(403, 'A viewer may not read what strangers wrote.');
      await ports.record({ by: user.name, action: 'readStrangers', target: 'strangers' });
      return ok(listJson(await ports.query.strangers(page), ({ at, ...said }) => ({ at: iso(at), ...said })));
    },
  },
];
