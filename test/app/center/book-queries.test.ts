/** What the pages ask the book: a link is about the incident it names, else about what its subscriber has now. */
import { expect, test } from 'vitest';
import { bookQueries, type QueryOptions } from '../../../src/app/center/book-queries.ts';
import { confirmationId, type IncidentId, subscriberKey } from '../../../src/model/ids.ts';

const subscriber = subscriberKey(7);

function queriesOf(given: { readonly named: string; readonly now?: string; readonly askedAbout?: string }) {
  const book = {
    findLink: async () => ({ subscriber, incident: given.named, purpose: 'request', expiresAt: 1 }),
    incident: async (id: string) => (id === '' ? undefined : { incident: { id } }),
    confirmation: async (id: string) => ({ id }),
    subscriber: async () => undefined,
    worksTold: async () => ({ from: 5, to: 9, isCancelled: false }),
    tickets: async () => ({ items: [] }),
    notices: async () => ({ items: [] }),
    confirmations: async () => ({
      items: given.askedAbout === undefined ? [] : [{ incident: given.askedAbout }],
    }),
  };
  const world = { now: () => 0 };
  const incidentOf = () => given.now as IncidentId | undefined;
  return bookQueries({ book, world, incidentOf } as unknown as QueryOptions);
}

const about = async (given: Parameters<typeof queriesOf>[0]) => {
  const view = await queriesOf(given).link('token');
  return { incident: view?.incident?.incident.id, confirmation: view?.confirmation?.id };
};
const both = (id: string) => ({ incident: id, confirmation: confirmationId(id as IncidentId, subscriber) });

test('a link stays with the incident it names', async () => {
  expect(await about({ named: 'a.1.6', now: 'a.1.9' })).toEqual(both('a.1.6'));
});

test('a link without an incident shows what the subscriber has now, else what they were last asked about', async () => {
  expect(await about({ named: '', now: 'a.1.9', askedAbout: 'a.1.2' })).toEqual(both('a.1.9'));
  expect(await about({ named: '', askedAbout: 'a.1.2' })).toEqual(both('a.1.2'));
  expect((await about({ named: '' })).incident).toBeUndefined();
});

test('a link of a notice of works shows the works, and what is out at the address now', async () => {
  const named = 'works:W-1';
  expect((await queriesOf({ named }).link('token'))?.works).toMatchObject({ from: 5, to: 9 });
  expect((await queriesOf({ named, now: 'a.1.9' }).link('token'))?.incident?.incident.id).toBe('a.1.9');
  expect((await queriesOf({ named: 'a.1.6' }).link('token'))?.works).toBeUndefined();
});
