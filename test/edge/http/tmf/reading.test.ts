import { expect, test } from 'vitest';
import { eventsOf, type Kind } from '../../../../src/edge/http/tmf/kind.ts';
import { list } from '../../../../src/edge/http/tmf/reading.ts';
import { isRefusal } from '../../../../src/edge/http/tmf/refusal.ts';
import { filtersOfText } from '../../../../src/edge/http/tmf/selecting.ts';
import { shape } from '../../../../src/edge/http/tmf/shape.ts';

// A filter that names ids is answered from them, however much there is besides.

const kind: Kind = {
  ...{ name: 'alarm', type: 'Alarm', verbs: ['list'], fixed: [], shape: shape({}) },
  events: eventsOf('Alarm', []),
  own: {
    live: 'all',
    list: () => Promise.reject(new Error('all were looked at')),
    get: async (id) => (id === 'old' ? { id, state: 'cleared' } : undefined),
  },
};
const outside = { outside: async () => [] };
const context = {
  ports: { outside },
  user: { name: 'noc', role: 'operator' },
  href: (resource: string, id: string) => `/${resource}/${id}`,
} as unknown as Parameters<typeof list>[2];

test.each([
  ['id=old', ['old']],
  ['id=old,new', ['old']],
  ['id=old&state=cleared', ['old']],
  ['state=cleared&id=old', ['old']],
  ['id=old&state=raised', []],
])('%s', async (query, ids) => {
  const filters = filtersOfText(query);
  if (isRefusal(filters)) throw new Error('refused');
  const { items, total } = await list(kind, { filters, offset: 0, limit: 10 }, context);
  expect([items.map(({ id }) => id), total]).toEqual([ids, ids.length]);
});
