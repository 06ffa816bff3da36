import { expect, test } from 'vitest';
import { instant } from '../../../../src/base/instant.ts';
import { eventsOf, type Kind } from '../../../../src/edge/http/tmf/kind.ts';
import { shape } from '../../../../src/edge/http/tmf/shape.ts';
import { Writing } from '../../../../src/edge/http/tmf/writing.ts';

// What is read to be changed is changed by nobody else meanwhile.

const kind: Kind = {
  ...{ name: 'resource', type: 'Resource', verbs: ['patch'], fixed: [], shape: shape({}) },
  events: eventsOf('Resource', []),
};

test('changes that come at once do not undo each other', async () => {
  let body = '{"name":"card"}';
  const outside = {
    outside: async (_kind: string, [id]: readonly string[]) => [{ id, isOwn: false, changedAt: 0, body }],
    async keepOutside(write: { readonly body: string }) {
      body = write.body;
      return 'kept';
    },
  };
  const context = {
    ports: { outside, world: { now: () => instant(0) } },
    ...{ user: { name: 'crm', role: 'operator' }, href: (_resource: string, id: string) => `/${id}` },
  } as unknown as Parameters<Writing['change']>[3];
  const writing = new Writing();
  const changed = [{ first: 1 }, { second: 2 }, { name: 7, third: 3 }].map((patch) =>
    writing.change(kind, 'r', patch, context),
  );
  await Promise.all(changed);
  expect(JSON.parse(body)).toEqual({ name: 7, first: 1, second: 2, third: 3 });
});
